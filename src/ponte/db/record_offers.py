"""What was offered in the tries of one record: to compare the newest with the last that was accepted."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Subquery

from ponte.db.models import Attempt
from ponte.domain.lifecycle import AttemptResult

ACCEPTED = (AttemptResult.ACCEPTED, AttemptResult.UNCHANGED)


def last_accepted(integration_id: int) -> Attempt | None:
    """Return the newest try whose offer the marketplace took, at once or, for one it had to look at, later."""
    tries = Attempt.objects.filter(integration_id=integration_id).order_by("-number")
    taken = tries.filter(result__in=ACCEPTED).values("number")[:1]
    sent = tries.filter(result__in=(*ACCEPTED, AttemptResult.PENDING), offer__isnull=False)
    return sent.filter(number__lte=Subquery(taken)).first()


def newest_offer(integration_id: int) -> Attempt | None:
    """Return the newest try that came as far as an offer."""
    return Attempt.objects.filter(integration_id=integration_id, offer__isnull=False).order_by("-number").first()


def by_number(integration_id: int, numbers: Collection[int]) -> dict[int, Attempt]:
    """Return tries by their numbers; those that do not exist are absent."""
    found = Attempt.objects.filter(integration_id=integration_id, number__in=list(numbers)[:2])
    return {tried.number: tried for tried in found}
