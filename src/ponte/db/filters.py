"""What a list may be narrowed by: read from a query string or from the selection of an action on many."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.utils import timezone

MAX_TEXT = 200
MAX_SKUS = 500
FIRST_YEAR, LAST_YEAR = 2000, 2100
CODE = re.compile(r"[-\w]{1,40}", re.ASCII)
FINGERPRINT = re.compile(r"[0-9a-f]{16}")


class Bucket(StrEnum):
    """Where a record is counted; the tabs of the list, in the words of `Counter.bucket`."""

    ERROR = "error"
    PROCESSING = "processing"
    QUEUED = "queued"
    WAITING = "waiting"
    ALERT = "alert"
    SUCCESS = "success"


class Flaw(StrEnum):
    """What is wrong with one value of a filter."""

    UNKNOWN = "unknown"  # no filter has this name, or this filter no such value
    TWICE = "twice"  # given more than once
    TOO_LONG = "too_long"
    NOT_A_DATE = "not_a_date"  # not YYYY-MM-DD, or no such day
    ENDS_BEFORE_START = "ends_before_start"


@dataclass(frozen=True, slots=True)
class FilterErrors:
    """Why a query cannot be followed: the flaw of each field by its name."""

    flaws: Mapping[str, Flaw]


@dataclass(frozen=True, slots=True)
class Filters:
    """A checked filter. Days are the store's own (its time zone), both included."""

    status: Bucket | None = None
    channel: str = ""
    text: str = ""
    first_day: date | None = None
    last_day: date | None = None
    cause: str = ""
    skus: tuple[str, ...] = field(default=())
    removed: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str | Sequence[str]]) -> Filters | FilterErrors:
        """Read {status, channel, q, from, to, cause, sku, removed}; empty values count as absent.

        A value may be a list (of one, but for `sku`). Names that are no filter are flawed: a list never shows
        more than was asked for.
        """
        reader = _Reader(query)
        filters = cls(
            status=reader.bucket("status"),
            channel=reader.code("channel", CODE),
            text=reader.text("q"),
            first_day=reader.day("from"),
            last_day=reader.day("to"),
            cause=reader.code("cause", FINGERPRINT),
            skus=reader.several("sku"),
            removed=reader.flag("removed"),
        )
        if filters.first_day and filters.last_day and filters.last_day < filters.first_day:
            reader.flaws["to"] = Flaw.ENDS_BEFORE_START
        return FilterErrors(reader.flaws) if reader.flaws else filters

    @property
    def narrows(self) -> bool:
        """True when anything but the status is asked for."""
        return bool(self.channel or self.text or self.first_day or self.last_day or self.cause or self.skus)

    def since(self) -> datetime | None:
        """Return the first moment of the first day."""
        return _midnight(self.first_day) if self.first_day else None

    def until(self) -> datetime | None:
        """Return the first moment after the last day."""
        return _midnight(self.last_day + timedelta(days=1)) if self.last_day else None


FILTER_NAMES = ("status", "channel", "q", "from", "to", "cause", "sku", "removed")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


class _Reader:
    """Takes values out of a query and notes what is wrong with them."""

    def __init__(self, query: Mapping[str, str | Sequence[str]]) -> None:
        self.values = {
            name: [value] if isinstance(value, str) else [*value] for name, value in query.items() if value
        }
        self.flaws: dict[str, Flaw] = {name[:40]: Flaw.UNKNOWN for name in self.values if name not in FILTER_NAMES}

    def one(self, name: str) -> str:
        values = self.values.get(name, [])
        if len(values) > 1:
            self.flaws[name] = Flaw.TWICE
            return ""
        return str(values[0]).strip() if values else ""

    def bucket(self, name: str) -> Bucket | None:
        value = self.one(name)
        if value and value not in set(Bucket):
            self.flaws[name] = Flaw.UNKNOWN
            return None
        return Bucket(value) if value else None

    def code(self, name: str, pattern: re.Pattern[str]) -> str:
        value = self.one(name)
        if value and not pattern.fullmatch(value):
            self.flaws[name] = Flaw.UNKNOWN
            return ""
        return value

    def text(self, name: str) -> str:
        value = self.one(name)
        if len(value) > MAX_TEXT:
            self.flaws[name] = Flaw.TOO_LONG
            return ""
        return value.replace("\x00", "")

    def day(self, name: str) -> date | None:
        value = self.one(name)
        if not value:
            return None
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            self.flaws[name] = Flaw.NOT_A_DATE
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.flaws[name] = Flaw.NOT_A_DATE
            return None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.flaws[name] = Flaw.NOT_A_DATE
            return None
        return day

    def several(self, name: str) -> tuple[str, ...]:
        values = tuple(str(value).strip() for value in self.values.get(name, []) if str(value).strip())
        if len(values) > MAX_SKUS or any(len(value) > 40 for value in values):
            self.flaws[name] = Flaw.TOO_LONG
            return ()
        return values

    def flag(self, name: str) -> bool:
        value = self.one(name)
        if value not in {"", "1"}:
            self.flaws[name] = Flaw.UNKNOWN
        return value == "1"
