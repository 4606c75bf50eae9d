"""Whatever happens in whatever order to a handful of SKUs, the counters agree with a recount."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from queue_stage import (
    ANALYSED,
    BAD_TITLE,
    CUT,
    DOWN,
    LISTING,
    MODERATED,
    OFFER,
    REVOKED,
    check_invariants,
    due_now,
    make_lane,
    settle,
    tell,
)

from ponte.db.models import Attempt, Integration, Lane, Work
from ponte.domain.outcome import Accepted, Blocked, Pending, Postponed, Rejected
from ponte.flows.begin import begin
from ponte.flows.job import Job
from ponte.flows.remove import remove, restore
from ponte.flows.reprocess import reprocess
from ponte.flows.settlement import SUPERSEDED, bury
from ponte.queue import lanes
from ponte.queue.lanes import Held
from ponte.queue.work import doomed

pytestmark = pytest.mark.django_db

SKUS = ("1", "2", "3")
OUTCOMES = {
    "accepted": Accepted(LISTING),
    "alert": Accepted(LISTING, (CUT,)),
    "followed": Accepted(LISTING, follow_in=60.0),
    "rejected": Rejected((BAD_TITLE,)),
    "moderated": Rejected((MODERATED,), LISTING),
    "pending": Pending(LISTING, ANALYSED, 60.0),
    "down": Postponed(DOWN),
    "unknown": Postponed(DOWN, unknown=True),
    "blocked": Blocked(REVOKED),
    "superseded": Postponed(SUPERSEDED),
}

skus = st.sampled_from(SKUS)
steps = st.one_of(
    st.tuples(st.sampled_from(["tell", "wish", "remove", "restore"]), skus, st.none()),
    st.tuples(st.just("run"), skus, st.sampled_from(sorted(OUTCOMES))),
    st.tuples(st.sampled_from(["spare", "hand back", "late"]), skus, st.sampled_from(sorted(OUTCOMES))),
    st.tuples(st.sampled_from(["claim", "claim", "die", "hurry", "open", "bury"]), st.none(), st.none()),
)


@dataclass
class World:
    """One lane with its runner; `running` are claimed jobs, `lost` those of runners that were taken for dead."""

    lane: Lane
    held: Held | None = None
    running: dict[str, Job] = field(default_factory=dict)
    lost: list[tuple[Held, Job]] = field(default_factory=list)

    def take(self, verb: str, sku: str | None, told: str | None) -> None:
        match verb:
            case "tell":
                tell(self.lane, sku)
            case "wish" | "remove" | "restore":
                self._by_hand(verb, sku)
            case "claim":
                self._claim()
            case "run" | "spare" | "hand back":
                self._end(verb, sku, told)
            case "late":
                self._end_late(told)
            case "die":
                self._die()
            case "hurry":
                due_now()
            case "open":
                Lane.objects.update(state="open")
            case "bury":
                self._bury()

    def _by_hand(self, verb: str, sku: str) -> None:
        call = {"wish": reprocess, "remove": remove, "restore": restore}[verb]
        ids = list(Integration.objects.filter(sku=sku).values_list("pk", flat=True))
        call(ids, store_id=self.lane.channel.store_id, actor_id=None)

    def _hold(self) -> Held | None:
        if self.held is None:
            with transaction.atomic():
                self.held = lanes.take(self.lane.pk, "r", 60)
        return self.held

    def _claim(self) -> None:
        if self._hold():
            for suspects in (True, False):
                jobs = begin(self.held, limit=2, runner="r", suspects=suspects)
                self.running |= {job.sku: job for job in jobs}

    def _end(self, verb: str, sku: str, told: str) -> None:
        job = self.running.pop(sku, None)
        if job is None:
            return
        begun, spared = verb != "hand back", verb != "run"
        outcome = OUTCOMES[told] if verb == "run" else Postponed(SUPERSEDED)
        changed = begun and told in {"accepted", "unknown", "down"}
        block = settle(
            self.held,
            job,
            outcome,
            changed=changed,
            sent=begun,
            begun=begun,
            spared=spared,
            offer=OFFER if begun else None,
        )
        if block:
            self._release()

    def _release(self) -> None:
        """Give the lane back; whatever was claimed is handed back first, as a drain does."""
        for sku in list(self.running):
            self._end("hand back", sku, "superseded")
        lanes.release(self.held.lane_id, self.held.epoch)
        self.held = None

    def _end_late(self, told: str) -> None:
        if self.lost:
            held, job = self.lost.pop()
            settle(held, job, OUTCOMES[told], changed=True, offer=OFFER)

    def _die(self) -> None:
        if self.held is not None:
            self.lost += [(self.held, job) for job in self.running.values()]
            self.running = {}
            self.held = None
            Lane.objects.update(lease_until_ms=1)

    def _bury(self) -> None:
        if self._hold():
            bury(self.held, doomed(self.lane.pk))

    def work_off(self) -> None:
        """Nothing may be stuck: bring everything to a success."""
        Lane.objects.update(state="open")
        self._die()
        self.lost = []
        for _ in range(12):
            due_now()
            self._bury()
            self._claim()
            for sku in list(self.running):
                self._end("run", sku, "accepted")


@settings(
    max_examples=60,
    deadline=None,
    # Every example has a savepoint of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(steps, min_size=5, max_size=40))
def test_counters_and_work_agree_after_any_history(history):
    with transaction.atomic():
        world = World(make_lane())
        for verb, sku, told in history:
            world.take(verb, sku, told)
            check_invariants()
        world.work_off()
        check_invariants()
        assert Work.objects.count() == 0
        assert not Integration.objects.filter(status="pending").exists()
        numbers = list(Attempt.objects.values_list("integration_id", "number"))
        assert len(numbers) == len(set(numbers))
        transaction.set_rollback(True)
