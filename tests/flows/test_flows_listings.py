"""Whose listing is whose: adopting, linking, unlinking, ending; on the whole way of a product."""

from __future__ import annotations

import dataclasses

import pytest
from pipeline_stage import Stage, _take, play

from ponte.db.models import Attempt, Audit, Channel, Integration, ListingLink, ListingSearch, Work
from ponte.db.models.identity import How
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Hold
from ponte.domain.outcome import Accepted, Listing
from ponte.flows.bulk import start
from ponte.flows.bulk.steps import step as bulk_step
from ponte.flows.listings import deeds, looks
from ponte.flows.listings import search as listing_search
from ponte.flows.listings.looks import Seen, Subject
from ponte.flows.pipeline.begin import begin
from ponte.flows.pipeline.errands import Errands
from ponte.flows.pipeline.job import Result
from ponte.flows.pipeline.settlement import write_results
from ponte.flows.remove import remove
from ponte.flows.reprocess import reprocess
from ponte.net.converse import Record
from ponte.queue.lanes import release

pytestmark = pytest.mark.django_db(transaction=True)


async def subject(stage: Stage, sku: str) -> Subject:
    row = await stage.record(sku)
    return Subject(row.pk, row.channel_id, row.kind, row.sku)


async def deed(stage: Stage, call, sku: str, *args, **kwargs):
    row = await stage.record(sku)
    return await stage.do(call, row.pk, *args, scope=Scope(row.store_id), actor_id=None, **kwargs)


async def forget(stage: Stage) -> None:
    """Let Ponte know nothing, as if somebody else had made the listings."""
    await stage.do(ListingLink.objects.all().delete)
    await stage.do(Work.objects.all().delete)
    values = {"listing": None, "listing_id": "", "linked": "", "offer_digest": "", "creating_since": None}
    await stage.do(Integration.objects.update, **values)


async def links(stage: Stage, sku: str) -> list[tuple[str, str, str]]:
    return await stage.do(
        lambda: list(
            ListingLink.objects.filter(integration__sku=sku).order_by("id").values_list("listing_id", "how", "why")
        )
    )


async def errand(stage: Stage) -> None:
    pace = lambda _: stage.line.marketplace.pace  # noqa: E731 -- said once
    errands = Errands(pace, lambda _: stage.line.vtex.pace)
    while await errands.step(stage.transport, stage.database):
        pass


# -- adopting


def test_a_listing_that_ponte_makes_is_linked_as_sent_and_once():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        await stage.change(sku, name="Outro nome para o mesmo produto")
        await stage.again()
        [listing] = stage.listings(sku)
        assert await links(stage, sku) == [(listing.id, "sent", "")]
        assert (await stage.record(sku)).linked == "sent"

    play(scene)


def test_a_channel_that_adopts_takes_over_what_stands_instead_of_making_a_second_one():
    async def scene(stage: Stage) -> None:
        one, two = stage.healthy[:2]
        await stage.run(one)
        [before] = stage.listings(one)
        await forget(stage)
        await stage.do(listing_search.set_adopts, stage.channel, adopts=True, actor_id=None)
        made = stage.sent("POST /items")
        await stage.run(one, two)
        assert [listing.id for listing in stage.listings(one)] == [before.id]
        assert stage.sent("POST /items") == made + 1  # the other one, which did not stand there
        assert await links(stage, one) == [(before.id, "adopted", "")]
        assert (await links(stage, two))[0][1] == "sent"
        assert await stage.shown(one) == "success"

    play(scene, index_lag_seconds=0)


def test_a_channel_that_does_not_adopt_asks_for_nothing_before_it_creates():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        assert await stage.asked(sku) == ["POST /items 201", "POST /items/{id}/description 201"]

    play(scene)


def test_what_could_not_be_asked_for_is_not_created_on_the_off_chance():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.do(listing_search.set_adopts, stage.channel, adopts=True, actor_id=None)
        await stage.run(stage.healthy[1])  # the account is known now
        stage.board.arm({"kind": "status", "path": "/users/*/items/search", "status": 503, "count": 1})
        await stage.run(sku)
        assert await stage.shown(sku) == "queued MARKETPLACE_OUTAGE"
        assert stage.listings(sku) == []

    play(scene, index_lag_seconds=0)


