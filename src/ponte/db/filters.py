"""What a list may be narrowed by: read from a query string or from the selection of an action on many."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from django.utils import timezone

from ponte.db.filter_values import MAX_NAME, MAX_SKUS, MAX_TEXT, Flaw, Values
from ponte.domain.problem import Stage

__all__ = [
    "ALIASES",
    "FILTER_NAMES",
    "MAX_SKUS",
    "MAX_TEXT",
    "STATUSES",
    "Bucket",
    "FilterErrors",
    "Filters",
    "Flaw",
    "Period",
    "Together",
]

CODE: Final = re.compile(r"[-\w]{1,40}", re.ASCII)
FINGERPRINT: Final = re.compile(r"[0-9a-f]{16}")
FILTER_NAMES: Final = (
    "status",
    "channel",
    "q",
    "from",
    "to",
    "period",
    "cause",
    "code",
    "stage",
    "category",
    "brand",
    "sku",
    "list",
    "action",
    "removed",
)
ALIASES: Final = {
    "canal": "channel",
    "de": "from",
    "ate": "to",
    "periodo": "period",
    "causa": "cause",
    "codigo": "code",
    "etapa": "stage",
    "categoria": "category",
    "marca": "brand",
    "lista": "list",
    "acao": "action",
    "removidos": "removed",
}
"""The names in the address of a page; both are read everywhere."""


class Bucket(StrEnum):
    """Where a record is counted; the tabs of the list, in the words of `Counter.bucket`."""

    ERROR = "error"
    PROCESSING = "processing"
    QUEUED = "queued"
    WAITING = "waiting"
    ALERT = "alert"
    SUCCESS = "success"


class Together(StrEnum):
    """Several buckets under one name."""

    PENDING = "pending"


STATUSES: Final[Mapping[Bucket | Together, tuple[Bucket, ...]]] = {
    **{bucket: (bucket,) for bucket in Bucket},
    Together.PENDING: (Bucket.PROCESSING, Bucket.QUEUED, Bucket.WAITING),
}
"""What may be asked for as `status`: a record's status, or where it is counted."""


class Period(StrEnum):
    """The last days, today included: what it means moves on with the clock."""

    TODAY = "hoje"
    WEEK = "7"
    MONTH = "30"

    @property
    def days(self) -> int:
        return 1 if self is Period.TODAY else int(self)


@dataclass(frozen=True, slots=True)
class FilterErrors:
    """Why a query cannot be followed: the flaw of each field by its name."""

    flaws: Mapping[str, Flaw]


@dataclass(frozen=True, slots=True)
class Filters:
    """A checked filter. Days are the store's own (its time zone), both included.

    `stage` and `code` are those of causes; `action` is an action on many that touched the record last; `sku_list`
    is the number of a pasted list.
    """

    status: Bucket | Together | None = None
    channel: str = ""
    text: str = ""
    first_day: date | None = None
    last_day: date | None = None
    period: Period | None = None
    cause: str = ""
    code: str = ""
    stage: Stage | None = None
    category: str = ""
    brand: str = ""
    skus: tuple[str, ...] = field(default=())
    sku_list: int | None = None
    action: int | None = None
    removed: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str | int | Sequence[str]]) -> Filters | FilterErrors:
        """Read the values of `FILTER_NAMES`; empty ones count as absent.

        A value may be a list (of one, but for `sku`). Names that are no filter are flawed: a list never shows
        more than was asked for.
        """
        values = Values(query, FILTER_NAMES, ALIASES)
        filters = cls(
            status=values.choice("status", STATUSES),
            channel=values.code("channel", CODE),
            text=values.text("q"),
            first_day=values.day("from"),
            last_day=values.day("to"),
            period=values.choice("period", Period),
            cause=values.code("cause", FINGERPRINT),
            code=values.text("code"),
            stage=values.choice("stage", Stage),
            category=values.text("category", MAX_NAME),
            brand=values.text("brand"),
            skus=values.several("sku"),
            sku_list=values.number("list"),
            action=values.number("action"),
            removed=values.flag("removed"),
        )
        if filters.first_day and filters.last_day and filters.last_day < filters.first_day:
            values.flaws["to"] = Flaw.ENDS_BEFORE_START
        if filters.period and (filters.first_day or filters.last_day):
            values.flaws["period"] = Flaw.BOTH
        return FilterErrors(values.flaws) if values.flaws else filters

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        """The buckets asked for; all of them without a status."""
        return STATUSES[self.status] if self.status else tuple(Bucket)

    @property
    def narrows(self) -> bool:
        """True when anything but the status is asked for."""
        return replace(self, status=None, removed=False) != Filters()

    @property
    def by_cause(self) -> bool:
        """True when only records under certain causes are asked for."""
        return bool(self.cause or self.code or self.stage)

    @property
    def dated(self) -> bool:
        return bool(self.first_day or self.last_day or self.period)

    def plain(self) -> Filters:
        """Return the filter with nothing but status, channel, days and removal."""
        plain = Filters(self.status, self.channel, removed=self.removed)
        return replace(plain, first_day=self.first_day, last_day=self.last_day, period=self.period)

    def frozen(self) -> Filters:
        """Return the filter with its period as days: it means the same tomorrow."""
        if not self.period:
            return self
        return replace(self, period=None, first_day=_days_ago(self.period.days - 1))

    def since(self) -> datetime | None:
        """Return the first moment of the first day."""
        if self.period:
            return _midnight(_days_ago(self.period.days - 1))
        return _midnight(self.first_day) if self.first_day else None

    def until(self) -> datetime | None:
        """Return the first moment after the last day."""
        return _midnight(self.last_day + timedelta(days=1)) if self.last_day else None


def _days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone())
