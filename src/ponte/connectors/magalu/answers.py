"""What one answer of Magalu means. Pure, and never raises, whatever the bytes are.

The order: HTTP status, token bodies, structured codes, words, unknown. 202 means "taken, not yet looked at".
"""

from __future__ import annotations

from collections.abc import Callable

from ponte.connectors import shape
from ponte.connectors.endpoints import Endpoints
from ponte.connectors.magalu import names
from ponte.connectors.magalu.errors import code_of, message_of, problems_of, words_of
from ponte.connectors.magalu.traces import trace_problems
from ponte.connectors.outcomes import BLOCKING, FINAL
from ponte.connectors.transport import asked_wait, is_garbled
from ponte.domain.message import JSON, Response, Unreadable
from ponte.domain.outcome import Accepted, Blocked, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage, headline, headline_first

GRANT_CODES = frozenset({"invalid_grant"})
ACCOUNT = {402: ProblemClass.ACCOUNT_BLOCKED, 403: ProblemClass.AUTH_FORBIDDEN}
ENDPOINTS = Endpoints(
    (
        *(names.TOKEN, names.ME, names.CREATE, names.READ, names.REPLACE, names.CHANGE, names.BLOCKERS, names.TRACE),
        *(names.CATEGORY, names.ATTRIBUTES, names.DATASHEET),
    )
)
REVIEW_SECONDS = 900.0
TAKEN_SECONDS = 2.0
MAX_RESET_SECONDS = 3_600


def classify(endpoint: str, response: Response) -> Outcome:
    """Say what the answer of an endpoint ("POST /seller/v1/portfolios/skus") means."""
    path = ENDPOINTS.named(endpoint)
    if 200 <= response.status < 300:
        return _success(path, response)
    return _by_status(path, response)


def waits_for_its_trace(endpoint: str, response: Response) -> Outcome | None:
    """Say of something taken (202), and of a trace that has no line yet, that it is still being worked on.

    A conversation goes on by itself from there; who only reads an answer should not take it for the end.
    """
    path = ENDPOINTS.named(endpoint)
    empty = (
        names.TRACES_PATH in path and response.status == 200 and shape.table(response.json()).get(names.RESULTS) == []
    )
    if not empty and not (changes(path) and response.status == 202 and is_taken(response)):
        return None
    waiting = Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, code="taken", http_status=response.status)
    return Pending(Listing(trace_of(response) or "taken", state="taken"), waiting, TAKEN_SECONDS)


def is_expired_token(response: Response) -> bool:
    return response.status == 401


def trace_of(response: Response) -> str:
    """Return the trace of something taken, "" when the answer names none."""
    body = shape.table(response.json())
    found = (shape.word(body.get(name)).strip() for name in names.TRACE_IDS)
    return next((one[:100] for one in found if one), "")


def is_taken(response: Response) -> bool:
    """True when what was sent will be worked on: 202, or another success that names its trace.

    Whether a 202 of PUT, PATCH, price and stock has a trace is not documented: without one, the SKU itself is asked.
    """
    if response.status == 202:
        return not _tells_of_error(response.json())
    return 200 <= response.status < 300 and bool(trace_of(response))


def changes(path: str) -> bool:
    """True when a lost or unreadable answer leaves open whether something was changed."""
    return path.partition(" ")[0] in {"POST", "PUT", "DELETE", "PATCH"} and not path.endswith(names.TOKEN_PATH)


def unreadable(path: str, response: Response, code: str = "unreadable") -> Postponed:
    """Return "we cannot tell": after a changing request its outcome is unknown."""
    # What we do not understand of a token's answer may be a token: nothing of it is kept.
    words = "" if path.endswith(names.TOKEN_PATH) else words_of(response)
    problem = Problem(
        ProblemClass.RESPONSE_UNREADABLE, stage_of(path), path, code, words, http_status=response.status
    )
    return Postponed(problem, unknown=changes(path))


def stage_of(path: str) -> Stage:
    return Stage.MARKETPLACE if path.startswith("GET ") else Stage.SEND


