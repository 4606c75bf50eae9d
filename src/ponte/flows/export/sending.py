"""A filtered list on its way out as a file: begun, written while it is sent, noted how far it got and how it ended.

Nothing is kept on disk, and memory does not grow with the rows but by eight bytes each (`ponte.db.exports`). Whoever
takes the bytes sets the pace; when they go away, `pieces` is closed and stops.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from ponte.db import audit, causes, exports
from ponte.db.cause_filters import CauseFilters
from ponte.db.filters import Filters
from ponte.db.history import Asked
from ponte.db.models import Export
from ponte.db.ordering import Sort
from ponte.db.scope import Scope
from ponte.flows.export.as_csv import Csv
from ponte.flows.export.as_xlsx import Xlsx
from ponte.flows.export.cells import Row
from ponte.flows.export.rows import ATTEMPTS, CAUSES, RECORDS, Words

AT_ONCE: Final = 500
"""Rows that are read and written together: about 20 ms, after which other requests have their turn."""

NOTED: Final = 4_000
"""Rows between two notes of how far it got."""

MAX_RUNNING: Final = 2
"""Of one person: each keeps a processor busy."""


class What(StrEnum):
    """Which list."""

    RECORDS = "produtos"
    CAUSES = "causas"
    ATTEMPTS = "historico"


class FileType(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class RecordsAsked:
    """Records in an order."""

    filters: Filters
    sort: Sort = Sort.RECENT


@dataclass(frozen=True, slots=True)
class CausesAsked:
    """Causes in an order."""

    filters: CauseFilters
    order: causes.Order = causes.Order.COUNT


KINDS: Final = {What.RECORDS: RECORDS, What.CAUSES: CAUSES, What.ATTEMPTS: ATTEMPTS}

Narrowing: TypeAlias = RecordsAsked | Asked | CausesAsked


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants, by the store's clock. `query` is what they asked in their own words, for the record."""

    scope: Scope
    narrowing: Narrowing
    file_type: FileType
    language: str
    zone: ZoneInfo
    query: Mapping[str, str | list[str]]
    separator: str = ";"

    @property
    def what(self) -> What:
        match self.narrowing:
            case RecordsAsked():
                return What.RECORDS
            case Asked():
                return What.ATTEMPTS
            case CausesAsked():
                return What.CAUSES


@dataclass(frozen=True, slots=True)
class _List:
    """The rows' ids, what reads some of them, and what makes a row of each."""

    ids: array[int]
    read: Callable[[Sequence[int]], list[tuple[Any, ...]]]
    made: Callable[[Sequence[Any]], Row]


class TooMany(Exception):  # noqa: N818 -- an answer, not a fault
    """This person has `MAX_RUNNING` exports on their way already."""


def begin(order: Order, *, actor_id: int | None) -> Export:
    """Put an export on record, and who wanted it. Raises `TooMany`."""
    if actor_id is not None and exports.running(actor_id) >= MAX_RUNNING:
        raise TooMany
    now = timezone.now()
    with transaction.atomic():
        export = Export.objects.create(
            store_id=order.scope.store_id,
            actor_id=actor_id,
            what=order.what,
            file_type=order.file_type,
            query=dict(order.query),
            started_at=now,
            moved_at=now,
        )
        audit.note_one(
            "export",
            f"export:{export.pk}",
            store_id=order.scope.store_id,
            actor_id=actor_id,
            detail={"what": order.what.value, "file_type": order.file_type.value, "query": dict(order.query)},
        )
    return export


def pieces(order: Order, export_id: int) -> Generator[bytes, None, None]:
    """Write the file piece by piece. Closed before its end, it notes that its reader left."""
    state = "failed"
    try:
        yield from _file(order, export_id)
        state = "done"
    except GeneratorExit:
        state = "left"
        raise
    finally:
        exports.ended(export_id, state)


def name_of(order: Order) -> str:
    """Return a file's name: "ponte-produtos-2026-06-11-1409.xlsx"."""
    now = timezone.localtime(timezone=order.zone)
    return f"ponte-{order.what}-{now:%Y-%m-%d-%H%M}.{order.file_type}"


def _file(order: Order, export_id: int) -> Iterator[bytes]:
    words = Words(order.language, order.zone)
    columns = words.columns(KINDS[order.what])
    is_csv = order.file_type is FileType.CSV
    file = Csv(columns, order.separator) if is_csv else Xlsx(columns, words.title("sheet"))
    yield file.head()  # before anything is read: the download begins at once
    with timezone.override(order.zone):  # the request has ended
        listed = _list(order, words)
    exports.expect(export_id, len(listed.ids))
    unnoted = 0
    for start in range(0, len(listed.ids), AT_ONCE):
        rows = [listed.made(row) for row in listed.read(listed.ids[start : start + AT_ONCE])]
        yield file.rows(rows)
        unnoted += len(rows)
        if unnoted >= NOTED:
            exports.got_on(export_id, unnoted)
            unnoted = 0
    yield file.tail()
    exports.got_on(export_id, unnoted)


def _list(order: Order, words: Words) -> _List:
    match order.narrowing:
        case RecordsAsked(filters, sort):
            return _List(exports.records_chosen(order.scope, filters, sort), exports.records, words.record)
        case Asked() as asked:
            return _List(exports.attempts_chosen(order.scope, asked), exports.attempts, words.attempt)
        case CausesAsked(filters, by):
            return _List(exports.causes_chosen(order.scope, filters, by), exports.causes, words.cause)
