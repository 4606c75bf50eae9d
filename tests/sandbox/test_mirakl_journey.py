"""The connector and the fake operator over real HTTP: what becomes of products, one or many at once."""

from dataclasses import replace
from decimal import Decimal

import pytest
from mirakl_stage import SPEAKERS, Shop, speaker, staged

from ponte.domain.outcome import Accepted, Blocked, Link, Pending, Postponed, Rejected
from ponte.domain.problem import ProblemClass
from ponte.sandbox.catalogue.gtin import gtin13
from ponte.sandbox.mirakl import Destiny, Layout

WINDOWS = {"POST /api/products/imports": 900.0, "POST /api/offers": 60.0, "GET /api/products/imports/{import}": 60.0}
ONE, TWO, THREE, FOUR = 2_000_123, 2_000_124, 2_000_125, 2_000_126


def kinds(outcome):
    match outcome:
        case Rejected(problems):
            return [problem.kind for problem in problems]
        case Postponed(problem) | Blocked(problem) | Pending(_, problem):
            return [problem.kind]
    return []


@staged()
async def test_what_is_learnt_makes_a_sheet_and_a_product_without_problems(shop: Shop):
    await shop.learn()
    sheet = shop.connector.sheet(SPEAKERS, shop.rules.facts[shop.connector.sheet_key(SPEAKERS)])
    required = {field.id for field in sheet.fields if field.need == "required"}
    assert required == {
        "category", "shop_sku", "ean", "product_title", "brand", "description", "main_image", "modelo"
    }  # fmt: skip
    assert [field.values[0] for field in sheet.fields if field.id == "cor"] == [("preto", "Preto")]
    assert shop.connector.check(speaker(), shop.rules) == ()
    assert shop.asked("GET /api/products/attributes") == 1


@staged(windows=WINDOWS)
async def test_fifty_products_go_in_one_file_and_one_list_of_offers(shop: Shop):
    await shop.learn()
    skus = [speaker(ONE + number) for number in range(50)]
    done = await shop.settle(await shop.send(*skus))
    assert {type(one) for one in done.values()} == {Accepted}
    assert {one.listing.state for one in done.values()} == {"live"}
    assert len(shop.operator.offers) == 50
    assert (shop.asked("POST /api/products/imports"), shop.asked("POST /api/offers")) == (1, 1)
    # Two looks at the file and one at its report: for all fifty.
    assert shop.asked("GET /api/products/imports") <= 4


@staged(destinies={str(TWO): Destiny.REJECTED, str(THREE): Destiny.LOST})
async def test_each_product_of_a_file_meets_its_own_fate(shop: Shop):
    await shop.learn()
    bad_list = speaker(FOUR, specifications=())
    done = await shop.settle(await shop.send(speaker(ONE), speaker(TWO), speaker(THREE), bad_list))
    assert isinstance(done[str(ONE)], Accepted)
    assert kinds(done[str(TWO)]) == [ProblemClass.POLICY_MODERATION]
    assert kinds(done[str(THREE)]) == [ProblemClass.MARKETPLACE_TIMEOUT]
    assert kinds(done[str(FOUR)]) == [ProblemClass.ATTRIBUTE_MISSING]
    assert done[str(FOUR)].problems[0].subject == "modelo"
    assert list(shop.operator.offers) == [str(ONE)]


@pytest.mark.parametrize("layout", list(Layout))
def test_reports_in_every_layout_are_read_or_owned_up_to(layout):
    @staged(layout=layout, destinies={str(TWO): Destiny.REJECTED})
    async def scenario(shop: Shop):
        await shop.learn()
        done = await shop.settle(await shop.send(speaker(ONE), speaker(TWO)))
        assert isinstance(done[str(ONE)], Accepted)
        expected = ProblemClass.REPORT_UNREADABLE if layout is Layout.BROKEN else ProblemClass.POLICY_MODERATION
        assert kinds(done[str(TWO)]) == [expected]

    scenario()


@staged(known_eans=frozenset({gtin13(ONE)}))
async def test_a_product_that_the_operator_has_needs_an_offer_only(shop: Shop):
    await shop.learn()
    done = await shop.settle(await shop.send(speaker(ONE), speaker(TWO)))
    assert {type(one) for one in done.values()} == {Accepted}
    (sent,) = shop.operator.product_imports.values()
    assert [row["shop_sku"] for row in sent.rows] == [str(TWO)]


