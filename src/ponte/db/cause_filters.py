"""Which causes a list has: its tabs and what narrows them, as conditions in SQL for the list and for its counts.

Written out: put together by the ORM, the counts of all tabs took ten times as long as the database takes to count.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from ponte.db.models import CauseState
from ponte.db.ordering import Part
from ponte.db.scope import Scope
from ponte.db.sql import among
from ponte.domain.problem import ProblemClass

NEW: Final = timedelta(hours=24)
OF_ACCOUNTS: Final = tuple(kind.name for kind in ProblemClass if kind.about_account)

THERE: Final = "db_cause.count > 0"
OVER: Final = f"(db_cause.state = '{CauseState.IGNORED}' AND db_cause.ignored_until <= %s)"
OPEN: Final = f"(db_cause.state = '{CauseState.OPEN}' OR {OVER}) AND {THERE}"
KNOWN: Final = f"db_cause.state = '{CauseState.ACKNOWLEDGED}' AND {THERE}"
IGNORED: Final = f"""db_cause.state = '{CauseState.IGNORED}'
    AND (db_cause.ignored_until IS NULL OR db_cause.ignored_until > %s)"""
RESOLVED: Final = f"(db_cause.state = '{CauseState.RESOLVED}' OR ({OVER} AND db_cause.count <= 0))"


class Tab(StrEnum):
    OPEN = "open"  # an ignored one whose time is over is open too
    NEW = "new"  # open, first met in the last 24 hours
    GROWING = "growing"  # open, not new, and met more and more (`ponte.domain.trend`)
    KNOWN = "known"
    IGNORED = "ignored"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class CauseFilters:
    """A checked filter; `ids` are those that a search found, `growing` those that the tab of that name has.

    `accounts` says that the causes of accounts' trouble belong to it too.
    """

    tab: Tab | None = Tab.OPEN
    accounts: bool = False
    channel_id: int | None = None
    stage: str = ""
    severity: str = ""
    ids: tuple[int, ...] | None = None
    growing: tuple[int, ...] = field(default=())


def in_tab(tab: Tab, growing: Collection[int], now: datetime) -> Part:
    """Return the condition of a tab."""
    match tab:
        case Tab.OPEN:
            return Part(OPEN, (now,))
        case Tab.NEW:
            return Part(f"{OPEN} AND db_cause.first_at >= %s", (now, now - NEW))
        case Tab.GROWING:
            grows, values = among("db_cause.id", growing)
            return Part(f"{OPEN} AND db_cause.first_at < %s AND {grows}", (now, now - NEW, *values))
        case Tab.KNOWN:
            return Part(KNOWN, ())
        case Tab.IGNORED:
            return Part(IGNORED, (now,))
        case Tab.RESOLVED:
            return Part(RESOLVED, (now,))


def alive(now: datetime) -> Part:
    """Return the condition of what is open or being worked on."""
    return Part(f"(({OPEN}) OR ({KNOWN}))", (now,))


def narrowing(scope: Scope, filters: CauseFilters, now: datetime) -> Part:
    """Return the condition of a whole filter."""
    channels, values = scope.channels_in_sql()
    where, more = [f"db_cause.channel_id IN ({channels})"], list[Any](values)
    if not filters.accounts:
        outside, names = among("db_cause.problem_class", OF_ACCOUNTS, "text")
        where.append(f"NOT ({outside})")
        more += names
    if filters.tab:
        tab = in_tab(filters.tab, filters.growing, now)
        where.append(tab.where)
        more += tab.values
    for column in ("channel_id", "stage", "severity"):
        if value := getattr(filters, column):
            where.append(f"db_cause.{column} = %s")
            more.append(value)
    if filters.ids is not None:
        found, numbers = among("db_cause.id", filters.ids)
        where.append(found)
        more += numbers
    return Part(" AND ".join(where), tuple(more))
