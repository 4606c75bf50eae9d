"""What the state of an import means: still on its way, ended, or refused as a whole."""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors import shape
from ponte.domain.message import JSON
from ponte.domain.outcome import Accepted, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage

ON_THE_WAY = frozenset({"TRANSFORMATION_WAITING", "TRANSFORMATION_RUNNING", "WAITING", "RUNNING", "SENT"})
# The platform is still busy with the products of an earlier file.
SYNCHRONIZING = "WAITING_SYNCHRONIZATION_PRODUCT"
OFFERS_ON_THE_WAY = frozenset({SYNCHRONIZING, "WAITING", "RUNNING", "QUEUED"})
REPORTS = ("has_error_report", "has_new_product_report", "has_transformation_error_report")
FIRST_LOOK_SECONDS = 60.0
# What the counts of a finished import say of its products, where no report names them (P42, integration_details).
COUNTS = (
    ("products_with_wrong_identifiers", ProblemClass.IDENTIFIER_INVALID, "ean"),
    ("rejected_products", ProblemClass.POLICY_MODERATION, ""),
    ("invalid_products", ProblemClass.ATTRIBUTE_INVALID, ""),
    ("products_not_accepted_in_time", ProblemClass.MARKETPLACE_TIMEOUT, "product"),
    ("products_not_synchronized_in_time", ProblemClass.MARKETPLACE_TIMEOUT, "product"),
    ("products_with_synchronization_issues", ProblemClass.MARKETPLACE_TIMEOUT, "product"),
)


def place_of(body: dict[str, JSON]) -> str:
    """Return where the reports have this SKU, as `together` notes it in a part; "" for an import as a whole."""
    return shape.text(shape.table(body.get("line")).get("place"))


def state_of(body: dict[str, JSON], name: str = "import_status") -> str:
    return shape.text(body.get(name)).upper()[:60]


def reason_of(body: dict[str, JSON]) -> str:
    return shape.text(body.get("reason_status"))[:1_000]


def judged_import(body: dict[str, JSON]) -> Outcome | None:
    """Say what P42 means for the whole import; `Accepted` says no more than: ended, read the reports."""
    state = state_of(body)
    if state in ON_THE_WAY:
        return Pending(Listing(_number(body), state=state), waiting("product", state), FIRST_LOOK_SECONDS)
    if state != "COMPLETE":
        return failed(body, state)
    if any(body.get(name) is True for name in REPORTS) or all_taken(body):
        return Accepted(None)
    return refusal_of(counted(body) or lost(body))


def judged_offer_import(body: dict[str, JSON]) -> Outcome | None:
    """Say what OF02 means for the whole import."""
    state = state_of(body, "status")
    lines_wait = (shape.whole(body.get("lines_in_pending")) or 0) > 0
    if state in OFFERS_ON_THE_WAY or (state == "COMPLETE" and lines_wait):
        problem = waiting("offer", state)
        if state == SYNCHRONIZING and not lines_wait:
            problem = replace(problem, kind=ProblemClass.STATE_CONFLICT)
        return Pending(Listing(_number(body), state=state), problem, FIRST_LOOK_SECONDS)
    return Accepted(None) if state == "COMPLETE" else failed(body, state)


def failed(body: dict[str, JSON], state: str) -> Outcome | None:
    """Say what an import that failed as a whole means; None for a state that nobody knows."""
    reason = reason_of(body)
    code = f"import.{state.casefold()}"
    match state:
        case "FAILED" if not reason:
            return Postponed(Problem(ProblemClass.MARKETPLACE_OUTAGE, Stage.MARKETPLACE, "import", code))
        case "FAILED" | "TRANSFORMATION_FAILED":
            return Rejected((Problem(ProblemClass.PAYLOAD_INVALID, Stage.MARKETPLACE, "import", code, reason),))
        case "CANCELLED":
            return Postponed(Problem(ProblemClass.MARKETPLACE_TIMEOUT, Stage.MARKETPLACE, "import", code, reason))
        case _:
            return None


def waiting(what: str, state: str) -> Problem:
    """Return the problem of one that waits: the product for the operator, or the offer for the platform."""
    code = f"{what}.{state.casefold() or 'waiting'}"
    return Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, what, code, params={"state": state})


def all_taken(body: dict[str, JSON]) -> bool:
    """True when the counts of a finished import say that all its products stand at the operator."""
    details = shape.table(body.get("integration_details"))
    read = shape.whole(body.get("transform_lines_read")) or 0
    taken = (shape.whole(details.get("products_successfully_synchronized")) or 0) + (
        shape.whole(details.get("products_reimported")) or 0
    )
    return 0 < read <= taken


def counted(body: dict[str, JSON]) -> Problem | None:
    """Return why all products of an import failed, as far as its counts tell; None when they leave it open."""
    details = shape.table(body.get("integration_details"))
    read = shape.whole(body.get("transform_lines_read")) or 0
    for name, kind, subject in COUNTS:
        if read and (shape.whole(details.get(name)) or 0) >= read:
            return Problem(kind, Stage.MARKETPLACE, subject, name)
    return None


def lost(body: dict[str, JSON]) -> Problem:
    """Return the problem of a product that a finished import does not name anywhere: its state is unknown."""
    return Problem(
        ProblemClass.MARKETPLACE_TIMEOUT, Stage.MARKETPLACE, "product", "report.not_found", reason_of(body)
    )


def refusal_of(problem: Problem) -> Outcome:
    return Postponed(problem) if problem.kind is ProblemClass.MARKETPLACE_TIMEOUT else Rejected((problem,))


def _number(body: dict[str, JSON]) -> str:
    return shape.word(body.get("import_id"))[:40]