def one_problem(kind: ProblemClass, path: str, response: Response) -> Problem:
    body = response.json()
    code = code_of(body) or str(response.status)
    words = words_of(response)
    return Problem(kind, stage_of(path), "", code, words, http_status=response.status)


def refused(problems: tuple[Problem, ...]) -> Outcome:
    """Return the outcome that the headline's class calls for."""
    first = headline(problems)
    if first is None or not first.blocking:
        return Accepted(None, problems)
    if first.kind in BLOCKING:
        return Blocked(first)
    if first.kind is ProblemClass.DEPENDENCY_PENDING:
        return Postponed(first)
    return Rejected(headline_first(problems))


def _success(path: str, response: Response) -> Outcome:
    reader = _reader(path)
    return reader(path, response) if reader else _plain_success(path, response)


def _reader(path: str) -> Callable[[str, Response], Outcome] | None:
    if path.endswith(names.TOKEN_PATH):
        return _token
    if path.endswith(names.VALIDATION):
        return _blockers
    if names.TRACES_PATH in path:
        return _trace
    return _standing if path == names.READ else None


def _token(path: str, response: Response) -> Outcome:
    found = shape.text(shape.table(response.json()).get("access_token"))
    return Accepted(None) if found else unreadable(path, response)


def _trace(_path: str, response: Response) -> Outcome:
    found = trace_problems(response.json())
    return refused(found) if any(problem.blocking for problem in found) else Accepted(None, found)


def _plain_success(path: str, response: Response) -> Outcome:
    body = response.json()
    if _tells_of_error(body):
        return refused(problems_of(response, stage_of(path)))
    if changes(path) and not is_taken(response):
        return unreadable(path, response, "no_trace")
    if isinstance(body, Unreadable) and response.body.strip() and response.status != 202:
        return unreadable(path, response)
    return Accepted(None)


def _tells_of_error(body: JSON) -> bool:
    top = shape.table(body)
    return bool(top.get(names.ERRORS) or top.get("error"))


def _blockers(path: str, response: Response) -> Outcome:
    body = shape.table(response.json())
    if names.ERRORS not in body:
        return unreadable(path, response)
    return refused(problems_of(response, Stage.MARKETPLACE)) if body[names.ERRORS] else Accepted(None)


def _standing(path: str, response: Response) -> Outcome:
    """Say how a SKU stands, as far as its own body tells."""
    body = shape.table(response.json())
    sku, status = shape.word(body.get(names.SKU)), shape.text(body.get(names.STATUS)).upper()
    if not (sku and status):
        return unreadable(path, response)
    listing = Listing(sku, url_of(body), status)
    match status:
        case names.PUBLISHED | names.UNPUBLISHED:
            return Accepted(listing)
        case names.DRAFT | names.UNDER_REVIEW:
            return Pending(listing, waiting(status), REVIEW_SECONDS)
        case _:
            return Rejected((taken_down(status),), listing)


def waiting(status: str) -> Problem:
    return Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, code=status.lower())


def taken_down(status: str) -> Problem:
    """Return the problem of a SKU that is not on sale for a reason of the marketplace's own."""
    kinds = {
        names.BLOCKED: ProblemClass.POLICY_MODERATION,
        names.DELETING: ProblemClass.LISTING_CLOSED,
        names.DELETED: ProblemClass.LISTING_CLOSED,
    }
    return Problem(kinds.get(status, ProblemClass.UNKNOWN), Stage.MARKETPLACE, names.STATUS, status.lower()[:100])


def url_of(body: dict[str, JSON]) -> str:
    """Return the public page of a SKU: the first one that is a web address."""
    for row in shape.rows(body.get(names.URLS)):
        url = shape.text(row) or shape.text(shape.table(row).get(names.URL))
        if url.startswith("https://") and len(url) <= 500:
            return url
    return ""


