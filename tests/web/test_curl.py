"""A kept exchange as a command: what a real shell makes of it is what was kept."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from ponte.db.models import Exchange
from ponte.web.record.curl import curl_of, word

HOSTILE = [
    "plain",
    "",
    "it's",
    "'; touch /tmp/pwned; echo '",
    "$(touch /tmp/pwned) `id` ${HOME}",
    "a\nb\r\nc\td",
    "\x1b[201~\nrm -rf /\n",
    "\x03\x04\x7f\x9b",
    "back\\slash \\' end\\",
    "!history !! 'x!'\n",
    "\u202egnp.exe\u2066 \u200b",
    '{"título": "Ação", "a": "\\u0000"}',
    "@/etc/passwd",
    "-o /tmp/out",
    "😀\n😀",
]


def words(command):
    """Return what bash hands to curl."""
    script = "curl() { printf '%s\\0' \"$@\"; }\n" + command
    done = subprocess.run(
        [shutil.which("bash"), "--norc", "-c", script],
        capture_output=True,
        check=True,
        env={"LC_ALL": "C.UTF-8", "HOME": "/nowhere"},
    )
    assert done.stderr == b""
    return done.stdout.decode().split("\0")[:-1]


def exchange(**values):
    known = {"method": "POST", "url": "https://api.example/items", "request_headers": {}, "request_body": ""}
    return Exchange(**{**known, **values})


@pytest.mark.parametrize("text", HOSTILE)
def test_a_value_is_one_word_and_comes_through_as_it_was(text):
    command = curl_of(exchange(url=f"https://x/{text}", request_headers={"accept": text}, request_body=text))
    got = words(command)
    expected = ["--globoff", "--request", "POST", "--url", f"https://x/{text}", "--header", f"accept: {text}"]
    if text[:1] == "{":
        expected += ["--header", "content-type: application/json"]
    assert got == expected + (["--data-raw", text] if text else [])


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_word_acts_on_a_terminal(text):
    assert word(text).isprintable()


def test_masked_credentials_stay_masked():
    assert words(curl_of(exchange(request_headers={"authorization": "••••"})))[-1] == "authorization: ••••"


def test_names_that_are_no_names_are_left_out():
    command = curl_of(exchange(method="POST; id", request_headers={"x\ny": "1", "a b": "2", "@file": "3", "": "4"}))
    assert words(command) == ["--globoff", "--request", "GET", "--url", "https://api.example/items"]


def test_the_note_of_a_file_is_no_body():
    assert "--data-raw" not in curl_of(exchange(request_body="foto.jpg (image/jpeg, 1200 bytes)"))