@staged()
async def test_a_moved_price_makes_an_offer_and_no_file_and_resets_nothing(shop: Shop):
    await shop.learn()
    done = await shop.settle(await shop.send(speaker(ONE)))
    cheaper = speaker(ONE, price=Decimal("99.90"), stock=3)
    done = await shop.settle(await shop.send(cheaper, listings={str(ONE): done[str(ONE)].listing}))
    assert isinstance(done[str(ONE)], Accepted)
    offer = shop.operator.offers[str(ONE)]
    assert (offer["price"], offer["quantity"], offer["state_code"]) == (99.9, 3, "11")
    assert shop.asked("POST /api/products/imports") == 1


@staged()
async def test_what_an_offer_does_not_name_is_reset(shop: Shop):
    await shop.learn()
    await shop.settle(await shop.send(speaker(ONE)))
    whole = dict(shop.operator.offers[str(ONE)])
    shop.operator.take_offers([{name: whole[name] for name in ("shop_sku", "product_id", "price", "state_code")}])
    shop.clock.now += 60
    (*_, last) = shop.operator.offer_imports.values()
    assert shop.operator.offer_state_of(last) == "COMPLETE"
    assert shop.operator.offers[str(ONE)]["quantity"] == 0


@staged()
async def test_new_data_send_the_offer_first_and_then_a_file(shop: Shop):
    await shop.learn()
    done = await shop.settle(await shop.send(speaker(ONE)))
    renamed = speaker(ONE, name="Caixa de Som Aurora S10 nova", price=Decimal(150))
    done = await shop.settle(await shop.send(renamed, listings={str(ONE): done[str(ONE)].listing}))
    assert isinstance(done[str(ONE)], Accepted)
    assert shop.operator.products[gtin13(ONE)].title == "Caixa de Som Aurora S10 nova"
    assert shop.asked("POST /api/products/imports") == 2


@staged()
async def test_sending_again_while_the_file_is_on_its_way_orders_nothing_twice(shop: Shop):
    await shop.learn()
    first = await shop.send(speaker(ONE))
    cheaper = speaker(ONE, price=Decimal("99.90"))
    again = await shop.send(cheaper, listings={str(ONE): first[str(ONE)].listing})
    done = await shop.settle(again)
    assert isinstance(done[str(ONE)], Accepted)
    assert shop.operator.offers[str(ONE)]["price"] == 99.9
    assert (shop.asked("POST /api/products/imports"), shop.asked("POST /api/offers")) == (1, 1)


@staged(hold_offers=True)
async def test_an_offer_that_waits_for_its_product_is_released_with_it(shop: Shop):
    await shop.learn()
    first = await shop.send(speaker(ONE))
    listing = first[str(ONE)].listing
    # As if the operator had told of the product, and taken it away again.
    memory = {**listing.memory, "known": True, "product_import": ""}
    told = await shop.send(speaker(ONE), listings={str(ONE): replace(listing, memory=memory)})
    shop.clock.now += 60
    waits = await shop.talk(shop.connector.follow(Link(told[str(ONE)].listing), shop.rules), str(ONE))
    assert kinds(waits) == [ProblemClass.DEPENDENCY_PENDING]
    assert waits.problem.code == "offer.lines_in_pending"
    (sent,) = shop.operator.product_imports.values()
    assert shop.operator.state_of(sent) == "COMPLETE"
    done = await shop.settle({str(ONE): waits})
    assert isinstance(done[str(ONE)], Accepted)


@staged()
async def test_a_pause_keeps_the_offer_and_an_end_deletes_it(shop: Shop):
    await shop.learn()
    done = await shop.settle(await shop.send(speaker(ONE)))
    paused = await shop.talk(shop.connector.withdraw(Link(done[str(ONE)].listing), shop.rules), str(ONE))
    assert isinstance(paused, Accepted)
    shop.clock.now += 60
    stands = await shop.talk(shop.connector.follow(Link(paused.listing), shop.rules), str(ONE))
    assert isinstance(stands, Accepted)
    assert (shop.operator.offers[str(ONE)]["quantity"], shop.operator.offers[str(ONE)]["price"]) == (0, 199.9)
    ending = await shop.talk(shop.connector.end(Link(stands.listing), shop.rules), str(ONE))
    gone = await shop.settle({str(ONE): ending})
    assert gone[str(ONE)] == Accepted(None)
    assert shop.operator.offers == {}


