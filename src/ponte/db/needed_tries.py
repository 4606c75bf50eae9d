"""Which tries of a record are needed however old they are: by its page, its comparisons, and its open trouble."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from ponte.db.record_offers import ACCEPTED
from ponte.db.sql import among, fetch
from ponte.domain.lifecycle import AttemptResult, Status

LATEST: Final = 5
"""So many of the newest tries stay: as many as are looked through for the offer that the record's page shows."""

_TAKEN = ", ".join(f"'{result}'" for result in ACCEPTED)
_SENT = f"{_TAKEN}, '{AttemptResult.PENDING}'"
_NEWEST = "FROM db_attempt tried WHERE tried.integration_id = one.id {} ORDER BY tried.number DESC LIMIT 1"
# Each looks from the newest try back along the index (integration, number), mostly a few steps.
_NEEDED = f"""
    SELECT found.id, found.status, found.attempts, found.taken, found.offered, (SELECT tried.number
        FROM db_attempt tried WHERE tried.integration_id = found.id AND tried.number <= found.taken
          AND tried.offer IS NOT NULL AND tried.result IN ({_SENT}) ORDER BY tried.number DESC LIMIT 1)
    FROM (SELECT one.id, one.status, one.attempts,
              (SELECT tried.number {_NEWEST.format(f"AND tried.result IN ({_TAKEN})")}) AS taken,
              (SELECT tried.number {_NEWEST.format("AND tried.offer IS NOT NULL")}) AS offered
          FROM db_integration one WHERE {{ids}}) AS found"""


@dataclass(frozen=True, slots=True)
class Needed:
    """What is needed of one record's tries: single ones by number, and all `above` a number."""

    numbers: frozenset[int]
    above: int

    def __contains__(self, number: int) -> bool:
        return number > self.above or number in self.numbers


def needed(integration_ids: Collection[int]) -> Mapping[int, Needed]:
    """Return what is needed of each of these records: the newest tries, the newest offer, the last accepted one.

    Of a record that is no success, all since the marketplace last took something: the story of what is open.
    """
    if not integration_ids:
        return {}
    named, params = among("one.id", sorted(integration_ids))
    return {
        int(number): Needed(
            frozenset(one for one in (offered, accepted) if one is not None),
            _above(status, int(attempts), int(taken or 0)),
        )
        for number, status, attempts, taken, offered, accepted in fetch(_NEEDED.format(ids=named), params)
    }


def _above(status: str, attempts: int, taken: int) -> int:
    newest = attempts - LATEST
    return newest if status == Status.SUCCESS else min(newest, taken)
