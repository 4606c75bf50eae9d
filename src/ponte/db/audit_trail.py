"""Read the audit: what was done together is one entry, whoever looks for it by person, verb, day or target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from ponte.db.cursor import Cursor
from ponte.db.models import Audit, Channel, Integration, Membership, User

ENTRIES = 50
FIRST_ROWS = 200
"""So many mostly fill a page; only where they do not, more are read, up to `MOST_ROWS`."""
MOST_ROWS = 1_000
PREFIX = "integration:"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look for; empty means everything."""

    actor_id: int | None = None
    verb: str = ""
    target: str = ""
    day: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing somebody did, to one target or to many at once (`count`)."""

    id: int
    at: datetime
    actor_id: int | None
    actor: str
    verb: str
    target: str
    count: int
    detail: dict[str, object]
    subject: str = ""
    """What the target is called: a SKU, a person's name."""
    channels: tuple[str, ...] = ()
    times: int = 1
    """How often it was tried, where that is counted."""


@dataclass(frozen=True, slots=True)
class Page:
    entries: tuple[Entry, ...]
    next: Cursor | None


@dataclass(slots=True)
class _Group:
    """Rows that were written together: they share moment, person and verb."""

    first: Audit
    rows: list[Audit] = field(default_factory=list)
    count: int = 0


def trail(store_id: int, asked: Asked, after: Cursor | None = None) -> Page:
    """Return a page of what was done in a store, the newest first. The number of queries does not grow with it."""
    found = rows(store_id, asked)
    if after:
        found = found.filter(Q(at__lt=after.at) | Q(at=after.at, pk__lt=after.id))
    read = list(found[:FIRST_ROWS])
    groups = _grouped(read)
    if len(read) == FIRST_ROWS and len(groups) <= ENTRIES:  # much was done at once
        read = list(found[:MOST_ROWS])
        groups = _grouped(read)
    more = len(groups) > ENTRIES or len(read) == MOST_ROWS
    shown = groups[:ENTRIES]
    if shown and len(read) == MOST_ROWS and len(groups) <= ENTRIES:
        shown[-1].count = _together(found, shown[-1].first)
    last = shown[-1] if shown else None
    cursor = Cursor(last.first.at, min(row.pk for row in last.rows)) if more and last else None
    if last and cursor and last.count > len(last.rows):
        cursor = Cursor(last.first.at, 0)
    return Page(tuple(_entries(store_id, shown)), cursor)


def rows(store_id: int, asked: Asked) -> QuerySet[Audit]:
    """Return the rows, the newest first."""
    found = Audit.objects.filter(store_id=store_id).select_related("actor", "tries").order_by("-at", "-pk")
    if asked.actor_id is not None:
        found = found.filter(actor_id=asked.actor_id)
    if asked.verb:
        found = found.filter(verb=asked.verb)
    if asked.target:
        found = found.filter(_target(store_id, asked.target))
    if asked.day:
        found = found.filter(at__gte=_midnight(asked.day))
    if asked.until:
        found = found.filter(at__lt=_midnight(asked.until + timedelta(days=1)))
    return found


def all_rows(store_id: int, asked: Asked, size: int = 1_000) -> Iterator[Audit]:
    """Yield every row, read in parts, so that a long audit costs no memory."""
    after: Cursor | None = None
    while True:
        found = rows(store_id, asked)
        if after:
            found = found.filter(Q(at__lt=after.at) | Q(at=after.at, pk__lt=after.id))
        part = list(found[:size])
        yield from part
        if len(part) < size:
            return
        after = Cursor(part[-1].at, part[-1].pk)


def actors(store_id: int) -> list[tuple[int, str]]:
    """Return the people of a store to choose from, with names."""
    found = Membership.objects.filter(store_id=store_id).select_related("user").order_by("user__username")[:500]
    return [(one.user_id, name_of(one.user)) for one in found]


def times_of(row: Audit) -> int:
    """Return how often a try was made that stands in the audit once."""
    return row.tries.count if row.verb == REFUSED and hasattr(row, "tries") else 1


def name_of(user: User | None) -> str:
    return (user.get_full_name() or user.username) if user else ""


def _target(store_id: int, text: str) -> Q:
    """Return the condition for what a person typed: a SKU, or a target as it is written ("channel:mlb")."""
    if ":" in text:
        return Q(target=text)
    numbers = Integration.objects.filter(store_id=store_id, sku=text).values_list("pk", flat=True)[:100]
    return Q(target__in=[f"{PREFIX}{number}" for number in numbers] + [f"channel:{text}"])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _grouped(read: list[Audit]) -> list[_Group]:
    groups: list[_Group] = []
    for row in read:
        last = groups[-1] if groups else None
        same = last and (row.at, row.actor_id, row.verb) == (last.first.at, last.first.actor_id, last.first.verb)
        if not (last and same):
            last = _Group(row)
            groups.append(last)
        last.rows.append(row)
        last.count += 1
    return groups


def _together(found: QuerySet[Audit], first: Audit) -> int:
    return found.filter(at=first.at, actor_id=first.actor_id, verb=first.verb).count()


def _entries(store_id: int, groups: list[_Group]) -> Iterator[Entry]:
    targets = {row.target for group in groups for row in group.rows}
    records = _records(store_id, targets)
    names = _names(store_id, targets)
    for group in groups:
        found = [records[row.target] for row in group.rows if row.target in records]
        first = group.first
        yield Entry(
            id=first.pk,
            at=first.at,
            actor_id=first.actor_id,
            actor=name_of(first.actor),
            verb=first.verb,
            target=first.target,
            count=group.count,
            detail=first.detail if isinstance(first.detail, dict) else {},
            subject=names.get(first.target) or (found[0][0] if found else first.target.partition(":")[2]),
            channels=tuple(sorted({channel for _, channel in found})),
            times=sum(times_of(row) for row in group.rows),
        )


def _records(store_id: int, targets: set[str]) -> dict[str, tuple[str, str]]:
    """Return SKU and channel's name by target."""
    numbers = _numbers(targets, PREFIX)
    found = Integration.objects.filter(store_id=store_id, pk__in=numbers).values_list("pk", "sku", "channel__name")
    return {f"{PREFIX}{number}": (sku, channel) for number, sku, channel in found}


def _names(store_id: int, targets: set[str]) -> dict[str, str]:
    """Return what people and channels are called, by target."""
    people = User.objects.filter(pk__in=_numbers(targets, "user:"))
    codes = [target.partition(":")[2] for target in targets if target.startswith("channel:")]
    channels = Channel.objects.filter(store_id=store_id, code__in=codes).values_list("code", "name")
    return {
        **{f"user:{one.pk}": name_of(one) for one in people},
        **{f"channel:{code}": name for code, name in channels},
    }


def _numbers(targets: set[str], prefix: str) -> list[int]:
    rests = (target.removeprefix(prefix) for target in targets if target.startswith(prefix))
    return [int(rest) for rest in rests if rest.isdecimal() and len(rest) < 19]
