"""The connector against the fake VTEX marketplace, over the wire: the flow, and every SKU of the sandbox's shop."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import orjson
import pytest
from magalu_stage import vtex_sku
from vtexmarket_stage import VTEX, Seller, staged

from ponte.connectors.exam.samples import ORDINARY
from ponte.domain.connector import Rules
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.outcome import Accepted, Blocked, Link, Pending, Postponed, Rejected
from ponte.domain.problem import ProblemClass, headline
from ponte.sandbox.catalogue import make_catalogue
from ponte.sandbox.fate import Standing, unsellable
from ponte.sandbox.vtexmarket import mapping, truth


def rules_for(seller: Seller, catalogue) -> Rules:
    read = parse_mapping(mapping(catalogue))
    assert read.mapping is not None, read.errors
    return Rules(read.mapping, seller.settings)


def known(seller: Seller):
    """Return the ordinary SKU in a category that the marketplace has."""
    department, leaf = min(seller.market.categories).split("/")
    return replace(ORDINARY, category_names=(department, leaf))


def test_a_new_sku_is_suggested_approved_bound_and_then_kept_up_to_date():
    async def scenario(seller: Seller) -> None:
        sku = known(seller)
        outcome = await seller.to_the_end(await seller.send(sku))
        assert isinstance(outcome, Accepted)
        assert outcome.listing.state == "bound"
        before = len(seller.record.passed)
        outcome = await seller.send(sku, outcome.listing)
        assert isinstance(outcome, Accepted)
        assert [path.rsplit("/", 1)[1] for path in seller.asked()[before:]] == [
            "{sku}",
            "{sku}",
            "price",
            "inventory",
        ]
        again = len(seller.record.passed)
        await seller.send(replace(sku, stock=3), outcome.listing)
        assert [one.rsplit("/", 1)[1] for one in seller.asked()[again:]] == ["{sku}", "{sku}", "inventory"]

    staged(scenario)


def test_what_a_person_decides_comes_late():
    async def scenario(seller: Seller) -> None:
        sku = replace(known(seller), ean="")
        sent = await seller.send(sku)
        assert isinstance(sent, Pending)
        seller.market.suggestions[sku.id].verdict = "Denied"
        outcome = await seller.to_the_end(sent)
        assert isinstance(outcome, Rejected)
        assert outcome.problems[0].kind is ProblemClass.POLICY_MODERATION

    staged(scenario)


def test_off_sale_and_back():
    async def scenario(seller: Seller) -> None:
        sku = known(seller)
        outcome = await seller.to_the_end(await seller.send(sku))
        off = await seller.say(VTEX.withdraw(Link(outcome.listing), seller.rules))
        assert isinstance(off, Accepted)
        assert not seller.market.binding(sku.id).active
        back = await seller.send(sku, off.listing)
        assert back.listing.state == "bound"
        assert seller.market.binding(sku.id).active

    staged(scenario)


def test_a_suggestion_that_was_accepted_meanwhile_is_taken_off_sale_all_the_same():
    async def scenario(seller: Seller) -> None:
        sku = known(seller)
        sent = await seller.send(sku)
        seller.clock.now += 60
        off = await seller.say(VTEX.withdraw(Link(sent.listing), seller.rules))
        assert off.listing.state == "bound/inactive"
        assert not seller.market.binding(sku.id).active

    staged(scenario)


def test_what_ended_is_suggested_anew():
    async def scenario(seller: Seller) -> None:
        sku = known(seller)
        outcome = await seller.to_the_end(await seller.send(sku))
        assert [one.id for one in await seller.say(VTEX.find(sku.id, seller.rules))] == [sku.id]
        assert await seller.say(VTEX.end(Link(outcome.listing), seller.rules)) == Accepted(None)
        assert await seller.say(VTEX.find(sku.id, seller.rules)) == ()
        assert isinstance(await seller.send(sku), Pending)

    staged(scenario)


def test_keys_that_are_wrong_stop_the_channel():
    async def scenario(seller: Seller) -> None:
        assert isinstance(await seller.say(VTEX.probe(seller.rules)), Accepted)
        seller.secrets["app_token"] = "another"
        assert isinstance(await seller.say(VTEX.probe(seller.rules)), Blocked)

    staged(scenario)


def test_the_list_of_bindings_tells_less_than_a_binding():
    async def scenario(seller: Seller) -> None:
        sku = known(seller)
        await seller.to_the_end(await seller.send(sku))
        assert isinstance(await seller.say(VTEX.probe(seller.rules)), Accepted)
        [row] = orjson.loads(seller.record.passed[-1].response_body)
        assert row == {
            "SellerId": seller.settings["seller_id"],
            "StockKeepingUnitId": seller.market.binding(sku.id).number,
            "SellerStockKeepingUnitId": sku.id,
            "IsActive": True,
            "FreightCommissionPercentage": None,
            "ProductCommissionPercentage": None,
        }

    staged(scenario)


def test_keys_that_may_not_suggest_stop_the_channel():
    async def scenario(seller: Seller) -> None:
        outcome = await seller.send(known(seller))
        assert isinstance(outcome, Blocked)
        assert outcome.problem.kind is ProblemClass.AUTH_FORBIDDEN

    staged(scenario, may_suggest=False)


def test_too_quick_is_asked_to_wait():
    async def scenario(seller: Seller) -> None:
        outcome = await seller.send(known(seller))
        assert isinstance(outcome, Postponed)
        assert outcome.retry_in == 1

    staged(scenario, requests_per_second=0.001, burst=1)


def test_a_suggestion_whose_answer_was_lost_is_said_again_and_is_one():
    async def scenario(seller: Seller) -> None:
        sku = known(seller)
        seller.board.arm({"kind": "lost", "method": "PUT", "count": 1})
        lost = await seller.send(sku)
        assert isinstance(lost, Postponed)
        assert lost.unknown
        again = await seller.to_the_end(await seller.send(sku))
        assert isinstance(again, Accepted)
        assert list(seller.market.bound()) == [sku.id]

    staged(scenario)


def test_no_key_is_kept_in_what_passed():
    async def scenario(seller: Seller) -> None:
        await seller.send(known(seller))
        assert seller.record.passed
        for one in seller.record.passed:
            assert seller.secrets["app_key"] not in repr(one)
            assert seller.secrets["app_token"] not in repr(one)

    staged(scenario)


@pytest.mark.parametrize("auto_approve", [False, True])
def test_every_sku_of_the_shop_ends_as_the_marketplace_s_rules_say(auto_approve):
    catalogue, seen = make_catalogue(400, 7), Counter()

    async def scenario(seller: Seller) -> None:
        seller.rules = rules_for(seller, catalogue)
        wrong = []
        for one in catalogue.skus.values():
            if unsellable(one) is None:
                wrong += await judged(seller, one, seen)
        assert wrong == []

    staged(scenario, auto_approve=auto_approve)
    assert seen["refused early"] > 5
    assert seen["refused sent"] == 0, "what the marketplace refuses at once is found before anything is sent"
    assert seen["live early"] == 0, "a false alarm"
    assert (seen["late sent"] > 3) is not auto_approve


async def judged(seller: Seller, one, seen) -> list:
    """Send a SKU if nothing is wrong with it, and hold its end against the truth."""
    sku, fate = vtex_sku(one), truth(one, seller.app)
    found = [problem for problem in VTEX.check(sku, seller.rules) if problem.blocking]
    seen[f"{fate.standing} {'early' if found else 'sent'}"] += 1
    if found:
        return [] if headline(found).kind in fate.kinds else [(sku.id, fate, found)]
    outcome = await seller.to_the_end(await seller.send(sku))
    match fate.standing, outcome:
        case Standing.LIVE, Accepted():
            return []
        case Standing.LATE, Rejected(problems) if headline(problems).kind in fate.kinds:
            return []
    return [(sku.id, fate, outcome)]


def test_the_same_seed_gives_the_same_numbers():
    async def scenario(seller: Seller) -> None:
        await seller.to_the_end(await seller.send(known(seller)))
        numbers.append(seller.market.binding(ORDINARY.id).number)

    numbers: list[int] = []
    staged(scenario)
    staged(scenario)
    assert numbers[0] == numbers[1]
