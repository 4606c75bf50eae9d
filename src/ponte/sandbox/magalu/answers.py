"""The bodies in which the fake answers."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web

from ponte.sandbox.magalu.rules import Refusal
from ponte.sandbox.magalu.settings import Envelope
from ponte.sandbox.magalu.shelf import Trace

TURNS = (Envelope.ERRORS, Envelope.DETAIL, Envelope.SENTENCES)


def reply(body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    told = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=orjson.dumps(body), status=status, headers=told)


def message(status: int, text: str, code: str = "") -> web.Response:
    return reply({"code": code, "message": text} if code else {"message": text}, status=status)


def not_found() -> web.Response:
    return message(404, "Resource Not Found")


def busy(sku: str) -> web.Response:
    return message(409, f"SKU {sku} is being processed")


def oauth_problem(error: str, description: str) -> web.Response:
    status = 401 if error == "invalid_client" else 400
    return reply({"error": error, "error_description": description}, status=status)


def invalid(refusals: Sequence[Refusal], sku: str, wanted: Envelope) -> web.Response:
    """Return 422 with every reason, in the envelope that is wanted or whose turn it is."""
    envelope = TURNS[zlib.crc32(sku.encode()) % len(TURNS)] if wanted is Envelope.MIXED else wanted
    return reply(_enveloped(refusals, envelope), status=422)


def _enveloped(refusals: Sequence[Refusal], envelope: Envelope) -> dict[str, Any]:
    match envelope:
        case Envelope.DETAIL:
            return {
                "detail": [{"loc": ["body", one.field], "msg": one.message, "type": one.kind} for one in refusals]
            }
        case Envelope.SENTENCES:
            return {"errors": [f"{one.field}: {one.message}" for one in refusals]}
        case _:
            return {"errors": [{"field": one.field, "message": one.message} for one in refusals]}


def blockers(refusals: Sequence[Refusal], *, as_sentences: bool) -> web.Response:
    """Return what keeps a SKU a draft, as objects or as sentences."""
    if as_sentences:
        return reply({"errors": [one.message for one in refusals]})
    return reply({"errors": [_object(one) for one in refusals]})


def _object(one: Refusal) -> dict[str, str]:
    told = {"message": one.message, "field": one.field}
    return {"code": one.code, **told} if one.code else told


def traced(trace: Trace, now: float) -> web.Response:
    """Return the lines of a trace: none before it is ready."""
    return reply({"results": _lines(trace) if now >= trace.ready_at else []})


def _lines(trace: Trace) -> list[dict[str, Any]]:
    if trace.failed:
        return [_line(trace, "503", "Internal error, try again", "CRITICAL")]
    if not trace.refusals:
        return [_line(trace, "200", "OK", "INFO")]
    return [_line(trace, "422", f"{one.field}: {one.message}", "ERROR") for one in trace.refusals]


def _line(trace: Trace, code: str, text: str, severity: str) -> dict[str, Any]:
    created = datetime.fromtimestamp(trace.ready_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    origin = {"context": trace.context, "resource": trace.sku}
    return {"code": code, "message": text, "severity": severity, "created_at": created, "origin": origin}


def fault_body(status: int, variant: str) -> bytes | str | None:
    """Return the vendor's body for a fault of the switchboard."""
    if variant == "html" or status in {502, 503, 504}:
        return "<html><body>upstream connect error or disconnect/reset before headers</body></html>"
    words = {401: "Unauthorized", 403: "Forbidden", 404: "Resource Not Found", 429: "Too Many Requests"}
    return orjson.dumps({"message": words.get(status, "Internal Server Error")})
