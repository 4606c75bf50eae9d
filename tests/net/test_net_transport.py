"""What a hostile or broken server may do to us, byte by byte (T17)."""

from __future__ import annotations

import asyncio
import gzip
import resource
import socket
import ssl
import subprocess
import time
import zlib

import pytest
from raw_server import asked, saying, whole

from ponte.domain.message import Failure, FilePart, NoAnswer, Request, Response, Secret
from ponte.net.transport import FENCED, MAX_ANSWER, MAX_PICTURE, Line, Transport

POST = Request("POST", "/items", "POST /items", json={"title": "ç"}, changes=True)


def failed(answer: object) -> tuple[Failure, bool]:
    assert isinstance(answer, NoAnswer), answer
    return answer.failure, answer.sent


def run(*args, **kwargs):
    return asyncio.run(asked(*args, **kwargs))


@pytest.mark.parametrize(
    "leaving",
    [
        POST,
        Request("DELETE", "/items/1", "DELETE /items/{sku}", changes=True),
        Request("DELETE", "/items/a%20b", "DELETE /items/{sku}", changes=True),
        Request("POST", "/token", "POST /token", form=(("grant_type", "refresh_token"),), changes=True),
        Request("POST", "/x", "POST /x", files=(FilePart("f", "a.csv", "text/csv", b"1"),), changes=True),
    ],
    ids=["json", "no body", "a path of its own", "form", "file"],
)
def test_what_may_not_go_any_more_when_the_connection_is_there_does_not_leave(leaving):
    received: list[bytes] = []

    async def listen(reader, writer) -> None:
        while more := await reader.read(1_000):
            received.append(more)

    assert run(listen, leaving, may_go=lambda: False) == FENCED
    assert received == []


def test_what_may_go_is_looked_at_once_and_says_what_it_is():
    looks: list[bytes] = []
    heads: list[bytes] = []

    async def listen(reader, writer) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    assert run(listen, POST, may_go=lambda: not looks.append(b"")).status == 204
    assert (len(looks), b"Content-Type: application/json\r\n" in heads[0]) == (1, True)


def test_an_answer_comes_back_whole_with_lower_case_headers():
    answer = run(whole(b'{"ok": true}', "X-Request-Id: 7"))
    assert answer == Response(200, answer.headers, b'{"ok": true}')
    assert answer.headers["x-request-id"] == "7"


def test_a_gzipped_answer_is_unpacked():
    assert run(whole(gzip.compress(b"[1, 2]"), "Content-Encoding: gzip")).json() == [1, 2]


def test_c08_an_answer_that_drips_for_ever_ends_at_the_deadline():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
    begin = time.monotonic()
    answer = run(saying(head, *[b"x"] * 100, pause=0.05), deadline=0.5)
    assert failed(answer) == (Failure.TIMEOUT, True)
    assert time.monotonic() - begin < 3


def test_headers_that_drip_end_at_the_deadline_too():
    answer = run(saying(b"HTTP/1.1 200 OK\r\n", *[b"X-A: 1\r\n"] * 100, pause=0.05), deadline=0.5)
    assert failed(answer) == (Failure.TIMEOUT, True)


def test_c07_a_gzip_bomb_is_cut_at_the_limit():
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join([*(packer.compress(b"\0" * 1_000_000) for _ in range(200)), packer.flush()])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert failed(run(whole(bomb, "Content-Encoding: gzip"))) == (Failure.TOO_LARGE, True)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000, "kB"


