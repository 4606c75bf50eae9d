"""The answers of the webhook, encoded once."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

Scope: TypeAlias = dict[str, Any]
Message: TypeAlias = Mapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole answer as its two ASGI messages; `status` repeats that of the first."""

    status: int
    start: Message
    body: Message


def plain(status: int, text: str, *headers: tuple[bytes, bytes]) -> Answer:
    """Return a small text."""
    return _answer(status, text.encode(), b"text/plain; charset=utf-8", headers)


def problem(status: int, code: str, detail: str, *headers: tuple[bytes, bytes]) -> Answer:
    """Return a problem document (RFC 9457). `code` is stable; `detail` never repeats the sender's own text."""
    document = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return _answer(status, json.dumps(document).encode(), b"application/problem+json", headers)


def _answer(status: int, body: bytes, content_type: bytes, headers: Headers) -> Answer:
    fixed: Headers = (
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
    )
    start = {"type": "http.response.start", "status": status, "headers": [*fixed, *headers]}
    return Answer(status, start, {"type": "http.response.body", "body": body, "more_body": False})


def without_body(answer: Answer) -> Answer:
    """Return the same answer to a HEAD."""
    return Answer(answer.status, answer.start, {"type": "http.response.body", "body": b"", "more_body": False})


RETRY_SOON = (b"retry-after", b"5")

STORED = plain(200, "ok\n")
SET_ASIDE = plain(202, "set aside\n")
HELLO = plain(200, "Ponte listens here for VTEX's notifications (POST).\n")
HELLO_HEAD = without_body(HELLO)
LISTENS = plain(200, "Ponte listens here for what the marketplace posts (POST).\n")
WRONG_SIGNATURE = problem(401, "signature", "The signature does not fit.")
UNKNOWN = problem(404, "unknown_key", "Nothing listens at this address.")
UNKNOWN_HEAD = without_body(UNKNOWN)
WRONG_METHOD = problem(405, "method", "Only POST, GET and HEAD are answered here.", (b"allow", b"GET, HEAD, POST"))
TRUNCATED = problem(400, "truncated", "The body ended before it was whole.", (b"connection", b"close"))
TOO_SLOW = problem(408, "too_slow", "The body took longer than 10 seconds.", (b"connection", b"close"))
TOO_LARGE = problem(413, "too_large", "The body is larger than 65536 bytes.", (b"connection", b"close"))
COMPRESSED = problem(415, "compressed", "The body must not be compressed.", (b"connection", b"close"))
TOO_MANY = problem(429, "too_many", "Too many notifications wait to be written down.", RETRY_SOON)
UNAVAILABLE = problem(503, "unavailable", "The notification could not be written down; send it again.", RETRY_SOON)