@staged()
async def test_an_offer_is_found_by_its_sku_and_can_be_paused_as_found(shop: Shop):
    await shop.learn()
    await shop.settle(await shop.send(speaker(ONE)))
    (found,) = await shop.talk(shop.connector.find(str(ONE), shop.rules))
    assert (found.id, found.state) == (str(ONE), "live")
    await shop.talk(shop.connector.withdraw(Link(found), shop.rules), str(ONE))
    shop.clock.now += 60
    (*_, last) = shop.operator.offer_imports.values()
    shop.operator.offer_state_of(last)
    offer = shop.operator.offers[str(ONE)]
    assert (offer["quantity"], offer["price"], offer["product_id"]) == (0, 199.9, gtin13(ONE))
    assert await shop.talk(shop.connector.find("nobody", shop.rules)) == ()


@staged()
async def test_a_pause_of_an_adopted_offer_deletes_nothing_of_it(shop: Shop):
    await shop.learn()
    await shop.settle(await shop.send(speaker(ONE)))
    theirs = {
        "discount": {"price": 150.0, "start_date": "2026-11-01", "end_date": "2026-11-30"},
        "available_started": "2026-11-01",
        "offer_additional_fields": [{"code": "ncm", "value": "85182100"}],
    }
    shop.operator.offers[str(ONE)].update(theirs)
    (found,) = await shop.talk(shop.connector.find(str(ONE), shop.rules))
    await shop.talk(shop.connector.withdraw(Link(found), shop.rules), str(ONE))
    shop.clock.now += 60
    (*_, last) = shop.operator.offer_imports.values()
    assert shop.operator.offer_state_of(last) == "COMPLETE"
    offer = shop.operator.offers[str(ONE)]
    assert (offer["quantity"], offer["price"]) == (0, 199.9)
    assert {name: offer.get(name) for name in theirs} == theirs


@staged(discount_dates=True)
async def test_a_discount_is_taken_with_the_days_that_the_operator_wants(shop: Shop):
    await shop.learn()
    undated = replace(shop.rules.mapping, options={"discount": "list_price"})
    days = {"discount_start": "2026-11-23", "discount_end": "2026-11-30"}
    shop.rules = replace(shop.rules, mapping=undated)
    done = await shop.settle(await shop.send(speaker(ONE)))
    assert kinds(done[str(ONE)]) == [ProblemClass.PRICE_INVALID]
    shop.rules = replace(shop.rules, mapping=replace(undated, options={**undated.options, **days}))
    done = await shop.settle(await shop.send(speaker(ONE), listings={str(ONE): done[str(ONE)].listing}))
    assert isinstance(done[str(ONE)], Accepted)
    offer = shop.operator.offers[str(ONE)]
    assert offer["price"] == 249.9
    assert offer["discount"] == {"price": 199.9, "start_date": "2026-11-23", "end_date": "2026-11-30"}


@staged()
async def test_a_doubtful_create_is_given_again_and_makes_nothing_twice(shop: Shop):
    await shop.learn()
    shop.board.arm({"kind": "lost", "method": "POST", "path": "/api/products/imports", "count": 1})
    first = (await shop.send(speaker(ONE)))[str(ONE)]
    assert isinstance(first, Postponed)
    assert first.unknown
    offer = shop.connector.map(speaker(ONE), shop.rules)
    again = await shop.talk(shop.connector.send(offer, Link(None, uncertain_seconds=5.0), shop.rules), str(ONE))
    done = await shop.settle({str(ONE): again})
    assert isinstance(done[str(ONE)], Accepted)
    assert len(shop.operator.offers) == 1


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, Accepted),
        ({"shop_state": "SUSPENDED"}, ProblemClass.ACCOUNT_BLOCKED),
        ({"shop_state": "CLOSE"}, ProblemClass.ACCOUNT_BLOCKED),
    ],
)
def test_a_probe_tells_whether_the_shop_may_sell(settings, expected):
    @staged(**settings)
    async def scenario(shop: Shop):
        told = await shop.talk(shop.connector.probe(shop.rules))
        assert isinstance(told, Accepted) if expected is Accepted else kinds(told) == [expected]

    scenario()


@staged()
async def test_a_wrong_key_stops_the_channel(shop: Shop):
    shop.party.line.secrets = {"shop_api_key": "an old key"}
    told = await shop.talk(shop.connector.probe(shop.rules))
    assert isinstance(told, Blocked)
    assert kinds(told) == [ProblemClass.AUTH_INVALID]


@staged(forbidden=True)
async def test_a_shop_without_rights_is_blocked(shop: Shop):
    told = (await shop.send(speaker(ONE)))[str(ONE)]
    assert kinds(told) == [ProblemClass.ACCOUNT_BLOCKED]


