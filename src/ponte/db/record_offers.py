"""What was offered in the tries of one record: to compare the newest with the last that was accepted."""

from __future__ import annotations

from collections.abc import Collection

from ponte.db.models import Attempt
from ponte.domain.lifecycle import AttemptResult

ACCEPTED = (AttemptResult.ACCEPTED, AttemptResult.UNCHANGED)


def last_accepted(integration_id: int) -> Attempt | None:
    """Return the newest try whose offer the marketplace took."""
    tries = Attempt.objects.filter(integration_id=integration_id, result__in=ACCEPTED, offer__isnull=False)
    return tries.order_by("-number").first()


def newest_offer(integration_id: int) -> Attempt | None:
    """Return the newest try that came as far as an offer."""
    return Attempt.objects.filter(integration_id=integration_id, offer__isnull=False).order_by("-number").first()


def by_number(integration_id: int, numbers: Collection[int]) -> dict[int, Attempt]:
    """Return tries by their numbers; those that do not exist are absent."""
    found = Attempt.objects.filter(integration_id=integration_id, number__in=list(numbers)[:2])
    return {tried.number: tried for tried in found}
