"""The bodies and statuses in which Mercado Livre answers, errors first of all.

Shapes after Mercado Livre developers' pages "Validaciones", "Errores 403", "Autenticación y autorización" and the
error sections of the item pages, read 2026-06.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from aiohttp import web

Cause = dict[str, Any]
"""One element of `cause`: department, cause_id, type (error or warning), code, references, message."""

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_HTML_403 = (
    "<html><head><title>403 Forbidden</title></head><body><center><h1>403 Forbidden</h1></center>"
    "<hr/><center>tengine</center></body></html>"
)


def ready(body: bytes, *, status: int = 200) -> web.Response:
    """An answer whose JSON is written already."""
    return web.Response(body=body, status=status, headers=_JSON)


def reply(body: object, *, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, headers=_JSON)


def problem(status: int, message: str, error: str, cause: Sequence[object] = ()) -> web.Response:
    return reply({"message": message, "error": error, "status": status, "cause": list(cause)}, status=status)


def invalid(causes: Sequence[Cause]) -> web.Response:
    """Shape A: refused, with every reason and the warnings beside them."""
    return problem(400, "Validation error", "validation_error", causes)


def body_problem(code: str, sentence: str, cause: Sequence[str] = ()) -> web.Response:
    """Shape B: the code in `message`, the sentence in `error`, `cause` empty or made of strings."""
    return problem(400, code, sentence, cause)


def not_found(item_id: str) -> web.Response:
    return problem(404, f"Item with id {item_id} not found", "not_found")


def not_owner() -> web.Response:
    return problem(401, "Caller is not the item's owner", "")


def conflict() -> web.Response:
    return problem(409, "item optimistic locking error", "conflict")


def bad_token() -> web.Response:
    return reply({"code": "unauthorized", "message": "invalid access token"}, status=401)


def over_quota() -> web.Response:
    return ready(_THROTTLED["quota"], status=429)


def oauth_problem(error: str, description: str, *, status: int = 400) -> web.Response:
    return reply({"error_description": description, "error": error, "status": status, "cause": []}, status=status)


def cause(
    cause_id: int | None,
    code: str,
    message: str,
    *references: str,
    department: str = "items",
    kind: str = "error",
) -> Cause:
    return {
        "department": department,
        "cause_id": cause_id,
        "type": kind,
        "code": code,
        "references": list(references),
        "message": message,
    }


def warning(cause_id: int, code: str, message: str, *references: str, department: str = "items") -> Cause:
    return cause(cause_id, code, message, *references, department=department, kind="warning")


def _bytes(**body: object) -> bytes:
    return orjson.dumps(body)


_THROTTLED: Mapping[str, bytes] = {
    "": _bytes(message="Too Many Requests", error="too_many_requests", status=429, cause=[]),
    "quota": _bytes(error="too_many_requests", message="client.id over quota", status=429),
    "local": _bytes(status=429, error="local_rate_limited"),
}
_GRANTS: Mapping[str, bytes] = {
    error: _bytes(error_description=words, error=error, status=400, cause=[])
    for error, words in (
        ("invalid_scope", "The requested scope is invalid, unknown or malformed"),
        ("unauthorized_client", "The application has no grant of this user or of this scope"),
        ("unauthorized_application", "The application is blocked"),
        ("invalid_operator_user_id", "The user is an operator and can not grant the application"),
    )
}
_FORBIDDEN: Mapping[str, bytes | str] = {
    "": _bytes(
        status=403, error="access_denied", message="access to the requested resource is forbidden", code="FORBIDDEN"
    ),
    "scopes": _bytes(status=403, error="Invalid scopes", code="FORBIDDEN"),
    "policy": _bytes(
        message="At least one policy returned UNAUTHORIZED.",
        code="PA_UNAUTHORIZED_RESULT_FROM_POLICIES",
        status=403,
        blocked_by="PolicyAgent",
    ),
    "html": _HTML_403,
    "token": _bytes(error_description="The call is not authorized", error="forbidden", status=403, cause=[]),
}
_UNAUTHORIZED: Mapping[str, bytes] = {
    "": _bytes(code="unauthorized", message="invalid access token"),
    "owner": _bytes(message="Caller is not the item's owner", error="", status=401, cause=[]),
}
_BY_STATUS: Mapping[int, Mapping[str, Any]] = {
    400: {"": _bytes(message="Bad_request", error="bad_request", status=400, cause=[]), **_GRANTS},
    401: _UNAUTHORIZED,
    403: _FORBIDDEN,
    409: {"": _bytes(message="item optimistic locking error", error="conflict", status=409, cause=[])},
    429: _THROTTLED,
    500: {"": _bytes(message="internal server error", error="internal_server_error", status=500, cause=[])},
    502: {"": _bytes(status=502, message="Bad Gateway"), "html": "<html><body>502 Bad Gateway</body></html>"},
    503: {"": _bytes(status=503, error="unavailable"), "html": "<html><body>503 Service Unavailable</body></html>"},
    504: {
        "": _bytes(message="gateway timeout", error="gateway_timeout", status=504, cause=[]),
        "html": "<html><body>504 Gateway Time-out</body></html>",
    },
}


def fault_body(status: int, variant: str) -> bytes | str | None:
    """The vendor's own body for a fault's status; variants are the keys above ("quota", "scopes", "html" ...)."""
    bodies = _BY_STATUS.get(status, {})
    found: bytes | str | None = bodies.get(variant, bodies.get(""))
    return found
