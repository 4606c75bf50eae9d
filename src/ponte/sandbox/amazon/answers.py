"""The bodies, statuses and headers in which the fake answers: errors first of all.

Shapes: SP-API models (ErrorList, headers); texts of 403, 429 and 5xx as users report them, read 2026-11.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from aiohttp import web

from ponte.sandbox.switchboard import Endpoint

JSON_TYPE = "application/json"
RATE_HEADER = "x-amzn-RateLimit-Limit"
ID_HEADER = "x-amzn-RequestId"
TOLD_RATE = frozenset({200, 201, 202, 204, 400, 404})


def errors(code: str, message: str, details: str = "") -> bytes:
    return orjson.dumps({"errors": [{"code": code, "message": message, "details": details}]})


DENIED = "Access to requested resource is denied."
EXPIRED = errors("Unauthorized", DENIED, "The access token you provided has expired.")
ABSENT = errors("Unauthorized", DENIED, "Access token is missing in the request header.")
NO_ROLE = errors("Unauthorized", DENIED)
QUOTA = errors("QuotaExceeded", "You exceeded your quota for the requested resource.")
BAD_INPUT = errors("BAD_REQUEST", "Invalid input", "Invalid input")

_BY_STATUS: Mapping[int, Mapping[str, bytes]] = {
    400: {"": BAD_INPUT},
    403: {"": NO_ROLE, "expired": EXPIRED, "absent": ABSENT},
    413: {"": errors("RequestEntityTooLarge", "The request exceeds the maximum size.")},
    415: {"": errors("UnsupportedMediaType", "The request payload is in an unsupported format.")},
    429: {"": QUOTA},
    500: {"": errors("InternalFailure", "We encountered an internal error. Please try again.")},
    503: {"": errors("ServiceUnavailable", "Service is temporarily unavailable. Please try again.")},
}


def fault_body(status: int, variant: str) -> bytes | None:
    """The vendor's own body for a fault's status; variants are the keys above ("expired")."""
    bodies = _BY_STATUS.get(status, {})
    return bodies.get(variant, bodies.get(""))


class Replies:
    """Makes answers with the headers that every one has; ids of requests are counted, the same ones each time."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._numbers: Iterator[int] = itertools.count(1)

    def numbered(self, endpoint: Any) -> Endpoint:
        """An endpoint whose answers all have an id, those of the switchboard too."""

        async def answered(request: web.Request) -> web.StreamResponse:
            answer: web.StreamResponse = await endpoint(request)
            if not answer.prepared:
                answer.headers.setdefault(ID_HEADER, self._id())
            return answer

        return answered

    def _id(self) -> str:
        return f"{self._seed:08x}-0000-4000-8000-{next(self._numbers):012x}"

    def ready(self, body: bytes, *, status: int = 200, rate: float | None = None) -> web.Response:
        headers = {ID_HEADER: self._id()}
        if rate is not None and status in TOLD_RATE:
            headers[RATE_HEADER] = f"{rate:.1f}"
        return web.Response(body=body, status=status, headers=headers, content_type=JSON_TYPE)

    def reply(self, body: Any, *, status: int = 200, rate: float | None = None) -> web.Response:
        return self.ready(orjson.dumps(body), status=status, rate=rate)


def lwa_problem(error: str, description: str, *, status: int = 400) -> web.Response:
    """An error of Login with Amazon, in OAuth's form."""
    body = orjson.dumps({"error": error, "error_description": description})
    return web.Response(body=body, status=status, content_type=JSON_TYPE)
