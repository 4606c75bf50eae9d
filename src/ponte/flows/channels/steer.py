"""Pause, resume, reconnect, test and take out a channel."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import quote

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ponte.config import config
from ponte.db.audit import note_one
from ponte.db.models import Channel, Lane, LaneState, Store, Work
from ponte.db.sealed import WrongKeyError
from ponte.domain.message import JSON, Secret
from ponte.domain.outcome import Accepted, Blocked, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.channels.archived import put_away
from ponte.flows.facts.learning import forget_facts
from ponte.flows.offline import Database
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import Context, read_context
from ponte.net.converse import Party, Record, converse
from ponte.net.pace import Pace
from ponte.net.transport import Line, Transport
from ponte.queue.wake import wake
from ponte.sources.vtex.read import probe

MAX_REASON = 300
MAX_COUNTED = 100_000


@dataclass(frozen=True, slots=True)
class Tested:
    """Whether both sides of a channel answer, and what is wrong where they do not."""

    ok: bool
    problems: tuple[Problem, ...] = ()


def pause(channel_id: int, *, store_id: int, actor_id: int | None, reason: str = "") -> bool:
    """Stop sending in this channel; its work waits. False when the store has no such channel."""
    told = reason.strip()[:MAX_REASON]
    with transaction.atomic():
        channel = _own(channel_id, store_id)
        if channel is None:
            return False
        kept: JSON = {"note": told, "actor_id": actor_id}
        Lane.objects.filter(channel=channel).update(state=LaneState.PAUSED, state_at=timezone.now(), reason=kept)
        _note(channel, "channel paused", actor_id, {"reason": told} if told else {})
    return True


def resume(channel_id: int, *, store_id: int, actor_id: int | None) -> bool:
    """Go on, also after the account was disconnected or the circuit open; what was learnt is asked anew."""
    with transaction.atomic():
        channel = _own(channel_id, store_id)
        if channel is None:
            return False
        _open(Lane.objects.filter(channel=channel), channel_id)
        _note(channel, "channel resumed", actor_id)
    return True


def reconnect(channel_id: int) -> None:
    """The account or its keys are new: lanes that were disconnected go on; one that a person paused stays so."""
    _open(Lane.objects.filter(channel_id=channel_id).exclude(state=LaneState.PAUSED), channel_id)


def take_out(channel_id: int, *, store_id: int, actor_id: int | None) -> int | None:
    """Remove a channel: what waits in its queue is cancelled, its records and their history are kept, out of sight.

    Returns how much work was cancelled, None when the store has no such channel. One that runs just now ends.
    """
    with transaction.atomic():
        channel = _own(channel_id, store_id)
        if channel is None:
            return None
        now = timezone.now()
        lanes = Lane.objects.filter(channel=channel)
        lanes.update(state=LaneState.PAUSED, state_at=now, reason=None)
        cancelled, _ = Work.objects.filter(lane__in=lanes, lease_epoch=0).delete()
        Channel.objects.filter(pk=channel.pk).update(archived_at=now)
        _note(channel, "channel removed", actor_id, {"cancelled": cancelled, "number": channel.pk})
    put_away()
    return cancelled


def waiting(channel_id: int) -> int:
    """Return how much work waits or runs in a channel, what taking it out would cancel; counts to `MAX_COUNTED`."""
    return Work.objects.filter(lane__channel_id=channel_id)[:MAX_COUNTED].count()


def _own(channel_id: int, store_id: int) -> Channel | None:
    return Channel.objects.filter(pk=channel_id, store_id=store_id, archived_at=None).first()


def _open(lanes: QuerySet[Lane], channel_id: int) -> None:
    lanes.update(state=LaneState.OPEN, state_at=timezone.now(), reason=None, breaker_until_ms=0, breaker_trips=0)
    forget_facts(channel_id)
    wake(lanes.values_list("pk", flat=True))


def _note(channel: Channel, verb: str, actor_id: int | None, detail: JSON = None) -> None:
    note_one(verb, f"channel:{channel.code}", store_id=channel.store_id, actor_id=actor_id, detail=detail)


def test(channel_id: int, *, store_id: int) -> Tested:
    """Make the cheapest authorized call on both sides. Opens connections: not for an event loop's thread."""
    if _own(channel_id, store_id) is None:
        return Tested(ok=False)
    return asyncio.run(_test(channel_id))


def ask_vtex(store: Store, trade_policy: str) -> Tested:
    """Make the cheapest authorized call to a store's VTEX. Opens connections, likewise."""
    try:
        keys = store.secrets()
    except WrongKeyError as error:
        return Tested(ok=False, problems=(_wrong_key(error),))
    return asyncio.run(_test_vtex(vtex_line(store.base_url, keys), trade_policy))


def vtex_line(base_url: str, keys: dict[str, str]) -> Line:
    """Return where a store's VTEX is asked, and with which keys."""
    headers = {"X-VTEX-API-AppKey": Secret("app_key"), "X-VTEX-API-AppToken": Secret("app_token")}
    return Line(base_url, headers, keys)


def webhook_address(key: str) -> str:
    """Return what is entered in VTEX as the affiliate's search endpoint."""
    return f"{config().base_url}/vtex/notifications/{quote(key)}"


async def _test_vtex(line: Line, trade_policy: str) -> Tested:
    async with Transport(config().private_hosts) as transport:
        found = _problems(await converse(probe(trade_policy), Party("vtex", transport, line, Pace(5, 5)), Record()))
    return Tested(ok=not found, problems=found)


async def _test(channel_id: int) -> Tested:
    database = Database()
    try:
        context = await database.read(read_context, channel_id)
        if not isinstance(context, Context):
            problem = Problem(ProblemClass.AUTH_CLIENT, Stage.SEND, code=context.reason, message=context.detail)
            return Tested(ok=False, problems=(problem,))
        async with Transport(config().private_hosts) as transport:
            return await _ask_both(ChannelLine(context, transport, database))
    except WrongKeyError as error:
        return Tested(ok=False, problems=(_wrong_key(error),))
    finally:
        database.close()


async def _ask_both(line: ChannelLine) -> Tested:
    await line.prepare()
    context = line.context
    vtex = await converse(probe(context.trade_policy), line.vtex, Record())
    marketplace = await converse(context.connector.probe(context.rules), line.marketplace, Record())
    problems = (*_problems(vtex), *_problems(marketplace), *((line.blocked,) if line.blocked else ()))
    return Tested(ok=not problems, problems=problems)


def _wrong_key(error: WrongKeyError) -> Problem:
    return Problem(ProblemClass.AUTH_CLIENT, Stage.SEND, code="secret_key", message=str(error))


def _problems(outcome: Outcome) -> tuple[Problem, ...]:
    match outcome:
        case Accepted():
            return ()
        case Rejected(problems):
            return problems
        case Postponed(problem) | Blocked(problem) | Pending(_, problem):
            return (problem,)
