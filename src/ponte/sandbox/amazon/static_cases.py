"""The official static sandbox: answers by cases read from a file, the most particular case first.

A case (the form of `x-amzn-api-sandbox` in the SP-API models, one object each): `method`, `path` with names in
braces, `status`, `request.parameters` (each with a `value` that the request must have; "body" is the request's body)
and `response`. A request that no case fits is a 400, as at the official one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from ponte.sandbox.amazon import answers
from ponte.sandbox.amazon.answers import Replies

Seen = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StaticCase:
    """One case."""

    method: str
    path: re.Pattern[str]
    wanted: Mapping[str, Any]
    status: int
    response: Any

    def fits(self, method: str, path: str, query: Seen, body: Any) -> bool:
        found = self.path.fullmatch(path) if method == self.method else None
        if found is None:
            return False
        told = {**query, **found.groupdict(), "body": body}
        return all(_is_same(told.get(name), value) for name, value in self.wanted.items())


def read_static_cases(file: Path) -> tuple[StaticCase, ...]:
    """Read the cases; those that ask for most come first, refusals before successes of as many."""
    cases = [_case(row) for row in orjson.loads(file.read_bytes())]
    return tuple(sorted(cases, key=lambda one: (-len(one.wanted), -one.status)))


def _case(row: Mapping[str, Any]) -> StaticCase:
    told = row["request"].get("parameters", {})
    wanted = {name: one["value"] for name, one in told.items() if "value" in one}
    names = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(row["path"]))
    return StaticCase(row["method"], re.compile(names), wanted, row["status"], row["response"])


def _is_same(told: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return isinstance(told, str) and told.split(",") == [str(one) for one in wanted]
    if isinstance(wanted, dict):
        return bool(told == wanted)
    return told is not None and str(told) == str(wanted)


class StaticEndpoints:
    """Every address answers by the cases."""

    def __init__(self, cases: Sequence[StaticCase], replies: Replies) -> None:
        self._cases = cases
        self._replies = replies

    async def answer(self, request: web.Request) -> web.Response:
        raw = await request.read()
        body = orjson.loads(raw) if raw else None
        query = dict(request.query)
        for case in self._cases:
            if case.fits(request.method, request.path, query, body):
                sent = b"" if case.response is None else orjson.dumps(case.response)
                return self._replies.ready(sent, status=case.status, rate=5.0)
        return self._replies.ready(answers.BAD_INPUT, status=400, rate=5.0)
