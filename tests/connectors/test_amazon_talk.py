"""The connector against the fake over real HTTP: what it is for, and what may go wrong on the way."""

from dataclasses import replace
from decimal import Decimal

import pytest
from amazon_talk import BACKPACK, Talk, talk

from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Pending, Postponed, Rejected
from ponte.domain.problem import ProblemClass
from ponte.sandbox.amazon.settings import RATES


def test_a_new_sku_is_learnt_created_followed_and_on_sale():
    async def scene(it: Talk) -> None:
        await it.learn()
        assert it.amazon.check(BACKPACK, it.rules) == ()
        sent = await it.send()
        assert isinstance(sent, Pending)
        assert sent.check_in == 60
        early = await it.follow(sent.listing)
        assert isinstance(early, Pending)
        it.clock.now += 60
        seen = await it.follow(early.listing)
        assert isinstance(seen, Accepted)
        assert seen.listing is not None
        assert seen.listing.state == "BUYABLE/DISCOVERABLE"
        assert seen.listing.url.startswith("https://www.amazon.com.br/dp/B0")
        assert seen.follow_in == 1_800
        assert it.asked() == ["GET 200", "GET 200", "PUT 200", "GET 404", "GET 200"]

    talk(scene, processing_seconds=60)


def test_price_and_stock_alone_go_by_patch_and_a_new_name_by_put():
    async def scene(it: Talk) -> None:
        listing = await it.live()
        it.passed.clear()
        cheaper = replace(BACKPACK, price=Decimal("150.00"), stock=3)
        sent = await it.send(cheaper, Link(listing))
        assert isinstance(sent, Pending)
        renamed = replace(cheaper, name="Mochila Trilha Sul Preta 30 litros")
        assert isinstance(await it.send(renamed, Link(sent.listing)), Pending)
        assert it.asked() == ["PATCH 200", "PUT 200"]
        stands = it.market.listings.get("A1PONTESANDBOX", BACKPACK.id)
        assert stands is not None
        assert stands.quantity == 3
        assert stands.attributes["item_name"][0]["value"] == renamed.name

    talk(scene)


def test_restating_says_everything_again():
    async def scene(it: Talk) -> None:
        listing = await it.live()
        it.passed.clear()
        await it.send(BACKPACK, Link(listing, restate=True))
        assert it.asked() == ["PUT 200"]

    talk(scene)


def test_pause_resume_and_end():
    async def scene(it: Talk) -> None:
        listing = await it.live()
        paused = await it.run(it.amazon.withdraw(Link(listing), it.rules))
        assert isinstance(paused, Accepted)
        seen = await it.follow(paused.listing)
        assert isinstance(seen, Accepted)  # nothing to sell is as we wanted it
        resumed = await it.send(BACKPACK, Link(seen.listing))
        assert isinstance(resumed, Pending)
        back = await it.follow(resumed.listing)
        assert isinstance(back, Accepted)
        assert back.listing is not None
        assert back.listing.state == "BUYABLE/DISCOVERABLE"
        assert [one.id for one in await it.run(it.amazon.find(BACKPACK.id, it.rules))] == [BACKPACK.id]
        assert await it.run(it.amazon.end(Link(back.listing), it.rules)) == Accepted(None)
        assert await it.run(it.amazon.find(BACKPACK.id, it.rules)) == ()
        assert await it.run(it.amazon.end(Link(back.listing), it.rules)) == Accepted(None)

    talk(scene)


@pytest.mark.parametrize(
    ("sku", "kind", "subject"),
    [
        ("9-FOTO", ProblemClass.IMAGE_INVALID, "main_product_image_locator"),
        ("9-CONFLITO", ProblemClass.CATALOG_CONFLICT, "color"),
        ("9-MARCA", ProblemClass.POLICY_BRAND, "brand"),
        ("9-RESTRITO", ProblemClass.POLICY_RESTRICTED, ""),
        ("9-URL", ProblemClass.IMAGE_UNREACHABLE, "main_product_image_locator"),
    ],
)
def test_what_is_found_after_acceptance_opens_the_record_again(sku, kind, subject):
    async def scene(it: Talk) -> None:
        listing = await it.live(replace(BACKPACK, id=sku))
        it.clock.now += 1_800
        late = await it.follow(listing)
        assert isinstance(late, Rejected)
        assert [(one.kind, one.subject) for one in late.problems] == [(kind, subject)]
        assert late.listing is not None
        assert "sent" not in late.listing.memory  # the next sending says everything, pictures too

    talk(scene, late_seconds=600)


def test_an_issue_that_amazon_exempts_for_now_is_a_warning_with_its_date():
    async def scene(it: Talk) -> None:
        listing = await it.live(replace(BACKPACK, id="9-ISENTO"))
        seen = await it.follow(listing)
        assert isinstance(seen, Accepted)
        assert seen.warnings[0].params["until"].startswith("2026-12-28")

    talk(scene)


