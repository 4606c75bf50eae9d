"""What an open cause shows: whom it hits, what was said about it, and who changed its state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ponte.db.models import Audit, Cause, Integration, Note
from ponte.db.slicing import HEAVY

SAMPLE: Final = 500
"""Categories and brands are counted over this many records, those that changed last."""
EXAMPLES: Final = 8
LARGEST: Final = 3
NOTES: Final = 50
CHANGES: Final = 20


@dataclass(frozen=True, slots=True)
class Group:
    """A category or brand with its records in the sample; `name` is empty for those that have none."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Sample:
    """The records that changed last: `size` were read; `whole` says that there are no others."""

    size: int
    whole: bool
    categories: tuple[Group, ...]
    brands: tuple[Group, ...]
    examples: tuple[Integration, ...]


def sample(cause: Cause) -> Sample:
    """Read a cause's newest records and count their categories and brands; two queries, whatever their number."""
    rows = Integration.objects.filter(channel_id=cause.channel_id, fingerprint=cause.fingerprint, removed_at=None)
    ordered = rows.exclude(fingerprint="").order_by("-updated_at", "-id")
    found = list(ordered.values_list("category", "brand")[: SAMPLE + 1])
    seen = found[:SAMPLE]
    return Sample(
        size=len(seen),
        whole=len(found) <= SAMPLE,
        categories=_largest(category for category, _ in seen),
        brands=_largest(brand for _, brand in seen),
        examples=tuple(ordered.defer(*HEAVY)[:EXAMPLES]),
    )


def notes(cause: Cause) -> list[Note]:
    """Return what people wrote about a cause, newest first."""
    return list(Note.objects.filter(cause=cause).select_related("author").order_by("-pk")[:NOTES])


def changes(cause: Cause) -> list[Audit]:
    """Return who changed a cause's state, newest first."""
    rows = Audit.objects.filter(target=target_of(cause.pk), store_id=cause.channel.store_id)
    return list(rows.select_related("actor").order_by("-at", "-pk")[:CHANGES])


def target_of(number: int) -> str:
    """Return how a cause is named in the audit."""
    return f"cause:{number}"


def _largest(names: Iterable[str]) -> tuple[Group, ...]:
    return tuple(Group(name, count) for name, count in Counter(names).most_common(LARGEST))
