"""One request for many SKUs: who joins, who is left out, what each is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import orjson
import pytest

from ponte.domain.connector import Rules
from ponte.domain.mapping import Mapping as ChannelMapping
from ponte.domain.message import Answer, Conversation, Failure, NoAnswer, Request, Response
from ponte.flows.pipeline.gathering import Gathering, Joining
from ponte.net.converse import Party, Record, converse
from ponte.net.pace import Pace
from ponte.net.transport import FENCED, Line


class Wholesale:
    """A marketplace that takes offers by the dozen: POST /offers with a list, answered by a list."""

    def together(
        self, topic: str, requests: Mapping[str, Request], rules: Rules
    ) -> Conversation[Mapping[str, Answer]]:
        answer = yield Request("POST", "/offers", "POST /offers", json=sorted(requests), changes=True)
        if not isinstance(answer, Response):
            return dict.fromkeys(requests, answer)
        told = answer.json()
        return {sku: Response(200, {}, orjson.dumps({"import": told[sku]})) for sku in requests if sku in told}


class Buggy:
    def together(
        self, topic: str, requests: Mapping[str, Request], rules: Rules
    ) -> Conversation[Mapping[str, Answer]]:
        yield Request("GET", "/", "GET /")
        raise ZeroDivisionError


class Server:
    """Answers each list with {sku: number of the request}; leaves out SKUs that begin with "lost"."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    async def ask(self, request: Request, line: Line, may_go: Callable[[], bool]) -> Answer:
        self.asked.append(request.json)
        told = {sku: len(self.asked) for sku in request.json or () if not sku.startswith("lost")}
        return Response(200, {}, orjson.dumps(told))


