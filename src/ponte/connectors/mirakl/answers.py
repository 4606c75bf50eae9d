"""What one answer means: by its status first, then by what was asked. Never raises, whatever the bytes are.

The seller API declares only answers that succeed; the bodies of refusals are those that sellers quote
({"status": 401, "message": "Unauthorized"}).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.endpoints import Endpoints
from ponte.connectors.mirakl import asking
from ponte.connectors.mirakl.csvfile import read
from ponte.connectors.mirakl.imports import all_taken, judged_import, judged_offer_import, lost, place_of
from ponte.connectors.mirakl.problems import Reading, hidden, is_live, not_live
from ponte.connectors.mirakl.reports import Layout
from ponte.connectors.outcomes import FINAL
from ponte.connectors.texts import plain_text, sendable
from ponte.connectors.transport import asked_wait, is_garbled
from ponte.domain.message import JSON, Response, Unreadable
from ponte.domain.outcome import Accepted, Blocked, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage, headline_first

ACCOUNT = "GET /api/account"
# What answers these is a list under a name of its own, and no success of anything.
LISTED = {
    "GET /api/hierarchies": "hierarchies",
    "GET /api/products/attributes": "attributes",
    "GET /api/values_lists": "values_lists",
    "GET /api/offers/states": "offer_states",
    asking.READ_PRODUCTS: "products",
    asking.READ_OFFERS: "offers",
}
# Of these, an empty list says: there is none.
ASKED_FOR = {asking.READ_PRODUCTS: "product", asking.READ_OFFERS: "offer"}
# What these are about is known even where their words are not.
LINE_REPORTS = {
    "GET /api/offers/stock/imports/{import}/error_report": ProblemClass.STOCK_INVALID,
    "GET /api/offers/pricing/imports/{import}/error_report": ProblemClass.PRICE_INVALID,
}
# Orders by file, and their states: the connector itself sends offers whole (OF24).
SENDS = frozenset(
    {
        *(asking.SEND_PRODUCTS, asking.SEND_OFFERS, "POST /api/offers/imports"),
        *("POST /api/offers/stock/imports", "POST /api/offers/pricing/imports"),
    }
)
STOCK_IMPORT = "GET /api/offers/stock/imports/{import}/status"
PRICE_IMPORT = "GET /api/offers/pricing/imports/{import}"
REPORTS = ("error_report", "new_product_report", "transformation_error_report")
ENDPOINTS = Endpoints(
    (
        *(*SENDS, ACCOUNT, STOCK_IMPORT, PRICE_IMPORT, asking.READ_STATUS, asking.READ_IMPORT),
        *(*LISTED, *LINE_REPORTS, asking.READ_OFFER_IMPORT, f"{asking.READ_OFFER_IMPORT}/error_report"),
        *(f"{asking.READ_IMPORT}/{report}" for report in REPORTS),
    )
)
GENERIC = Reading()
MAX_HTML = 20_000
BLOCKING = {
    401: ProblemClass.AUTH_INVALID,
    402: ProblemClass.ACCOUNT_BLOCKED,
    403: ProblemClass.ACCOUNT_BLOCKED,
}
REFUSING = {404: ProblemClass.LISTING_NOT_FOUND, 410: ProblemClass.LISTING_NOT_FOUND, **FINAL}
WAITING = frozenset({ProblemClass.DEPENDENCY_PENDING, ProblemClass.MARKETPLACE_TIMEOUT})


def classify(endpoint: str, response: Response, reading: Reading = GENERIC) -> Outcome:
    """Say what an answer to an endpoint means."""
    endpoint = ENDPOINTS.named(endpoint)
    if 200 <= response.status < 300:
        return _success(endpoint, response, reading)
    return _by_status(endpoint, response, reading)


def _success(endpoint: str, response: Response, reading: Reading) -> Outcome:
    if endpoint in SENDS:
        return _sent(endpoint, response)
    if endpoint == asking.READ_STATUS:
        return _statuses(endpoint, response, reading)
    if endpoint.endswith("_report"):
        return _report(endpoint, response, reading)
    if endpoint in {asking.READ_IMPORT, asking.READ_OFFER_IMPORT} and place_of(shape.table(response.json())):
        return _line(endpoint, shape.table(response.json()), reading)
    if endpoint in JUDGES:
        return JUDGES[endpoint](shape.table(response.json())) or unreadable(endpoint, response)
    return _other(endpoint, response, reading)


def _sent(endpoint: str, response: Response) -> Outcome:
    number = import_number(response)
    if not number:
        return unreadable(endpoint, response, "no_import_id")
    waiting = Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, "import", "import.sent")
    return Pending(Listing(number, state="sent"), waiting, 60.0)


def import_number(response: Response) -> str:
    """Return the number of the import that an order made, "" when the answer names none."""
    number = shape.word(shape.table(response.json()).get("import_id")) if 200 <= response.status < 300 else ""
    return number if number.isalnum() and len(number) <= 40 else ""


def judged_shop(body: dict[str, JSON]) -> Outcome | None:
    """Say whether a shop may sell, by the answer to A01; None when the answer tells of no shop."""
    state = shape.text(body.get("shop_state")).upper()
    if not state:
        return None
    if state == "OPEN":
        return Accepted(None)
    code = f"shop_state.{state.casefold()[:40]}"
    return Blocked(
        Problem(ProblemClass.ACCOUNT_BLOCKED, Stage.SEND, "shop_state", code, params={"state": state[:40]})
    )


def _line(endpoint: str, body: dict[str, JSON], reading: Reading) -> Outcome:
    """Say what one SKU's part of an import means."""
    line = shape.table(body["line"])
    errors = reading.problems(shape.texts(line.get("errors")))
    warnings = tuple(one.as_warning() for one in reading.problems(shape.texts(line.get("warnings"))))
    match place_of(body):
        case "taken":
            return Accepted(None, (*(one.as_warning() for one in errors), *warnings))
        case "errors" | "transformation":
            reason = Problem(ProblemClass.UNKNOWN, Stage.MARKETPLACE, code="report.no_reason")
            return refused((*(errors or (reason,)), *warnings))
        case "unreadable":
            head = "".join(shape.texts(line.get("errors")))
            wrong = Problem(ProblemClass.REPORT_UNREADABLE, Stage.MARKETPLACE, "report", "report.columns", head)
            return Rejected((wrong,))
        case _ if endpoint == asking.READ_OFFER_IMPORT or all_taken(body):
            return Accepted(None)
        case _:
            return Postponed(lost(body))


