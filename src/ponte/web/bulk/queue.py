"""The page of the queue: what runs, what waits, how each channel gets on, what comes next."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ponte.connectors import Broken, get
from ponte.db import bulk as reading
from ponte.db import bulk_queue, overview
from ponte.db.bulk_queue import NEXT, Speed, Waiting
from ponte.db.models import Channel, Lane, LaneState, User
from ponte.db.overview import LaneNow
from ponte.domain.lifecycle import Action, Phase, Priority, Status, Task, Trigger, actions
from ponte.flows.channels.store_pause import paused_together
from ponte.flows.pipeline.windows import next_batches
from ponte.web.access import Visit
from ponte.web.bulk.plan import capacity
from ponte.web.bulk.progress import Card, cards
from ponte.web.bulk.words import lasting
from ponte.web.clock import brief
from ponte.web.labels import THROTTLED, TRIGGERS, Label
from ponte.web.products.rows import ChannelBadge, badge
from ponte.web.templatetags.ponte import number

NO_WORKER_AFTER_SECONDS: Final = 20
LONG_SECONDS: Final = 15 * 60
NEAR_LIMIT: Final = 80
OPERATING = Label(gettext_lazy("Operando"), "ok", "suc")
AT_LIMIT = Label(gettext_lazy("No limite"), "alert", "wrn")
PAUSED = Label(gettext_lazy("Em pausa"), "pause", "wrn")
TRIPPED = Label(gettext_lazy("Sem resposta"), "clock", "err")
DISCONNECTED = Label(gettext_lazy("Desconectado"), "plug", "err")


@dataclass(frozen=True, slots=True)
class LaneRow:
    """A channel's queue. `used` is the share of its limit in the last minute, in percent."""

    code: str
    badge: ChannelBadge
    label: Label
    since: str
    waiting: int
    running: int
    pace: str
    wait: str
    long: bool
    used: int
    stopped: bool
    paused: bool
    batch: str


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A record in the queue. `hurry`: a person may bring it to the front."""

    id: int
    place: int
    sku: str
    name: str
    badge: ChannelBadge
    doing: str | Promise
    origin: str
    wait: str
    hurry: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """Everything the page shows."""

    waiting: int
    running: int
    empties: str
    no_worker: bool
    paused: bool
    paused_words: str
    running_actions: tuple[Card, ...]
    recent_actions: tuple[Card, ...]
    lanes: tuple[LaneRow, ...]
    now: tuple[WorkRow, ...]
    next: tuple[WorkRow, ...]
    later: tuple[WorkRow, ...]
    more: int
    more_later: int


RECENT: Final = 5


def queue(visit: Visit) -> Queue:
    """Read the page: a fixed number of queries, whatever waits."""
    moment = time.time()
    now = timezone.now()
    lanes = overview.lanes(visit.scope)
    speeds = bulk_queue.speeds([lane.channel.pk for lane in lanes])
    batches = next_batches({lane.channel.pk: lane.channel.connector for lane in lanes})
    found, _before = reading.recent(visit.scope)
    moving = [one for one in found if one.action.ended_at is None or one.lanes]
    ended = [one for one in found if one not in moving][:RECENT]
    made = cards(visit, [*moving, *ended])
    stopped = list(paused_together(visit.scope)[:1])
    held = bulk_queue.running(visit.scope)
    coming = bulk_queue.coming(visit.scope)
    later = bulk_queue.later(visit.scope)
    full = len(coming) >= NEXT
    waiting = sum(lane.counts.get("queued", 0) for lane in lanes)
    # What is not shown comes after the list that is full: next first, then what has its time.
    rest = max(0, waiting - len(coming) - sum(one.record.phase == Phase.QUEUED for one in later))
    return Queue(
        waiting=waiting,
        running=sum(lane.counts.get("processing", 0) for lane in lanes),
        empties=_empties(lanes, speeds, visit, moment),
        no_worker=_no_worker(lanes, visit, moment),
        paused=bool(stopped),
        paused_words=_paused_words(stopped, now) if stopped else "",
        running_actions=tuple(made[: len(moving)]),
        recent_actions=tuple(made[len(moving) :]),
        lanes=tuple(_lane_row(lane, speeds[lane.channel.pk], batches.get(lane.channel.pk), moment) for lane in lanes),
        now=tuple(_work_row(one, now, visit, running=True) for one in held),
        next=tuple(_work_row(one, now, visit) for one in coming),
        later=tuple(_work_row(one, now, visit, planned=True) for one in later),
        more=rest if full else 0,
        more_later=0 if full else rest,
    )


def _runs(lane: LaneNow, moment: float) -> bool:
    return lane.state is LaneState.OPEN and lane.breaker_until_ms <= moment * 1000


def _no_worker(lanes: Sequence[LaneNow], visit: Visit, moment: float) -> bool:
    """Say whether work is due for long in lanes that run, and nobody holds any of them."""
    if visit.store.paused:
        return False
    late = moment * 1000 - NO_WORKER_AFTER_SECONDS * 1000
    due = [lane for lane in lanes if _runs(lane, moment) and (lane.overdue_since_ms or moment * 1000) < late]
    return bool(due) and not bulk_queue.alive(visit.scope)


def _empties(lanes: Sequence[LaneNow], speeds: dict[int, Speed], visit: Visit, moment: float) -> str:
    """Say about how long until the queue is empty, without the channels that stand still."""
    going = [lane for lane in lanes if _runs(lane, moment) and lane.waiting]
    if not going or visit.store.paused:
        return ""
    minutes = max(lane.waiting / _rate(lane.channel, speeds[lane.channel.pk]) for lane in going)
    still = [lane.channel.name for lane in lanes if not _runs(lane, moment) and lane.waiting]
    text = _("%(time)s para esvaziar, sem %(channels)s") if still else _("%(time)s para esvaziar")
    return text % {"time": lasting(60 * minutes), "channels": ", ".join(still)}


def _rate(channel: Channel, speed: Speed) -> float:
    return max(speed.products, capacity(channel), 0.1)


def _paused_words(stopped: Sequence[Lane], now: datetime) -> str:
    """Say who paused everything, when and why."""
    reason = stopped[0].reason or {}
    name = User.objects.filter(pk=reason.get("actor_id") or 0).values_list("username", flat=True).first()
    values = {
        "who": name or _("linha de comando"),
        "when": brief(stopped[0].state_at or now, now),
        "why": reason.get("note") or _("sem motivo escrito"),
    }
    return _("Tudo em pausa por %(who)s, %(when)s: %(why)s. O que chega espera na fila.") % values


def _lane_row(lane: LaneNow, speed: Speed, batch: datetime | None, moment: float) -> LaneRow:
    runs = _runs(lane, moment)
    late = max(0.0, moment - lane.overdue_since_ms / 1000) if lane.overdue_since_ms else 0.0
    used = _used(lane.channel, speed)
    return LaneRow(
        code=lane.channel.code,
        badge=badge(lane.channel),
        label=_state(lane, runs=runs, used=used),
        since="",
        waiting=lane.counts.get("queued", 0),
        running=lane.counts.get("processing", 0),
        pace=_("%(count)s/min") % {"count": number(round(speed.products))},
        wait=waited(late) if lane.counts.get("queued", 0) and late >= 1 else "",
        long=late > LONG_SECONDS,
        used=used,
        stopped=not runs,
        paused=lane.state is LaneState.PAUSED,
        batch=_("lote às %(time)s") % {"time": brief(batch, datetime.fromtimestamp(moment, UTC))} if batch else "",
    )


def _state(lane: LaneNow, *, runs: bool, used: int) -> Label:
    match lane.state:
        case LaneState.PAUSED:
            return PAUSED
        case LaneState.DISCONNECTED:
            return DISCONNECTED
        case _ if not runs:
            return THROTTLED if lane.throttled else TRIPPED
        case _:
            return AT_LIMIT if used >= NEAR_LIMIT else OPERATING


def _used(channel: Channel, speed: Speed) -> int:
    connector = get(channel.connector)
    limit = 1.0 if isinstance(connector, Broken) else connector.manifest.limits.requests_per_second
    return min(100, round(100 * speed.requests / (60 * (channel.requests_per_second or limit))))


def waited(seconds: float) -> str:
    """Return a wait: "38 s", "2 min 10 s", "41 min", "3 h 5 min"."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else ngettext("%d dia", "%d dias", hours // 24) % (hours // 24)


