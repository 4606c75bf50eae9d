"""What one answer of Amazon means. Pure, and never raises, whatever the bytes are.

The order: HTTP status, token bodies, issues, errors, words, unknown. HTTP 200 is no success: a listing's own status
and its issues are.
"""

from __future__ import annotations

import re

from ponte.connectors import shape
from ponte.connectors.amazon.errors import code_of, issue_problems, message_of, problems_of, said, told_problems
from ponte.connectors.amazon.seller import FIRST_LOOK_SECONDS
from ponte.connectors.amazon.standing import item_of, processing, standing
from ponte.connectors.endpoints import path_of
from ponte.connectors.outcomes import FINAL, refused
from ponte.connectors.transport import asked_wait, is_garbled
from ponte.domain.message import JSON, Response, Unreadable
from ponte.domain.outcome import Accepted, Blocked, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage

TOKEN = "/auth/o2/token"  # noqa: S105 -- a path
# As Amazon words it: "The access token you provided has expired.", "Access token is missing in the request header."
TOKEN_TROUBLE = re.compile(
    r"token.{0,60}(expired|missing|invalid|revoked|malformed)|(expired|missing|invalid|revoked|malformed).{0,60}token",
    re.IGNORECASE,
)
SUBMITTING = re.compile(r"(PUT|PATCH|DELETE) /listings/[^/]+/items/")
READING = re.compile(r"GET /listings/[^/]+/items/[^/]+/")
MOST_LISTINGS = re.compile(r"^\w+ /listings/[^/]+/items/[^/]+/")
CLIENT_CODES = frozenset(
    {"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_request", "invalid_scope"}
)
GRANT_CODES = frozenset({"invalid_grant"})


def classify(endpoint: str, response: Response) -> Outcome:
    """Say what the answer of an endpoint means."""
    path = path_of(endpoint)
    if 200 <= response.status < 300:
        return _success(path, response)
    return _by_status(path, response)


def is_expired_token(response: Response) -> bool:
    """True for a 403 (or 401) whose words speak of the token; a missing role has the same code without them."""
    if response.status not in {401, 403}:
        return False
    return TOKEN_TROUBLE.search(message_of(response.json())) is not None


def changes(path: str) -> bool:
    """True when a lost or unreadable answer leaves open whether something was changed."""
    return SUBMITTING.match(path) is not None


def unreadable(path: str, response: Response, code: str = "unreadable") -> Postponed:
    """Return "we cannot tell": after a changing request its outcome is unknown."""
    if path.endswith(TOKEN):
        # What we do not understand here may be a token: nothing of it is kept.
        response = Response(response.status)
    problem = Problem(
        ProblemClass.RESPONSE_UNREADABLE,
        Stage.SEND,
        path,
        code,
        said(response),
        http_status=response.status,
    )
    return Postponed(problem, unknown=changes(path))


def submitted(path: str, response: Response, sku: str = "") -> Outcome:
    """Say what became of a PUT, PATCH or DELETE with a 2xx: accepted to be worked on, or refused with its reasons."""
    body = shape.table(response.json())
    status, told = shape.text(body.get("status")), shape.text(body.get("sku"))
    problems = issue_problems(body, Stage.SEND)
    if status == "INVALID":
        return refused(problems_of(response, Stage.SEND))
    if status not in {"ACCEPTED", "VALID"} or not told or not shape.text(body.get("submissionId")):
        return (
            refused(problems_of(response, Stage.SEND))
            if _blocks(problems)
            else unreadable(path, response, "no_proof")
        )
    if sku and told != sku:
        return unreadable(path, response, "echo.other_sku")
    if status == "VALID" or path.startswith("DELETE "):
        return Accepted(None, tuple(problem.as_warning() for problem in problems))
    if _blocks(problems):
        return refused(problems)
    return Pending(Listing(told, state=status), processing(), FIRST_LOOK_SECONDS)


def _blocks(problems: tuple[Problem, ...]) -> bool:
    return any(problem.blocking for problem in problems)


def _stage(path: str) -> Stage:
    return Stage.MARKETPLACE if path.startswith("GET ") else Stage.SEND


def _success(path: str, response: Response) -> Outcome:
    body = response.json()
    if path.endswith(TOKEN):
        return Accepted(None) if shape.text(shape.table(body).get("access_token")) else unreadable(path, response)
    if SUBMITTING.match(path) or (shape.text(shape.table(body).get("submissionId")) and not READING.match(path)):
        return _of_submission(path, response)
    if path.endswith("/restrictions"):
        return refused(_restrictions(body))
    if shape.text(shape.table(body).get("processingStatus")):
        return _feed(shape.table(body))
    item = item_of(body) if READING.match(path) else None
    if item and ("summaries" in item or not told_problems(response, Stage.MARKETPLACE)):
        return standing(item, Listing(item["sku"]))
    return _of_words(path, response, body)