@staged(windows=WINDOWS)
async def test_a_second_file_within_its_window_is_throttled_and_tells_how_long(shop: Shop):
    await shop.learn()
    await shop.send(speaker(ONE))
    told = (await shop.send(speaker(TWO)))[str(TWO)]
    assert kinds(told) == [ProblemClass.THROTTLED]
    assert told.retry_in == 900.0


@pytest.mark.parametrize("status", [500, 503])
def test_an_outage_in_the_middle_loses_nothing(status):
    @staged()
    async def scenario(shop: Shop):
        await shop.learn()
        first = (await shop.send(speaker(ONE)))[str(ONE)]
        shop.clock.now += 60
        shop.board.arm({"kind": "status", "status": status, "path": "/api/products/imports/*", "count": 1})
        told = await shop.talk(shop.connector.follow(Link(first.listing), shop.rules), str(ONE))
        assert kinds(told) == [ProblemClass.MARKETPLACE_OUTAGE]
        assert told.listing.memory["product_import"]
        done = await shop.settle({str(ONE): replace(first, listing=told.listing)})
        assert isinstance(done[str(ONE)], Accepted)

    scenario()


@staged(mcm=True, destinies={str(ONE): Destiny.LATE})
async def test_with_mcm_a_product_that_is_late_is_waited_for(shop: Shop):
    await shop.learn()
    first = (await shop.send(speaker(ONE)))[str(ONE)]
    shop.clock.now += 60
    waits = await shop.talk(shop.connector.follow(Link(first.listing), shop.rules), str(ONE))
    assert kinds(waits) == [ProblemClass.DEPENDENCY_PENDING]
    done = await shop.settle({str(ONE): waits})
    assert isinstance(done[str(ONE)], Accepted)


@staged(mcm=True, destinies={str(ONE): Destiny.LOST, str(TWO): Destiny.LOST})
async def test_with_mcm_what_the_operator_has_no_status_of_is_lost(shop: Shop):
    await shop.learn()
    sent = await shop.send(speaker(ONE), speaker(TWO))
    shop.clock.now += 60
    for one in shop.operator.product_imports.values():
        shop.operator.state_of(one)
        one.rows.clear()
    done = await shop.settle(sent, looks=1)
    assert [kinds(one) for one in done.values()] == [[ProblemClass.MARKETPLACE_TIMEOUT]] * 2
    assert shop.asked("GET /api/mcm/products/sources/status/export") == 1


@staged()
async def test_exact_values_reach_the_operator_whatever_they_look_like(shop: Shop):
    await shop.learn()
    odd = '=HYPERLINK("http://x";"y") "aspas"; ponto-e-vírgula'
    await shop.send(speaker(ONE, name=odd))
    (sent,) = shop.operator.product_imports.values()
    assert sent.rows[0]["product_title"] == odd


@staged(destinies={str(ONE): Destiny.LOST, str(TWO): Destiny.REJECTED})
async def test_a_later_look_sends_a_lost_product_again_and_tells_a_refusal_again(shop: Shop):
    await shop.learn()
    done = await shop.settle(await shop.send(speaker(ONE), speaker(TWO)))
    assert shop.asked("POST /api/products/imports") == 1
    lost = await shop.talk(shop.connector.follow(Link(done[str(ONE)].listing), shop.rules), str(ONE))
    assert isinstance(lost, Pending)
    assert shop.asked("POST /api/products/imports") == 2
    refused = await shop.talk(shop.connector.follow(Link(done[str(TWO)].listing), shop.rules), str(TWO))
    assert kinds(refused) == [ProblemClass.POLICY_MODERATION]
    assert shop.asked("POST /api/products/imports") == 2


@staged(destinies={str(ONE): Destiny.LATE}, late_seconds=600.0)
async def test_a_product_that_comes_late_is_found_by_a_later_look(shop: Shop):
    await shop.learn()
    done = await shop.settle(await shop.send(speaker(ONE)))
    assert kinds(done[str(ONE)]) == [ProblemClass.MARKETPLACE_TIMEOUT]
    shop.clock.now += 900
    found = await shop.talk(shop.connector.follow(Link(done[str(ONE)].listing), shop.rules), str(ONE))
    settled = await shop.settle({str(ONE): found})
    assert isinstance(settled[str(ONE)], Accepted)
    assert shop.asked("POST /api/products/imports") == 1
