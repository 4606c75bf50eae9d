"""Numbers for Prometheus (text exposition format 0.0.4), read from the database at each scrape; no secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Sum

from ponte import __version__
from ponte.db.clock import now_ms
from ponte.db.models import BulkAction, Channel, Counter, Ear, Inbox, Lane, LaneState, Quarantine
from ponte.db.scope import Scope
from ponte.db.sql import fetch, marks
from ponte.ops.violations import violations

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MAX_COUNTED = 100_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One number with its labels."""

    value: float
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """A named number; all of ours are gauges, for they are read, not counted here."""

    name: str
    help: str
    samples: tuple[Sample, ...]


def exposition(scope: Scope | None = None) -> str:
    """Return all metrics as text; with a scope, only what is in sight of it."""
    return "".join(line + "\n" for metric in metrics(scope) for line in _lines(metric))


def metrics(scope: Scope | None = None) -> Iterator[Metric]:
    """Read the metrics (docs/api.md lists them)."""
    store_id = scope.store_id if scope else None
    channels = _channels(scope)
    lanes = list(Lane.objects.filter(channel_id__in=channels).order_by("pk"))
    now = now_ms()
    yield Metric("ponte_info", "The version that runs.", (Sample(1, (("version", __version__),)),))
    yield Metric("ponte_integrations", "Integrations by bucket.", tuple(_counts(channels)))
    yield Metric("ponte_lane_state", "1 for the state that the lane is in.", tuple(_states(lanes, channels)))
    yield Metric("ponte_lane_breaker_open", "1 while the circuit is open.", tuple(_breakers(lanes, channels, now)))
    yield Metric("ponte_work_waiting", f"Due work, counted to {MAX_COUNTED}.", tuple(_waiting(lanes, channels, now)))
    yield Metric(
        "ponte_work_oldest_wait_seconds", "How long the oldest due work waits.", tuple(_oldest(lanes, channels, now))
    )
    yield Metric("ponte_work_running", "Work under way.", tuple(_running(lanes, channels)))
    yield Metric("ponte_actions_running", "Actions on many that run.", (Sample(_actions(store_id)),))
    if store_id is None:  # a row holds hints of every store
        yield Metric("ponte_csp_violations", "What browsers refused on our pages, since the start.", _violations())
        yield Metric("ponte_inbox_rows", "Batches of notifications not yet in the queue.", tuple(_inbox()))
    yield Metric("ponte_posts_heard", "Posts of marketplaces that were believed.", tuple(_posts(channels, "heard")))
    yield Metric("ponte_posts_refused", "Posts whose signature did not fit.", tuple(_posts(channels, "refused")))
    yield Metric("ponte_quarantined", "Notifications that were not understood.", (Sample(_quarantined(store_id)),))


Named = dict[int, tuple[tuple[str, str], ...]]
"""Labels by channel id."""


def _channels(scope: Scope | None) -> Named:
    there = scope.channels() if scope else Channel.objects.filter(archived_at=None)
    rows = there.order_by("pk").values_list("pk", "store__account", "code", "connector")
    return {
        pk: (("store", account), ("channel", code), ("connector", connector)) for pk, account, code, connector in rows
    }


def _counts(channels: Named) -> Iterator[Sample]:
    rows = Counter.objects.filter(channel_id__in=channels).order_by("channel_id", "kind", "bucket")
    for row in rows:
        yield Sample(max(0, row.count), (*channels[row.channel_id], ("kind", row.kind), ("bucket", row.bucket)))


def _states(lanes: Iterable[Lane], channels: Named) -> Iterator[Sample]:
    for lane in lanes:
        for state in LaneState.values:
            yield Sample(int(lane.state == state), (*_labels(lane, channels), ("state", state)))


def _breakers(lanes: Iterable[Lane], channels: Named, now: int) -> Iterator[Sample]:
    for lane in lanes:
        yield Sample(int(lane.breaker_until_ms > now), _labels(lane, channels))


def _waiting(lanes: Iterable[Lane], channels: Named, now: int) -> Iterator[Sample]:
    for lane in lanes:
        ((count,),) = fetch(
            """SELECT count(*) FROM (SELECT 1 FROM db_work WHERE lane_id = %s AND lease_epoch = 0 AND due_at_ms <= %s
               LIMIT %s) AS found""",
            [lane.pk, now, MAX_COUNTED],
        )
        yield Sample(count, _labels(lane, channels))


def _oldest(lanes: Iterable[Lane], channels: Named, now: int) -> Iterator[Sample]:
    for lane in lanes:
        ((due,),) = fetch("SELECT min(due_at_ms) FROM db_work WHERE lane_id = %s AND lease_epoch = 0", [lane.pk])
        yield Sample(max(0, now - due) / 1000 if due is not None else 0, _labels(lane, channels))


def _running(lanes: list[Lane], channels: Named) -> Iterator[Sample]:
    if not lanes:
        return
    rows = fetch(
        f"""SELECT lane_id, count(*) FROM db_work WHERE lease_epoch > 0 AND lane_id IN ({marks(len(lanes))})
            GROUP BY lane_id""",  # noqa: S608 -- only marks
        [lane.pk for lane in lanes],
    )
    found = dict(rows)
    for lane in lanes:
        yield Sample(found.get(lane.pk, 0), _labels(lane, channels))


def _actions(store_id: int | None) -> int:
    running = BulkAction.objects.filter(state="running")
    return (running if store_id is None else running.filter(store_id=store_id)).count()


def _inbox() -> Iterator[Sample]:
    for refused in (False, True):
        rows = Inbox.objects.exclude(refused="") if refused else Inbox.objects.filter(refused="")
        yield Sample(rows.count(), (("refused", str(refused).lower()),))


def _violations() -> tuple[Sample, ...]:
    return tuple(
        Sample(count, (("directive", directive), ("blocked", blocked)))
        for (directive, blocked), count in violations.counts()
    )


def _posts(channels: Named, column: str) -> Iterator[Sample]:
    found = Ear.objects.filter(channel_id__in=channels).order_by("channel_id").values_list("channel_id", column)
    for channel_id, count in found:
        yield Sample(count, channels[channel_id])


def _quarantined(store_id: int | None) -> int:
    kept = Quarantine.objects.all() if store_id is None else Quarantine.objects.filter(store_id=store_id)
    return int(kept.aggregate(total=Sum("seen"))["total"] or 0)


def _labels(lane: Lane, channels: Named) -> tuple[tuple[str, str], ...]:
    return (*channels[lane.channel_id], ("kind", lane.kind))


def _lines(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.help}"
    yield f"# TYPE {metric.name} gauge"
    for sample in metric.samples:
        labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in sample.labels)
        yield f"{metric.name}{{{labels}}} {sample.value}" if labels else f"{metric.name} {sample.value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