def _statuses(endpoint: str, response: Response, reading: Reading) -> Outcome:
    body = response.json()
    if not isinstance(body, list):
        return unreadable(endpoint, response)
    if not body:
        return Postponed(lost({}))
    return refused(tuple(one for row in shape.tables(body) for one in _of_row(row, reading)))


def _of_row(row: dict[str, JSON], reading: Reading) -> tuple[Problem, ...]:
    """Return what CM11 says of one product; one that is not live and has no error still waits."""
    found = reading.of_status(row)
    if is_live(row):
        return tuple(one.as_warning() for one in found)
    return found if any(one.blocking for one in found) else (not_live(), *found)


def _report(endpoint: str, response: Response, reading: Reading) -> Outcome:
    """Say what a whole report means, whosever products it is about."""
    if endpoint in LINE_REPORTS:
        return _lines(endpoint, response, reading)
    layout = Layout.of(endpoint, reading.profile)
    found = layout.texts_by_sku(read(response.body))
    if found is None:
        return Rejected((report_unreadable(response),))
    problems = [one for told in found.values() for one in reading.problems(told.errors)]
    warnings = [one.as_warning() for told in found.values() for one in reading.problems(told.warnings)]
    if layout.tells_success:
        return Accepted(None, (*warnings, *(one.as_warning() for one in problems)))
    return refused((*problems, *warnings))


def _lines(endpoint: str, response: Response, reading: Reading) -> Outcome:
    """Read a report on stock or prices (STO03, PRI03): a line's number, then what is wrong with it."""
    sheet = read(response.body)
    if len(sheet.heading) < 2:
        return Rejected((report_unreadable(response),))
    told = reading.problems([row.get(sheet.heading[1], "") for row in sheet.rows])
    kind = LINE_REPORTS[endpoint]
    return refused(tuple(replace(one, kind=kind) if one.kind is ProblemClass.UNKNOWN else one for one in told))


def report_unreadable(response: Response) -> Problem:
    head = sendable(response.body[:200].decode("utf-8", errors="replace")).strip()
    return Problem(
        ProblemClass.REPORT_UNREADABLE,
        Stage.MARKETPLACE,
        "report",
        "report.columns",
        head,
        http_status=response.status,
    )


JUDGES: Mapping[str, Callable[[dict[str, JSON]], Outcome | None]] = {
    asking.READ_IMPORT: judged_import,
    **dict.fromkeys((asking.READ_OFFER_IMPORT, STOCK_IMPORT, PRICE_IMPORT), judged_offer_import),
    ACCOUNT: judged_shop,
}