def test_a_plain_answer_of_200_mb_is_cut():
    async def flood(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n")
        for _ in range(200):
            writer.write(b"x" * 1_000_000)
            await writer.drain()

    assert failed(run(flood)) == (Failure.TOO_LARGE, True)


def test_an_answer_of_exactly_the_limit_is_taken():
    assert len(run(whole(b"x" * MAX_ANSWER)).body) == MAX_ANSWER
    assert failed(run(whole(b"x" * (MAX_ANSWER + 1)))) == (Failure.TOO_LARGE, True)
    assert MAX_PICTURE > MAX_ANSWER


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_c10_c11_a_redirect_is_told_and_not_followed(status):
    answer = run(whole(b"", "Location: http://169.254.169.254/", status=f"{status} Elsewhere"))
    assert failed(answer) == (Failure.REDIRECT, True)
    assert answer.detail == str(status)


def test_c14_a_reset_before_the_answer_may_have_been_received():
    assert failed(run(saying(), POST)) == (Failure.RESET, True)


def test_c05_a_truncated_answer_is_no_answer():
    assert failed(run(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")))[0] is Failure.RESET


def test_a_chunked_answer_that_breaks_off_is_no_answer():
    reply = saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
    assert failed(run(reply)) == (Failure.RESET, True)


def test_broken_gzip_is_no_answer_and_no_crash():
    assert failed(run(whole(b"this is no gzip", "Content-Encoding: gzip"))) == (Failure.RESET, True)


def test_c09_huge_headers_are_no_answer():
    reply = saying(b"HTTP/1.1 200 OK\r\nX-Big: " + b"a" * 40_000 + b"\r\nContent-Length: 0\r\n\r\n")
    assert failed(run(reply)) == (Failure.RESET, True)


@pytest.mark.parametrize("garbage", [b"\x00\x01\x02\r\n\r\n", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/9.9 abc\r\n\r\n"])
def test_what_is_not_http_is_no_answer(garbage):
    assert failed(run(saying(garbage))) == (Failure.RESET, True)


def test_a_refused_connection_has_sent_nothing():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    async def ask():
        async with Transport(frozenset({f"127.0.0.1:{port}"})) as carrier:
            return await carrier.ask(POST, Line(f"http://127.0.0.1:{port}"))

    assert failed(asyncio.run(ask())) == (Failure.REFUSED, False)


def test_c13_a_name_that_does_not_resolve_has_sent_nothing():
    async def ask():
        async with Transport(frozenset()) as carrier:
            return await carrier.ask(POST, Line("https://no-such-host.invalid"))

    assert failed(asyncio.run(ask())) == (Failure.NAME, False)


def test_c12_a_self_signed_certificate_is_refused(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "1", "-subj", "/CN=127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    assert failed(run(whole(b"{}"), POST, context=context)) == (Failure.TLS, False)


def test_an_address_that_is_not_one_is_refused_without_a_crash():
    for path in ("https://[bad/x.jpg", "https://exa mple/x.jpg", "https://example.com:99999/x"):
        answer = run(whole(b""), Request("GET", path, "GET picture"))
        assert failed(answer)[1] is False


def test_a_header_with_a_line_break_is_not_sent():
    line = Line("", {"Authorization": Secret("token")}, {"token": "abc\r\nX-Evil: 1"})
    assert failed(run(whole(b"{}"), line=line)) == (Failure.REFUSED, False)


def test_secrets_stand_where_they_belong_and_a_foreign_host_gets_none():
    heard: list[bytes] = []

    async def listen(reader, writer) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    line = Line("", {"Authorization": Secret("token")}, {"token": "Bearer abc"})
    run(listen, line=line)
    assert b"authorization: bearer abc" in heard[0].lower()
    assert b"user-agent: ponte/" in heard[0].lower()
    run(listen, Request("GET", "/x", "GET /x", authorized=False), line=Line("", line.headers, line.secrets))
    assert b"authorization" not in heard[1].lower()

    run(
        listen,
        lambda port: Request("GET", f"http://127.0.0.1:{port}/p.jpg", "GET picture"),
        line=Line("https://x.example", line.headers, line.secrets),
    )
    assert b"authorization" not in heard[2].lower()


@pytest.mark.parametrize(
    ("request_", "needle"),
    [
        (POST, b'{"title":"\xc3\xa7"}'),
        (Request("POST", "/t", "t", form=(("grant", "a b"), ("secret", Secret("s")))), b"secret=s3cret%2B1"),
        (
            Request("POST", "/p", "p", files=(FilePart("file", "a.jpg", "image/jpeg", b"\xff\xd8"),)),
            b'filename="a.jpg"',
        ),
    ],
)
def test_bodies_are_sent_in_their_kind(request_, needle):
    heard: list[bytes] = []

    async def listen(reader, writer) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        heard.append(await reader.readexactly(length))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    assert run(listen, request_, line=Line("", {}, {"s": "s3cret+1"})).status == 204
    assert needle in heard[0]


def test_a_query_is_added_to_the_path():
    heard: list[bytes] = []

    async def listen(reader, writer) -> None:
        heard.append(await reader.readline())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    run(listen, Request("GET", "/x", "GET /x", query=(("q", "a&b ç"),)))
    assert heard[0].startswith(b"GET /x?q=a%26b+%C3%A7 ")


def test_a_line_does_not_show_its_secrets():
    assert "abc" not in repr(Line("https://x.example", {}, {"token": "abc"}))


async def ask_on_one_connection(reply, *requests: Request, line_headers=None, **asking) -> list[object]:
    """Ask several questions one after the other over one transport; whatever the server hears is `reply`'s."""
    server = await asyncio.start_server(reply, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    line = Line(f"http://127.0.0.1:{port}", line_headers or {})
    async with Transport(frozenset({f"127.0.0.1:{port}"})) as transport:
        answers = [await transport.ask(request, line, **asking) for request in requests]
    server.close()
    return answers


def keeping(*answers: bytes):
    """Answer with these, one for each request, on as few connections as the asker needs; count the connections."""
    waiting = list(answers)
    connections: list[int] = []

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        while waiting:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            await reader.readexactly(int(length or 0))
            writer.write(waiting.pop(0))
            await writer.drain()
        writer.close()

    return reply, connections


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GET = Request("GET", "/x", "GET /x")


def test_a_connection_is_used_again_when_its_answer_was_read_to_the_end():
    reply, connections = keeping(OK, OK, OK)
    answers = asyncio.run(ask_on_one_connection(reply, GET, POST, GET))
    assert ([answer.body for answer in answers], len(connections)) == ([b"ok"] * 3, 1)


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 9\r\n\r\nnot",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b"x" * (MAX_ANSWER + 1),
    ],
)
def test_a_connection_with_anything_left_on_it_is_not_used_again(first):
    reply, connections = keeping(first, OK)
    answers = asyncio.run(ask_on_one_connection(reply, GET, GET))
    assert (answers[1].body, len(connections)) == (b"ok", 2)


def test_news_before_the_answer_are_passed_over():
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    reply, _ = keeping(early + OK)
    assert [answer.body for answer in asyncio.run(ask_on_one_connection(reply, GET))] == [b"ok"]


def test_an_answer_to_head_has_no_body_to_wait_for():
    reply, connections = keeping(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", OK)
    head = Request("HEAD", "/x", "HEAD /x")
    answers = asyncio.run(ask_on_one_connection(reply, head, GET))
    assert ([answer.body for answer in answers], len(connections)) == ([b"", b"ok"], 1)


@pytest.mark.parametrize(
    ("request_", "written"),
    [
        (Request("GET", "/a/../b", "x"), b"GET /b HTTP/1.1"),
        (Request("GET", "/a b/ç%20", "x"), b"GET /a%20b/%C3%A7%20 HTTP/1.1"),
        (Request("GET", "/a", "x", query=(("q", "ML-1_a.b~"), ("n", "2"))), b"GET /a?q=ML-1_a.b~&n=2 HTTP/1.1"),
        (Request("GET", "/a", "x", query=(("q", "1/2"), ("n", ""))), b"GET /a?q=1/2&n= HTTP/1.1"),
        (Request("GET", "/a\r\nX-Evil: 1", "x"), b"GET /aX-Evil:%201 HTTP/1.1"),
        (Request("DELETE", "/a", "x", headers=(("Host", "evil.example"), ("X-A", "ç"))), b"DELETE /a HTTP/1.1"),
    ],
)
def test_whatever_a_connector_asks_for_is_one_well_formed_request(request_, written):
    heard: list[bytes] = []

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(OK)
        writer.close()

    asyncio.run(ask_on_one_connection(reply, request_))
    assert heard[0].partition(b"\r\n")[0] == written
    assert heard[0].lower().count(b"host:") == 1
    assert b"x-evil: 1\r\n" not in heard[0].lower()


def test_what_may_not_go_any_more_leaves_a_kept_connection_as_it_was():
    reply, connections = keeping(OK, OK)
    leave = iter([True, False, True])
    answers = asyncio.run(ask_on_one_connection(reply, POST, POST, POST, may_go=lambda: next(leave)))
    assert ([answer == FENCED for answer in answers], len(connections)) == ([False, True, False], 1)


def test_a_kept_connection_that_breaks_is_not_asked_again_by_itself():
    heard: list[bytes] = []

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(OK)
        await writer.drain()
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.transport.abort()

    answers = asyncio.run(ask_on_one_connection(reply, GET, GET))
    assert (failed(answers[1]), len(heard)) == ((Failure.RESET, True), 2)
