from decimal import Decimal

import pytest
from vtex_talk import answer, talk, talk_to

from ponte.domain.message import Failure, NoAnswer
from ponte.domain.outcome import Blocked, Postponed
from ponte.domain.problem import ProblemClass, Severity
from ponte.domain.sku import Availability
from ponte.sources.vtex.read import PRIVATE_SIMULATION, PUBLIC_SIMULATION, simulate
from ponte.sources.vtex.simulation import MAX_STOCK


def item(sku_id, index, price=14990, **changes):
    told = {"id": sku_id, "requestIndex": index, "quantity": 1, "seller": "1", "price": price, "listPrice": 19990}
    return {name: value for name, value in {**told, **changes}.items() if value is not ...}


def body(*items, stocks=None, messages=()):
    stocks = [7] * len(items) if stocks is None else stocks
    logistics = [
        {"itemIndex": place, "stockBalance": stock} for place, stock in enumerate(stocks) if stock is not ...
    ]
    return {"items": list(items), "logisticsInfo": logistics, "messages": list(messages)}


def one(told, *more):
    """The availability of SKU 15, asked for alone."""
    found, _ = talk(simulate(["15"], "2", "MLC"), answer(told), *more)
    return found["15"]


def price_of(**changes):
    return one(body(item("15", 0, **changes)))


def test_many_skus_are_asked_for_in_one_call():
    told = body(item("15", 0), item("16", 1, price=990), stocks=[99, 0])
    found, asked = talk(simulate(["15", "16"], "2", "MLC"), answer(told))
    assert found == {
        "15": Availability("15", Decimal("149.90"), Decimal("199.90"), 99),
        "16": Availability("16", Decimal("9.90"), Decimal("199.90"), 0),
    }
    request = asked[0]
    assert (request.method, request.path, request.changes) == ("POST", PRIVATE_SIMULATION, False)
    assert request.query == (("sc", "2"), ("affiliateId", "MLC"))
    assert request.json == {
        "items": [{"id": "15", "quantity": 1, "seller": "1"}, {"id": "16", "quantity": 1, "seller": "1"}],
        "postalCode": None,
        "country": None,
    }


def test_nothing_is_asked_for_nothing():
    assert talk(simulate([], "2")) == ({}, [])


def test_a_sku_asked_for_twice_is_asked_for_once():
    found, asked = talk(simulate(["15", "15"], "2"), answer(body(item("15", 0))))
    assert list(found) == ["15"]
    assert len(asked[0].json["items"]) == 1


def test_items_are_joined_by_request_index_and_stock_by_place():
    told = body(item("17", 2, price=300), item("15", 0, price=100), stocks=[3, 1])
    found, _ = talk(simulate(["15", "16", "17"], "2"), answer(told))
    assert {sku_id: (one.price, one.stock) for sku_id, one in found.items()} == {
        "15": (Decimal("1.00"), 1),
        "16": (None, None),
        "17": (Decimal("3.00"), 3),
    }


def test_an_item_whose_id_contradicts_its_index_goes_by_its_id():
    found, _ = talk(simulate(["15", "16"], "2"), answer(body(item("16", 0, price=100), item("99", 1))))
    assert found["16"].price == Decimal("1.00")
    assert found["15"].problem.code == "vtex.A1"


def test_shape_1_no_items_at_all_is_a1_for_each():
    found, _ = talk(simulate(["15", "16"], "2"), answer(body()))
    assert {one.problem.code for one in found.values()} == {"vtex.A1"}


def test_b06_shape_2_a_missing_item_is_a1():
    problem = one(body()).problem
    assert (problem.kind, problem.code, problem.params) == (
        ProblemClass.VTEX_PRICE_MISSING,
        "vtex.A1",
        {"trade_policy": "2"},
    )


def test_shape_3_out_of_stock_is_no_problem():
    told = body(item("15", 0, quantity=0), stocks=[0])
    assert one(told) == Availability("15", Decimal("149.90"), Decimal("199.90"), 0)


