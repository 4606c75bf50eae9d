"""Leases of lanes: who drains which, for how long, under which epoch.

A lane is held while its `lease_until_ms` is ahead of the database's clock. Taking it raises the epoch; every write of
a holder names its epoch, so that one who lost the lane can change nothing. Nobody needs to clean up: a holder that
dies stops renewing, and the next one takes the lane and finds what was left running.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from ponte.db.clock import moment, now_ms, now_sql
from ponte.db.models import Lane
from ponte.db.sql import fetch, locked, marks, run, skip_locked
from ponte.domain.doubt import LATE_SECONDS, doubt_until
from ponte.domain.lifecycle import Task
from ponte.domain.message import JSON

LONGEST_LEASE_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that was just taken; `suspects` work rows wait that were running when a runner died."""

    lane_id: int
    channel_id: int
    store_id: int
    kind: str
    epoch: int
    trips: int
    suspects: int

    @property
    def probing(self) -> bool:
        """True when the circuit was open: one product tries first."""
        return self.trips > 0


def due_lanes(limit: int) -> list[int]:
    """Return lanes that nobody holds and that have due work, the longest unserved first: fair between stores."""
    now = now_sql()
    found = fetch(
        f"""SELECT lane.id FROM db_lane lane JOIN db_channel channel ON channel.id = lane.channel_id
            JOIN db_store store ON store.id = channel.store_id
            WHERE lane.state = 'open' AND NOT store.paused
              AND {_unheld("lane.lease_until_ms", now)} AND lane.breaker_until_ms <= {now}
              AND (EXISTS (SELECT 1 FROM db_work w WHERE w.lane_id = lane.id AND w.lease_epoch = 0
                           AND w.due_at_ms <= {now})
                   OR EXISTS (SELECT 1 FROM db_work w WHERE w.lane_id = lane.id AND w.lease_epoch > 0))
            ORDER BY lane.served_at_ms, lane.id LIMIT %s""",
        [limit],
    )
    return [int(lane_id) for (lane_id,) in found]


def _unheld(column: str, now: str) -> str:
    """Return the condition that a lease is over, or was given before the clock was set back.

    A living holder renews by the clock as it is; of a dead one a lease until next year would stop the lane till then.
    """
    return f"({column} < {now} OR {column} > {now} + {LONGEST_LEASE_MS})"


def take(lane_id: int, owner: str, seconds: float) -> Held | None:
    """Take a lane that nobody holds, nor has locked, and set free what its last holder left running.

    One transaction is needed.

    Work left running is a suspect from now on (`deaths` + 1): it may be what killed the runner.
    """
    now = now_sql()
    taken = fetch(
        f"""UPDATE db_lane SET lease_owner = %s, lease_epoch = lease_epoch + 1,
                lease_until_ms = {now} + %s, served_at_ms = {now}
            WHERE id = (SELECT id FROM db_lane WHERE id = %s{skip_locked()})
              AND state = 'open' AND {_unheld("lease_until_ms", now)} AND breaker_until_ms <= {now}
            RETURNING channel_id, kind, lease_epoch, breaker_trips""",
        [owner, int(seconds * 1000), lane_id],
    )
    if not taken:
        return None
    channel_id, kind, epoch, trips = taken[0]
    [(store_id,)] = fetch("SELECT store_id FROM db_channel WHERE id = %s", [channel_id])
    set_orphans_free(lane_id, epoch)
    return Held(lane_id, channel_id, store_id, kind, int(epoch), int(trips), _suspects(lane_id))


def _suspects(lane_id: int) -> int:
    """Count all that are due, not only new orphans: a drain may have ended before it came to the last of them."""
    [(count,)] = fetch(
        f"""SELECT count(*) FROM db_work WHERE lane_id = %s AND lease_epoch = 0 AND deaths > 0
            AND due_at_ms <= {now_sql()}""",
        [lane_id],
    )
    return int(count)


