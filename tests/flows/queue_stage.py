"""A lane without a network: its rows, a runner's steps by hand, and a recount to hold the counters against."""

from __future__ import annotations

import hashlib
from collections import Counter as Tally
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum

from ponte.db.counts import bucket
from ponte.db.models import Attempt, Cause, Channel, Counter, Integration, Lane, Store, Work
from ponte.domain.doubt import MARK, doubt_until
from ponte.domain.lifecycle import Priority, Trigger
from ponte.domain.offer import Offer
from ponte.domain.outcome import Listing, Outcome, Postponed
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage
from ponte.flows.ingest import Hint, take
from ponte.flows.pipeline.begin import begin
from ponte.flows.pipeline.job import Job, Result
from ponte.flows.pipeline.settlement import write_results
from ponte.net.converse import Record
from ponte.queue import lanes
from ponte.queue.lanes import Held

BAD_TITLE = Problem(ProblemClass.TITLE_INVALID, Stage.MARKETPLACE, "title", "item.title.length", "Too long")
DOWN = Problem(ProblemClass.MARKETPLACE_OUTAGE, Stage.SEND, "POST /items", "503", "Service Unavailable")
REVOKED = Problem(ProblemClass.AUTH_INVALID, Stage.SEND, "", "invalid_grant", "The grant is gone")
ANALYSED = Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, "pictures", "picture_download_pending")
MODERATED = Problem(ProblemClass.POLICY_MODERATION, Stage.MARKETPLACE, "", "FORBIDDEN_PRODUCT", "Not allowed")
CUT = Problem(ProblemClass.TITLE_INVALID, Stage.VALIDATION, "title", "title.cut", severity=Severity.WARNING)
LISTING = Listing("MLB1", "https://example.com/MLB1", "active", {"sku": "1"})
OFFER = Offer({"title": "Tênis"})


def make_store(account: str = "loja") -> Store:
    return Store.objects.create(
        account=account,
        name=account,
        base_url="https://loja.example",
        hook_digest=hashlib.sha256(account.encode()).hexdigest(),
    )


def make_lane(store: Store | None = None, code: str = "mlb", **values: Any) -> Lane:
    """Make a channel with its product lane."""
    channel = Channel.objects.create(
        store=store or make_store(), code=code, name=code, connector="mercadolivre", affiliate_id="MLB"
    )
    return Lane.objects.create(channel=channel, **values)


def tell(lane: Lane, *skus: str, trigger: Trigger = Trigger.NOTIFICATION, priority: int = Priority.LIVE) -> None:
    take([Hint(lane.channel_id, lane.kind, sku, "77") for sku in skus], trigger=trigger, priority=priority)


def hold(lane: Lane, owner: str = "r1", seconds: float = 10.0) -> Held:
    """Take the lane; it must be free."""
    with transaction.atomic():
        held = lanes.take(lane.pk, owner, seconds)
    assert held is not None
    return held


def expire(lane: Lane) -> None:
    """Let the lease be over, as if its holder had died."""
    Lane.objects.filter(pk=lane.pk).update(lease_until_ms=1)


def claimed(held: Held, limit: int = 50, *, suspects: bool = False) -> list[Job]:
    return begin(held, limit=limit, runner="r1", suspects=suspects)


def settle(held: Held, job: Job, outcome: Outcome, *, changed: bool = False, **values: Any) -> Problem | None:
    """Write one result; `changed` says that a request went out which may have changed something."""
    values.setdefault("sent", True)
    return write_results(held, [Result(job, outcome, Record(changed=changed), **values)])


def spare(held: Held, job: Job) -> None:
    settle(held, job, Postponed(Problem(ProblemClass.SUPERSEDED, Stage.SEND)), sent=False, spared=True)


def ran(lane: Lane, sku: str, outcome: Outcome, /, **values: Any) -> Integration:
    """Bring one waiting SKU through one run."""
    held = hold(lane)
    job = next(job for job in claimed(held) if job.sku == sku)
    settle(held, job, outcome, **values)
    lanes.release(held.lane_id, held.epoch)
    return record(lane, sku)


def record(lane: Lane, sku: str) -> Integration:
    return Integration.objects.get(channel_id=lane.channel_id, sku=sku)


def work(lane: Lane, sku: str) -> Work | None:
    return Work.objects.filter(integration__channel_id=lane.channel_id, integration__sku=sku).first()


def waiting(lane: Lane, sku: str) -> Work:
    found = work(lane, sku)
    assert found is not None
    return found


def due_now() -> None:
    """Bring every waiting work forward to now."""
    Work.objects.update(due_at_ms=0)


def nothing_can_arrive() -> None:
    """Let so much time pass that no older write can be on its way any more."""
    Integration.objects.filter(offer_digest__startswith=MARK).update(offer_digest=doubt_until(1))
    due_now()


def last_try(lane: Lane, sku: str) -> Attempt:
    found = Attempt.objects.filter(integration__channel_id=lane.channel_id, integration__sku=sku).last()
    assert found is not None
    return found


def shown(row: Integration) -> tuple[str, str]:
    return row.status, row.phase


def counters() -> dict[tuple[int, str, str], int]:
    rows = Counter.objects.exclude(count=0).values_list("channel_id", "kind", "bucket", "count")
    return {(channel_id, kind, where): count for channel_id, kind, where, count in rows}


def recount() -> dict[tuple[int, str, str], int]:
    """Count what the counters should say."""
    return dict(
        Tally(
            (row.channel_id, row.kind, bucket(row.status, row.phase, removed=row.removed_at is not None))
            for row in Integration.objects.all()
        )
    )


def causes() -> dict[tuple[int, str], tuple[int, int]]:
    """Return {(channel, fingerprint): (records, stock value)} as kept."""
    kept = Cause.objects.exclude(count=0, value=0)
    assert not kept.filter(count__gt=0, state="resolved").exists()
    return {(one.channel_id, one.fingerprint): (one.count, one.value) for one in kept}


def recount_causes() -> dict[tuple[int, str], tuple[int, int]]:
    """Return the same, counted from the rows."""
    shown = Integration.objects.filter(removed_at=None).exclude(fingerprint="")
    found = shown.values_list("channel_id", "fingerprint").annotate(Count("pk"), Sum("stock_value"))
    return {(channel_id, mark): (count, value) for channel_id, mark, count, value in found}


def check_invariants(ids: Sequence[int] = ()) -> None:
    """Hold what must be true whatever happened."""
    assert counters() == recount()
    assert causes() == recount_causes()
    for row in Integration.objects.all():
        assert (row.status == "pending") != (row.phase == "idle"), row
        work_row = Work.objects.filter(pk=row.pk).first()
        if row.status == "pending":
            assert work_row is not None, f"{row} waits for nobody"
    doubled = Work.objects.count() - Work.objects.values("integration_id").distinct().count()
    assert doubled == 0
