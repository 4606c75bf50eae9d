"""What one answer of Mercado Livre means. Pure, and never raises, whatever the bytes are.

The order: HTTP status, token bodies, structured codes, words, unknown. A success needs a proof: an item's id.
"""

from __future__ import annotations

import re

from ponte.connectors import shape
from ponte.connectors.endpoints import path_of
from ponte.connectors.mercadolivre.aftermath import moderation_problems, picture_problems
from ponte.connectors.mercadolivre.errors import codes_of, failures_of, message_of, problems_of, words_of
from ponte.connectors.mercadolivre.standing import item_of, listing_of, standing
from ponte.connectors.outcomes import FINAL, refused
from ponte.connectors.transport import asked_wait, is_garbled
from ponte.domain.message import JSON, Response, Unreadable
from ponte.domain.outcome import Accepted, Blocked, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage

TOKEN_TROUBLE = re.compile(r"(invalid|expired|malformed)[ _]?(access)?[ _]?token", re.IGNORECASE)
SOMEBODY_ELSES = re.compile(r"caller is not|not the (item'?s )?owner|does not belong", re.IGNORECASE)
OAUTH = "/oauth/token"
ITEM_ENDPOINT = re.compile(r"(GET|PUT) /items/[^/]+$|POST /items(/[^/]+/relist)?$")
LISTING_ENDPOINT = re.compile(r"^\w+ /items/[^/]+(/description)?$")
NO_CHANGE = ("/items/validate", "/attributes/conditional", OAUTH, "/pictures/items/upload")

CLIENT_CODES = frozenset(
    {
        "invalid_client",
        "unauthorized_client",
        "unauthorized_application",
        "invalid_scope",
        "unsupported_grant_type",
        "invalid_request",
    }
)
GRANT_CODES = frozenset({"invalid_grant", "invalid_operator_user_id"})


def classify(endpoint: str, response: Response) -> Outcome:
    """Say what the answer of an endpoint ("POST /items") means."""
    path = path_of(endpoint)
    if 200 <= response.status < 300:
        return _success(path, response)
    return _by_status(path, response)


def is_expired_token(response: Response) -> bool:
    """True for a 401 that speaks of the token; not for "Caller is not the item's owner"."""
    if response.status != 401:
        return False
    body = response.json()
    return _speaks_of_token(body) and not SOMEBODY_ELSES.search(message_of(body))


def _speaks_of_token(body: JSON) -> bool:
    return "unauthorized" in codes_of(body) or TOKEN_TROUBLE.search(message_of(body)) is not None


def changes(path: str) -> bool:
    """True when a lost or unreadable answer leaves open whether something was changed."""
    return path.partition(" ")[0] in {"POST", "PUT", "DELETE", "PATCH"} and not path.endswith(NO_CHANGE)


def unreadable(path: str, response: Response, code: str = "unreadable") -> Postponed:
    """Return "we cannot tell": after a changing request its outcome is unknown."""
    if path.endswith(OAUTH):
        # What we do not understand here may be a token: nothing of it is kept.
        response = Response(response.status)
    words = words_of(response)
    problem = Problem(
        ProblemClass.RESPONSE_UNREADABLE,
        Stage.SEND,
        path,
        code,
        words,
        params=_hex(response),
        http_status=response.status,
    )
    return Postponed(problem, unknown=changes(path))


def _hex(response: Response) -> dict[str, str]:
    """Show the first bytes of a body that is no text at all."""
    try:
        response.body[:200].decode("utf-8")
    except UnicodeDecodeError:
        return {"bytes": response.body[:32].hex(" ")}
    return {}


def _stage(path: str) -> Stage:
    return Stage.MARKETPLACE if path.startswith("GET ") else Stage.SEND


def _success(path: str, response: Response) -> Outcome:
    body = response.json()
    if path.endswith("/items/validate"):
        return Accepted(None)
    if path.startswith("GET /pictures/"):
        return _aftermath(picture_problems(body), path, response)
    if path.startswith("GET /moderations/"):
        return _aftermath(moderation_problems(body), path, response)
    item = item_of(body)
    if item:
        return standing(item, listing_of(item, {}))
    if _tells_of_error(body):
        return refused(problems_of(response, _stage(path)))
    return _without_item(path, response, body)


def _without_item(path: str, response: Response, body: JSON) -> Outcome:
    if failures := failures_of(body, _stage(path)):
        return refused(failures)
    if ITEM_ENDPOINT.match(path):
        return unreadable(path, response, "no_listing_id")
    if path.endswith(OAUTH) and not shape.text(shape.table(body).get("access_token")):
        return unreadable(path, response)
    if isinstance(body, Unreadable) and response.body.strip():
        return unreadable(path, response)
    return Accepted(None)


