import pytest
from vtex_talk import answer, talk, talk_to

from ponte.domain.message import Failure, NoAnswer, Request
from ponte.domain.outcome import Accepted, Blocked, Postponed, Rejected
from ponte.domain.problem import ProblemClass, Severity, Stage
from ponte.domain.sku import Sku
from ponte.sources.vtex.read import (
    list_skus,
    list_skus_page,
    probe,
    read_category_tree,
    read_product,
    read_sku,
)

SKU = {"Id": 15, "ProductId": 7, "NameComplete": "Caneca", "SalesChannels": [1, 2]}
POLICIES = [{"Id": 1, "IsActive": True}, {"Id": 2, "IsActive": True}, {"Id": 3, "IsActive": False}]
CONVERSATIONS = {
    "sku": lambda: read_sku("15", "2"),
    "product": lambda: read_product("7"),
    "category_tree": lambda: read_category_tree(3),
    "sku_list": lambda: list_skus_page("2", 1, 50),
    "connection": lambda: probe("2"),
}


def test_a_sku_is_asked_for_by_one_authorized_call():
    sku, asked = talk(read_sku("15", "2"), answer(SKU))
    assert isinstance(sku, Sku)
    assert sku.name == "Caneca"
    assert asked == [
        Request(
            "GET",
            "/api/catalog_system/pvt/sku/stockkeepingunitbyid/15",
            "GET /api/catalog_system/pvt/sku/stockkeepingunitbyid/{id}",
            query=(("sc", "2"),),
            headers=(("Accept", "application/json"), ("Content-Type", "application/json")),
        )
    ]
    assert asked[0].authorized
    assert not asked[0].changes


def test_b01_an_unknown_sku_is_rejected_for_good():
    result, _ = talk(read_sku("15", "2"), answer("SKU not found", 404))
    assert isinstance(result, Rejected)
    problem = result.problems[0]
    assert (problem.kind, problem.stage, problem.http_status) == (
        ProblemClass.VTEX_SKU_NOT_FOUND,
        Stage.VTEX,
        404,
    )
    assert (problem.subject, problem.params) == ("sku", {"value": "15"})


def test_an_unknown_product_is_rejected_too():
    result, _ = talk(read_product("7"), answer(b"", 404))
    assert isinstance(result, Rejected)
    assert result.problems[0].subject == "product"


@pytest.mark.parametrize("call", CONVERSATIONS)
@pytest.mark.parametrize("status", [401, 403])
def test_b27_a_refused_key_blocks(call, status):
    result, _ = talk(CONVERSATIONS[call](), answer({"message": "Unauthorized"}, status))
    assert isinstance(result, Blocked)
    problem = result.problem
    assert (problem.kind, problem.subject, problem.http_status) == (ProblemClass.VTEX_AUTH, call, status)
    assert problem.message == "Unauthorized"


@pytest.mark.parametrize("call", CONVERSATIONS)
def test_b28_429_waits_for_as_long_as_asked(call):
    result, _ = talk(CONVERSATIONS[call](), answer({}, 429, retry_after="30"))
    assert isinstance(result, Postponed)
    assert (result.problem.kind, result.retry_in) == (ProblemClass.VTEX_UNAVAILABLE, 30.0)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"ratelimit_reset": "12"}, 12.0),
        ({"x_ratelimit_reset": "7", "ratelimit_remaining": "0"}, 7.0),
        ({"retry_after": "garbage", "ratelimit_reset": "9"}, 9.0),
        ({"retry_after": "-5"}, None),
        ({"retry_after": "٣"}, None),
        ({"retry_after": "99999999999999"}, 3600.0),
        ({"x_ratelimit_reset": "1790000000"}, None),
        ({"retry_after": "Mon, 23 Nov 2026 12:00:30 GMT", "date": "Mon, 23 Nov 2026 12:00:00 GMT"}, 30.0),
        ({"retry_after": "Mon, 23 Nov 2026 11:00:00 GMT", "date": "Mon, 23 Nov 2026 12:00:00 GMT"}, None),
        ({"retry_after": "Mon, 23 Nov 2026 12:00:30 GMT"}, None),
        ({}, None),
    ],
)
def test_b29_the_wait_is_read_from_either_family_of_headers(headers, wait):
    result, _ = talk(read_sku("15", "2"), answer({}, 429, **headers))
    assert result.retry_in == wait


@pytest.mark.parametrize("call", CONVERSATIONS)
@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_b30_an_outage_is_waited_out(call, status):
    result, _ = talk(CONVERSATIONS[call](), answer(b"<html>breaker</html>", status))
    assert isinstance(result, Postponed)
    assert (result.problem.kind, result.problem.http_status) == (ProblemClass.VTEX_UNAVAILABLE, status)
    assert (result.problem.message, result.problem.code) == ("", f"http.{status}")


def test_b31_a_failure_of_one_sku_names_that_call_only():
    result, _ = talk(read_sku("15", "2"), answer({"Message": "boom"}, 500))
    assert (result.problem.subject, result.problem.message) == ("sku", "boom")


@pytest.mark.parametrize("call", CONVERSATIONS)
@pytest.mark.parametrize("failure", list(Failure))
def test_no_answer_is_waited_out(call, failure):
    result, _ = talk(CONVERSATIONS[call](), NoAnswer(failure, sent=True, detail="x" * 9_999))
    assert isinstance(result, Postponed)
    assert (result.problem.kind, result.problem.code) == (ProblemClass.VTEX_UNAVAILABLE, f"network.{failure}")
    assert len(result.problem.message) == 500


