"""What was learnt: kept with versions, served while it is read anew, shared between channels, checked on wish."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone
from pipeline_stage import Stage, play
from queue_stage import make_lane

from ponte.db import facts as kept
from ponte.db.models import Channel, Fact, Integration, SheetCheck
from ponte.domain.connector import Rules
from ponte.domain.mapping import Mapping
from ponte.domain.sheet import Need, Sheet, SheetField
from ponte.domain.sheet_difference import Change, differences
from ponte.flows.facts import refreshing, sheet_check
from ponte.flows.facts.learning import FactBook, forget_facts
from ponte.flows.facts.sheets import sheet_of, sheets_of
from ponte.flows.listings import search
from ponte.flows.offline import Database
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import read_context
from ponte.flows.pipeline.errands import Errands
from ponte.net.pace import Pace

pytestmark = pytest.mark.django_db(transaction=True)


async def line_of(stage: Stage) -> ChannelLine:
    line = ChannelLine(
        await stage.do(read_context, stage.channel.pk), stage.transport, stage.database, Pace(5_000, 500)
    )
    await line.prepare()
    return line


async def errands(stage: Stage) -> None:
    one = Errands(lambda _: Pace(5_000, 500), lambda _: Pace(5_000, 500))
    while await one.step(stage.transport, stage.database):
        pass


async def age(stage: Stage, hours: float) -> None:
    facts = await stage.do(lambda: list(Fact.objects.all()))
    for fact in facts:
        fact.learnt_at -= timedelta(hours=hours)
        await stage.do(fact.save)


async def sheet_fact(stage: Stage) -> Fact:
    return await stage.do(lambda: Fact.objects.filter(key__startswith="category/").order_by("key").first())


def test_a_sheet_is_read_by_others_as_the_connector_tells_it():
    async def scene(stage: Stage) -> None:
        await stage.run(stage.healthy[0])
        fact = await sheet_fact(stage)
        category = fact.key.removeprefix("category/")
        sheet = await stage.do(sheet_of, stage.channel.pk, category)
        assert (sheet.category, bool(sheet.fields)) == (category, True)
        assert [one.category for one in await stage.do(sheets_of, stage.channel.pk)] == [category]
        assert await stage.do(sheet_of, stage.channel.pk, "MLB404") is None
        await stage.do(Channel.objects.update, connector="nobody")
        assert await stage.do(sheet_of, stage.channel.pk, category) is None
        assert await stage.do(sheets_of, stage.channel.pk) == ()

    play(scene)


def test_an_old_sheet_serves_while_it_cannot_be_read_anew_and_says_why():
    async def scene(stage: Stage) -> None:
        await stage.run(stage.healthy[0])
        await age(stage, 48)
        stage.board.arm({"kind": "status", "path": "/categories/*", "status": 503, "count": 20})
        await stage.change(stage.healthy[0], name="Outro nome bem diferente")
        await stage.again()
        assert await stage.shown(stage.healthy[0]) == "success"
        fact = await sheet_fact(stage)
        assert fact.trouble["class"] == "MARKETPLACE_OUTAGE"
        assert fact.failed_at is not None

    play(scene)


def test_what_grows_old_is_read_anew_before_a_day_is_over_and_only_what_is_used(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        await stage.run(stage.healthy[0])
        await errands(stage)
        asked = stage.sent("GET /categories/{id}")
        assert await stage.do(kept.aging, 20) == []
        await age(stage, 20)
        await stage.do(Fact.objects.filter(key="account").update, used_at=None)
        assert [key for _, key in await stage.do(kept.aging, 20)] == [(await sheet_fact(stage)).key]
        await errands(stage)
        assert stage.sent("GET /categories/{id}") == asked + 1
        assert await stage.do(kept.aging, 20) == []
        assert (await sheet_fact(stage)).version == 1

    play(scene)


def test_a_refresh_that_fails_leaves_the_sheet_and_is_not_tried_at_once_again(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        await stage.run(stage.healthy[0])
        before = await sheet_fact(stage)
        await age(stage, 20)
        stage.board.arm({"kind": "status", "path": "/categories/*", "status": 503, "count": 20})
        await errands(stage)
        after = await sheet_fact(stage)
        assert (after.value, after.trouble["class"]) == (before.value, "MARKETPLACE_OUTAGE")
        assert await stage.do(kept.aging, 20) == []

    play(scene)


def test_a_changed_sheet_is_a_new_version_beside_the_old_one():
    async def scene(stage: Stage) -> None:
        await stage.run(stage.healthy[0])
        fact = await sheet_fact(stage)
        stricter = {**fact.value, "attributes": [*fact.value["attributes"], {"id": "NEW", "tags": ["required"]}]}
        assert await stage.do(kept.keep_fact, stage.channel.pk, fact.key, stricter) is True
        changed = await sheet_fact(stage)
        assert (changed.version, changed.previous, changed.value) == (2, fact.value, stricter)
        assert await stage.do(kept.keep_fact, stage.channel.pk, fact.key, stricter) is False
        assert (await sheet_fact(stage)).version == 2

    play(scene)


def test_a_second_channel_of_the_same_marketplace_takes_the_sheet_and_not_the_account():
    async def scene(stage: Stage) -> None:
        await stage.run(stage.healthy[0])
        fact = await sheet_fact(stage)
        first = await stage.do(Channel.objects.get)
        twin = await stage.do(
            lambda: Channel.objects.create(
                store=first.store, code="twin", name="x", connector=first.connector, base_url=first.base_url,
                settings=first.settings,
            )
        )  # fmt: skip
        line = await line_of(stage)
        book = FactBook(twin.pk, line.context.connector, stage.database)
        asked = stage.sent("GET /categories/{id}")
        got = await book.get((fact.key, "account"), line.context.rules, line.marketplace)
        assert got[fact.key] == fact.value
        assert stage.sent("GET /categories/{id}") == asked
        await stage.do(Channel.objects.filter(pk=twin.pk).update, settings={"client_id": "another"})
        await stage.do(Fact.objects.filter(channel=twin).delete)
        other = FactBook(twin.pk, line.context.connector, stage.database)
        await other.get((fact.key,), line.context.rules, line.marketplace)
        assert stage.sent("GET /categories/{id}") == asked + 1

    play(scene)


def test_who_resumes_a_channel_asks_anew_and_keeps_the_sheets_history():
    async def scene(stage: Stage) -> None:
        await stage.run(stage.healthy[0])
        await stage.do(forget_facts, stage.channel.pk)
        facts = await stage.do(lambda: list(Fact.objects.values_list("key", "stale")))
        assert len(facts) == 1
        assert facts[0][1] is True
        asked = stage.sent("GET /categories/{id}")
        await stage.change(stage.healthy[0], name="Nome que muda outra vez")
        await stage.again()
        assert stage.sent("GET /categories/{id}") == asked + 1

    play(scene)


def test_a_category_is_checked_by_its_sheet_as_it_is_now_and_nothing_is_sent(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        await stage.run(*stage.shop.catalogue.skus)
        key = (await sheet_fact(stage)).key
        rows = await stage.do(lambda: list(Integration.objects.filter(sheet=key).values_list("sku", "status")))
        good = [sku for sku, status in rows if status != "error"]
        assert good
        fact = await sheet_fact(stage)
        field = {"id": "NEVER_GIVEN", "name": "Campo novo", "tags": ["required"], "value_type": "string"}
        stricter = {**fact.value, "attributes": [*fact.value["attributes"], field]}
        await stage.do(kept.keep_fact, stage.channel.pk, key, stricter)
        changes = sum(stage.sent(route) for route in ("POST /items", "PUT /items/{id}"))
        assert await stage.do(sheet_check.start, stage.channel, "category/none", actor_id=None) is None
        check = await stage.do(sheet_check.start, stage.channel, key, actor_id=None)
        assert (await stage.do(sheet_check.start, stage.channel, key, actor_id=None)).pk == check.pk
        await errands(stage)
        done = await stage.do(SheetCheck.objects.get)
        assert (done.looked, done.worse, done.fine) == (len(rows), len(good), 0)
        assert done.ended_at is not None
        assert done.examples[0][2]["subject"] == "NEVER_GIVEN"
        assert sum(stage.sent(route) for route in ("POST /items", "PUT /items/{id}")) == changes

    play(scene)


def test_what_changed_in_a_sheet_is_named_what_asks_for_more_first():
    brand = SheetField("BRAND", "Marca", Need.REQUIRED)
    gtin = SheetField("GTIN", "GTIN", values=(), max_length=14)
    size = SheetField("SIZE", "Tamanho", kind="list", values=(("1", "P"), ("2", "M")))
    old = SheetField("OLD", "Antigo")
    before = Sheet("C", "Tênis", (brand, gtin, size, old))
    after = Sheet(
        "C",
        "Tênis",
        (
            SheetField("BRAND", "Marca"),
            SheetField("GTIN", "GTIN", Need.REQUIRED, max_length=14),
            SheetField("SIZE", "Tamanho", kind="list", values=(("2", "M"), ("3", "G"))),
            SheetField("NEW", "Novo", Need.REQUIRED),
        ),
    )
    found = [(one.change, one.name, one.before, one.after) for one in differences(before, after)]
    assert found == [
        (Change.REQUIRED, "GTIN", "", ""),
        (Change.VALUES, "Tamanho", "P", "G"),
        (Change.ADDED, "Novo", "", ""),
        (Change.NOT_REQUIRED, "Marca", "", ""),
        (Change.REMOVED, "Antigo", "", ""),
    ]
    assert differences(before, before) == ()


def test_what_one_worker_reads_anew_is_not_asked_for_by_another():
    """Also when it dies over it, or the connector fails on the answer: that is asked for again in half an hour."""

    async def scene(stage: Stage) -> None:
        await stage.run(stage.healthy[0])
        await age(stage, 20)
        taken = await stage.do(refreshing.claim)
        assert (await sheet_fact(stage)).key in taken[stage.channel.pk]
        assert await stage.do(refreshing.claim) == {}
        await stage.do(lambda: Fact.objects.update(failed_at=timezone.now() - kept.TRIED_AGAIN_AFTER * 2))
        assert await stage.do(refreshing.claim) == taken

    play(scene)


def test_a_long_errand_does_not_hold_up_the_others(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        await stage.run(stage.healthy[0])
        await age(stage, 20)
        await stage.do(search.start, stage.channel, actor_id=None)
        one = Errands(lambda _: Pace(5_000, 500), lambda _: Pace(5_000, 500))
        await one.step(stage.transport, stage.database)
        assert await stage.do(kept.aging, 20) == []

    play(scene)


class Counted(Database):
    """Counts what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    async def write(self, call, /, *args, **kwargs):
        self.written.append(call.__name__)
        return await super().write(call, *args, **kwargs)


class Knowing:
    """A connector that knows every fact without asking."""

    def learn(self, key, rules):
        return {"is": key}
        yield


def test_what_is_learnt_in_the_same_moment_is_written_together():
    async def scene(stage: Stage) -> None:
        database, keys = Counted(), ("a", "b", "c")
        try:
            facts = FactBook(stage.channel.pk, Knowing(), database)
            await asyncio.gather(*(facts.get((key,), Rules(Mapping()), None) for key in keys))
        finally:
            database.close()
        assert database.written == ["keep_facts"]
        assert await stage.do(kept.read_facts, stage.channel.pk) == {key: {"is": key} for key in keys}

    play(scene)


def test_of_facts_kept_together_those_that_changed_are_told():
    lane = make_lane()
    learnt = [kept.Learnt("a", {"is": 1}), kept.Learnt("b", {"is": 1})]
    assert kept.keep_facts(lane.channel_id, learnt) == []
    assert kept.keep_facts(lane.channel_id, [*learnt[:1], kept.Learnt("b", {"is": 2})]) == ["b"]
    changed = Fact.objects.get(key="b")
    assert (changed.value, changed.previous, changed.version) == ({"is": 2}, {"is": 1}, 2)