def test_quantity_0_without_a_stock_is_out_of_stock():
    assert one(body(item("15", 0, quantity=0), stocks=[...])).stock == 0


def test_shape_4_without_stock_is_no_problem_either():
    message = {"code": "withoutStock", "text": "O item 15 não tem estoque", "status": "error"}
    told = body(item("15", 0, quantity=0, availability="withoutStock"), stocks=[...], messages=[message])
    assert one(told) == Availability("15", Decimal("149.90"), Decimal("199.90"), 0)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("withoutPrice", ProblemClass.VTEX_PRICE_MISSING),
        ("withoutPriceRnB", ProblemClass.VTEX_PRICE_MISSING),
        ("withoutPriceFulfillment", ProblemClass.VTEX_PRICE_MISSING),
        ("nullPrice", ProblemClass.VTEX_PRICE_MISSING),
        ("cannotBeDelivered", ProblemClass.VTEX_STOCK_MISSING),
        ("unavailableItemFulfillment", ProblemClass.VTEX_SKU_INACTIVE),
        ("ORD027", ProblemClass.VTEX_SKU_INACTIVE),
        ("CHK0032", ProblemClass.VTEX_NOT_IN_TRADE_POLICY),
        ("itemMetricsNotFound", ProblemClass.VTEX_DATA_MISSING),
        ("ORD021.1", ProblemClass.VTEX_UNAVAILABLE),
        ("somethingNew", ProblemClass.VTEX_STOCK_MISSING),
    ],
)
def test_shape_4_a_code_says_why(code, kind):
    message = {"code": code, "text": "porque sim", "status": "error", "fields": {"itemIndex": "0"}}
    problem = one(body(item("15", 0, availability=code), messages=[message])).problem
    assert (problem.kind, problem.code, problem.message) == (kind, code, "porque sim")


def test_a_message_says_why_an_item_is_missing_also_in_the_other_names():
    message = {"messageId": "CHK0032", "messageText": "Item 15 inválido", "messageType": "error"}
    assert one(body(messages=[message])).problem.kind is ProblemClass.VTEX_NOT_IN_TRADE_POLICY


def test_a_message_is_for_the_sku_it_names():
    messages = [{"code": "CHK0032", "text": "Item 1 inválido"}, {"code": "withoutStock", "text": "Item 150 sem"}]
    found, _ = talk(simulate(["15", "1", "150"], "2"), answer(body(messages=messages)))
    assert [one.problem.code if one.problem else None for one in found.values()] == ["vtex.A1", "CHK0032", None]
    assert found["150"].stock == 0


def test_what_is_available_is_not_refused_by_a_message():
    told = body(item("15", 0, availability="available"), messages=[{"code": "cannotBeDelivered", "text": "15"}])
    assert one(told).problem is None


@pytest.mark.parametrize("price", [0, None, -1, ...])
def test_b08_no_price_is_a_problem_and_never_0(price):
    found = price_of(price=price)
    assert found.price is None
    assert found.problem.kind is ProblemClass.VTEX_PRICE_MISSING


@pytest.mark.parametrize("price", ["1.234,56", "R$ 10", "10,00", [], {}, True])
def test_b20_a_price_that_is_no_number_is_an_error_and_never_guessed(price):
    found = price_of(price=price)
    assert (found.price, found.problem.kind, found.problem.code) == (
        None,
        ProblemClass.PRICE_INVALID,
        "vtex.unusable_price",
    )


@pytest.mark.parametrize(
    ("cents", "price"), [(1999.5, "20.00"), (1999.4, "19.99"), (30.000000000000004, "0.30"), (14990.0, "149.90")]
)
def test_b21_fractions_of_cents_are_rounded_half_up(cents, price):
    assert str(price_of(price=cents).price) == price


@pytest.mark.parametrize("price", [9_999_999_999_999, 10**30, 1e300])
def test_b22_a_price_out_of_range_is_an_error(price):
    assert price_of(price=price).problem.kind is ProblemClass.PRICE_INVALID


