"""Pause, resume and test a channel."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from ponte.config import config
from ponte.db.audit import note_one
from ponte.db.models import Channel, Lane, LaneState
from ponte.db.sealed import WrongKeyError
from ponte.domain.outcome import Accepted, Blocked, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.channel import ChannelLine
from ponte.flows.context import Context, read_context
from ponte.flows.facts import forget_facts
from ponte.flows.offline import Database
from ponte.net.converse import Record, converse
from ponte.net.transport import Transport
from ponte.queue.wake import wake
from ponte.sources.vtex.read import probe


@dataclass(frozen=True, slots=True)
class Tested:
    """Whether both sides of a channel answer, and what is wrong where they do not."""

    ok: bool
    problems: tuple[Problem, ...] = ()


def pause(channel_id: int, *, store_id: int, actor_id: int | None) -> bool:
    """Stop sending in this channel; its work waits. False when the store has no such channel."""
    return _set(channel_id, LaneState.PAUSED, "channel paused", store_id=store_id, actor_id=actor_id)


def resume(channel_id: int, *, store_id: int, actor_id: int | None) -> bool:
    """Go on, also after the account was disconnected or the circuit open; what was learnt is asked anew."""
    return _set(channel_id, LaneState.OPEN, "channel resumed", store_id=store_id, actor_id=actor_id)


def _set(channel_id: int, state: LaneState, verb: str, *, store_id: int, actor_id: int | None) -> bool:
    with transaction.atomic():
        channel = Channel.objects.filter(pk=channel_id, store_id=store_id).first()
        if channel is None:
            return False
        lanes = Lane.objects.filter(channel=channel)
        lanes.update(state=state, state_at=timezone.now())
        if state is LaneState.OPEN:
            lanes.update(reason=None, breaker_until_ms=0, breaker_trips=0)
            forget_facts(channel_id)
            wake(lanes.values_list("pk", flat=True))
        note_one(verb, f"channel:{channel.code}", store_id=store_id, actor_id=actor_id)
    return True


def test(channel_id: int, *, store_id: int) -> Tested:
    """Make the cheapest authorized call on both sides. Opens connections: not for an event loop's thread."""
    if not Channel.objects.filter(pk=channel_id, store_id=store_id).exists():
        return Tested(ok=False)
    return asyncio.run(_test(channel_id))


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
        problem = Problem(ProblemClass.AUTH_CLIENT, Stage.SEND, code="secret_key", message=str(error))
        return Tested(ok=False, problems=(problem,))
    finally:
        database.close()


async def _ask_both(line: ChannelLine) -> Tested:
    await line.prepare()
    context = line.context
    vtex = await converse(probe(context.trade_policy), line.vtex, Record())
    marketplace = await converse(context.connector.probe(context.rules), line.marketplace, Record())
    problems = (*_problems(vtex), *_problems(marketplace), *((line.blocked,) if line.blocked else ()))
    return Tested(ok=not problems, problems=problems)


def _problems(outcome: Outcome) -> tuple[Problem, ...]:
    match outcome:
        case Accepted():
            return ()
        case Rejected(problems):
            return problems
        case Postponed(problem) | Blocked(problem) | Pending(_, problem):
            return (problem,)