def set_orphans_free(lane_id: int, epoch: int) -> int:
    """Return to the queue what ran under older epochs.

    What they sent may still arrive, for their runner may be frozen and not dead: until then there is doubt.
    """
    found = fetch(
        "SELECT integration_id, task FROM db_work WHERE lane_id = %s AND lease_epoch > 0 AND lease_epoch < %s"
        " ORDER BY integration_id",
        [lane_id, epoch],
    )
    orphans = [integration_id for integration_id, _ in found]
    senders = {integration_id for integration_id, task in found if task == Task.SEND}
    at = now_ms()
    now, doubt = moment(at), doubt_until(at + int(LATE_SECONDS * 1000))
    for start in range(0, len(orphans), 500):
        some = orphans[start : start + 500]
        fetch(f"SELECT id FROM db_integration WHERE id IN ({marks(len(some))}) ORDER BY id{locked()}", some)
        run(
            f"UPDATE db_work SET lease_epoch = 0, deaths = deaths + 1 WHERE integration_id IN ({marks(len(some))})",
            some,
        )
        sent = [integration_id for integration_id in some if integration_id in senders]
        if sent:
            run(f"UPDATE db_integration SET offer_digest = %s WHERE id IN ({marks(len(sent))})", [doubt, *sent])
        # The create that nobody heard of may have been the last thing the dead runner did: doubt begins now.
        run(
            f"""UPDATE db_integration SET creating_since = %s
                WHERE creating_since IS NOT NULL AND id IN ({marks(len(some))})""",
            [now, *some],
        )
        run(
            f"""UPDATE db_attempt SET result = 'interrupted', ended_at = %s WHERE result = 'open'
                AND integration_id IN ({marks(len(some))})""",
            [now, *some],
        )
    return len(orphans)


def renew(owner: str, held: dict[int, int], seconds: float) -> set[int]:
    """Prolong leases ({lane: epoch}); returns the lanes that are still ours."""
    if not held:
        return set()
    lanes = sorted(held)
    kept = fetch(
        f"""UPDATE db_lane SET lease_until_ms = {now_sql()} + %s
            WHERE lease_owner = %s AND id IN ({marks(len(lanes))}) RETURNING id, lease_epoch""",
        [int(seconds * 1000), owner, *lanes],
    )
    return {int(lane_id) for lane_id, epoch in kept if held[int(lane_id)] == int(epoch)}


def release(lane_id: int, epoch: int) -> None:
    """Give a lane back, so that another runner may take it at once."""
    run(
        "UPDATE db_lane SET lease_until_ms = 0, lease_owner = '' WHERE id = %s AND lease_epoch = %s",
        [lane_id, epoch],
    )


def is_current(lane_id: int, epoch: int) -> bool:
    """True while this epoch is the lane's last; locks the lane, so that it cannot be taken before we commit."""
    found = fetch(f"SELECT lease_epoch FROM db_lane WHERE id = %s{locked()}", [lane_id])
    return bool(found) and int(found[0][0]) == epoch


def outlook(lane_id: int) -> tuple[bool, bool]:
    """Return whether the lane may be worked on (nobody paused or disconnected it), and whether work is due."""
    found = fetch(
        f"""SELECT lane.state = 'open' AND NOT store.paused,
                EXISTS (SELECT 1 FROM db_work w WHERE w.lane_id = lane.id AND w.lease_epoch = 0
                        AND w.due_at_ms <= {now_sql()})
            FROM db_lane lane JOIN db_channel channel ON channel.id = lane.channel_id
            JOIN db_store store ON store.id = channel.store_id WHERE lane.id = %s""",
        [lane_id],
    )
    return (bool(found[0][0]), bool(found[0][1])) if found else (False, False)


def trip(lane_id: int, seconds: float, reason: JSON) -> None:
    """Open the circuit: nothing is asked for `seconds`, then one probe."""
    _set_reason(lane_id, reason)
    run(
        f"""UPDATE db_lane SET breaker_until_ms = {now_sql()} + %s, breaker_trips = breaker_trips + 1
            WHERE id = %s""",
        [int(seconds * 1000), lane_id],
    )


def close_circuit(lane_id: int) -> None:
    """The probe went well: work as usual."""
    run(
        "UPDATE db_lane SET breaker_until_ms = 0, breaker_trips = 0, reason = NULL WHERE id = %s AND state = 'open'",
        [lane_id],
    )


def disconnect(lane_id: int, reason: JSON) -> None:
    """The account needs a person: the lane waits, and its work with it."""
    _set_reason(lane_id, reason)
    run("UPDATE db_lane SET state = 'disconnected' WHERE id = %s AND state = 'open'", [lane_id])


def _set_reason(lane_id: int, reason: JSON) -> None:
    Lane.objects.filter(pk=lane_id).update(reason=reason, state_at=timezone.now())
