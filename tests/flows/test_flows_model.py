"""Whatever happens in whatever order to a handful of SKUs, the counters agree with a recount, and the newest stands.

Beside our tables there is a marketplace that knows one thing of each SKU: which version of it was written last.
"""

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
    REVOKED,
    check_invariants,
    due_now,
    make_lane,
    nothing_can_arrive,
    settle,
    tell,
)

from ponte.db.models import Attempt, Integration, Lane, Work
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Task
from ponte.domain.offer import Offer
from ponte.domain.outcome import Accepted, Blocked, Pending, Postponed, Rejected
from ponte.flows.pipeline.begin import begin
from ponte.flows.pipeline.burial import bury
from ponte.flows.pipeline.job import SUPERSEDED, Job
from ponte.flows.remove import remove, restore
from ponte.flows.reprocess import reprocess
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

APPLIED = frozenset({"accepted", "alert", "followed", "pending", "unknown"})

skus = st.sampled_from(SKUS)
steps = st.one_of(
    st.tuples(st.sampled_from(["tell", "tell", "send", "wish", "remove", "restore"]), skus, st.none()),
    st.tuples(st.just("run"), skus, st.sampled_from(sorted(OUTCOMES))),
    st.tuples(st.sampled_from(["spare", "hand back", "late"]), skus, st.sampled_from(sorted(OUTCOMES))),
    st.tuples(
        st.sampled_from(["claim", "claim", "die", "late write", "time", "hurry", "open", "bury"]),
        st.none(),
        st.none(),
    ),
)


@dataclass
class World:
    """One lane with its runner; `running` are claimed jobs, `lost` those of runners that were taken for dead.

    `newest` is each SKU's version in VTEX, `stands` the one at the marketplace, `sent` what a running job wrote.
    Those of `frozen` are so long lost that they write only if they live to own up to it.
    """

    lane: Lane
    held: Held | None = None
    running: dict[str, Job] = field(default_factory=dict)
    lost: list[tuple[Held, Job, int]] = field(default_factory=list)
    frozen: list[tuple[Held, Job, int]] = field(default_factory=list)
    newest: dict[str, int] = field(default_factory=dict)
    stands: dict[str, int] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)

    def take(self, verb: str, sku: str | None, told: str | None) -> None:  # noqa: C901 -- a list of verbs
        match verb:
            case "tell":
                self.newest[sku] = self.newest.get(sku, 0) + 1
                tell(self.lane, sku)
            case "send":
                self._send(sku)
            case "late write":
                self._write_late()
            case "time":
                self._let_time_pass()
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

    def _let_time_pass(self) -> None:
        nothing_can_arrive()
        self.frozen += self.lost
        self.lost = []

    def _by_hand(self, verb: str, sku: str) -> None:
        call = {"wish": reprocess, "remove": remove, "restore": restore}[verb]
        ids = list(Integration.objects.filter(sku=sku).values_list("pk", flat=True))
        call(ids, scope=Scope(self.lane.channel.store_id), actor_id=None)

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
                self.read |= {job.sku: self.newest[job.sku] for job in jobs}

    def _send(self, sku: str) -> None:
        """Bring what VTEX says now to the marketplace, unless it is known to stand; the settlement comes later."""
        job = self.running.get(sku)
        if job is None or job.claimed.task is Task.FOLLOW or sku in self.sent:
            return
        version = self.newest[sku]
        if job.offer_digest != _offer(version).digest or job.link.listing is None:
            self.stands[sku] = version
        self.sent[sku] = version

    def _write_late(self) -> None:
        if self.lost:
            _, job, version = self.lost[-1]
            self.stands[job.sku] = version

    def _end(self, verb: str, sku: str, told: str) -> None:
        job = self.running.pop(sku, None)
        if job is None:
            return
        begun, spared = verb != "hand back", verb != "run"
        outcome = OUTCOMES[told] if verb == "run" else Postponed(SUPERSEDED)
        changed = begun and told in {"accepted", "unknown", "down"}
        if verb == "run" and told in APPLIED:
            self.running[sku] = job
            self._send(sku)
            self.running.pop(sku)
        version = self.sent.pop(sku, self.newest[sku])
        block = settle(
            self.held,
            job,
            outcome,
            changed=changed,
            sent=begun,
            begun=begun,
            spared=spared,
            offer=_offer(version) if begun and job.claimed.task is Task.SEND else None,
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
        if self.lost or self.frozen:
            held, job, version = (self.lost or self.frozen).pop()
            self.stands[job.sku] = version
            settle(held, job, OUTCOMES[told], changed=True, offer=_offer(version))

    def _die(self) -> None:
        if self.held is not None:
            self.lost += [(self.held, job, self.read[job.sku]) for job in self.running.values()]
            self.running, self.sent = {}, {}
            self.held = None
            Lane.objects.update(lease_until_ms=1)

    def _bury(self) -> None:
        if self._hold():
            bury(self.held, doomed(self.lane.pk))

    def work_off(self) -> None:
        """Nothing may be stuck, nor stay old: bring everything to a success."""
        Lane.objects.update(state="open")
        self._die()
        self.lost = []
        for _ in range(12):
            nothing_can_arrive()
            self._bury()
            self._claim()
            for sku in list(self.running):
                self._end("run", sku, "accepted")


def _offer(version: int) -> Offer:
    return Offer({"title": f"v{version}"})


def play(history: list[tuple[str, str | None, str | None]]) -> None:
    with transaction.atomic():
        world = World(make_lane())
        for verb, sku, told in history:
            world.take(verb, sku, told)
            check_invariants()
        world.work_off()
        check_invariants()
        assert Work.objects.count() == 0
        assert not Integration.objects.filter(status="pending").exists()
        settled = Integration.objects.filter(status__in=["success", "alert"]).values_list("sku", flat=True)
        assert [world.stands[sku] for sku in settled] == [world.newest[sku] for sku in settled]
        numbers = list(Attempt.objects.values_list("integration_id", "number"))
        assert len(numbers) == len(set(numbers))
        transaction.set_rollback(True)


@settings(
    max_examples=60,
    deadline=None,
    # Every example has a savepoint of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(steps, min_size=5, max_size=40))
def test_counters_and_work_agree_and_the_newest_stands_after_any_history(history):
    play(history)


LOST = [("tell", "1", None), ("claim", None, None), ("die", None, None)]
AGAIN = [("tell", "1", None), ("claim", None, None)]
DONE = ("run", "1", "accepted")
LONG_AFTER = [*LOST, *AGAIN, DONE, ("time", None, None), ("claim", None, None), DONE]
WHILE_IT_RUNS = [*LONG_AFTER, *AGAIN, ("send", "1", None), ("late", None, "accepted"), DONE]
UNHEARD = [*LOST, *AGAIN, DONE, ("late write", None, None)]


@pytest.mark.parametrize(("history", "place", "newest"), [(WHILE_IT_RUNS, "overtaken", 3), (UNHEARD, "doubts", 2)])
def test_without_its_doubts_an_older_write_stands(history, place, newest, monkeypatch):
    play(history)
    monkeypatch.setattr(f"ponte.flows.pipeline.{place}.doubted_until", lambda digest: None)
    with pytest.raises(AssertionError, match=rf"assert \[1\] == \[{newest}\]"):
        play(history)