def _other(endpoint: str, response: Response, reading: Reading) -> Outcome:
    body = response.json()
    if endpoint in LISTED:
        return _list(endpoint, response, shape.table(body).get(LISTED[endpoint]))
    told = shape.whole(shape.table(body).get("status"))
    if told is not None and 400 <= told < 600:  # a refusal that came with a success's status
        return _by_status(endpoint, Response(told, response.headers, response.body), reading)
    speaks = _tells_of_error(body) or (isinstance(body, Unreadable) and not is_garbled(response))
    known_words = _in_words(response, reading) if speaks else ()
    if known_words:
        return refused(known_words)
    return unreadable(endpoint, response) if isinstance(body, Unreadable) else Accepted(None)


def _list(endpoint: str, response: Response, found: JSON) -> Outcome:
    if not isinstance(found, list):
        return unreadable(endpoint, response)
    if endpoint == asking.READ_OFFERS and found:
        return Accepted(None, tuple(one for row in shape.tables(found)[:100] for one in hidden(row)))
    if found or endpoint not in ASKED_FOR:
        return Accepted(None)
    none = Problem(ProblemClass.LISTING_NOT_FOUND, Stage.MARKETPLACE, ASKED_FOR[endpoint], "listing.not_listed")
    return Rejected((none,))


def _tells_of_error(body: JSON) -> bool:
    top = shape.table(body)
    return bool(top.get("message") or top.get("error") or top.get("errors"))


def refused(problems: tuple[Problem, ...], listing: Listing | None = None) -> Outcome:
    """Return the outcome that the problems call for; warnings alone refuse nothing."""
    ordered = headline_first(problems)
    if not ordered or not ordered[0].blocking:
        return Accepted(listing, ordered)
    if ordered[0].kind in WAITING:
        return Postponed(ordered[0], listing=listing)
    if ordered[0].kind is ProblemClass.ACCOUNT_BLOCKED:
        return Blocked(ordered[0])
    return Rejected(ordered, listing)


def _by_status(endpoint: str, response: Response, reading: Reading) -> Outcome:
    status = response.status
    if status >= 500 or status == 408:
        outage = _problem(ProblemClass.MARKETPLACE_OUTAGE, endpoint, response)
        return Postponed(outage, asked_wait(response), unknown=endpoint.startswith("POST "))
    if status == 429:
        return Postponed(_problem(ProblemClass.THROTTLED, endpoint, response), asked_wait(response))
    if status in BLOCKING:
        return Blocked(_problem(BLOCKING[status], endpoint, response))
    if status in REFUSING:
        return Rejected((_problem(REFUSING[status], endpoint, response),))
    if status < 400 or is_garbled(response):
        return unreadable(endpoint, response, "redirect" if 300 <= status < 400 else "unreadable")
    # By its words where they tell, else it is our request that is wrong.
    return refused(_in_words(response, reading) or (_problem(ProblemClass.PAYLOAD_INVALID, endpoint, response),))


def _in_words(response: Response, reading: Reading) -> tuple[Problem, ...]:
    """Return what the words of an answer say, () where they say nothing that is known."""
    found = reading.problems(_by_field(response) or (_words(response),))
    known = (one for one in found if one.kind is not ProblemClass.UNKNOWN)
    return tuple(replace(one, http_status=response.status) for one in known)


def _by_field(response: Response) -> tuple[str, ...]:
    """Return the errors of a body that lists them with the field each is about."""
    rows = shape.tables(shape.table(response.json()).get("errors"))[:100]
    told = ((shape.text(row.get("field")), shape.text(row.get("message"))) for row in rows)
    return tuple(f"{field} {message}".strip()[:500] for field, message in told if message)


def unreadable(endpoint: str, response: Response, code: str = "unreadable") -> Postponed:
    problem = _problem(ProblemClass.RESPONSE_UNREADABLE, endpoint, response, code)
    return Postponed(problem, unknown=endpoint.startswith("POST "))


def _problem(kind: ProblemClass, endpoint: str, response: Response, code: str = "") -> Problem:
    told = code or str(response.status)
    return Problem(kind, Stage.SEND, endpoint[:100], told, _words(response), http_status=response.status)


def _words(response: Response) -> str:
    """Return what the answer says in words, short: its message, or the text of a page that is no JSON."""
    top = shape.table(response.json())
    told = " ".join(text for name in ("message", "error", "error_description") if (text := shape.text(top.get(name))))
    if not told and isinstance(response.json(), Unreadable | str):
        told = plain_text(response.body[:MAX_HTML].decode("utf-8", errors="replace"))
    return sendable(" ".join(told.split()))[:500]