def _work_row(one: Waiting, now: datetime, visit: Visit, *, running: bool = False, planned: bool = False) -> WorkRow:
    record, work = one.record, one.work
    since = one.begun.timestamp() if one.begun else max(work.queued_at_ms, work.due_at_ms) / 1000
    return WorkRow(
        id=record.pk,
        place=one.place,
        sku=record.sku,
        name=record.name,
        badge=badge(record.channel),
        doing=_doing(one),
        origin=_origin(one),
        wait=_when(work.due_at_ms, now) if planned else waited(max(0.0, now.timestamp() - since)),
        hurry=_may_hurry(one, visit) and not running,
    )


def _may_hurry(one: Waiting, visit: Visit) -> bool:
    """Say whether a person could bring it to the front: it is not there yet, and may be reprocessed at all."""
    allowed = actions(Status(one.record.status), removed=one.record.removed_at is not None)
    return visit.may_act and one.work.priority != Priority.PERSON and Action.REPROCESS in allowed


def _doing(one: Waiting) -> str | Promise:
    if one.work.task == Task.FOLLOW:
        return _("Acompanhar")
    return _("Atualizar") if one.record.listing_id else _("Publicar")


def _origin(one: Waiting) -> str:
    work = one.work
    if work.trigger == Trigger.PERSON and work.action_id:
        return _("Ação nº %(number)d, %(who)s") % {"number": work.action_id, "who": one.by or "—"}
    if work.trigger == Trigger.PERSON:
        return _("Reprocessado por %(who)s") % {"who": one.by or _("linha de comando")}
    if work.trigger == Trigger.RETRY and work.tries:
        return _("Nova tentativa, %(count)dª") % {"count": work.tries + 1}
    if work.task == Task.FOLLOW:
        return _("Depois de um envio")
    return str(TRIGGERS[work.trigger])


def _when(due_ms: int, now: datetime) -> str:
    """Return the moment something is planned for; it may have come while the page was read."""
    due = datetime.fromtimestamp(due_ms / 1000, UTC)
    return brief(due, now) if due > now else _("agora")
