"""JSON answers, and POSTs that have one effect per Idempotency-Key."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable

import orjson
from django.http import HttpRequest, HttpResponse

from ponte.api.callers import caller_of
from ponte.api.refusals import RefusedError
from ponte.domain.message import JSON, UNREADABLE, parse_json
from ponte.flows.idempotency import MAX_KEY, OtherRequest, Reply, Result, StillRunning, once, once_outside

KEY = re.compile(rf"[\x21-\x7e]{{1,{MAX_KEY}}}")


def as_json(body: JSON, status: int = 200) -> HttpResponse:
    """Return a JSON answer that nobody caches."""
    return _response(reply(body, status))


def reply(body: JSON, status: int = 200) -> Reply:
    return Reply(status, dumped(body))


def dumped(body: JSON) -> str:
    """Write JSON, whatever a marketplace made us keep: half characters and endless numbers are legal JSON too."""
    try:
        return orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:
        return json.dumps(body)


def answer_once(request: HttpRequest, effect: Callable[[], Reply], *, uses_network: bool = False) -> HttpResponse:
    """Do the effect once per Idempotency-Key of this token; without a key, just do it."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return _response(effect())
    if not KEY.fullmatch(key):
        raise RefusedError("bad-key")
    keep = once_outside if uses_network else once
    return _settled(keep(caller_of(request).token_id, key, request_digest(request), effect))


def request_digest(request: HttpRequest) -> str:
    """Return SHA-256 of method, path and body; how the JSON is written (blanks, order of names) does not count."""
    parsed = parse_json(request.body)
    body = request.body if parsed is UNREADABLE else json.dumps(parsed, sort_keys=True).encode()
    return hashlib.sha256(b"\x1f".join([str(request.method).encode(), request.path.encode(), body])).hexdigest()


def _settled(result: Result) -> HttpResponse:
    match result:
        case Reply():
            return _response(result)
        case OtherRequest():
            raise RefusedError("key-reused")
        case StillRunning():
            raise RefusedError("still-running", headers={"Retry-After": "1"})


def _response(answer: Reply) -> HttpResponse:
    if answer.status == 204:
        response = HttpResponse(status=204)
        del response["Content-Type"]
    else:
        response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response
