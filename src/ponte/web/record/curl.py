"""A kept exchange as a curl command that can be pasted into a shell, with its credentials masked as they were kept.

Every value came from outside. Each is one quoted word; what cannot be seen (line ends, escapes, marks that turn the
writing round) is written as an escape, so that neither the shell nor the terminal takes it for anything else.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from ponte.db.models import Exchange

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}", re.ASCII)
_METHOD = re.compile(r"[A-Z]{1,12}", re.ASCII)
_FILES = re.compile(r"[^\n]{0,300} \([\w.+-]+/[\w.+-]+, \d+ bytes\)", re.ASCII)
_ESCAPES = {"\\": "\\\\", "'": "\\047", "!": "\\041", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def curl_of(exchange: Exchange) -> str:
    """Return the command, an option per line."""
    return " \\\n  ".join(_parts(exchange))


def _parts(exchange: Exchange) -> Iterator[str]:
    # --globoff: brackets in an address are brackets. --url: an address that begins with a dash is no option.
    method = exchange.method if _METHOD.fullmatch(exchange.method) else "GET"
    yield f"curl --globoff --request {method}"
    yield f"--url {word(exchange.url)}"
    for name, value in _headers(exchange):
        yield f"--header {word(f'{name}: {value}')}"
    if exchange.request_body and not _FILES.fullmatch(exchange.request_body):
        yield f"--data-raw {word(exchange.request_body)}"  # --data would read a file where it begins with @


def _headers(exchange: Exchange) -> Iterator[tuple[str, str]]:
    names = set()
    for name, value in exchange.request_headers.items():
        if _TOKEN.fullmatch(name):
            names.add(name.lower())
            yield name, str(value)
    if exchange.request_body[:1] in {"{", "["} and "content-type" not in names:
        yield "content-type", "application/json"


def word(text: str) -> str:
    """Return a text as one word of a shell: in plain quotes, or bash's and zsh's $'...' where a character hides."""
    if text.isprintable():
        return shlex.quote(text)
    return "$'" + "".join(_escaped(char) for char in text) + "'"


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    number = ord(char)
    # Octal ends after three digits and \U after eight, whatever follows. NUL would end the word.
    if number == 0:
        return ""
    return f"\\{number:03o}" if number < 128 else f"\\U{number:08x}"