def _feed(body: dict[str, JSON]) -> Outcome:
    """Say how a feed stands; what became of its listings is told by its report alone."""
    status, number = shape.text(body.get("processingStatus")), shape.word(body.get("feedId"))[:100]
    code = f"feed.{status.casefold()[:40]}"
    match status:
        case "DONE":
            return Accepted(None)
        case "FATAL":
            return Rejected((Problem(ProblemClass.PAYLOAD_INVALID, Stage.MARKETPLACE, "feed", code),))
        case "CANCELLED":
            return Postponed(Problem(ProblemClass.MARKETPLACE_TIMEOUT, Stage.MARKETPLACE, "feed", code))
        case _:
            waiting = Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, "feed", code)
            return Pending(Listing(number, state=status[:100]), waiting, FIRST_LOOK_SECONDS)


def _restrictions(body: JSON) -> tuple[Problem, ...]:
    """Return why a seller may not offer a product: approval is asked for, or there is none to be had."""
    rows = shape.tables(shape.table(body).get("restrictions"))
    reasons = [reason for row in rows for reason in shape.tables(row.get("reasons"))]
    return tuple(
        Problem(
            ProblemClass.POLICY_RESTRICTED,
            Stage.MARKETPLACE,
            code=shape.text(reason.get("reasonCode"))[:100],
            message=shape.text(reason.get("message"))[:2_000],
        )
        for reason in reasons
    )


def _of_words(path: str, response: Response, body: JSON) -> Outcome:
    told = told_problems(response, _stage(path))
    if _blocks(told):
        return refused(told)
    if _tells_of_error(body):
        return refused(problems_of(response, _stage(path)))
    if READING.match(path) or isinstance(body, Unreadable):
        return unreadable(path, response)
    return Accepted(None, tuple(problem.as_warning() for problem in told))


def _of_submission(path: str, response: Response) -> Outcome:
    outcome = submitted(path, response)
    if isinstance(outcome, Postponed) and outcome.problem.kind is ProblemClass.RESPONSE_UNREADABLE:
        told = told_problems(response, Stage.SEND)
        if _blocks(told):
            return refused(told)
        if _tells_of_error(response.json()):
            return refused(problems_of(response, Stage.SEND))
    return outcome


def _tells_of_error(body: JSON) -> bool:
    """True for a refusal that came with a 2xx status."""
    return bool(shape.rows(shape.table(body).get("errors")))


def _by_status(path: str, response: Response) -> Outcome:
    status = response.status
    if status >= 500 or status == 408:
        problem = _problem(ProblemClass.MARKETPLACE_OUTAGE, path, response)
        return Postponed(problem, asked_wait(response), unknown=changes(path))
    if status == 429:
        return Postponed(_problem(ProblemClass.THROTTLED, path, response), asked_wait(response))
    if path.endswith(TOKEN):
        return _token_refused(path, response)
    if status < 200 or 300 <= status < 400:
        return unreadable(path, response, "redirect" if status >= 300 else "unreadable")
    return _refusal(path, response)


def _refusal(path: str, response: Response) -> Outcome:
    status = response.status
    if status in {401, 403}:
        return _forbidden(path, response)
    if status in {404, 410} and MOST_LISTINGS.match(path):
        return Rejected((_problem(ProblemClass.LISTING_NOT_FOUND, path, response),))
    if status in {409, 412, 423}:
        return Postponed(_problem(ProblemClass.STATE_CONFLICT, path, response), asked_wait(response))
    if status in FINAL:
        return Rejected((_problem(FINAL[status], path, response),))
    return _by_words(path, response)


def _by_words(path: str, response: Response) -> Outcome:
    found = problems_of(response, _stage(path))
    if any(problem.kind is not ProblemClass.UNKNOWN for problem in found):
        return refused(found)
    if is_garbled(response):
        return unreadable(path, response, "garbled")
    if response.status == 400 and message_of(response.json()):
        # Amazon's 400 is about the form of the request whatever its code ("missing or invalid parameters").
        return Rejected((_problem(ProblemClass.PAYLOAD_INVALID, path, response),))
    return refused(found)


def _forbidden(path: str, response: Response) -> Outcome:
    if is_expired_token(response):
        return Postponed(_problem(ProblemClass.AUTH_EXPIRED, path, response))
    found = problems_of(response, _stage(path))
    if any(problem.kind not in {ProblemClass.UNKNOWN, ProblemClass.AUTH_FORBIDDEN} for problem in found):
        return refused(found)
    return Blocked(_problem(ProblemClass.AUTH_FORBIDDEN, path, response))


def _problem(kind: ProblemClass, path: str, response: Response) -> Problem:
    body = response.json()
    code, words = code_of(body) or str(response.status), said(response)
    return Problem(kind, _stage(path), "", code, words, http_status=response.status)


def _token_refused(path: str, response: Response) -> Outcome:
    code = code_of(response.json())
    if code in GRANT_CODES:
        return Blocked(_problem(ProblemClass.AUTH_INVALID, path, response))
    if code in CLIENT_CODES or response.status in {401, 403}:
        return Blocked(_problem(ProblemClass.AUTH_CLIENT, path, response))
    return unreadable(path, response)
