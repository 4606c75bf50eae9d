"""Claim due work and put its attempts on record, before anything is sent: one short transaction per batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ponte.db.clock import moment, now_ms
from ponte.db.counts import Moves
from ponte.db.integrations import places_by_id, to_processing
from ponte.db.records import listing_from_json
from ponte.db.results import open_attempts
from ponte.db.sql import fetch, marks
from ponte.domain.doubt import doubted_until
from ponte.domain.lifecycle import Hold, Task
from ponte.domain.message import parse_json
from ponte.domain.outcome import Link
from ponte.flows.pipeline.job import Job
from ponte.queue.lanes import Held, is_current
from ponte.queue.work import Claimed, due, due_suspects, hold

BATCH = 50


def begin(held: Held, *, limit: int, runner: str, suspects: bool, alone: bool = True) -> list[Job]:
    """Claim up to `limit` works of a held lane and open their attempts; none when nothing is due or it is lost.

    With `suspects` claim those only: some that died once, or else, if the caller runs it `alone`, one of the others.
    """
    with transaction.atomic():
        if not is_current(held.lane_id, held.epoch):
            return []
        now = moment(now_ms())
        waiting = due_suspects(held.lane_id, limit, alone=alone) if suspects else due(held.lane_id, limit)
        places = places_by_id(sorted(waiting))
        found = hold(waiting, held.epoch)
        if not found:
            return []
        ids = [claimed.integration_id for claimed in found]
        moves = Moves()
        jobs = _open_attempts(found, _known(ids), held, runner, now)
        # From here until the result is written, a listing of these may come to be without our knowing.
        creating = {job.id for job in jobs if job.task is Task.SEND and (job.link.listing is None or job.recreates)}
        to_processing([places[integration_id] for integration_id in sorted(ids)], now, moves, creating=creating)
        moves.write(now)
    return jobs


def _known(ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    rows = fetch(
        f"""SELECT id, sku, attempts, listing, offer_digest, creating_since, headline_class, hold
            FROM db_integration WHERE id IN ({marks(len(ids))})""",  # noqa: S608 -- constants and marks only
        ids,
    )
    return {row[0]: row for row in rows}


def _open_attempts(
    found: Sequence[Claimed], known: dict[int, tuple[Any, ...]], held: Held, runner: str, now: datetime
) -> list[Job]:
    attempts = open_attempts(
        [
            (
                claimed.integration_id,
                held.channel_id,
                known[claimed.integration_id][2] + 1,
                claimed.trigger.value,
                claimed.actor_id,
                _task(claimed, known[claimed.integration_id][7]),
                now,
                held.epoch,
                claimed.generation,
                runner,
            )
            for claimed in found
        ]
    )
    return [_job(claimed, attempts[claimed.integration_id], known[claimed.integration_id], now) for claimed in found]


def _task(claimed: Claimed, hold: str) -> str:
    return Task.END.value if hold == Hold.ENDING else claimed.task.value


def _job(claimed: Claimed, attempt_id: int, row: tuple[Any, ...], now: datetime) -> Job:
    _, sku, _, listing, digest, creating_since, headline, hold = row
    if isinstance(listing, str):  # SQLite hands JSON over as text
        listing = parse_json(listing.encode())
    if isinstance(creating_since, str):
        creating_since = datetime.fromisoformat(creating_since)
    if creating_since is not None and creating_since.tzinfo is None:
        creating_since = creating_since.replace(tzinfo=now.tzinfo)
    uncertain = max(0.0, (now - creating_since).total_seconds()) if creating_since else None
    known = listing_from_json(listing)
    link = Link(known, uncertain, restate=known is not None and doubted_until(digest) is not None)
    return Job(claimed, attempt_id, sku, link, digest, headline, Hold(hold))