class Slow(Server):
    """Has every request until `answer` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.came = asyncio.Event()
        self.answer = asyncio.Event()

    async def ask(self, request: Request, line: Line, may_go: Callable[[], bool]) -> Answer:
        if not may_go():
            return FENCED
        self.came.set()
        await self.answer.wait()
        return await super().ask(request, line, may_go)


def gathering(
    server: Server,
    connector: object = Wholesale(),
    *,
    most: int = 100,
    shut: float = 0.0,
    turn: Callable[[], None] = lambda: None,
) -> Callable[..., Joining]:
    """`turn` is called when the shared request has waited for its turn."""

    async def window(_: str) -> float:
        turn()
        return shut

    line = Line("https://market.example", secrets={"key": "sesame-sesame"})
    party = Party("marketplace", server, line, Pace(1000, 100), shut=window)
    whole = Gathering(connector, lambda: Rules(ChannelMapping()), party, most=most, quiet=0.05)
    return lambda sku, gate=None, may_go=lambda: True: Joining(whole, sku, gate, may_go)


def wish(sku: str, topic: str = "offers") -> Request:
    return Request("POST", "/offers", "POST /offers", json={"sku": sku}, changes=True, together=topic)


async def ask_all(join: Callable[..., Joining], *skus: str, topic: str = "offers") -> list[tuple[Answer, Record]]:
    records = [Record() for _ in skus]
    asked = (join(sku).ask(wish(sku, topic), record) for sku, record in zip(skus, records, strict=True))
    return list(zip(await asyncio.gather(*asked), records, strict=True))


def test_many_skus_are_asked_for_once_and_each_gets_its_part():
    server = Server()
    told = asyncio.run(ask_all(gathering(server), "1", "2", "3"))
    assert server.asked == [["1", "2", "3"]]
    assert [answer.json() for answer, _ in told] == [{"import": 1}] * 3


def test_topics_are_asked_apart():
    async def both(join):
        return await asyncio.gather(ask_all(join, "1", topic="offers"), ask_all(join, "2", topic="products"))

    server = Server()
    asyncio.run(both(gathering(server)))
    assert sorted(server.asked) == [["1"], ["2"]]


def test_a_full_topic_leaves_at_once_and_the_next_opens():
    server = Server()
    asyncio.run(ask_all(gathering(server, most=2), "1", "2", "3", "4", "5"))
    assert sorted(len(skus) for skus in server.asked) == [1, 2, 2], "never more than the marketplace takes"
    assert sorted(sku for skus in server.asked for sku in skus) == ["1", "2", "3", "4", "5"]


def test_each_record_keeps_its_own_request_and_its_own_part_only():
    server = Server()
    (_, first), (_, second) = asyncio.run(ask_all(gathering(server), "1", "2"))
    assert (first.passed[0].request_body, first.passed[0].response_body) == ('{"sku":"1"}', '{"import":1}')
    assert (second.passed[0].request_body, second.passed[0].response_body) == ('{"sku":"2"}', '{"import":1}')
    assert first.changed
    assert second.changed


def test_a_sku_that_the_answer_does_not_name_gets_an_empty_part():
    (answer, _), (other, _) = asyncio.run(ask_all(gathering(Server()), "lost-1", "2"))
    assert (answer.status, answer.body) == (200, b"")
    assert other.json() == {"import": 1}


def test_who_may_not_go_any_more_is_left_out():
    async def fenced(_: Request) -> NoAnswer | None:
        return FENCED

    async def run(join):
        record = Record()
        stopped, rest = await asyncio.gather(join("1", fenced).ask(wish("1"), record), ask_all(join, "2"))
        return stopped, record, rest

    server = Server()
    stopped, record, _ = asyncio.run(run(gathering(server)))
    assert stopped is FENCED
    assert (record.changed, record.passed) == (False, [])
    assert server.asked == [["2"]]


def test_nobody_is_asked_when_nobody_may_go():
    async def fenced(_: Request) -> NoAnswer | None:
        return FENCED

    server = Server()
    assert asyncio.run(gathering(server)("1", fenced).ask(wish("1"), Record())) is FENCED
    assert server.asked == []


def test_a_bug_of_the_shared_conversation_is_told_to_each():
    async def run(join):
        return await asyncio.gather(
            join("1").ask(wish("1"), Record()), join("2").ask(wish("2"), Record()), return_exceptions=True
        )

    told = asyncio.run(run(gathering(Server(), Buggy())))
    assert [type(bug) for bug in told] == [ZeroDivisionError] * 2


def test_a_run_that_is_cut_short_does_not_hold_up_the_others():
    async def run(join):
        first = asyncio.create_task(join("1").ask(wish("1"), Record()))
        rest = asyncio.create_task(ask_all(join, "2"))
        await asyncio.sleep(0)
        first.cancel()
        return await rest

    server = Server()
    [(answer, _)] = asyncio.run(run(gathering(server)))
    assert answer.json() == {"import": 1}
    assert server.asked == [["2"]]


def test_a_shut_window_is_told_to_each_with_its_time():
    told = asyncio.run(ask_all(gathering(Server(), shut=432.4), "1", "2"))
    assert [answer for answer, _ in told] == [NoAnswer(Failure.WINDOW, sent=False, detail="433")] * 2
    assert not any(record.changed for _, record in told)


def test_a_conversation_takes_its_topic_to_the_gathering():
    def talk() -> Conversation[Answer]:
        return (yield wish("1"))

    async def run(join):
        party = Party("marketplace", Server(), Line("https://market.example"), Pace(1, 1), gather=join("1").ask)
        return await converse(talk(), party, Record())

    server = Server()
    assert asyncio.run(run(gathering(server))).json() == {"import": 1}
    assert server.asked == [["1"]]


@pytest.mark.parametrize("count", [1, 200])
def test_hundreds_join_one_topic(count):
    server = Server()
    skus = [str(number) for number in range(count)]
    told = asyncio.run(ask_all(gathering(server, most=1000), *skus))
    assert len(server.asked) == 1
    assert len(told) == count


def test_a_lane_that_was_lost_while_the_shared_request_waited_sends_nothing():
    lost: list[bool] = []
    server = Server()
    join = gathering(server, turn=lambda: lost.append(True))

    async def gate(_: Request) -> NoAnswer | None:
        return FENCED if lost else None

    record = Record()
    assert asyncio.run(join("1", gate).ask(wish("1"), record)) is FENCED
    assert (server.asked, record.changed) == ([], False)


def test_a_lane_that_was_lost_at_the_socket_sends_nothing():
    """The connection was waited for, or the process was frozen: the last look is the transport's."""

    class Late(Server):
        async def ask(self, request: Request, line: Line, may_go: Callable[[], bool]) -> Answer:
            lost.append(True)
            return await super().ask(request, line, may_go) if may_go() else FENCED

    lost: list[bool] = []
    server, record = Late(), Record()
    join = gathering(server)
    assert asyncio.run(join("1", None, lambda: not lost).ask(wish("1"), record)) is FENCED
    assert (server.asked, record.changed) == ([], False)


def test_nothing_is_sent_for_a_run_that_was_cut_short_while_the_shared_request_waited():
    """Its result says that nothing was changed: a file that names it must not leave any more."""
    running: list[asyncio.Task[Answer]] = []

    async def run() -> Answer:
        join = gathering(server, turn=lambda: [run.cancel() for run in running[:1]])
        running.append(asyncio.create_task(join("1").ask(wish("1"), Record())))
        other = asyncio.create_task(join("2").ask(wish("2"), Record()))
        return await other

    server = Server()
    assert asyncio.run(run()) is FENCED
    assert server.asked == []


def test_a_run_that_is_cut_short_while_the_shared_request_is_on_its_way_may_have_changed_something():
    async def run() -> tuple[bool, int]:
        server, record = Slow(), Record()
        running = asyncio.create_task(gathering(server)("1").ask(wish("1"), record))
        await server.came.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        known = record.changed
        server.answer.set()
        await asyncio.sleep(0.01)
        return known, len(record.passed)

    assert asyncio.run(run()) == (True, 0)
