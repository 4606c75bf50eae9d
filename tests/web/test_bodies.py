"""Bodies of requests to the pages: how large, how slow."""

from __future__ import annotations

import asyncio

import pytest

from ponte.web.bodies import MOST, MOST_OF_SHEET, limited

SHEET = "/canais/mlb/mapeamento/planilha"


class Server:
    """Gives the pieces of a body, then waits; keeps what was answered and what the application saw."""

    def __init__(self, *pieces: bytes, length: int | None = None, ends: bool = True) -> None:
        self.headers = [] if length is None else [(b"content-length", str(length).encode())]
        last = len(pieces) - 1
        self.messages = [
            {"type": "http.request", "body": piece, "more_body": not (ends and at == last)}
            for at, piece in enumerate(pieces)
        ]
        self.told: list[dict] = []
        self.seen: list[dict] = []

    async def receive(self):
        if not self.messages:
            await asyncio.sleep(3600)
        return self.messages.pop(0)

    async def send(self, message):
        self.told.append(message)

    async def django(self, _scope, receive, _send):
        """Read a body as Django does."""
        while True:
            message = await receive()
            self.seen.append(message)
            if message["type"] == "http.disconnect" or not message.get("more_body"):
                return

    def ask(self, path="/entrar", *, patience=5.0):
        application = limited(self.django, patience=patience)
        scope = {"type": "http", "path": path, "headers": self.headers}
        asyncio.run(application(scope, self.receive, self.send))
        return [(message["type"], len(message.get("body", b""))) for message in self.seen]


@pytest.mark.parametrize(("path", "most"), [("/entrar", MOST), (SHEET, MOST_OF_SHEET)])
def test_a_body_that_says_it_is_too_large_is_not_even_taken(path, most):
    server = Server(length=most + 1)
    assert server.ask(path) == []
    assert server.told[0]["status"] == 413
    assert Server(b"x", length=most).ask(path) == [("http.request", 1)]


@pytest.mark.parametrize("length", [None, 10])
def test_a_body_that_goes_on_beyond_the_limit_is_cut_off_whatever_it_said(length):
    server = Server(b"x" * MOST, b"x", b"x", length=length)
    assert server.ask() == [("http.request", MOST), ("http.disconnect", 0)]
    assert server.told[0]["status"] == 413


def test_a_body_that_does_not_come_to_its_end_is_given_up():
    server = Server(b"x", ends=False)
    assert server.ask(patience=0.05) == [("http.request", 1), ("http.disconnect", 0)]
    assert server.told[0]["status"] == 408


def test_what_comes_after_a_whole_body_may_be_waited_for():
    """An answer may take longer than a body: only that somebody left is told then."""
    server = Server(b"x")
    waited = []

    async def slow(_scope, receive, _send):
        await receive()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                waited.append(await receive())

    scope = {"type": "http", "path": "/", "headers": []}
    asyncio.run(limited(slow, patience=0.02)(scope, server.receive, server.send))
    assert waited == []


@pytest.mark.parametrize("told", [b"abc", b"-5", b"9" * 30])
def test_a_length_that_is_none_is_the_servers_to_refuse(told):
    server = Server(b"x")
    server.headers = [(b"content-length", told)]
    assert server.ask() == [("http.request", 1)]
