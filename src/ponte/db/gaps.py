"""What a channel's mapping lacks, counted from its causes: categories, attributes and values without a rule.

Counts are the causes' own, kept by the write side. Which values and which categories a cause is about is read from a
few of its records, never from all.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from django.db.models import F

from ponte.db.models import Attempt, Cause, Integration
from ponte.db.sql import fetch, ids_given
from ponte.domain.message import JSON
from ponte.domain.problem import ProblemClass

MAX_CAUSES: Final = 60
EACH: Final = 60
"""So many records of each cause are looked at, those that changed last."""
TOLD: Final = 4
"""Of so many records of each gap more is read: the category they go to."""
MAX_VALUES: Final = 30
MAX_STOPPED: Final = 50_000

CATEGORY: Final = frozenset({ProblemClass.CATEGORY_MAPPING.name, ProblemClass.NOT_MAPPED.name})
VALUE: Final = frozenset({ProblemClass.ATTRIBUTE_MAPPING.name, ProblemClass.BRAND_MAPPING.name})
MISSING: Final = frozenset({ProblemClass.ATTRIBUTE_MISSING.name})
EVERY: Final = CATEGORY | VALUE | MISSING


class Lack(StrEnum):
    CATEGORY = "category"  # a category of VTEX has no target, or one that the marketplace does not take
    ATTRIBUTE = "attribute"  # a field is asked for and nothing fills it
    VALUE = "value"  # a value is not in the closed list


@dataclass(frozen=True, slots=True)
class Example:
    """A product that a gap stops."""

    id: int
    sku: str
    name: str


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing without a rule. `subject` is VTEX's category or the marketplace's attribute, `name` is for people.

    `count` is how many products it stops; with `seen` below it, those among the records that were looked at.
    `categories` are those of the marketplace that the products go to.
    """

    lack: Lack
    subject: str
    name: str
    count: int
    cause: int
    fingerprint: str
    value: str = ""
    brand: bool = False
    sampled: bool = False
    categories: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def key(self) -> str:
        parts = "\x1f".join((self.lack, self.subject, self.value))
        return hashlib.blake2b(parts.encode(errors="replace"), digest_size=8).hexdigest()


def gaps(channel_id: int, *, fingerprint: str = "") -> list[Gap]:
    """Return what a channel lacks, what stops most products first; a fixed number of queries."""
    rows = Cause.objects.filter(channel_id=channel_id, problem_class__in=EVERY, count__gt=0, severity="error")
    if fingerprint:
        rows = rows.filter(fingerprint=fingerprint)
    causes = list(rows.order_by("-count", "-id")[:MAX_CAUSES])
    records = _records(channel_id, [cause.fingerprint for cause in causes])
    targets = _targets(records)
    found: dict[str, Gap] = {}
    for cause in causes:
        for gap in _of_cause(cause, records.get(cause.fingerprint, []), targets):
            # Two causes with one cure (we refused it, and so did the marketplace) are one line.
            known = found.get(gap.key)
            found[gap.key] = gap if known is None else _joined(known, gap)
    return sorted(found.values(), key=lambda gap: (-gap.count, gap.subject, gap.value))


def _joined(first: Gap, second: Gap) -> Gap:
    return replace(
        first,
        count=first.count + second.count,
        sampled=first.sampled or second.sampled,
        categories=tuple(dict.fromkeys((*first.categories, *second.categories))),
    )


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A category of VTEX that products wait for: its number, and its name where a record has it."""

    category: str
    name: str
    count: int


def unmapped_categories(channel_id: int) -> list[Unmapped]:
    """Return VTEX's categories without a target, those of most products first."""
    return [Unmapped(gap.subject, gap.name, gap.count) for gap in gaps(channel_id) if gap.lack is Lack.CATEGORY]


def _of_cause(cause: Cause, rows: Sequence[Integration], targets: Mapping[int, str]) -> Iterator[Gap]:
    pairs = [(row, params) for row in rows if (params := _params(cause, row)) is not None]
    if cause.problem_class in CATEGORY:
        yield from _categories(cause, pairs)
    elif cause.problem_class in MISSING:
        name = next((str(params["name"]) for _, params in pairs if params.get("name")), cause.subject)
        if cause.subject:
            told = (cause.subject, name)
            yield _gap(cause, Lack.ATTRIBUTE, told, cause.count, pairs, categories=_among(pairs, targets))
    else:
        yield from _values(cause, pairs, targets)


Pairs = Sequence[tuple[Integration, Mapping[str, JSON]]]


def _categories(cause: Cause, pairs: Pairs) -> Iterator[Gap]:
    by_category: dict[str, list[tuple[Integration, Mapping[str, JSON]]]] = {}
    for row, params in pairs:
        number = str(params.get("vtex_category_id") or params.get("category_id") or cause.subject)
        by_category.setdefault(number, []).append((row, params))
    if not by_category and cause.subject:
        by_category[cause.subject] = []
    for number, some in by_category.items():
        alone = len(by_category) == 1
        name = next((str(told) for _, one in some if (told := one.get("vtex_category") or one.get("category"))), "")
        name = name or (some[0][0].category if some else "")
        count = cause.count if alone else len(some)
        yield _gap(cause, Lack.CATEGORY, (number, name or number), count, some, sampled=not alone)