def _tells_of_error(body: JSON) -> bool:
    """True for a refusal that came with a 2xx status."""
    top = shape.table(body)
    return bool(top.get("error") or top.get("errors") or (top.get("cause") and top.get("message")))


def _aftermath(problems: tuple[Problem, ...] | None, path: str, response: Response) -> Outcome:
    if problems is None:
        return unreadable(path, response)
    return refused(problems) if any(problem.blocking for problem in problems) else Accepted(None, problems)


def _by_status(path: str, response: Response) -> Outcome:
    status = response.status
    if path.endswith(OAUTH) and status < 500 and status != 429:
        return _token_refused(path, response)
    if status >= 500 or status == 408:
        return _outage(path, response)
    if status == 429 or _is_picture_quota(path, response):
        return Postponed(_problem(ProblemClass.THROTTLED, path, response), asked_wait(response))
    if status < 200 or 300 <= status < 400:
        return unreadable(path, response, "redirect" if status >= 300 else "unreadable")
    return _refusal(path, response)


def _refusal(path: str, response: Response) -> Outcome:
    if response.status in {404, 410} and LISTING_ENDPOINT.match(path):
        return Rejected((_problem(ProblemClass.LISTING_NOT_FOUND, path, response),))
    told = {401: _unauthorized, 402: _unpaid, 403: _forbidden, 409: _conflict, 412: _conflict, 423: _conflict}
    if response.status in told:
        return told[response.status](path, response)
    if response.status in FINAL:
        return Rejected((_problem(FINAL[response.status], path, response),))
    found = problems_of(response, _stage(path))
    if is_garbled(response) and all(problem.kind is ProblemClass.UNKNOWN for problem in found):
        return unreadable(path, response, "garbled")
    return refused(found)


def _unpaid(path: str, response: Response) -> Blocked:
    return Blocked(_problem(ProblemClass.ACCOUNT_BLOCKED, path, response))


def _problem(kind: ProblemClass, path: str, response: Response) -> Problem:
    body = response.json()
    code = next(iter(codes_of(body)), "") or str(response.status)
    words = message_of(body) or words_of(response)
    return Problem(kind, _stage(path), "", code[:200], words, http_status=response.status)


def _token_refused(path: str, response: Response) -> Outcome:
    codes = codes_of(response.json())
    if "local_rate_limited" in codes:
        return Postponed(_problem(ProblemClass.THROTTLED, path, response), asked_wait(response))
    code = next((one for one in codes if one in GRANT_CODES | CLIENT_CODES), "")
    if code in GRANT_CODES:
        return Blocked(_problem(ProblemClass.AUTH_INVALID, path, response))
    if "forbidden" in codes or "access_denied" in codes:
        return Blocked(_problem(ProblemClass.AUTH_FORBIDDEN, path, response))
    if code or response.status in {401, 403}:
        return Blocked(_problem(ProblemClass.AUTH_CLIENT, path, response))
    return unreadable(path, response)


def _outage(path: str, response: Response) -> Postponed:
    problem = _problem(ProblemClass.MARKETPLACE_OUTAGE, path, response)
    return Postponed(problem, asked_wait(response), unknown=changes(path))


def _is_picture_quota(path: str, response: Response) -> bool:
    """True for a quota told as 400 "Bad_request" (developers' page "work with pictures", captured 2026-06)."""
    return (
        response.status == 400 and "/pictures" in path and "bad_request" in map(str.lower, codes_of(response.json()))
    )


def _unauthorized(path: str, response: Response) -> Outcome:
    if SOMEBODY_ELSES.search(message_of(response.json())):
        return Rejected((_problem(ProblemClass.AUTH_FORBIDDEN, path, response),))
    return Postponed(_problem(ProblemClass.AUTH_EXPIRED, path, response))


def _forbidden(path: str, response: Response) -> Outcome:
    found = problems_of(response, _stage(path))
    told = [problem for problem in found if problem.kind is not ProblemClass.UNKNOWN]
    if told:
        return refused(found)
    problem = _problem(ProblemClass.AUTH_FORBIDDEN, path, response)
    return Rejected((problem,)) if SOMEBODY_ELSES.search(problem.message) else Blocked(problem)


def _conflict(path: str, response: Response) -> Outcome:
    """Return a conflict as passing, unless its body names a reason that will not pass."""
    found = problems_of(response, _stage(path))
    if all(problem.kind is ProblemClass.UNKNOWN for problem in found):
        return Postponed(_problem(ProblemClass.STATE_CONFLICT, path, response), asked_wait(response))
    return refused(found)
