"""Fresh tokens: whoever waited too long has lost the right to ask, and what is newer is not overwritten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from pipeline_stage import Stage, play

from ponte.db.models import Channel
from ponte.domain.message import Answer, Request
from ponte.domain.outcome import Postponed, Tokens
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import read_context
from ponte.flows.pipeline.tokens import Credentials, keep_tokens, refresh
from ponte.net.pace import Pace
from ponte.net.transport import Line

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = Tokens({"access_token": "of-another", "refresh_token": "of-another-r"}, 3_600)


class Queue(Pace):
    """A pace at which something happens while one waits for one's turn."""

    def __init__(self, meanwhile: Callable[[], Awaitable[None]]) -> None:
        super().__init__(1_000, 1)
        self._meanwhile = meanwhile

    async def take(self) -> float:
        await self._meanwhile()
        return 0.0


class Late:
    """A transport whose answer comes when something has happened."""

    def __init__(self, real: object, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._real, self._meanwhile = real, meanwhile

    async def ask(self, request: Request, line: Line, may_go: Callable[[], bool]) -> Answer:
        answer = await self._real.ask(request, line, may_go)
        await self._meanwhile()
        return answer


async def refreshed(stage: Stage, **party: object) -> object:
    context = await stage.do(read_context, stage.channel.pk)
    line = ChannelLine(context, stage.transport, stage.database)
    for name, value in party.items():
        setattr(line.marketplace, name, value)
    return await refresh(
        stage.channel.pk,
        0,
        connector=context.connector,
        rules=context.rules,
        party=line.marketplace,
        database=stage.database,
    )


def test_who_waited_for_its_turn_until_another_had_the_right_asks_nobody():
    async def scene(stage: Stage) -> None:
        async def another_takes_over() -> None:
            await stage.do(Channel.objects.update, refresh_until_ms=10**15)
            await stage.do(keep_tokens, stage.channel.pk, OTHER)

        found = await refreshed(stage, pace=Queue(another_takes_over))
        assert isinstance(found, Credentials)
        assert (found.version, found.secrets["access_token"]) == (1, "of-another")
        assert stage.sent("POST /oauth/token") == 0

    play(scene)


def test_who_lost_the_right_while_it_asked_does_not_give_up_that_of_another():
    async def scene(stage: Stage) -> None:
        async def another_takes_the_right() -> None:
            await stage.do(Channel.objects.update, refresh_until_ms=10**15)

        stage.board.arm({"kind": "status", "path": "/oauth/token", "status": 503})
        assert isinstance(await refreshed(stage, transport=Late(stage.transport, another_takes_the_right)), Postponed)
        channel = await stage.do(Channel.objects.get)
        assert channel.refresh_until_ms == 10**15

    play(scene)


def test_tokens_that_a_person_brought_meanwhile_stay():
    async def scene(stage: Stage) -> None:
        async def a_person_connects_the_account() -> None:
            await stage.do(keep_tokens, stage.channel.pk, OTHER)

        found = await refreshed(stage, transport=Late(stage.transport, a_person_connects_the_account))
        assert isinstance(found, Credentials)
        assert (found.version, found.secrets["refresh_token"]) == (1, "of-another-r")
        channel = await stage.do(Channel.objects.get)
        assert channel.secrets()["refresh_token"] == "of-another-r"
        assert stage.sent("POST /oauth/token") == 1

    play(scene)
