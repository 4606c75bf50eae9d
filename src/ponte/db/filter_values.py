"""The values of a filter's query, each checked by its kind, with what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

MAX_TEXT: Final = 200
MAX_NAME: Final = 300
MAX_SKUS: Final = 500
MAX_SKU: Final = 40
MAX_DIGITS: Final = 18
FIRST_YEAR, LAST_YEAR = 2000, 2100
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

Choice = TypeVar("Choice", bound=StrEnum)


class Flaw(StrEnum):
    """What is wrong with one value of a filter."""

    UNKNOWN = "unknown"  # no filter has this name, or this filter no such value
    TWICE = "twice"  # given more than once
    TOO_LONG = "too_long"
    NOT_A_DATE = "not_a_date"  # not YYYY-MM-DD, or no such day
    ENDS_BEFORE_START = "ends_before_start"
    BOTH = "both"  # a ready-made period together with days


class Values:
    """Takes values out of a query and notes what is wrong with them, by the names of `names`."""

    def __init__(
        self, query: Mapping[str, str | int | Sequence[str]], names: Collection[str], aliases: Mapping[str, str]
    ) -> None:
        self.values: dict[str, list[str | int]] = {}
        self.flaws: dict[str, Flaw] = {}
        for name, value in query.items():
            known = aliases.get(name, name)
            if known not in names:
                self.flaws[name[:40]] = Flaw.UNKNOWN
            self.values.setdefault(known, []).extend([value] if isinstance(value, str | int) else value)

    def one(self, name: str) -> str:
        given = self.values.get(name, [])
        # A form sends what was not filled in as an empty value; beside a filled one it says nothing.
        values = [value for value in given if value] or given
        if len(values) > 1:
            self.flaws[name] = Flaw.TWICE
            return ""
        return str(values[0]).strip() if values else ""

    def choice(self, name: str, choices: Iterable[Choice]) -> Choice | None:
        value = self.one(name)
        found = next((one for one in choices if one == value), None)
        if value and found is None:
            self.flaws[name] = Flaw.UNKNOWN
        return found

    def code(self, name: str, pattern: re.Pattern[str]) -> str:
        value = self.one(name)
        if value and not pattern.fullmatch(value):
            self.flaws[name] = Flaw.UNKNOWN
            return ""
        return value

    def text(self, name: str, limit: int = MAX_TEXT) -> str:
        value = self.one(name)
        if len(value) > limit:
            self.flaws[name] = Flaw.TOO_LONG
            return ""
        return value.replace("\x00", "")

    def number(self, name: str) -> int | None:
        value = self.one(name)
        if not value:
            return None
        if not (value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS):
            self.flaws[name] = Flaw.UNKNOWN
            return None
        return int(value)

    def day(self, name: str) -> date | None:
        value = self.one(name)
        if not value:
            return None
        day = _day(value)
        if day is None:
            self.flaws[name] = Flaw.NOT_A_DATE
        return day

    def several(self, name: str) -> tuple[str, ...]:
        values = tuple(str(value).strip() for value in self.values.get(name, []) if str(value).strip())
        if len(values) > MAX_SKUS or any(len(value) > MAX_SKU for value in values):
            self.flaws[name] = Flaw.TOO_LONG
            return ()
        return values

    def flag(self, name: str) -> bool:
        value = self.one(name)
        if value not in {"", "1"}:
            self.flaws[name] = Flaw.UNKNOWN
        return value == "1"


def _day(text: str) -> date | None:
    if not DAY.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
