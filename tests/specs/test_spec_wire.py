"""The recorder: everything passes unchanged and is kept, also that no answer came."""

import asyncio

import pytest
from aiohttp import ClientError, ClientSession, web
from yarl import URL

from specs.wire import Exchange, overheard

BODY = b"\x00\xff;\r\n"


async def _echo(request: web.Request) -> web.StreamResponse:
    if request.path == "/lost":
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
    return web.Response(status=299, body=await request.read(), headers={"X-Path": request.raw_path, "A-B": "c"})


def played(*asked: tuple[str, str]) -> list[Exchange]:
    """Ask these of an echo behind the recorder; every answer must be what the recorder kept."""

    async def play() -> list[Exchange]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", _echo)
        async with overheard(app) as (base, recorder), ClientSession() as session:
            session._retry_connection = False
            for method, path in asked:
                headers = {"Content-Type": "text/csv; charset=latin-1"}
                call = session.request(method, URL(base + path, encoded=True), data=BODY, headers=headers)
                if path == "/lost":
                    with pytest.raises(ClientError):
                        await call
                    continue
                async with call as answer:
                    assert (answer.status, await answer.read()) == (299, BODY)
                    assert answer.headers["X-Path"] == path
            return recorder.exchanges

    return asyncio.run(play())


def test_bytes_headers_and_escapes_pass_as_they_are() -> None:
    [kept] = played(("PATCH", "/items/a%2Fb?q=x%2Cy&q=%20"))
    assert (kept.method, kept.path, kept.query) == ("PATCH", "/items/a%2Fb", (("q", "x,y"), ("q", " ")))
    assert (kept.asked, kept.status, kept.told) == (BODY, 299, BODY)
    assert kept.asked_headers["content-type"] == "text/csv; charset=latin-1"
    assert kept.told_headers["a-b"] == "c"


def test_an_answer_that_never_came_is_kept_once_and_reaches_nobody() -> None:
    kept = played(("PUT", "/lost"), ("GET", "/there"))
    assert [(one.method, one.path, one.status) for one in kept] == [("PUT", "/lost", 0), ("GET", "/there", 299)]