def test_b22_a_price_of_nan_is_an_unreadable_answer():
    raw = b'{"items":[{"id":"15","requestIndex":0,"price":NaN}]}'
    result, _ = talk(simulate(["15"], "2"), answer(raw))
    assert result.problem.kind is ProblemClass.RESPONSE_UNREADABLE


@pytest.mark.parametrize("cents", [1, 99, 100, 14990, 999_999_999_999])
def test_b23_cents_become_units_of_the_currency_exactly(cents):
    assert price_of(price=cents).price * 100 == cents


def test_a_package_of_many_units_costs_all_of_them():
    found = price_of(price=9999, listPrice=9999, unitMultiplier=300)
    assert (found.price, found.list_price) == (Decimal("29997.00"), Decimal("29997.00"))


@pytest.mark.parametrize(
    ("balance", "stock"), [(-3, 0), (10**12, MAX_STOCK), (2.9, 2), (-0.5, 0), (1e300, MAX_STOCK), ("2.5", 2)]
)
def test_b26_odd_stock_is_made_usable_and_recorded(balance, stock):
    found = one(body(item("15", 0), stocks=[balance]))
    assert found.stock == stock
    assert (found.problem.kind, found.problem.severity) == (ProblemClass.STOCK_INVALID, Severity.WARNING)
    assert found.problem.params["used"] == str(stock)


@pytest.mark.parametrize("balance", [..., None, "?"])
def test_without_a_stock_the_inventory_is_asked(balance):
    inventory = {
        "skuId": "15",
        "balance": [
            {"totalQuantity": 120, "reservedQuantity": 3, "hasUnlimitedQuantity": False},
            {"totalQuantity": 5, "reservedQuantity": None},
            {"totalQuantity": None, "reservedQuantity": None},
        ],
    }
    conversation = simulate(["15"], "2")
    found, asked = talk(conversation, answer(body(item("15", 0), stocks=[balance])), answer(inventory))
    assert found["15"].stock == 122
    assert asked[1].path == "/api/logistics/pvt/inventory/skus/15"


def test_b26_unlimited_stock_is_the_cap_and_recorded():
    inventory = {"balance": [{"totalQuantity": 1, "hasUnlimitedQuantity": True}]}
    found = one(body(item("15", 0), stocks=[...]), answer(inventory))
    assert (found.stock, found.problem.severity) == (MAX_STOCK, Severity.WARNING)


def test_b26_more_reserved_than_there_is_is_0():
    inventory = {"balance": [{"totalQuantity": 1, "reservedQuantity": 4}]}
    assert one(body(item("15", 0), stocks=[...]), answer(inventory)).stock == 0


def test_no_inventory_is_a_problem_of_that_sku():
    found = one(body(item("15", 0), stocks=[...]), answer({}, 404))
    assert found.problem.kind is ProblemClass.VTEX_STOCK_MISSING


@pytest.mark.parametrize(
    ("told", "kind"), [(answer({}, 403), ProblemClass.VTEX_AUTH), (answer({}), ProblemClass.RESPONSE_UNREADABLE)]
)
def test_trouble_with_the_inventory_is_told(told, kind):
    result, _ = talk(simulate(["15"], "2"), answer(body(item("15", 0), stocks=[...])), told)
    assert (result.problem.kind, result.problem.subject) == (kind, "inventory")


def test_where_the_private_address_is_not_there_the_public_one_is_asked():
    public = body(item("15", 0, availability="available"), stocks=[...])
    inventory = {"balance": [{"totalQuantity": 4, "reservedQuantity": 0}]}
    found, asked = talk(simulate(["15"], "2"), answer({}, 404), answer(public), answer(inventory))
    assert [request.path for request in asked][:2] == [PRIVATE_SIMULATION, PUBLIC_SIMULATION]
    assert found["15"] == Availability("15", Decimal("149.90"), Decimal("199.90"), 4)


