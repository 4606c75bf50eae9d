"""Check the products of one category by its sheet as it is now: a dry run, by a worker beside the lanes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from ponte.db.audit import note_one
from ponte.db.clock import now_ms
from ponte.db.models import Channel, Integration, SheetCheck
from ponte.db.records import problem_to_json
from ponte.domain.lifecycle import Status
from ponte.domain.outcome import Blocked, Postponed
from ponte.domain.problem import Problem, headline
from ponte.flows.offline import Database
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.integrate import look

CHUNK: Final = 20
LEASE_MS: Final = 300_000
PAUSE_MS: Final = 60_000
MOST: Final = 20_000
MAX_EXAMPLES: Final = 10


@dataclass(frozen=True, slots=True)
class Subject:
    """One record to check."""

    number: int
    sku: str
    status: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: "fine", "worse", "better", "failed" (still in error); `problem` is the first of a worse one."""

    subject: Subject
    found: str
    problem: Problem | None = None


def start(channel: Channel, sheet: str, *, actor_id: int | None) -> SheetCheck | None:
    """Begin a check, or give the one under way; None when no product of the channel was checked by that sheet."""
    planned = of_sheet(channel.pk, sheet)[:MOST].count()
    if not planned:
        return None
    now = timezone.now()
    try:
        with transaction.atomic():
            check = SheetCheck.objects.create(
                channel=channel, sheet=sheet, actor_id=actor_id, planned=planned, started_at=now, moved_at=now
            )
            detail = {"sheet": sheet, "planned": planned}
            target = f"channel:{channel.code}"
            note_one("category check", target, store_id=channel.store_id, actor_id=actor_id, detail=detail)
    except IntegrityError:
        return SheetCheck.objects.filter(channel=channel, sheet=sheet, ended_at=None).first()
    return check


def of_sheet(channel_id: int, sheet: str, after: str = "") -> QuerySet[Integration]:
    """Return the records of a channel that were checked last by a sheet, in the order of SKUs."""
    rows = Integration.objects.filter(channel_id=channel_id, sheet=sheet, removed_at=None, sku__gt=after)
    return rows.exclude(sheet="").order_by("sku")


def claim() -> SheetCheck | None:
    """Take the next step of a check that nobody steps."""
    due = SheetCheck.objects.filter(
        ended_at=None, lease_until_ms__lte=now_ms(), channel__archived_at=None, channel__store__paused=False
    )
    for check in due.order_by("moved_at")[:5]:
        mine = SheetCheck.objects.filter(pk=check.pk, ended_at=None, lease_until_ms=check.lease_until_ms)
        if mine.update(lease_until_ms=now_ms() + LEASE_MS):
            return check
    return None


async def step(check: SheetCheck, line: ChannelLine, database: Database) -> None:
    """Check the next products, one after another: people's products go first at the marketplace and at VTEX."""
    subjects = await database.read(_next, check)
    checked: list[Checked] = []
    trouble: Problem | None = None
    for subject in subjects:
        seen = await look(subject.sku, line)
        if isinstance(seen, Postponed | Blocked):
            trouble = seen.problem
            break
        checked.append(_judged(subject, seen[2] if isinstance(seen, tuple) else seen.problems))
    await database.write(_write, check, checked, trouble, whole=len(subjects) < CHUNK)


def _next(check: SheetCheck) -> list[Subject]:
    if check.looked >= MOST:
        return []
    rows = of_sheet(check.channel_id, check.sheet, check.cursor)
    return [Subject(*row) for row in rows.values_list("pk", "sku", "status")[:CHUNK]]


def _judged(subject: Subject, problems: tuple[Problem, ...]) -> Checked:
    first = headline([problem for problem in problems if problem.blocking])
    if subject.status == Status.ERROR:
        return Checked(subject, "failed" if first else "better", None)
    return Checked(subject, "worse" if first else "fine", first)


def _write(check: SheetCheck, checked: list[Checked], trouble: Problem | None, *, whole: bool) -> None:
    counts = Counter(one.found for one in checked)
    now = timezone.now()
    worse = [[one.subject.number, one.subject.sku, problem_to_json(one.problem)] for one in checked if one.problem]
    values: dict[str, object] = {
        **{name: F(name) + counts[name] for name in ("fine", "worse", "better", "failed")},
        "looked": F("looked") + len(checked),
        "cursor": checked[-1].subject.sku if checked else check.cursor,
        "examples": [*check.examples, *worse][:MAX_EXAMPLES],
        "moved_at": now,
        "trouble": None if trouble is None else problem_to_json(trouble),
        "lease_until_ms": now_ms() + PAUSE_MS if trouble else 0,
    }
    if trouble is None and whole:
        values["ended_at"] = now
    SheetCheck.objects.filter(pk=check.pk, ended_at=None).update(**values)
