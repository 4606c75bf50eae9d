"""How a request's address is read: ids, cursors and filters, each refused by name when it cannot be followed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.http import HttpRequest

from ponte.api.refusals import FieldError, RefusedError, bad_query, not_found
from ponte.api.schemas import BIGGEST_ID
from ponte.db.filters import ALIASES, FILTER_NAMES, STATUSES, Flaw, Period
from ponte.db.queries import FilterErrors, Filters
from ponte.domain.problem import Stage

REASONS = {
    "unknown": "unknown value",
    "twice": "given more than once",
    "too_long": "too long",
    "not_a_date": "not a day (YYYY-MM-DD)",
    "ends_before_start": "ends before it starts",
    "both": "a period and days exclude each other",
}
CHOICES: Mapping[str, Iterable[str]] = {"status": STATUSES, "period": Period, "stage": Stage}


def record_id(text: str) -> int:
    """Read an id from an address; what can be nobody's id is simply not found."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19) or not 0 < int(text) <= BIGGEST_ID:
        raise not_found()
    return int(text)


def only(request: HttpRequest, names: Collection[str]) -> None:
    """Refuse parameters that this route does not have, and those given twice."""
    errors = [
        FieldError(f"query.{name[:40]}", REASONS["twice"] if name in names else _unknown(names))
        for name, values in request.GET.lists()
        if name not in names or len(values) > 1
    ]
    if errors:
        raise RefusedError("bad-query", errors=errors)


def size(request: HttpRequest, *, default: int, most: int) -> int:
    """Read `size`, from 1 to `most`."""
    text = request.GET.get("size", str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 5) or not 1 <= int(text) <= most:
        raise bad_query("size", f"a number from 1 to {most}")
    return int(text)


def number_cursor(request: HttpRequest) -> int | None:
    """Read a `cursor` that is a number (lists inside one record or store, where it can show nothing foreign)."""
    text = request.GET.get("cursor", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18) or int(text) < 1:
        raise bad_query("cursor", "not a cursor of this list")
    return int(text)


def list_filters(request: HttpRequest, besides: Collection[str]) -> Filters:
    """Read the filter of the list's address. `sku` may be repeated."""
    query = {name: values for name, values in request.GET.lists() if name not in besides}
    twice = [name for name in besides if len(request.GET.getlist(name)) > 1]
    if twice:
        raise bad_query(twice[0], REASONS["twice"])
    found = Filters.from_query(query)
    if isinstance(found, FilterErrors):
        raise RefusedError("bad-query", errors=flaws(found, "query", besides))
    return found


def flaws(errors: FilterErrors, prefix: str, besides: Collection[str] = ()) -> list[FieldError]:
    """Return the flaws of a filter by field, each with what would have been right where that is a short list."""
    return [FieldError(f"{prefix}.{name}", _reason(name, flaw, besides)) for name, flaw in errors.flaws.items()]


def _reason(name: str, flaw: Flaw, besides: Collection[str]) -> str:
    if flaw is not Flaw.UNKNOWN:
        return REASONS[flaw.value]
    known = ALIASES.get(name, name)
    if known not in FILTER_NAMES:
        return _unknown([*FILTER_NAMES, *besides])
    choices = CHOICES.get(known)
    return f"{REASONS['unknown']}; one of {', '.join(choices)}" if choices else REASONS["unknown"]


def _unknown(names: Collection[str]) -> str:
    return f"unknown parameter; known are {', '.join(names)}" if names else "unknown parameter; there are none here"
