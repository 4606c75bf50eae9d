"""What must be true when everything has come to rest, read from the fakes and from the tables."""

from __future__ import annotations

import time
from collections import Counter as Tally
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

from faults.load import Load
from faults.stage import Stage

LOOK_SECONDS = 0.25


@dataclass(slots=True)
class Findings:
    """`lost`: SKUs that VTEX changed and that are not at the marketplace as they should be, nor shown as an error.

    `stale_seen`: older states that were applied after newer ones; `stale`: those that stand. `unrecorded`: changes
    applied at the marketplace beyond the attempts on record.
    """

    integrations: int = 0
    lost: int = 0
    stale: int = 0
    stale_seen: int = 0
    stuck: int = 0
    leased: int = 0
    duplicates: int = 0
    errors: int = 0
    open_attempts: int = 0
    unrecorded: int = 0
    miscounted: int = 0
    not_terminal: int = 0

    def breaches(self) -> dict[str, int]:
        return {
            name: value
            for name, value in asdict(self).items()
            if value and name not in {"integrations", "stale_seen"}
        }


def wait_for_rest(seconds: float) -> float | None:
    """Wait until nothing runs or waits for its result; returns how long it took, None when it never came."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds:
        if not restless():
            return time.monotonic() - begin
        time.sleep(LOOK_SECONDS)
    return None


def restless() -> int:
    """Return how many works run, or wait for a send. What has its result and is sent again hours later rests."""
    from ponte.db.clock import now_sql
    from ponte.db.sql import fetch

    [(count,)] = fetch(
        f"""SELECT count(*) FROM db_work work JOIN db_integration row ON row.id = work.integration_id
            WHERE work.lease_epoch > 0
               OR (work.task = 'send' AND (row.status = 'pending' OR work.due_at_ms <= {now_sql()}))"""
    )
    return int(count)


def let_time_pass(seconds: float) -> int:
    """Bring about the moment when nothing older can arrive, and wait for the last sends; returns how many."""
    from ponte.db.models import Integration, Work
    from ponte.domain.doubt import MARK, doubt_until

    Integration.objects.filter(offer_digest__startswith=MARK).update(offer_digest=doubt_until(1))
    due = Work.objects.filter(trigger="reconcile").update(due_at_ms=0)
    wait_for_rest(seconds)
    return due


def judge(stage: Stage, load: Load) -> Findings:
    from ponte.db.sql import fetch

    found = Findings()
    found.leased = int(fetch("SELECT count(*) FROM db_work WHERE lease_epoch > 0")[0][0])
    found.stuck = restless()
    found.open_attempts = int(fetch("SELECT count(*) FROM db_attempt WHERE result = 'open'")[0][0])
    found.miscounted = _miscounted()
    _judge_listings(stage, load, found)
    _judge_history(stage, found)
    return found


def _judge_listings(stage: Stage, load: Load, found: Findings) -> None:
    from ponte.db.sql import fetch

    rows = fetch("SELECT channel_id, sku, status, phase FROM db_integration")
    state = {(channel, sku): (status, phase) for channel, sku, status, phase in rows}
    found.integrations = len(state)
    found.not_terminal = sum(phase != "idle" for _, phase in state.values())
    found.errors = sum(status == "error" for status, _ in state.values())
    standing: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    for item in stage.market.items():
        if item["status"] != "closed":
            standing[item["seller_id"], item["sku"]].append(item)
    found.duplicates = sum(len(items) > 1 for items in standing.values())
    for line in stage.lines:
        for sku in line.skus:
            truth = load.truth.get(sku)
            if truth is None:
                continue
            items = standing.get((line.seller, sku), [])
            status, _ = state.get((line.channel_id, sku), ("", ""))
            if not items and status != "error":
                found.lost += 1
            right = (truth.price, truth.stock, truth.name)
            if any(_shown(item) != right for item in items) and status != "error":
                found.stale += 1


def _shown(item: dict[str, Any]) -> tuple[int, int, str]:
    return round(item["price"] * 100), item["available_quantity"], item["title"]


def _judge_history(stage: Stage, found: Findings) -> None:
    from ponte.db.sql import fetch

    applied: Tally[tuple[int, str]] = Tally()
    newest: dict[tuple[int, str], float] = {}
    for entry in stage.market.applied():
        price = entry["payload"].get("price") if isinstance(entry["payload"], dict) else None
        if price is None:  # a description: no change of its own
            continue
        key = (entry["seller_id"], entry["sku"])
        applied[key] += 1
        found.stale_seen += price < newest.get(key, 0.0)
        newest[key] = max(price, newest.get(key, 0.0))
    sellers = {line.channel_id: line.seller for line in stage.lines}
    rows = fetch(
        """SELECT integration.channel_id, integration.sku, count(*) FROM db_attempt attempt
           JOIN db_integration integration ON integration.id = attempt.integration_id GROUP BY 1, 2"""
    )
    attempts = {(sellers[channel], sku): count for channel, sku, count in rows}
    found.unrecorded = sum(max(0, count - attempts.get(key, 0)) for key, count in applied.items())


def _miscounted() -> int:
    """Return how many counters differ from a recount."""
    from ponte.db.sql import fetch

    kept = {tuple(row[:2]): row[2] for row in fetch("SELECT channel_id, bucket, count FROM db_counter")}
    recount = fetch(
        """SELECT channel_id, CASE WHEN removed_at IS NOT NULL THEN 'removed' WHEN status = 'pending' THEN phase
               ELSE status END, count(*) FROM db_integration GROUP BY 1, 2"""
    )
    true = {tuple(row[:2]): row[2] for row in recount}
    return sum(kept.get(key, 0) != true.get(key, 0) for key in kept.keys() | true.keys())


def reprocess_those_put_away(seconds: float) -> int:
    """Do what a person does who sees products put away as poison: nothing of them may be lost. Returns how many."""
    from ponte.db.models import Integration
    from ponte.db.scope import Scope
    from ponte.flows.reprocess import reprocess

    found = Integration.objects.filter(status="error", headline_class="WORKER_LOST")
    ids = list(found.values_list("pk", flat=True))
    if ids:
        reprocess(ids, scope=Scope(found[0].store_id), actor_id=None)
        wait_for_rest(seconds)
    return len(ids)


def error_classes() -> dict[str, int]:
    """Return the errors on the screen by what they are about."""
    from ponte.db.sql import fetch

    return dict(fetch("SELECT headline_class, count(*) FROM db_integration WHERE status = 'error' GROUP BY 1"))


def results() -> dict[str, int]:
    """Return the attempts by how they ended."""
    from ponte.db.sql import fetch

    return dict(fetch("SELECT result, count(*) FROM db_attempt GROUP BY 1"))


def logged(stage: Stage) -> dict[str, int]:
    """Return the errors in the workers' log by their last words."""
    path = stage.data / "workers.log"
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    bad = [line[:140] for line in lines if "Error" in line or "error:" in line or "deadlock" in line]
    return dict(Tally(line for line in bad if not line.startswith(" ")).most_common(8))
