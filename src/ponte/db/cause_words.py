"""What a cause's title needs beyond the cause: the names and words that its newest record's problem holds."""

from __future__ import annotations

from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery

from ponte.db.models import Cause, Integration
from ponte.domain.code_rules import OWN

SHARED: Final = frozenset({"name", "category", "category_id"})
"""Params that all records of a cause have alike; the others, as a refused value, are each record's own."""


def worded(rows: QuerySet[Cause]) -> QuerySet[Cause]:
    """Read causes with their newest record's problems too: one look into an index for each, in the same query."""
    records = Integration.objects.filter(
        channel_id=OuterRef("channel_id"), fingerprint=OuterRef("fingerprint"), removed_at=None
    )
    newest = records.exclude(fingerprint="").order_by("-updated_at", "-id").values("problems")[:1]
    return rows.annotate(newest=Subquery(newest))


def shared_params(cause: Cause) -> dict[str, str]:
    """Return the params of a cause that was read `worded`, {} of any other and of one that no record has any more."""
    problems = getattr(cause, "newest", None)
    params = problems[0].get("params") or {} if problems else {}
    return {name: value for name, value in params.items() if name in SHARED or name.startswith(OWN)}