@pytest.mark.parametrize("call", CONVERSATIONS)
@pytest.mark.parametrize("body", [b"<html><form>login</form></html>", b"", b"\xff\xfe", b"{", b'"x"', b"1"])
def test_b32_a_page_instead_of_data_is_no_empty_product(call, body):
    result, _ = talk(CONVERSATIONS[call](), answer(body))
    assert isinstance(result, Postponed)
    assert result.problem.kind is ProblemClass.RESPONSE_UNREADABLE


@pytest.mark.parametrize("call", CONVERSATIONS)
@pytest.mark.parametrize("body", [b"null", b"{}"])
def test_b33_null_and_an_empty_object_are_no_data(call, body):
    result, _ = talk(CONVERSATIONS[call](), answer(body))
    assert result.problem.kind is ProblemClass.RESPONSE_UNREADABLE


def test_an_answer_about_another_sku_is_none():
    result, _ = talk(read_sku("015", "2"), answer(SKU))
    assert result.problem.kind is ProblemClass.RESPONSE_UNREADABLE


@pytest.mark.parametrize("status", [400, 405, 410, 422, 451])
def test_other_refusals_do_not_heal_by_repeating(status):
    result, _ = talk(read_sku("15", "2"), answer({"error": {"code": "X1", "message": "no"}}, status))
    problem = result.problem
    assert (problem.kind, problem.code, problem.message) == (ProblemClass.PAYLOAD_INVALID, "X1", "no")


@pytest.mark.parametrize("code", ["ORD021.1", "ORD021.3", "ORD052", "CHK00310", "CHK0290.4"])
def test_a_400_with_a_code_of_throttling_heals(code):
    result, _ = talk(read_sku("15", "2"), answer({"error": {"code": code}}, 400))
    assert result.problem.kind is ProblemClass.VTEX_UNAVAILABLE


@pytest.mark.parametrize("status", [202, 204, 301, 308])
def test_an_answer_without_data_is_unreadable(status):
    result, _ = talk(read_sku("15", "2"), answer(b"", status))
    assert result.problem.kind is ProblemClass.RESPONSE_UNREADABLE


def test_an_id_never_becomes_another_path():
    _, asked = talk(read_sku("../../x?y#z", "2"), answer({}, 404))
    assert asked[0].path.endswith("/stockkeepingunitbyid/..%2F..%2Fx%3Fy%23z")


def test_a_product_is_read_from_its_call():
    body = {"Id": 7, "Name": "Caneca", "DepartmentId": 1, "CategoryId": 10, "BrandId": 2, "IsActive": False}
    product, asked = talk(read_product("7"), answer({**body, "RefId": "c-7", "ListStoreId": [1, 2]}))
    assert asked[0].path == "/api/catalog_system/pvt/products/productget/7"
    assert (product.name, product.reference, product.category_id) == ("Caneca", "c-7", "10")
    assert (product.active, product.visible, product.trade_policies) == (False, True, ("1", "2"))


def test_the_category_tree_is_read_with_its_paths():
    leaf = {"id": 10, "name": "Basquete", "hasChildren": False, "children": []}
    tree, asked = talk(
        read_category_tree(3), answer([{"Id": 1, "Name": "Esporte", "Children": [leaf]}, {"name": "?"}])
    )
    assert asked[0].path == "/api/catalog_system/pub/category/tree/3"
    assert [[node.name for node in path] for path in tree[0].paths()] == [["Esporte"], ["Esporte", "Basquete"]]
    assert len(tree) == 1


def test_a_page_of_skus_is_read():
    ids, asked = talk(list_skus_page("2", 3, 50), answer([405380, "405381"]))
    assert ids == ("405380", "405381")
    assert asked[0].query == (("sc", "2"), ("page", "3"), ("pageSize", "50"))


def test_a_list_with_something_else_in_it_is_unreadable():
    result, _ = talk(list_skus_page("2", 1, 50), answer([1, None]))
    assert result.problem.kind is ProblemClass.RESPONSE_UNREADABLE


def test_b34_all_pages_are_read_until_one_is_empty_and_each_sku_is_told_once():
    ids, asked = talk(list_skus("2", 2), answer([1, 2]), answer([2, 3]), answer([4]), answer([]))
    assert ids == ("1", "2", "3", "4")
    assert [dict(request.query)["page"] for request in asked] == ["1", "2", "3", "4"]


def test_b34_a_list_that_repeats_itself_ends():
    ids, asked = talk_to(list_skus("2", 2), lambda _request: answer([1, 2]))
    assert (ids, len(asked)) == (("1", "2"), 2)


def test_trouble_on_a_later_page_is_told():
    result, _ = talk(list_skus("2", 2), answer([1, 2]), answer({}, 503))
    assert isinstance(result, Postponed)


def test_the_probe_finds_the_trade_policy():
    result, asked = talk(probe("2"), answer(POLICIES))
    assert result == Accepted(None)
    assert [request.path for request in asked] == ["/api/catalog_system/pvt/saleschannel/list"]


def test_the_probe_refuses_an_unknown_trade_policy():
    result, _ = talk(probe("9"), answer(POLICIES))
    assert isinstance(result, Rejected)
    assert result.problems[0].params == {"trade_policy": "9", "found": "1, 2, 3"}


def test_the_probe_warns_of_an_inactive_trade_policy():
    result, _ = talk(probe("3"), answer(POLICIES))
    assert isinstance(result, Accepted)
    assert result.warnings[0].severity is Severity.WARNING


def test_no_conversation_hears_a_credential_or_says_one():
    for start in CONVERSATIONS.values():
        _, asked = talk(start(), answer({}, 503))
        assert {name for request in asked for name, _ in request.headers} == {"Accept", "Content-Type"}
