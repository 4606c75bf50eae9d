"""A second opinion: prism, as a proxy with --errors, is shown every exchange of a run once more.

Behind prism stands a server that answers what was answered then. What prism refuses comes back as its own problem.
Needs Node; npx fetches prism. Not a part of `make test`.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from aiohttp import ClientSession, web
from fake_stage import served
from multidict import CIMultiDict
from yarl import URL

from specs.documents import Excuse, Sources
from specs.judge import Judge, Kind, Violation
from specs.verdict import covers
from specs.wire import Exchange, passes

PRISM = "@stoplight/prism-cli@5.14.2"
NUMBER = "x-exchange"
PATIENCE_SECONDS = 90.0


@dataclass(slots=True)
class Opinion:
    """What prism says of one marketplace."""

    code: str
    shown: int = 0
    violations: list[Violation] = field(default_factory=list)
    excused: Counter[Excuse] = field(default_factory=Counter)

    @property
    def holds(self) -> bool:
        return not self.violations

    def lines(self) -> Iterator[str]:
        excused = sum(self.excused.values())
        figures = f"{self.shown} shown, {len(self.violations)} violations, {excused} undeclared by contract"
        yield f"{self.code} by prism: {figures}"
        for violation, number in Counter(self.violations).most_common():
            yield f"  {number} x {violation}"


def second_opinion(sources: Sources, folder: Path, exchanges: Sequence[Exchange]) -> Opinion:
    """Show a run to prism, document by document. Raises `RuntimeError` where prism does not start."""
    if shutil.which("npx") is None:
        raise RuntimeError("prism needs Node: there is no npx")
    opinion = Opinion(sources.code)
    asyncio.run(_ask(sources, folder, [one for one in exchanges if one.status], opinion))
    return opinion


async def _ask(sources: Sources, folder: Path, exchanges: Sequence[Exchange], opinion: Opinion) -> None:
    left = list(exchanges)
    for document, path in zip(sources.read(folder), sources.paths(folder), strict=True):
        judge = Judge([document])
        mine = [one for one in left if judge.operation(one.method, one.path)]
        left = [one for one in left if not judge.operation(one.method, one.path)]
        async with _answering(mine) as upstream, _prism(path, upstream) as base, ClientSession() as session:
            for number, exchange in enumerate(mine):
                problem = await _shown(session, base, number, exchange)
                operation = judge.operation(exchange.method, exchange.path)
                opinion.shown += 1
                _take(opinion, sources, exchange, operation.name if operation else "", problem)


def _take(opinion: Opinion, sources: Sources, exchange: Exchange, name: str, problem: dict[str, Any]) -> None:
    for violation in _violations(problem, name, exchange):
        excuse = next((one for one in sources.undeclared if covers(one, violation)), None)
        if excuse is not None:
            opinion.excused[excuse] += 1
        elif not (exchange.is_spoilt and violation.kind is Kind.ASKED):
            opinion.violations.append(violation)


def _violations(problem: dict[str, Any], name: str, exchange: Exchange) -> Iterator[Violation]:
    if not problem:
        return
    for one in problem.get("validation") or [{"location": ["request"], "message": json.dumps(problem)[:300]}]:
        place, words = one.get("location") or [""], str(one.get("message", ""))
        kind = Kind.TOLD if place[0] == "response" else Kind.ASKED
        if "status code" in words:
            kind = Kind.STATUS
        yield Violation(name, exchange.status, kind, f"{'/'.join(map(str, place))}: {words}")


async def _shown(session: ClientSession, base: str, number: int, exchange: Exchange) -> dict[str, Any]:
    """Return prism's problem with an exchange, {} for none. An undeclared 4xx or 5xx is only in a header."""
    query = f"?{urlencode(exchange.query, quote_via=quote)}" if exchange.query else ""
    headers = CIMultiDict((name, value) for name, value in exchange.asked_headers.items() if passes(name))
    headers[NUMBER] = str(number)
    headers.popall("Host", None)
    url = URL(base + exchange.path + query, encoded=True)
    async with session.request(
        exchange.method, url, data=exchange.asked or None, headers=headers, allow_redirects=False
    ) as answer:
        body = await answer.read()
        if answer.content_type != "application/problem+json":
            noted = answer.headers.get("sl-violations")
            return {"validation": json.loads(noted)} if noted else {}
        told: dict[str, Any] = json.loads(body)
        return told


@asynccontextmanager
async def _answering(exchanges: Sequence[Exchange]) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        one = exchanges[int(request.headers[NUMBER])]
        headers = CIMultiDict((name, value) for name, value in one.told_headers.items() if passes(name))
        return web.Response(status=one.status, body=one.told, headers=headers)

    app = web.Application(client_max_size=64_000_000)
    app.router.add_route("*", "/{path:.*}", answer)
    async with served(app) as base:
        yield base


@asynccontextmanager
async def _prism(document: Path, upstream: str) -> AsyncIterator[str]:
    port = _free_port()
    command = (
        "npx",
        "--yes",
        PRISM,
        "proxy",
        str(document),
        upstream,
        "--errors",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    )
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=sys.stderr, start_new_session=True
    )
    try:
        await _listens(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            os.killpg(process.pid, 15)
        await process.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def _listens(port: int, process: asyncio.subprocess.Process) -> None:
    until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while asyncio.get_running_loop().time() < until and process.returncode is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.2)
            continue
        writer.close()
        return
    raise RuntimeError("prism did not start")