def _by_status(path: str, response: Response) -> Outcome:
    status = response.status
    if path.endswith(names.TOKEN_PATH) and status < 500 and status != 429:
        return _token_refused(path, response)
    if status >= 500 or status == 408:
        problem = one_problem(ProblemClass.MARKETPLACE_OUTAGE, path, response)
        return Postponed(problem, asked_wait(response), unknown=changes(path))
    if status == 429:
        return Postponed(
            one_problem(ProblemClass.THROTTLED, path, response), asked_wait(response) or _reset(response)
        )
    if status < 200 or 300 <= status < 400:
        return unreadable(path, response, "redirect" if status >= 300 else "unreadable")
    return _refusal(path, response)


def _reset(response: Response) -> float | None:
    """Return the seconds of a header on limits; a moment since 1970 is no number of seconds and not believed."""
    for name in names.RATE_RESET_HEADERS:
        value = response.headers.get(name, "").strip()
        if value.isascii() and value.isdigit() and len(value) <= 5 and 0 < int(value) <= MAX_RESET_SECONDS:
            return float(value)
    return None


def _refusal(path: str, response: Response) -> Outcome:
    match response.status:
        case 401:
            return Postponed(one_problem(ProblemClass.AUTH_EXPIRED, path, response))
        case 402 | 403 as status:
            return Blocked(_blocked_account(path, response) or one_problem(ACCOUNT[status], path, response))
        case 404 | 410:
            return _not_there(path, response)
        case 409 | 412 | 423:
            return _conflict(path, response)
        case status if status in FINAL:
            return Rejected((one_problem(FINAL[status], path, response),))
        case status:
            found = _our_fault(problems_of(response, stage_of(path)), status)
            return unreadable(path, response, "garbled") if is_garbled(response) else refused(found)


def _blocked_account(path: str, response: Response) -> Problem | None:
    """Return the problem of an account that may not sell at all, where the words of a refusal say so."""
    found = problems_of(response, stage_of(path))
    return next((one for one in found if one.kind is ProblemClass.ACCOUNT_BLOCKED), None)


def _our_fault(problems: tuple[Problem, ...], status: int) -> tuple[Problem, ...]:
    """A 400 without a field is about the request as such."""
    if status != 400 or any(problem.kind is not ProblemClass.UNKNOWN for problem in problems):
        return problems
    return tuple(
        Problem(ProblemClass.PAYLOAD_INVALID, one.stage, one.subject, one.code, one.message, http_status=400)
        for one in problems
    )


def _not_there(path: str, response: Response) -> Outcome:
    """Price and stock of a SKU that is still being made answer 404; so may its trace."""
    if any(place in path for place in (names.PRICES_PATH, names.STOCKS_PATH, names.TRACES_PATH)):
        return Postponed(one_problem(ProblemClass.DEPENDENCY_PENDING, path, response))
    if names.CATEGORIES_PATH in path:
        return Rejected((one_problem(ProblemClass.CATEGORY_MAPPING, path, response),))
    if names.SKUS_PATH in path and path != names.CREATE:
        return Rejected((one_problem(ProblemClass.LISTING_NOT_FOUND, path, response),))
    return refused(problems_of(response, stage_of(path)))


def _conflict(path: str, response: Response) -> Outcome:
    """Return a conflict as passing, unless it says that the thing is there already."""
    body = response.json()
    about = f"{code_of(body)} {message_of(body)}"
    processing = names.PROCESSING.search(about) is not None
    exists = code_of(body).casefold() == names.PRICE_EXISTS or path.startswith("POST ")
    if exists and not processing:
        return Rejected((one_problem(ProblemClass.DUPLICATE, path, response),))
    return Postponed(one_problem(ProblemClass.STATE_CONFLICT, path, response), asked_wait(response))


def _token_refused(path: str, response: Response) -> Outcome:
    code = code_of(response.json())
    if code in GRANT_CODES:
        return Blocked(one_problem(ProblemClass.AUTH_INVALID, path, response))
    if code or response.status in {401, 403}:
        return Blocked(one_problem(ProblemClass.AUTH_CLIENT, path, response))
    return unreadable(path, response)
