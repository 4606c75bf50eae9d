"""What one answer means. Pure, and never raises, whatever the bytes are.

A success needs a proof: a binding that names our SKU, a suggestion that the matcher shows. VTEX publishes no schema
of a suggestion's answer, only that the seller's data are its `content` and the rest is the matcher's (reference "Get
SKU Suggestion by ID", read 2026-11); status, scores and errors are looked for in the places where they may be.
"""

from __future__ import annotations

from collections.abc import Iterator

from ponte.connectors import shape
from ponte.connectors.endpoints import Endpoints
from ponte.connectors.outcomes import FINAL, refused
from ponte.connectors.transport import asked_wait, is_garbled
from ponte.connectors.vtex import calls
from ponte.connectors.vtex.calls import BINDING, BINDINGS, SUGGEST, SUGGESTED
from ponte.connectors.vtex.errors import problems_in, problems_of, tells_of_error
from ponte.domain.message import JSON, Response, Unreadable
from ponte.domain.outcome import Accepted, Blocked, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage

BOUND, OFF_SALE, SUGGESTION = "bound", "bound/inactive", "suggested"
# Scores of the matcher (the same page): from 80 approved, to 30 denied, between them somebody decides.
APPROVED, DENIED = 80.0, 30.0
LOOKS = (300.0, 3_600.0, 21_600.0)
DECIDED = {
    "accepted": "accepted",
    "approved": "accepted",
    "denied": "denied",
    "rejected": "denied",
    "refused": "denied",
    "pending": "pending",
}
BLOCKING = {
    401: ProblemClass.AUTH_INVALID,
    402: ProblemClass.ACCOUNT_BLOCKED,
    403: ProblemClass.AUTH_FORBIDDEN,
}
# The reference writes the account into the host and leaves it out of the path; the first path of a notification is
# the one that the catalogue had before the binding (references "Suggestions" and "SKU Bindings", read 2026-11).
ENDPOINTS = Endpoints(
    (
        *(calls.NOTIFY, calls.BINDING, calls.BINDINGS, calls.SUGGEST, calls.SUGGESTED, calls.UNSUGGEST),
        *(calls.NOTICE.replace("{part}", part) for part in ("price", "inventory")),
    ),
    {
        "POST /api/catalog_system/pvt/skuseller/changenotification/{seller}/{sku}": calls.NOTIFY,
        "PUT /suggestions/{seller}/{sku}": calls.SUGGEST,
        "GET /suggestions/{seller}/{sku}": calls.SUGGESTED,
        "DELETE /suggestions/{seller}/{sku}": calls.UNSUGGEST,
    },
)


def classify(endpoint: str, response: Response) -> Outcome:
    """Say what the answer of an endpoint means."""
    place = ENDPOINTS.named(endpoint)
    if 200 <= response.status < 300:
        return _success(place, response)
    return _failure(place, response)


def waits_for_the_matcher(endpoint: str, response: Response) -> Outcome | None:
    """Say of a suggestion that was taken that it is to be decided yet.

    A conversation asks for the decision by itself; who only reads an answer should not take it for the end.
    """
    if ENDPOINTS.named(endpoint) != SUGGEST or not isinstance(classify(endpoint, response), Accepted):
        return None
    told = shape.lowered(response.json())
    sku = shape.word(told.get("itemid")) or SUGGESTION
    return suggested({**told, "itemid": sku}, Listing(sku))


def _success(endpoint: str, response: Response) -> Outcome:
    match endpoint:
        case value if value == BINDING:
            return bound(response.json(), {}) or unreadable(endpoint, response)
        case value if value == SUGGESTED:
            return suggested(response.json(), Listing("")) or unreadable(endpoint, response)
        case value if value == BINDINGS:
            known = isinstance(response.json(), list | dict)
            return Accepted(None) if known else unreadable(endpoint, response)
        case _:
            return _plain_success(endpoint, response)


def _plain_success(endpoint: str, response: Response) -> Outcome:
    """Say what a success means that needs no proof, unless a refusal or a page of somebody else came with it."""
    if is_garbled(response):
        return unreadable(endpoint, response)
    return refused(problems_of(response, Stage.SEND)) if tells_of_error(response.json()) else Accepted(None)


def bound(body: JSON, memory: dict[str, JSON]) -> Accepted | None:
    """Return how a bound SKU stands; None for a body that proves no binding."""
    row = shape.lowered(body)
    own, theirs = shape.word(row.get("sellerstockkeepingunitid")), shape.word(row.get("stockkeepingunitid"))
    if not own or not theirs or theirs == "0" or row.get("isremoved") is True:
        return None
    if row.get("isactive") is not False:
        return Accepted(Listing(own, state=BOUND, memory={**memory, "bound": theirs}))
    listing = Listing(own, state=OFF_SALE, memory={**memory, "bound": theirs})
    if memory.get("withdrawn"):
        return Accepted(listing)
    off = Problem(ProblemClass.STATE_CONFLICT, Stage.MARKETPLACE, "IsActive", "binding_inactive")
    return Accepted(listing, (Problem(off.kind, off.stage, off.subject, off.code, severity=Severity.WARNING),))