def test_a_refusal_names_the_attribute_as_the_product_type_does():
    async def scene(it: Talk) -> None:
        await it.learn()
        told = await it.send(replace(BACKPACK, brand="", images=()))
        assert isinstance(told, Rejected)
        assert [(one.kind, one.subject, one.params["name"]) for one in told.problems] == [
            (ProblemClass.ATTRIBUTE_MISSING, "brand", "Marca"),
            (ProblemClass.IMAGE_MISSING, "main_product_image_locator", "Imagem principal"),
        ]

    talk(scene)


def test_a_preview_is_amazons_verdict_and_stores_nothing():
    async def scene(it: Talk) -> None:
        await it.learn()
        good = it.amazon.map(BACKPACK, it.rules)
        bad = it.amazon.map(replace(BACKPACK, brand=""), it.rules)
        assert await it.run(it.amazon.preview(good, it.rules)) == Accepted(None)
        assert isinstance(await it.run(it.amazon.preview(bad, it.rules)), Rejected)
        assert it.market.listings.get("A1PONTESANDBOX", BACKPACK.id) is None

    talk(scene)


def test_a_token_that_ended_is_renewed_and_the_request_repeated():
    async def scene(it: Talk) -> None:
        await it.learn()
        it.clock.now += 3_600
        assert isinstance(await it.send(), Pending)
        assert it.asked()[-3:] == ["POST 200", "PUT 403", "PUT 200"]

    talk(scene)


def test_a_consent_taken_back_blocks_with_the_need_to_connect_again():
    async def scene(it: Talk) -> None:
        it.market.tokens.revoke()
        told = await it.run(it.amazon.refresh(it.rules))
        assert isinstance(told, Blocked)
        assert told.problem.kind is ProblemClass.AUTH_INVALID

    talk(scene)


def test_the_first_authorization_brings_tokens():
    async def scene(it: Talk) -> None:
        seller = it.market.settings.sellers[0]
        code = it.market.tokens.issue_code(seller)
        tokens = await it.run(it.amazon.exchange(it.rules, code, redirect_uri="https://ponte.example/"))
        assert tokens.secrets["refresh_token"] == seller.refresh_token

    talk(scene)


def test_too_many_requests_are_postponed():
    async def scene(it: Talk) -> None:
        await it.learn()
        outcomes = [await it.send(replace(BACKPACK, id=f"s-{number}")) for number in range(3)]
        assert isinstance(outcomes[1], Pending)
        assert isinstance(outcomes[2], Postponed)
        assert outcomes[2].problem.kind is ProblemClass.THROTTLED
        assert not outcomes[2].unknown

    talk(scene, rates={**RATES, "putListingsItem": (5.0, 2)})


def test_a_lost_answer_is_in_doubt_and_the_repeated_put_makes_one_listing():
    async def scene(it: Talk) -> None:
        await it.learn()
        it.market.switchboard.arm({"kind": "lost", "method": "PUT", "count": 1})
        lost = await it.send()
        assert isinstance(lost, Postponed)
        assert lost.unknown
        assert isinstance(await it.send(link=Link(uncertain_seconds=5)), Pending)
        assert [one.sku for one in it.market.listings.of("A1PONTESANDBOX")] == [BACKPACK.id]

    talk(scene)


@pytest.mark.parametrize("kind", ["garbage", "truncate", "reset", "redirect", "status"])
def test_no_fault_of_the_line_is_taken_for_a_success(kind):
    async def scene(it: Talk) -> None:
        await it.learn()
        it.market.switchboard.arm({"kind": kind, "method": "PUT", "count": 1})
        assert isinstance(await it.send(), Postponed)

    talk(scene)


def test_a_product_type_that_amazon_does_not_know_is_told_before_sending():
    async def scene(it: Talk) -> None:
        rules = it.rules
        assert await it.run(it.amazon.learn("product_type/NOTHING", rules)) is None

    talk(scene)


def test_product_types_are_suggested_for_a_title():
    async def scene(it: Talk) -> None:
        found = await it.run(it.amazon.suggest("Mochila escolar", it.rules))
        assert [(one.category, one.name) for one in found] == [("LUGGAGE", "Malas e mochilas")]

    talk(scene)


def test_the_probe_tells_a_missing_role_from_a_working_account():
    async def scene(it: Talk) -> None:
        assert await it.run(it.amazon.probe(it.rules)) == Accepted(None)
        it.market.switchboard.arm({"kind": "status", "status": 403})
        told = await it.run(it.amazon.probe(it.rules))
        assert isinstance(told, Blocked)
        assert told.problem.kind is ProblemClass.AUTH_FORBIDDEN

    talk(scene)


def test_a_listing_deleted_over_there_is_told_and_made_anew():
    async def scene(it: Talk) -> None:
        listing = await it.live()
        it.market.listings.remove("A1PONTESANDBOX", BACKPACK.id)
        gone = await it.follow(listing)
        assert isinstance(gone, Rejected)
        assert gone.problems[0].kind is ProblemClass.LISTING_NOT_FOUND
        assert isinstance(gone.listing, Listing)
        it.passed.clear()
        assert isinstance(await it.send(link=Link(gone.listing)), Pending)
        assert it.asked() == ["PUT 200"]

    talk(scene)
