"""What became of a list of offers, for one SKU of it."""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.mirakl import asking
from ponte.connectors.mirakl.answers import classify, unreadable
from ponte.connectors.mirakl.imports import state_of
from ponte.connectors.mirakl.orders import Step
from ponte.connectors.mirakl.problems import Reading, reading_of
from ponte.connectors.mirakl.product_look import without_file
from ponte.connectors.mirakl.standing import MISSING_PRODUCT_SECONDS, Standing
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Response
from ponte.domain.outcome import Accepted, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage, headline_first


def look_at_offer(standing: Standing, rules: Rules) -> Step:
    """Look what became of the offer; a `Standing` without an import says that it was taken."""
    answer = yield from ask(asking.read_offer_import(standing.offer_import, rules))
    if isinstance(answer, Postponed):
        return answer
    body = shape.table(answer.json()) if answer.status == 200 else {}
    line = body.get("line")
    if state_of(body, "status") == "COMPLETE" and isinstance(line, dict):
        return _offer_told(standing, body, line, reading_of(rules), answer)
    return _by_state(standing, body, answer)


def _by_state(standing: Standing, body: dict[str, JSON], answer: Response) -> Outcome:
    match classify(asking.READ_OFFER_IMPORT, answer):
        case Pending(listing, problem, _):
            return _offer_waits(standing, listing.state, problem)
        case Accepted():
            return unreadable(asking.READ_OFFER_IMPORT, answer)
        case Rejected(problems):
            return Rejected(problems, _without_offer(standing).listing())
        case Postponed(problem) if _offer_failed(body):
            return Postponed(problem, listing=_without_offer(standing).listing())
        case outcome:
            return outcome


def _offer_failed(body: dict[str, JSON]) -> bool:
    return state_of(body, "status") == "FAILED"


def _without_offer(standing: Standing) -> Standing:
    return replace(standing, offer_import="", offer_digest="", state="offer/refused")


def _offer_waits(standing: Standing, state: str, problem: Problem) -> Outcome:
    """Wait for the offer, or for its product: not for ever."""
    if standing.waited >= MISSING_PRODUCT_SECONDS:
        late = Problem(ProblemClass.MARKETPLACE_TIMEOUT, Stage.MARKETPLACE, "offer", "offer.never_answered")
        return Postponed(late, listing=_without_offer(standing).listing())
    longer, wait = standing.waiting(f"offer/{state}".casefold())
    return Pending(longer.listing(), problem, wait)


def _offer_told(
    standing: Standing, body: dict[str, JSON], line: dict[str, JSON], reading: Reading, answer: Response
) -> Standing | Outcome:
    place, errors = shape.text(line.get("place")), shape.texts(line.get("errors"))
    if place == "unreadable":
        problem = Problem(
            ProblemClass.REPORT_UNREADABLE, Stage.MARKETPLACE, "report", "report.columns", "".join(errors)
        )
        return Postponed(problem, listing=standing.listing())
    if place == "errors":
        return _offer_refused(standing, reading.problems(errors), answer)
    if (shape.whole(body.get("lines_in_pending")) or 0) > 0:
        waits = Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, "offer", "offer.lines_in_pending")
        return _offer_waits(standing, "pending", waits)
    # Lines were refused and no report says which: the offer itself tells.
    unsure = (shape.whole(body.get("lines_in_error")) or 0) > 0 and body.get("has_error_report") is not True
    return replace(standing, offer_import="", waited=0.0, state="offer/unsure" if unsure else "live")


def _offer_refused(standing: Standing, problems: tuple[Problem, ...], answer: Response) -> Outcome:
    """A missing product is a matter of time while its file is young; then it is missing indeed."""
    found = headline_first(problems) or (
        Problem(ProblemClass.UNKNOWN, Stage.MARKETPLACE, code="report.no_reason", http_status=answer.status),
    )
    waits = all(one.kind is ProblemClass.DEPENDENCY_PENDING for one in found)
    if waits and standing.since_file < MISSING_PRODUCT_SECONDS:
        longer, wait = _without_offer(standing).waiting("offer/product_missing")
        return Pending(longer.listing(), found[0], max(wait, 900.0))
    if waits:
        # Over the time: the operator does not have the product. The row is sent again with the next sending.
        missing = replace(found[0], kind=ProblemClass.LISTING_NOT_FOUND, code="product.missing")
        return Rejected((missing,), replace(without_file(_without_offer(standing)), known=False).listing())
    return Rejected(found, _without_offer(standing).listing())
