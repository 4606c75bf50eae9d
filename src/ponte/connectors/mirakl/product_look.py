"""What became of a product file, for one SKU of it."""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.mirakl import asking
from ponte.connectors.mirakl.answers import classify, unreadable
from ponte.connectors.mirakl.imports import all_taken, counted, lost, reason_of, state_of
from ponte.connectors.mirakl.orders import Step, exists, told_otherwise
from ponte.connectors.mirakl.problems import Reading, is_live, not_live, reading_of
from ponte.connectors.mirakl.standing import MAX_WARNINGS, PRODUCT_DEADLINE_SECONDS, Standing, digest
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Response
from ponte.domain.outcome import Accepted, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage, headline_first


def look_at_product(standing: Standing, rules: Rules) -> Step:
    """Look what became of the product file; a `Standing` without an import says that the product is taken."""
    answer = yield from ask(asking.read_import(standing.product_import, rules))
    if isinstance(answer, Postponed):
        return answer
    body = shape.table(answer.json()) if answer.status == 200 else {}
    if state_of(body) == "COMPLETE" and isinstance(body.get("line"), dict):
        return (yield from _told(standing, body, rules))
    return _by_state(standing, body, answer)


def _by_state(standing: Standing, body: dict[str, JSON], answer: Response) -> Outcome:
    outcome = classify(asking.READ_IMPORT, answer)
    match outcome:
        case Pending(listing, problem, _):
            return _still(standing, listing.state, problem)
        case Accepted():
            return unreadable(asking.READ_IMPORT, answer)
        case Postponed(problem) if problem.kind is ProblemClass.MARKETPLACE_TIMEOUT or _failed(body):
            return Postponed(problem, listing=without_file(standing).listing())
        case Rejected(problems):
            return Rejected(problems, without_file(standing).listing())
        case _:
            return outcome


def _failed(body: dict[str, JSON]) -> bool:
    return state_of(body) in {"FAILED", "TRANSFORMATION_FAILED", "CANCELLED"}


def _still(standing: Standing, state: str, problem: Problem) -> Outcome:
    if standing.waited >= PRODUCT_DEADLINE_SECONDS:
        late = Problem(ProblemClass.MARKETPLACE_TIMEOUT, Stage.MARKETPLACE, "product", "product.never_answered")
        return Postponed(late, listing=without_file(standing).listing())
    longer, wait = standing.waiting(f"product/{state}".casefold())
    return Pending(longer.listing(), problem, wait)


def without_file(standing: Standing) -> Standing:
    """Return the standing without its product file: the next sending sends the row again."""
    return replace(standing, product_import="", row_digest="", state="product/refused")


def _told(standing: Standing, body: dict[str, JSON], rules: Rules) -> Step:
    """Decide by what the reports say of this SKU."""
    line = shape.table(body["line"])
    reading = reading_of(rules)
    errors, warnings = shape.texts(line.get("errors")), shape.texts(line.get("warnings"))
    match shape.text(line.get("place")):
        case "transformation" | "errors":
            return _refused(standing, reading, errors, warnings)
        case "taken":
            return taken(standing, (*warnings, *errors))
        case "unreadable":
            return (yield from _unreadable(standing, errors, rules))
        case _ if all_taken(body):
            return taken(standing, ())
        case place:
            return (yield from _nowhere(standing, body, place, rules))


def _refused(standing: Standing, reading: Reading, errors: tuple[str, ...], warnings: tuple[str, ...]) -> Outcome:
    problems = reading.problems(errors) + reading.problems(warnings, severity=Severity.WARNING)
    if not any(one.blocking for one in problems):
        problems = (Problem(ProblemClass.UNKNOWN, Stage.MARKETPLACE, code="report.no_reason"), *problems)
    # A cell is cut: what is told again later need not be whole.
    words = tuple(text[:500] for text in errors[:MAX_WARNINGS])
    return Rejected(headline_first(problems), replace(without_file(standing), refused=words).listing())


def taken(standing: Standing, warnings: tuple[str, ...] = ()) -> Standing:
    """Return the standing of a product that the operator has."""
    return replace(
        standing,
        known=True,
        row={},
        refused=(),
        row_digest=standing.row_digest or digest(standing.row),
        product_import="",
        warnings=warnings,
        waited=0.0,
        state="product/live",
    )


def _unreadable(standing: Standing, head: tuple[str, ...], rules: Rules) -> Step:
    """A report in columns that nobody told of: what counts is whether the operator has the product."""
    found = yield from exists(standing, rules)
    if not isinstance(found, bool):
        return found
    if found:
        return taken(standing, ())
    told = head[0] if head else ""
    problem = Problem(ProblemClass.REPORT_UNREADABLE, Stage.MARKETPLACE, "report", "report.columns", told)
    return Postponed(problem, listing=standing.listing())


def _nowhere(standing: Standing, body: dict[str, JSON], place: str, rules: Rules) -> Step:
    """Neither taken nor refused by any report: no success. The operator's own list of products decides."""
    reading = reading_of(rules)
    if reading.profile.mcm:
        return (yield from _by_status(standing, body, reading, rules))
    found = yield from exists(standing, rules)
    if not isinstance(found, bool):
        return found
    if found:
        return taken(standing, ())
    problem = counted(body) or lost(body)
    problem = replace(problem, message=problem.message or reason_of(body), params={"place": place or "nowhere"})
    listing = without_file(standing).listing()
    late = problem.kind is ProblemClass.MARKETPLACE_TIMEOUT
    return Postponed(problem, listing=listing) if late else Rejected((problem,), listing)


def _by_status(standing: Standing, body: dict[str, JSON], reading: Reading, rules: Rules) -> Step:
    """Ask an operator with MCM how the product stands."""
    answer = yield from ask(asking.read_status([standing.sku], rules, together=True))
    if isinstance(answer, Postponed):
        return answer
    rows = [] if answer.status == 204 else answer.json() if answer.status == 200 else None
    if not isinstance(rows, list):
        return told_otherwise(asking.READ_STATUS, answer)
    row = next((one for one in shape.tables(rows) if one.get("provider_unique_identifier") == standing.sku), None)
    if row is None:
        return Postponed(lost(body), listing=without_file(standing).listing())
    return _by_row(standing, row, reading)


def _by_row(standing: Standing, row: dict[str, JSON], reading: Reading) -> Standing | Outcome:
    problems = headline_first(reading.of_status(row))
    if is_live(row):
        told = tuple(f"{one.code}|{one.message}" if one.code else one.message for one in problems)
        return taken(standing, told)
    first = problems[0] if problems and problems[0].blocking else None
    if first is None or first.kind is ProblemClass.DEPENDENCY_PENDING:
        return _still(standing, "not_live", first or not_live())
    return Rejected(problems, without_file(standing).listing())
