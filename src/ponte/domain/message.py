"""One HTTP request and what came back, as plain values.

Connectors and sources yield `Request` and receive an `Answer`; they never open a connection themselves.
`ponte.net` does, and so it alone holds limits, deadlines, secrets and redaction.
"""

from __future__ import annotations

import json
import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

import orjson

JSON: TypeAlias = Any
"""A JSON value: dict, list, str, int, float, bool or None. Numbers with a fraction arrive as float."""

MAX_JSON_DEPTH = 100
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Secret:
    """Stands for a credential in a form or header; only `ponte.net` puts the value in its place."""

    name: str


@dataclass(frozen=True, slots=True)
class FilePart:
    """One file of a multipart form."""

    field: str
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """Something to ask for.

    `path` is relative to the base address of the channel (or store); an absolute `https://` path is a foreign
    host (a picture, say): it gets no credentials and only public addresses are reached.
    `endpoint` is the path with its variable parts named ("PUT /items/{id}"): statistics, classification and
    limits go by it. `changes` says that the request changes something over there: the fence is checked first,
    and a lost answer means that the outcome is unknown.
    `host` names another address of the same marketplace, of `Manifest.hosts` ("login"); "" is the channel's own.
    `together` is the topic ("offers", "import/2035") of a request that is only asked along with those of other SKUs:
    `Gathers.together` asks once for all, and this conversation is sent its own part of the answer.
    """

    method: str
    path: str
    endpoint: str
    query: tuple[tuple[str, str], ...] = ()
    json: JSON = None
    form: tuple[tuple[str, str | Secret], ...] = ()
    files: tuple[FilePart, ...] = ()
    headers: tuple[tuple[str, str | Secret], ...] = ()
    authorized: bool = True
    changes: bool = False
    host: str = ""
    together: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """A complete HTTP answer; `headers` has lower-case names."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> JSON:
        """Return the body as JSON, or `UNREADABLE` when it is not strict JSON in UTF-8."""
        return parse_json(self.body)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")


class Failure(StrEnum):
    """Why there is no (whole) answer."""

    REFUSED = "refused"  # nothing was sent: connection refused, no route
    NAME = "name"  # the host name did not resolve
    FORBIDDEN_ADDRESS = "forbidden_address"  # the guard refused the address
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"  # the connection broke before the answer was whole
    TOO_LARGE = "too_large"
    REDIRECT = "redirect"  # an answer asked to go elsewhere; never followed
    WINDOW = "window"  # it may be asked again only later; nothing was sent, `detail` says in how many seconds
    FENCED = "fenced"  # the lease or the generation moved on: nothing was sent


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No usable answer. `sent` is true when the request may have reached the other side."""

    failure: Failure
    sent: bool
    detail: str = ""


Answer: TypeAlias = Response | NoAnswer
T = TypeVar("T")
Conversation: TypeAlias = Generator[Request, Answer, T]
"""A generator that yields requests, is sent answers, and returns its result."""


class Unreadable:
    """The one value `UNREADABLE`: a body that is not strict JSON."""

    def __repr__(self) -> str:
        return "UNREADABLE"

    def __bool__(self) -> bool:
        return False


UNREADABLE = Unreadable()


def parse_json(body: bytes) -> JSON:
    """Parse strict JSON: UTF-8 only, no NaN or Infinity, no overflow to infinity, limited depth.

    A whole number beyond 64 bits becomes a float. Returns `UNREADABLE` otherwise; never raises.
    """
    try:
        value = orjson.loads(body.removeprefix(BOM))
    except orjson.JSONDecodeError:
        value = _by_the_patient_parser(body)
    # Fewer brackets than levels: nothing to measure.
    shallow = body.count(b"[") + body.count(b"{") <= MAX_JSON_DEPTH
    return value if shallow or _depth_ok(value, MAX_JSON_DEPTH) else UNREADABLE


def _by_the_patient_parser(body: bytes) -> JSON:
    """Read what the quick parser refuses only for half characters (a lone surrogate); they are cleaned where kept."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refused, parse_float=_finite)
    except (ValueError, RecursionError):
        return UNREADABLE


def _refused(name: str) -> float:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    return _refused(text) if math.isinf(number) else number


def _depth_ok(value: JSON, most: int) -> bool:
    level = [value]
    for _ in range(most):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return True
    return False
