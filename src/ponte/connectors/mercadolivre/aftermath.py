"""What is heard after acceptance: pictures that could not be fetched, and moderation.

Shapes: Mercado Livre developers' pages "work with pictures" and "manage moderations", captured 2026-06.
"""

from __future__ import annotations

import re

from ponte.connectors import shape
from ponte.connectors.mercadolivre.errors import MAX_MESSAGE, RULEBOOK
from ponte.connectors.texts import plain_text, sendable
from ponte.domain.message import JSON
from ponte.domain.problem import Problem, ProblemClass, Stage

HTTP_CODE = re.compile(r"responseCode=([0-9]{3})")
ERROR_CODE = re.compile(r"error_code=([a-z_]{1,60})")
UNREACHABLE = frozenset({"response_code", "timeout", "connection_error", "unknown_host", "ssl_error", "redirect"})
# What the page lists without a code: certificates, time-outs, hosts that were slow too often, pictures never fetched.
TLS = re.compile(r"certificat|fatal alert|protocol_version|ssl|handshake", re.IGNORECASE)
NOT_FETCHED = re.compile(r"timed? ?out|slow_domain|connect|unknown ?host|wasn'?t create", re.IGNORECASE)
MAX_MODERATIONS = 20


def picture_problems(body: JSON) -> tuple[Problem, ...] | None:
    """Read GET /pictures/{id}/errors; () when the picture has no error, None when the answer has no such shape."""
    if not isinstance(body, dict):
        return None
    error = body.get("error")
    message = shape.text(shape.table(error).get("message")) or shape.text(error)
    if not message:
        return ()
    found, status = ERROR_CODE.search(message), HTTP_CODE.search(message)
    code = found[1] if found else _code_of(message)
    kind = ProblemClass.IMAGE_UNREACHABLE if status or code in UNREACHABLE else ProblemClass.IMAGE_INVALID
    params = {"status": status[1]} if status else {}
    subject = sendable(shape.text(body.get("source")))[:500] or "pictures"
    return (Problem(kind, Stage.MARKETPLACE, subject, code, sendable(message[:MAX_MESSAGE]), params=params),)


def _code_of(message: str) -> str:
    if TLS.search(message):
        return "ssl_error"
    return "timeout" if NOT_FETCHED.search(message) else "picture_error"


def moderation_problems(body: JSON) -> tuple[Problem, ...] | None:
    """Read GET /moderations/last_moderation/{id}; () when there is none, None when the answer has no such shape.

    The marketplace's REASON is the problem's message, its REMEDY the parameter "remedy".
    """
    if not isinstance(body, list):
        return None
    return tuple(_moderation(row) for row in shape.tables(body)[:MAX_MODERATIONS])


def _moderation(row: dict[str, JSON]) -> Problem:
    name = sendable(shape.text(row.get("name")))[:100] or "moderation"
    rule = RULEBOOK.told("moderation", name)
    kind, subject = (rule.kind, rule.subject) if rule else (ProblemClass.POLICY_MODERATION, "")
    wordings = shape.tables(row.get("wordings"))[:20]
    reason, remedy = _wording(wordings, "REASON"), _wording(wordings, "REMEDY")
    params = {"reason": reason, "remedy": remedy, "evidence": _evidence(row)}
    problem = Problem(
        kind, Stage.MARKETPLACE, subject, name, reason, params={key: value for key, value in params.items() if value}
    )
    return problem.as_warning() if "WARNING" in name.upper() else problem


def _wording(wordings: list[dict[str, JSON]], kind: str) -> str:
    found = (shape.text(row.get("value")) for row in wordings if shape.text(row.get("type")).upper() == kind)
    return plain_text(" ".join(found))[:MAX_MESSAGE]


def _evidence(row: dict[str, JSON]) -> str:
    """Return what was matched; the pages show the key in singular and in plural."""
    evidences = shape.tables(row.get("evidences")) or shape.tables(row.get("evidence"))
    parts = (
        f"{shape.text(one.get('section_name'))}: {shape.text(one.get('text_matched'))}" for one in evidences[:10]
    )
    return sendable("; ".join(parts))[:1_000]