def test_the_search_adopts_every_listing_that_has_no_record_and_goes_on_after_trouble(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        some = stage.healthy[:6]
        await stage.run(*some[:4])
        await forget(stage)
        await stage.do(Work.objects.all().delete)
        search = await stage.do(listing_search.start, stage.channel, actor_id=None)
        again = await stage.do(listing_search.start, stage.channel, actor_id=None)
        assert (search.planned, again.pk) == (4, search.pk)
        stage.board.arm({"kind": "status", "path": "/users/*/items/search", "status": 503, "count": 1})
        await errand(stage)
        broken = await stage.do(ListingSearch.objects.get)
        assert (broken.trouble["class"], broken.ended_at) == ("MARKETPLACE_OUTAGE", None)
        await stage.do(ListingSearch.objects.update, lease_until_ms=0)
        await errand(stage)
        done = await stage.do(ListingSearch.objects.get)
        assert (done.looked, done.adopted, done.several, done.trouble) == (4, 4, 0, None)
        assert done.ended_at is not None
        for sku in some[:4]:
            [listing] = stage.listings(sku)
            assert await links(stage, sku) == [(listing.id, "adopted", "")]

    play(scene, index_lag_seconds=0)


def test_several_listings_of_a_sku_are_left_to_a_person(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        sku = stage.healthy[0]
        await stage.run(sku)
        await forget(stage)
        await stage.run(sku)
        assert len(stage.listings(sku)) == 2
        await forget(stage)
        await stage.do(listing_search.start, stage.channel, actor_id=None)
        await errand(stage)
        done = await stage.do(ListingSearch.objects.get)
        assert (done.looked, done.adopted, done.several) == (1, 0, 1)
        seen = await stage.elsewhere(looks.look_for, await subject(stage, sku), seconds=10)
        assert isinstance(seen, Seen)
        assert {one.listing.id for one in seen.found} == {listing.id for listing in stage.listings(sku)}

    play(scene, index_lag_seconds=0)


def test_a_search_that_was_stopped_adopts_no_more(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        await stage.run(stage.healthy[0])
        await forget(stage)
        await stage.do(listing_search.start, stage.channel, actor_id=None)
        assert await stage.do(listing_search.stop, stage.channel, actor_id=None) is True
        assert await stage.do(listing_search.stop, stage.channel, actor_id=None) is False
        await errand(stage)
        assert await links(stage, stage.healthy[0]) == []

    play(scene, index_lag_seconds=0)


# -- linking by a person


def test_a_person_links_by_id_or_address_and_never_what_is_anothers(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        one, two = stage.healthy[:2]
        await stage.run(one, two)
        [mine], [other] = stage.listings(one), stage.listings(two)
        about = await subject(stage, one)
        assert (await deed(stage, deeds.unlink, one)).before.id == mine.id
        address = f"https://produto.mercadolivre.com.br/MLB-{mine.id[3:]}-tenis-corrida-_JM?x=1#y"
        for text in (mine.id, f" {mine.id} ", address):
            seen = await stage.elsewhere(looks.look_up, about, text, seconds=10)
            assert [(found.listing.id, found.owner) for found in seen.found] == [(mine.id, None)]
        seen = await stage.elsewhere(looks.look_up, about, other.id, seconds=10)
        [found] = seen.found
        assert (found.owner.sku, found.under, found.sku) == (two, False, two)
        taken = await deed(stage, deeds.link, one, found.listing, how=How.CHOSEN)
        assert taken == deeds.Taken(found.owner)
        done = await deed(stage, deeds.link, one, Listing(mine.id), how=How.CHOSEN)
        assert done.listing.id == mine.id
        assert await links(stage, one) == [(mine.id, "sent", "unlinked"), (mine.id, "chosen", "")]
        await stage.ask_for(one)
        await stage.again()
        assert len(stage.listings(one)) == 1

    play(scene, index_lag_seconds=0)


@pytest.mark.parametrize(
    "text", ["", "   ", "https://", "/", "tenis", "javascript:alert(1)//", "\x00\x01", "a" * 5_000]
)
def test_a_text_that_names_no_listing_asks_nobody(text):
    about = Subject(1, 1, "product", "1")
    assert looks.look_up(about, text, seconds=1) == Seen(readable=False)


def test_a_listing_of_another_seller_is_not_found(reachable):
    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        one, two = stage.healthy[:2]
        await stage.run(one, two)
        [other] = stage.listings(two)
        other.body["seller_id"] = 999
        seen = await stage.elsewhere(looks.look_up, await subject(stage, one), other.id, seconds=10)
        assert seen == Seen()

    play(scene, index_lag_seconds=0)


def test_a_record_with_a_listing_is_linked_to_another_only_when_told_to_replace():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        [listing] = stage.listings(sku)
        new = Listing("MLB9999999999")
        assert await deed(stage, deeds.link, sku, new, how=How.CHOSEN) is deeds.Refusal.LINKED
        done = await deed(stage, deeds.link, sku, new, how=How.CHOSEN, replacing=True)
        assert done.before.id == listing.id
        assert await links(stage, sku) == [(listing.id, "sent", "replaced"), (new.id, "chosen", "")]
        again = await deed(stage, deeds.link, sku, new, how=How.CHOSEN)
        assert again.listing.id == new.id
        assert len(await links(stage, sku)) == 2

    play(scene)


def test_one_listing_is_one_records_also_when_the_marketplace_names_it_for_two():
    async def scene(stage: Stage) -> None:
        one, two = stage.healthy[:2]
        await stage.run(one, two)
        [mine] = stage.listings(one)
        await stage.do(ListingLink.objects.filter(integration__sku=two).delete)
        empty = {"listing": None, "listing_id": "", "linked": "", "offer_digest": "", "creating_since": None}
        await stage.do(Integration.objects.filter(sku=two).update, **empty)
        stage.market.listings.rename(mine, skus=(one, two), gtins=mine.gtins)
        for theirs in stage.listings(two):
            if theirs.id != mine.id:
                theirs.closed_at = 0.0
        await stage.do(listing_search.set_adopts, stage.channel, adopts=True, actor_id=None)
        for attribute in mine.body["attributes"]:
            if attribute["id"] == "SELLER_SKU":
                attribute["value_name"] = ""
        await stage.tell(two)
        await stage.again()
        row = await stage.record(two)
        assert (row.status, row.headline_class, row.listing_id) == ("error", "DUPLICATE", "")
        assert row.problems[0]["params"] == {"listing": mine.id, "sku": one}
        assert (await stage.record(one)).listing_id == mine.id

    play(scene, index_lag_seconds=0)


# -- unlinking


def test_an_unlinked_record_sends_nothing_until_a_person_asks_and_then_makes_its_own():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        [listing] = stage.listings(sku)
        await deed(stage, deeds.unlink, sku)
        row = await stage.record(sku)
        assert (row.listing_id, row.listing, row.linked, row.hold) == ("", None, "", Hold.UNLINKED)
        await stage.change(sku, name="Um nome novo que ninguém manda")
        await stage.again()
        assert [one.id for one in stage.listings(sku)] == [listing.id]
        await stage.do(listing_search.set_adopts, stage.channel, adopts=True, actor_id=None)
        await stage.ask_for(sku)
        await stage.again()
        ids = [one.id for one in stage.listings(sku)]
        assert len(ids) == 2
        assert ids[0] == listing.id
        assert (await stage.record(sku)).listing_id == ids[1]
        assert (await deed(stage, deeds.unlink, sku)).before.id == ids[1]

    play(scene, index_lag_seconds=0)


def test_nothing_is_linked_or_unlinked_while_a_run_is_under_way():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        await stage.tell(sku)
        await stage.do(Work.objects.update, lease_epoch=5)
        assert await deed(stage, deeds.unlink, sku) is deeds.Refusal.BUSY
        linked = await deed(stage, deeds.link, sku, Listing("MLB1"), how=How.CHOSEN, replacing=True)
        assert linked is deeds.Refusal.BUSY
        await stage.do(Work.objects.update, lease_epoch=0)
        await stage.again()

    play(scene)


def test_what_is_out_of_sight_is_nowhere():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        row = await stage.record(sku)
        for scope in (Scope(999), Scope(row.store_id, (999,))):
            for call in (deeds.unlink, deeds.end, deeds.keep):
                assert await stage.do(call, row.pk, scope=scope, actor_id=None) is deeds.Refusal.NOWHERE
            args = {"scope": scope, "actor_id": None, "how": How.CHOSEN}
            assert await stage.do(deeds.link, row.pk, Listing("X1"), **args) is deeds.Refusal.NOWHERE
        assert (await stage.record(sku)).hold == ""

    play(scene)


# -- ending


def test_an_ended_listing_is_closed_and_does_not_come_back_by_a_notification():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        [listing] = stage.listings(sku)
        assert isinstance(await deed(stage, deeds.end, sku), deeds.Done)
        row = await stage.record(sku)
        assert (row.status, row.phase, row.hold) == ("pending", "queued", "ending")
        await stage.again()
        row = await stage.record(sku)
        assert (row.status, row.hold, row.listing_id, row.listing) == ("success", "ended", "", None)
        assert listing.is_closed
        assert await links(stage, sku) == [(listing.id, "sent", "ended")]
        assert await stage.work(sku) is None
        await stage.change(sku, name="Um nome novo depois do fim")
        await stage.again()
        assert (await stage.record(sku)).status == "success"
        assert stage.listings(sku) == []
        action = await stage.do(
            start, scope=Scope(row.store_id), actor_id=None, verb="reprocess", selection={"ids": [row.pk]}
        )
        while await stage.do(bulk_step):
            pass
        assert await stage.do(lambda: type(action).objects.get(pk=action.pk).queued) == 0
        await stage.ask_for(sku)
        await stage.again()
        [new] = stage.listings(sku)
        assert new.id != listing.id
        assert new.body["parent_item_id"] == listing.id, "its visits and sales come with it"
        assert new.body["title"] == "Um nome novo depois do fim"
        row = await stage.record(sku)
        assert (row.hold, row.creating_since) == ("", None)

    play(scene, index_lag_seconds=0)


def test_what_was_unlinked_is_not_looked_for_when_it_is_announced_again():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        [before] = stage.listings(sku)
        await deed(stage, deeds.unlink, sku)
        await stage.ask_for(sku)
        await stage.again()
        assert before.id in {one.id for one in stage.listings(sku)}
        assert len(stage.listings(sku)) == 2
        assert "GET /users/{id}/items/search 200" not in await stage.asked(sku)

    play(scene, index_lag_seconds=0)


def test_the_try_that_ends_a_listing_asks_nothing_of_vtex_and_says_what_it_was():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        before = len(await stage.asked(sku, "vtex"))
        await deed(stage, deeds.end, sku)
        await stage.again()
        tried = await stage.do(lambda: list(stage_attempts(sku)))
        assert tried == [("send", "accepted"), ("end", "accepted")]
        assert len(await stage.asked(sku, "vtex")) == before
        assert (await stage.asked(sku))[-1] == "PUT /items/{id} 200"

    def stage_attempts(sku: str):
        return Attempt.objects.filter(integration__sku=sku).order_by("number").values_list("task", "result")

    play(scene)


def test_a_notification_that_comes_while_a_listing_is_being_ended_does_not_save_it():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        await deed(stage, deeds.end, sku)
        await stage.change(sku, name="Mudou enquanto encerrava")
        await stage.drain()
        await stage.again()
        assert (await stage.record(sku)).hold == "ended"
        assert stage.listings(sku) == []

    play(scene)


def test_a_send_under_way_ends_first_and_the_listing_it_made_is_ended_after_it():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        await stage.tell(sku)
        lease = await stage.do(hold_lane, stage)
        jobs = await stage.do(begin, lease, limit=5, runner="r", suspects=False)
        assert jobs[0].task == "send"
        await deed(stage, deeds.end, sku)
        await stage.do(write_results, lease, [Result(jobs[0], Accepted(jobs[0].link.listing), sent=True)])
        await stage.do(release, lease.lane_id, lease.epoch)
        assert (await stage.record(sku)).hold == "ending"
        await stage.again()
        assert (await stage.record(sku)).hold == "ended"
        assert stage.listings(sku) == []

    def hold_lane(stage: Stage):
        return _take(stage.lane.pk)

    play(scene)


def test_an_end_that_fails_is_tried_again_and_stays_an_end():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        await deed(stage, deeds.end, sku)
        stage.board.arm({"kind": "status", "path": "/items/*", "status": 503, "count": 1})
        await stage.again()
        row = await stage.record(sku)
        assert (row.status, row.phase, row.hold) == ("pending", "queued", "ending")
        assert len(stage.listings(sku)) == 1
        await stage.again()
        assert (await stage.record(sku)).hold == "ended"
        assert stage.listings(sku) == []

    play(scene)


def test_a_wish_to_end_can_be_taken_back_before_it_is_done():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        assert await deed(stage, deeds.keep, sku) is deeds.Refusal.NOT_ENDING
        await deed(stage, deeds.end, sku)
        await deed(stage, deeds.keep, sku)
        await stage.again()
        row = await stage.record(sku)
        assert (row.status, row.hold) == ("success", "")
        assert len(stage.listings(sku)) == 1
        verbs = await stage.do(lambda: list(Audit.objects.order_by("id").values_list("verb", flat=True)))
        assert verbs[-2:] == ["listing end", "listing keep"]

    play(scene)


def test_a_late_write_to_an_ended_listing_ends_it_once_more():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        await stage.tell(sku)
        frozen = await stage.do(_take, stage.lane.pk)
        [job] = await stage.do(begin, frozen, limit=5, runner="r", suspects=False)
        await stage.do(type(stage.lane).objects.update, lease_until_ms=1)
        await deed(stage, deeds.end, sku)
        await stage.again()
        assert (await stage.record(sku)).hold == "ended"
        late = Result(job, Accepted(dataclasses.replace(job.link.listing)), Record(changed=True), sent=True)
        await stage.do(write_results, frozen, [late])
        row = await stage.record(sku)
        assert (row.hold, row.status) == ("ending", "pending")
        await stage.do(release, frozen.lane_id, frozen.epoch)
        await stage.again()
        assert (await stage.record(sku)).hold == "ended"

    play(scene)


def test_a_removed_log_or_a_record_without_a_listing_has_nothing_to_end():
    async def scene(stage: Stage) -> None:
        one = stage.healthy[0]
        broken = "99999999"
        await stage.run(one, broken)
        assert (await stage.record(broken)).listing_id == ""
        assert await deed(stage, deeds.end, broken) is deeds.Refusal.NO_LISTING
        assert await deed(stage, deeds.unlink, broken) is deeds.Refusal.NO_LISTING
        row = await stage.record(one)
        await stage.do(remove, [row.pk], scope=Scope(row.store_id), actor_id=None)
        assert await deed(stage, deeds.end, one) is deeds.Refusal.REMOVED

    play(scene)


def test_a_person_reprocesses_one_ended_record_and_nobody_many():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        await deed(stage, deeds.unlink, sku)
        row = await stage.record(sku)
        done = await stage.do(reprocess, [row.pk], scope=Scope(row.store_id), actor_id=None, action_id=1)
        assert done.refused == (row.pk,)
        assert (await stage.record(sku)).hold == "unlinked"

    play(scene)


def test_the_choice_to_adopt_is_audited_once():
    async def scene(stage: Stage) -> None:
        for _ in range(2):
            await stage.do(listing_search.set_adopts, stage.channel, adopts=True, actor_id=None)
        assert await stage.do(Channel.objects.filter(adopts=True).count) == 1
        assert await stage.do(Audit.objects.filter(verb="adoption on").count) == 1

    play(scene)


def test_a_wish_that_is_taken_back_while_it_is_carried_out_has_the_product_sold_anew():
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        await stage.run(sku)
        await deed(stage, deeds.end, sku)
        held = await stage.do(_take, stage.lane.pk)
        [job] = await stage.do(begin, held, limit=5, runner="r", suspects=False)
        [listing] = stage.listings(sku)
        listing.closed_at = 0.0
        await deed(stage, deeds.keep, sku)
        ended = Result(job, Accepted(None), Record(changed=True), sent=True, withdrawn=True)
        await stage.do(write_results, held, [ended])
        row = await stage.record(sku)
        assert (row.hold, row.listing_id, row.phase) == ("", "", "queued")
        await stage.do(release, held.lane_id, held.epoch)
        await stage.again()
        assert await stage.shown(sku) == "success"
        assert len(stage.listings(sku)) == 1

    play(scene, index_lag_seconds=0)


def test_a_step_that_two_workers_made_is_written_down_once():
    """It may take longer than its lease where the marketplace is slow."""

    async def scene(stage: Stage) -> None:
        await stage.run(stage.healthy[0])
        await forget(stage)
        await stage.do(listing_search.start, stage.channel, actor_id=None)
        search, records = await stage.do(listing_search.claim)
        found = [(record, (Listing("MLB77"),)) for record in records]
        await stage.do(listing_search.write, search, found)
        await stage.do(listing_search.write, search, found)
        done = await stage.do(ListingSearch.objects.get)
        assert (done.looked, done.adopted) == (1, 1)

    play(scene)