def _values(cause: Cause, pairs: Pairs, targets: Mapping[int, str]) -> Iterator[Gap]:
    by_value: dict[str, list[tuple[Integration, Mapping[str, JSON]]]] = {}
    for row, params in pairs:
        if value := str(params.get("value") or "").strip():
            by_value.setdefault(value, []).append((row, params))
    ordered = Counter({value: len(some) for value, some in by_value.items()}).most_common(MAX_VALUES)
    for value, count in ordered:
        some = by_value[value]
        name = next((str(one["name"]) for _, one in some if one.get("name")), cause.subject)
        alone = len(by_value) == 1
        many, among = cause.count if alone else count, _among(some, targets)
        told = (cause.subject, name)
        yield _gap(cause, Lack.VALUE, told, many, some, value=value, sampled=not alone, categories=among)


def _gap(cause: Cause, lack: Lack, told: tuple[str, str], count: int, pairs: Pairs, **more: Any) -> Gap:
    """Make a gap of a cause; `told` is its subject and its name."""
    return Gap(
        lack,
        *told,
        count=count,
        cause=cause.pk,
        fingerprint=cause.fingerprint,
        brand=cause.problem_class == ProblemClass.BRAND_MAPPING.name,
        examples=tuple(Example(row.pk, row.sku, row.name) for row, _ in pairs[:TOLD]),
        **more,
    )


def _among(pairs: Pairs, targets: Mapping[int, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(target for row, _ in pairs if (target := targets.get(row.pk, ""))))


def _params(cause: Cause, row: Integration) -> Mapping[str, JSON] | None:
    """Return what a record's own problem of this cause says, None when it has none such any more."""
    for problem in row.problems:
        same = problem.get("class") == cause.problem_class and problem.get("code") == cause.code
        if same and (problem.get("subject") or "") == cause.subject:
            return problem.get("params") or {}
    return None


def _records(channel_id: int, fingerprints: Sequence[str]) -> dict[str, list[Integration]]:
    """Read some records of each cause: one seek of the index each, two queries in all."""
    if not fingerprints:
        return {}
    one = (
        "SELECT id FROM (SELECT id FROM db_integration WHERE channel_id = %s AND fingerprint = %s"
        " AND removed_at IS NULL AND NOT fingerprint = '' ORDER BY updated_at DESC, id DESC LIMIT %s) AS newest"
    )
    params = [part for mark in fingerprints for part in (channel_id, mark, EACH)]
    ids = [number for (number,) in fetch(" UNION ALL ".join([one] * len(fingerprints)), params)]
    light = ("id", "sku", "name", "category", "problems", "fingerprint", "attempts")
    found: dict[str, list[Integration]] = {}
    for row in Integration.objects.filter(id__in=ids_given(ids)).only(*light).order_by("-updated_at", "-id"):
        found.setdefault(row.fingerprint, []).append(row)
    return found


def _targets(records: Mapping[str, Sequence[Integration]]) -> dict[int, str]:
    """Return the marketplace's category of a few records of each cause, as their last try had it."""
    ids = [row.pk for rows in records.values() for row in rows[:TOLD]]
    tries = Attempt.objects.filter(integration_id__in=ids_given(ids), number=F("integration__attempts"))
    rows = tries.values_list("integration_id", "provenance") if ids else ()
    return {number: target for number, lines in rows if (target := _category_in(lines))}


def _category_in(lines: Iterable[JSON]) -> str:
    return next((str(line.get("sent") or "") for line in lines if line.get("field") == "category"), "")


@dataclass(frozen=True, slots=True)
class Missing:
    """How many products lack an attribute, and the cause they are under."""

    count: int
    fingerprint: str


def missing_attributes(channel_id: int) -> dict[str, Missing]:
    """Return the attributes that products of a channel lack, by their ids; one query over causes."""
    rows = Cause.objects.filter(channel_id=channel_id, problem_class__in=MISSING, count__gt=0).order_by("count")
    found: dict[str, Missing] = {}
    for subject, count, fingerprint in rows.values_list("subject", "count", "fingerprint"):
        before = found.get(subject)
        found[subject] = Missing(count + (before.count if before else 0), fingerprint)
    return found


def stopped_by(channel_id: int, fingerprints: Collection[str]) -> list[int]:
    """Return the products that have these causes, `MAX_STOPPED` at the most."""
    rows = Integration.objects.filter(channel_id=channel_id, fingerprint__in=fingerprints, removed_at=None)
    return list(rows.exclude(fingerprint="").order_by("id").values_list("id", flat=True)[:MAX_STOPPED])