def world(*, limit=1_000, poison=(), status=500):
    """A VTEX that takes `limit` SKUs at once and fails on some."""

    def respond(request):
        ids = [one["id"] for one in request.json["items"]]
        if len(ids) > limit:
            return answer({"error": {"code": "CHK0062", "message": "too many"}}, 400)
        if poison == "all" or set(poison) & set(ids):
            return answer({"error": {"code": "1", "message": "boom"}}, status)
        return answer(body(*(item(sku_id, place) for place, sku_id in enumerate(ids))))

    return respond


@pytest.mark.parametrize("limit", [1, 3, 25, 49])
def test_too_many_items_are_halved_until_vtex_takes_them(limit):
    ids = [str(number) for number in range(50)]
    found, asked = talk_to(simulate(ids, "2"), world(limit=limit))
    assert sorted(found) == sorted(ids)
    assert all(one.problem is None for one in found.values())
    assert len(asked) < 100


def test_too_many_items_told_in_a_message_of_a_200_are_halved_too():
    def respond(request):
        ids = [one["id"] for one in request.json["items"]]
        told = body(messages=[{"code": "FMT0104", "text": "too many"}])
        return answer(told if len(ids) > 1 else body(item(ids[0], 0)))

    found, _ = talk_to(simulate(["15", "16"], "2"), respond)
    assert {one.stock for one in found.values()} == {7}


@pytest.mark.parametrize("poison", ["0", "17", "49"])
@pytest.mark.parametrize("status", [500, 400])
def test_b31_one_sku_that_vtex_fails_on_does_not_take_the_others_along(poison, status):
    ids = [str(number) for number in range(50)]
    found, asked = talk_to(simulate(ids, "2"), world(poison=[poison], status=status))
    wrong = {sku_id for sku_id, one in found.items() if one.problem}
    assert (wrong, len(found)) == ({poison}, 50)
    assert found[poison].problem.message == "boom"
    assert len(asked) <= 13


def test_when_vtex_fails_on_everything_it_is_no_skus_fault():
    ids = [str(number) for number in range(50)]
    result, asked = talk_to(simulate(ids, "2"), world(poison="all"))
    assert isinstance(result, Postponed)
    assert result.problem.kind is ProblemClass.VTEX_UNAVAILABLE
    assert len(asked) <= 12


def test_a_lone_sku_that_fails_is_postponed():
    result, _ = talk_to(simulate(["15"], "2"), world(poison="all"))
    assert isinstance(result, Postponed)


@pytest.mark.parametrize("status", [502, 503, 504, 429])
def test_an_outage_is_not_multiplied_by_halving(status):
    result, asked = talk(simulate(["15", "16"], "2"), answer({}, status, retry_after="30"))
    assert (result.problem.kind, result.retry_in) == (ProblemClass.VTEX_UNAVAILABLE, 30.0)
    assert len(asked) == 1


def test_a_refused_key_blocks():
    result, _ = talk(simulate(["15"], "2"), answer({}, 401))
    assert isinstance(result, Blocked)


def test_no_answer_is_postponed():
    result, _ = talk(simulate(["15"], "2"), NoAnswer(Failure.TIMEOUT, sent=True))
    assert isinstance(result, Postponed)


@pytest.mark.parametrize("raw", [b"null", b"{}", b"[]", b"<html>", b'{"items":null}', b'{"items":{}}'])
def test_b32_b33_an_answer_that_is_none_empties_nothing(raw):
    result, _ = talk(simulate(["15"], "2"), answer(raw))
    assert result.problem.kind is ProblemClass.RESPONSE_UNREADABLE


@pytest.mark.parametrize("junk", [None, 1, "x", [], {}, {"requestIndex": -1}, {"requestIndex": True}, {"id": []}])
def test_junk_among_the_items_is_left_out(junk):
    told = {"items": [junk, item("15", 0)], "logisticsInfo": [junk, {"itemIndex": 1, "stockBalance": 3}]}
    assert one({**told, "messages": [junk]}).stock == 3
