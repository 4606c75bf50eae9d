"""Codes without a rule: a view over the causes, one line per connector and code (or words where there is no code).

Nothing is counted here: `Cause.count` is kept by the write side, `Tally` has how often.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Final

from ponte.connectors import get
from ponte.db.code_rules import heard_causes, own_rule
from ponte.db.models import Cause, Channel, CodeRule, Store
from ponte.db.records import cause_problem
from ponte.db.scope import Scope
from ponte.domain.code_rules import is_open_to_rules
from ponte.domain.connector import Documents
from ponte.domain.fingerprint import normalised
from ponte.domain.problem import ProblemClass
from ponte.explain.catalogue import has_own_texts

LOOKED_AT: Final = 2_000
"""Causes that are looked at, those of most records first."""
SHOWN: Final = 100


class Why(StrEnum):
    """Why a line is in the inbox."""

    UNKNOWN = "unknown"  # no class at all
    GENERAL = "general"  # a class by a general rule or by the words alone: the code itself is in no table


@dataclass(slots=True)
class Line:
    """One code of one connector in one store; `cause` is the largest of its causes."""

    why: Why
    store: Store
    connector: str
    cause: Cause
    records: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    causes: list[int] = field(default_factory=list)
    channels: dict[str, Channel] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return self.cause.code

    @property
    def words(self) -> str:
        return self.cause.message

    def add(self, cause: Cause) -> None:
        self.records += cause.count
        self.first_at = min(self.first_at or cause.first_at, cause.first_at)
        self.last_at = max(self.last_at or cause.last_at, cause.last_at)
        self.causes.append(cause.pk)
        self.channels[cause.channel.code] = cause.channel


@dataclass(frozen=True, slots=True)
class Inbox:
    """The lines of each kind, those of most records first; `whole` unless there are more causes than that."""

    unknown: tuple[Line, ...]
    general: tuple[Line, ...]
    whole: bool


def inbox(scopes: Sequence[Scope]) -> Inbox:
    """Return the codes without a rule in what somebody sees; two queries, whatever the number of stores."""
    channels = Channel.objects.none()
    for scope in scopes:
        channels = channels | scope.channels()
    causes = heard_causes(channels, most=LOOKED_AT)
    rules = _rules(scopes)
    lines: dict[tuple[object, ...], Line] = {}
    for cause in causes:
        why = _why(cause, rules.get((cause.channel.store_id, cause.channel.connector), ()))
        if why is not None:
            key = (why, cause.channel.store_id, cause.channel.connector, _told_by(cause))
            lines.setdefault(key, Line(why, cause.channel.store, cause.channel.connector, cause)).add(cause)
    found = sorted(lines.values(), key=lambda line: -line.records)
    return Inbox(
        tuple(line for line in found if line.why is Why.UNKNOWN)[:SHOWN],
        tuple(line for line in found if line.why is Why.GENERAL)[:SHOWN],
        len(causes) < LOOKED_AT,
    )


def _rules(scopes: Sequence[Scope]) -> Mapping[tuple[int, str], list[CodeRule]]:
    rows = CodeRule.objects.filter(store_id__in=[scope.store_id for scope in scopes], active=True)
    found: dict[tuple[int, str], list[CodeRule]] = {}
    for row in rows:
        found.setdefault((row.store_id, row.connector), []).append(row)
    return found


def _told_by(cause: Cause) -> str:
    return f"code:{cause.code.casefold()}" if cause.code else f"words:{normalised(cause.message)}"


def _why(cause: Cause, rules: Iterable[CodeRule]) -> Why | None:
    theirs = (own_rule(rule) for rule in rules if rule.channel_id in {None, cause.channel_id})
    if any(rule.says(cause.code, cause.message) for rule in theirs):
        return None
    problem = cause_problem(cause)
    if problem.kind is ProblemClass.UNKNOWN:
        return Why.UNKNOWN if cause.code != "ponte_bug" else None
    # Without words it is a state that the connector read, not something that the marketplace said.
    told = is_open_to_rules(problem) and cause.message and not has_own_texts(problem)
    return Why.GENERAL if told and not is_known(cause.channel.connector, cause.code) else None


def is_known(connector: str, code: str) -> bool:
    """Say whether a connector's own table has a code; without a table every code counts as known."""
    table = _table(connector)
    if table is None:
        return bool(code)
    exact, prefixes = table
    lower = code.casefold()
    return lower in exact or (bool(code) and lower.startswith(prefixes))


@cache
def _table(connector: str) -> tuple[frozenset[str], tuple[str, ...]] | None:
    found = get(connector)
    if not isinstance(found, Documents):
        return None
    codes = [refusal.code.casefold() for refusal in found.refusals()]
    prefixes = tuple(code.removesuffix("*") for code in codes if code.endswith("*"))
    return frozenset(code for code in codes if not code.endswith("*")), prefixes