def suggested(body: JSON, listing: Listing) -> Pending | Rejected | None:
    """Return how a suggestion stands; None for a body that proves none."""
    row = shape.lowered(body)
    if not isinstance(row.get("content"), dict) and not shape.word(row.get("itemid")):
        return None
    decision = _decision(row)
    looks = shape.whole(listing.memory.get("looks")) or 0
    memory = {**listing.memory, "looks": min(looks + 1, len(LOOKS))}
    now = Listing(listing.id, listing.url, f"{SUGGESTION}/{decision}", memory)
    if decision == "denied":
        return Rejected(_reasons(row, now), Listing(now.id, now.url, now.state, {**memory, "looks": 0}))
    code = f"suggestion_{decision}"
    params = {"score": f"{score:g}"} if (score := _score(row)) is not None else {}
    waits = Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, "", code, params=params)
    return Pending(now, waits, LOOKS[0] if decision == "accepted" else LOOKS[min(looks, len(LOOKS) - 1)])


def _decision(row: dict[str, JSON]) -> str:
    """Return what was decided: by the status where one is told (autoapproval overrides scores), else by the score."""
    told = DECIDED.get(shape.text(row.get("status")).strip().casefold())
    score = _score(row)
    if told or score is None:
        return told or "pending"
    return "accepted" if score >= APPROVED else "denied" if score <= DENIED else "pending"


def _score(row: dict[str, JSON]) -> float | None:
    scores = [found for one in (row, *_matches(row)) if (found := _number(one.get("score"))) is not None]
    return max(scores, default=None)


def _matches(row: dict[str, JSON]) -> Iterator[dict[str, JSON]]:
    version = shape.lowered(row.get("latestversion"))
    for place in (row, version):
        yield from (shape.lowered(one) for one in shape.tables(place.get("matches")))


def _number(value: JSON) -> float | None:
    """Return a number, also one that is written as text ("61.0")."""
    word = shape.text(value).strip()
    if word.isascii() and word.replace(".", "", 1).isdigit() and len(word) < 12:
        return float(word)
    return shape.number(value)


def _reasons(row: dict[str, JSON], listing: Listing) -> tuple[Problem, ...]:
    told = [problem for one in (row, *_matches(row)) for problem in problems_in(_errors(one), Stage.MARKETPLACE)]
    known = tuple({(one.code, one.message): one for one in told if one.code or one.message}.values())
    denied = Problem(
        ProblemClass.POLICY_MODERATION, Stage.MARKETPLACE, code="suggestion_denied", params={"state": listing.state}
    )
    return known or (denied,)


def _errors(row: dict[str, JSON]) -> JSON:
    return [one for one in shape.rows(row.get("errors")) if isinstance(one, dict | str)]


def unreadable(endpoint: str, response: Response) -> Postponed:
    problem = Problem(
        ProblemClass.RESPONSE_UNREADABLE, Stage.SEND, endpoint, "unreadable", http_status=response.status
    )
    return Postponed(problem, unknown=_changes(endpoint))


def _failure(endpoint: str, response: Response) -> Outcome:
    status = response.status
    if status == 429:
        return Postponed(_problem(ProblemClass.THROTTLED, response), asked_wait(response))
    if status >= 500 or status == 408:
        outage = _problem(ProblemClass.MARKETPLACE_OUTAGE, response)
        return Postponed(outage, asked_wait(response), unknown=_changes(endpoint))
    if status < 400:
        return unreadable(endpoint, response)
    if status in BLOCKING:
        return Blocked(_problem(BLOCKING[status], response))
    if status in FINAL:
        return Rejected((_problem(FINAL[status], response),))
    return _refused(endpoint, response)


STATUS = {
    **dict.fromkeys((404, 410), ProblemClass.LISTING_NOT_FOUND),
    **dict.fromkeys((409, 412, 423), ProblemClass.STATE_CONFLICT),
}


def _refused(endpoint: str, response: Response) -> Outcome:
    """Say what a refusal means by its words, else by its status."""
    found = problems_of(response, Stage.SEND)
    if any(one.kind is not ProblemClass.UNKNOWN for one in found):
        return refused(found)
    if response.status in STATUS:
        return refused((_problem(STATUS[response.status], response),))
    return unreadable(endpoint, response) if is_garbled(response) else Rejected(found)


def _problem(kind: ProblemClass, response: Response) -> Problem:
    told = problems_of(response, Stage.SEND)[0]
    body = response.json()
    code = told.code if told.code and not isinstance(body, Unreadable) else str(response.status)
    return Problem(kind, Stage.SEND, "", code, told.message, http_status=response.status)


def _changes(endpoint: str) -> bool:
    return not endpoint.startswith("GET ")
