"""What is read about actions on many: what one would do before it begins, and how far the begun ones are."""

from __future__ import annotations

from collections import Counter as Sums
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, Value, When
from django.db.models.fields import IntegerField

from ponte.db.cause_words import worded
from ponte.db.models import ActionCount, ActionState, BulkAction, Cause, Integration
from ponte.db.scope import Scope
from ponte.db.selection import UNCHANGED, Frozen, chosen
from ponte.db.sql import fetch
from ponte.domain.lifecycle import Task
from ponte.domain.message import JSON

MOST: Final = 5_000
"""So many records are looked at for a plan; how many there are beyond, `bulk_counts` may know."""
MET: Final = 2_000
MAX_RECENT: Final = 20
MAX_FAILED: Final = 3


@dataclass(frozen=True, slots=True)
class Group:
    """So many records of a selection that are alike. `unchanged`: they would fail again for want of a change."""

    channel_id: int
    status: str
    phase: str
    removed: bool
    fingerprint: str
    unchanged: bool
    count: int


@dataclass(frozen=True, slots=True)
class Grouping:
    """A selection in groups; `more` says that looking stopped at `MOST` records."""

    groups: tuple[Group, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """An action and what became of what it queued.

    `lanes` are some of those where something of it waits; `answers` of what waits, as far as it was looked through,
    wait for the marketplace's answer; `undone_by` is the action that undoes it.
    """

    action: BulkAction
    outcomes: Mapping[str, int]
    lanes: frozenset[int]
    answers: int
    undone_by: int | None

    @property
    def settled(self) -> int:
        return sum(self.outcomes.values())

    @property
    def outstanding(self) -> int:
        """How many wait for their result in the queue, or run."""
        if not self.lanes:
            return 0
        return max(1, self.action.queued + self.action.already - self.settled)


def grouping(scope: Scope, verb: str, selection: Mapping[str, JSON], frozen: Frozen) -> Grouping:
    """Look through a selection once."""
    unchanged = Case(When(UNCHANGED, then=Value(1)), default=Value(0), output_field=IntegerField())
    gone = Case(When(removed_at__isnull=False, then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = chosen(scope, verb, selection, frozen).order_by().annotate(unchanged=unchanged, gone=gone)
    columns = ("channel_id", "status", "phase", "gone", "fingerprint", "unchanged")
    inner, params = rows.values_list(*columns)[:MOST].query.sql_with_params()
    found = fetch(
        f"SELECT {', '.join(columns)}, count(*) FROM ({inner}) AS met GROUP BY {', '.join(columns)}", params
    )
    groups = tuple(
        Group(channel, status, phase, bool(removed), mark, bool(same), int(count))
        for channel, status, phase, removed, mark, same, count in found
    )
    return Grouping(groups, more=sum(group.count for group in groups) >= MOST)


def causes_of(pairs: Collection[tuple[int, str]]) -> dict[tuple[int, str], Cause]:
    """Return the causes of these (channel, fingerprint)."""
    channels, prints = {channel for channel, _ in pairs}, {mark for _, mark in pairs}
    rows = Cause.objects.filter(channel_id__in=channels, fingerprint__in=prints).select_related("channel")
    return {(row.channel_id, row.fingerprint): row for row in worded(rows)}


def causes_named(scope: Scope, fingerprints: Collection[str]) -> dict[str, Cause]:
    """Return one cause for each fingerprint in sight."""
    if not fingerprints:
        return {}
    rows = Cause.objects.filter(channel__in=scope.channels().values("pk"), fingerprint__in=fingerprints)
    return {row.fingerprint: row for row in worded(rows).select_related("channel").defer("channel__mapping_text")}


def action(scope: Scope, number: int) -> Progress | None:
    """Return one action of the store; only its own for a person who does not see every channel."""
    found = _in_sight(scope).filter(pk=number).select_related("actor", "undo_of").first()
    return progress([found])[0] if found else None


def running(scope: Scope) -> list[Progress]:
    """Return the actions that have not ended, or of which something waits for its result; the newest first."""
    own = _in_sight(scope).select_related("actor", "undo_of")
    newest = progress(list(own.order_by("-pk")[:MAX_RECENT]))
    return [one for one in newest if one.action.ended_at is None or one.lanes]


def recent(scope: Scope, *, before: int | None = None, size: int = MAX_RECENT) -> tuple[list[Progress], int | None]:
    """Return actions, newest first, and the number to ask for those before."""
    own = _in_sight(scope).select_related("actor", "undo_of")
    if before is not None:
        own = own.filter(pk__lt=before)
    found = list(own.order_by("-pk")[: size + 1])
    return progress(found[:size]), found[size - 1].pk if len(found) > size else None


def progress(actions: Sequence[BulkAction]) -> list[Progress]:
    """Read how far these are: three queries, however many they are."""
    ids = [one.pk for one in actions]
    outcomes: dict[int, dict[str, int]] = defaultdict(dict)
    for number, outcome, count in ActionCount.objects.filter(action_id__in=ids).values_list(
        "action_id", "outcome", "count"
    ):
        outcomes[number][outcome] = count
    lanes, answers = _waiting(ids)
    undoing = BulkAction.objects.filter(undo_of_id__in=ids).exclude(state=ActionState.CANCELLED)
    undone = dict(undoing.values_list("undo_of_id", "pk"))
    return [
        Progress(one, outcomes[one.pk], frozenset(lanes[one.pk]), answers[one.pk], undone.get(one.pk))
        for one in actions
    ]


def failed(action_id: int) -> list[Integration]:
    """Return some records of an action that ended in error: what they say of it."""
    rows = Integration.objects.filter(action_id=action_id, status="error").select_related("channel")
    return list(rows.defer("listing", "search_text").order_by("-updated_at", "-id")[:MAX_FAILED])


def cause_of(found: Integration) -> int | None:
    """Return the number of the cause that a record's error has."""
    own = Cause.objects.filter(channel_id=found.channel_id, fingerprint=found.fingerprint)
    return own.values_list("pk", flat=True).first()


def _in_sight(scope: Scope) -> Any:
    own = BulkAction.objects.filter(store_id=scope.store_id)
    if scope.channel_ids is None:
        return own
    return own.filter(selection__channels=[*scope.channel_ids])


def _waiting(ids: Sequence[int]) -> tuple[dict[int, set[int]], Sums[int]]:
    """Return the lanes where something of each action is, and how many of it wait for an answer.

    As far as its first works tell.
    """
    lanes: dict[int, set[int]] = defaultdict(set)
    answers: Sums[int] = Sums()
    if not ids:
        return lanes, answers
    head = "SELECT * FROM (SELECT action_id, lane_id, task FROM db_work WHERE action_id = %s LIMIT %s) AS head"
    heads = " UNION ALL ".join([head] * len(ids))
    params = [value for number in ids for value in (number, MET)]
    sql = f"SELECT action_id, lane_id, task, count(*) FROM ({heads}) AS found GROUP BY action_id, lane_id, task"
    for number, lane_id, task, count in fetch(sql, params):
        lanes[number].add(lane_id)
        answers[number] += count if task == Task.FOLLOW else 0
    return lanes, answers
