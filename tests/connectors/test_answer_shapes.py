"""The same refusal in another dress: one cause instead of a list, other names, a proxy's page, words alone."""

from __future__ import annotations

import json

import pytest

from ponte.connectors import get
from ponte.domain.message import Response
from ponte.domain.outcome import Accepted, Blocked, Pending, Postponed, Rejected
from ponte.domain.problem import Severity

PAGE = "<html><head><title>400 Bad Request</title></head><body><h1>400 Bad Request</h1></body></html>"
CREATE, TOKEN = "POST /items", "POST /oauth/token"
PUT_LISTING = "PUT /listings/2021-08-01/items/{sellerId}/{sku}"
SUGGEST, NOTIFY = (
    "PUT /suggestions/{sellerId}/{sellerSkuId}",
    ("POST https://shop.example/api/sku-binding/pvt/skuseller/changenotification/{sellerId}/{sellerSkuId}"),
)
P44, P47 = (f"GET /api/products/imports/2005/{name}" for name in ("error_report", "transformation_error_report"))
OF03, STO03 = "GET /api/offers/imports/{id}/error_report", "GET /api/offers/stock/imports/{id}/error_report"
SKU, STOCK = "/seller/v1/portfolios/skus", "POST /seller/v1/portfolios/stocks/2000123"

OFFERS = '"sku";"error-message"'
REQUIRED, HAZARD = "attributes [COLOR] are required", "supplier_declared_dg_hz_regulation"
TWO = [("ATTRIBUTE_MISSING", "color"), ("TITLE_INVALID", "item_name")]
DOWN, LEFT_OUT = ({"actions": [{"action": f"{one}_SUPPRESSED"}]} for one in ("SEARCH", "ATTRIBUTE"))
NO_EAN = "SKU 1, Missing Attributes standard_product_id. SKU 1 ..."

TRACE, OFFER_IMPORT = "GET /v0/traces/{id}", "GET /api/offers/imports/{import}"
STATUS = "GET /api/mcm/products/sources/status/export"
NO_PRICE = "Sem preço na política comercial"
DEACTIVATED = {"errors": [{"code": "Unauthorized", "message": "This seller account is deactivated."}]}
NO_TYPE = {"errors": [{"code": "NOT_FOUND", "message": "No such product type"}]}
SYNCHRONIZING = {"import_id": 1, "status": "WAITING_SYNCHRONIZATION_PRODUCT"}
NEEDED = {"code": "MCM-05000", "attribute_code": "color", "message": "The 'color' attribute is required."}
GTIN = {"code": "item.attribute.missing_conditional_required", "message": "attributes [GTIN] are required"}
TASK = {"status": "finished", "user_products": [{"status": "succeeded"}, {"status": "failed", "reasons": [GTIN]}]}
UNFETCHED = {"code": "7", "categories": ["INVALID_IMAGE"], "message": "A imagem não pôde ser baixada"}
TOO_HIGH = {"code": "7", "attributeNames": ["wattage"], "message": "El valor supera el límite"}


def trace(code, message):
    return {"results": [{"code": code, "message": message, "severity": "ERROR"}]}


def said(connector, endpoint, status, body=None):
    words = "" if body is None else body if isinstance(body, str | bytes) else json.dumps(body)
    raw = words if isinstance(words, bytes) else words.encode()
    return get(connector).classify(endpoint, Response(status, {}, raw))


def problems(outcome):
    match outcome:
        case Accepted(_, found) | Rejected(found):
            return found
        case Postponed(problem) | Blocked(problem) | Pending(_, problem):
            return (problem,)


def classes(outcome):
    return [(one.kind.name, one.subject) for one in problems(outcome)]


def listing(*issues):
    return {
        "sku": "1",
        "status": "INVALID",
        "submissionId": "a",
        "issues": [{"severity": "ERROR", **one} for one in issues],
    }


def report(error, heading='"shop_sku";"errors"'):
    return f'{heading}\n"2000123";"{error}"\n'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"message": "Validation error", "cause": {"cause_id": 147, "message": REQUIRED}}, "ATTRIBUTE_MISSING"),
        ({"Message": "Validation error", "Cause": [{"Cause_id": "173", "Code": "x"}]}, "IMAGE_MISSING"),
        ({"error": "item.price.invalid", "cause": [{"message": "too low"}]}, "PRICE_INVALID"),
        ({"errors": [{"code": "missing.fashion_grid.values", "message": "[SIZE_GRID_ID]"}]}, "ATTRIBUTE_MISSING"),
        ({"message": "bad image", "error": "invalid_image_format"}, "IMAGE_INVALID"),
        ({"cause": [{"code": "item.user_product.max_items", "message": "30 at most"}]}, "LISTING_QUOTA"),
        ({"message": "o anúncio já está finalizado"}, "LISTING_CLOSED"),
        ({"cause": [{"message": "Os atributos [BRAND] são obrigatórios"}]}, "ATTRIBUTE_MISSING"),
        ({"message": "header x-version is required", "error": "bad_request"}, "PAYLOAD_INVALID"),
        ({"cause": [{"code": "item.catalog_product_id.invalid", "message": "no match"}]}, "CATALOG_CONFLICT"),
        ({"cause": [{"code": "item.sale_terms.invalid", "message": "[WARRANTY_TIME]"}]}, "ATTRIBUTE_INVALID"),
        ({"cause": [{"message": "wait a few minutes and send again"}]}, "THROTTLED"),
    ],
)  # fmt: skip
def test_mercado_livre_says_it_in_many_shapes(body, expected):
    assert problems(said("mercadolivre", CREATE, 400, body))[0].kind.name == expected


@pytest.mark.parametrize("body", [PAGE, '{"message": "Valid', b"\x1f\x8b\x08\0\0", b"\xff\xfe"])
@pytest.mark.parametrize(
    ("connector", "endpoint"),
    [
        ("mercadolivre", CREATE),
        ("amazon", PUT_LISTING),
        ("magalu", f"POST {SKU}"),
        ("mirakl", "POST /api/offers"),
        ("vtex", SUGGEST),
    ],
)
def test_what_no_api_says_is_unreadable_and_no_reason(connector, endpoint, body):
    outcome = said(connector, endpoint, 400, body)
    assert isinstance(outcome, Postponed)
    assert outcome.problem.kind.name == "RESPONSE_UNREADABLE"


def test_a_forbidden_login_is_no_wrong_client():
    assert classes(said("mercadolivre", TOKEN, 403, {"error": "forbidden"})) == [("AUTH_FORBIDDEN", "")]


@pytest.mark.parametrize(
    ("issue", "expected"),
    [
        ({"code": "8560", "message": NO_EAN}, [("IDENTIFIER_MISSING", "standard_product_id")]),
        ({"code": "8560", "message": "Missing Attributes color, item_name."}, TWO),
        ({"code": "90220", "attributeNames": [HAZARD]}, [("COMPLIANCE", HAZARD)]),
        ({"code": "424242", "enforcements": DOWN}, [("POLICY_MODERATION", "")]),
        ({"code": "424242", "enforcements": LEFT_OUT}, [("UNKNOWN", "")]),
    ],
)  # fmt: skip
def test_amazon_names_what_is_missing_in_words_and_what_it_did_in_actions(issue, expected):
    assert sorted(classes(said("amazon", PUT_LISTING, 200, listing(issue)))) == sorted(expected)


@pytest.mark.parametrize(
    ("status", "outcome", "kind"),
    [
        ("IN_QUEUE", Pending, "DEPENDENCY_PENDING"),
        ("FATAL", Rejected, "PAYLOAD_INVALID"),
        ("CANCELLED", Postponed, "MARKETPLACE_TIMEOUT"),
    ],
)
def test_amazons_feed_says_where_it_is(status, outcome, kind):
    found = said("amazon", "GET /feeds/2021-06-30/feeds/7", 200, {"feedId": "7", "processingStatus": status})
    assert isinstance(found, outcome)
    assert problems(found)[0].kind.name == kind


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("SkuWeightIsRequired", ("DIMENSIONS_INVALID", "Weight")),
        ({"message": "10 - EanOrRefIdAreRequired"}, ("IDENTIFIER_MISSING", "EAN")),
        ({"ModelState": {"suggestion.ProductName": ["maximum length of 150"]}}, ("TITLE_INVALID", "ProductName")),
        ({"errors": {"Pricing.SalePrice": ["must be above 0"]}}, ("PRICE_INVALID", "Pricing")),
        ({"errors": {"Images[0].imageUrl": ["is no address"]}}, ("IMAGE_INVALID", "Images")),
        ({"errors": ["The BrandName field is required."]}, ("BRAND_MAPPING", "BrandName")),
        ({"error": {"message": "Seller 12 is inactive"}}, ("ACCOUNT_BLOCKED", "seller_id")),
        ({"message": "the seller's price was looked at"}, ("UNKNOWN", "")),
        ({"message": "JSON could not be parsed"}, ("PAYLOAD_INVALID", "")),
    ],
)  # fmt: skip
def test_vtex_says_it_by_name_by_field_or_in_words(body, expected):
    assert classes(said("vtex", SUGGEST, 400, body))[0] == expected


def test_a_sku_that_vtex_does_not_know_is_not_there():
    for endpoint, body in ((NOTIFY, "Seller StockKeepingUnit 12 not found"), (SUGGEST, None)):
        assert classes(said("vtex", endpoint, 404, body)) == [("LISTING_NOT_FOUND", "")]


@pytest.mark.parametrize(
    ("status", "kind"), [(409, "STATE_CONFLICT"), (402, "ACCOUNT_BLOCKED"), (413, "PAYLOAD_INVALID")]
)
def test_a_status_of_vtex_without_words_has_its_meaning(status, kind):
    assert classes(said("vtex", SUGGEST, status)) == [(kind, "")]


def test_a_suggestion_that_was_taken_waits_and_one_with_errors_inside_does_not():
    taken = said("vtex", SUGGEST, 200, {"ItemId": "2000123", "Status": "pending"})
    assert isinstance(taken, Pending)
    assert isinstance(said("vtex", SUGGEST, 200), Pending)
    assert classes(said("vtex", SUGGEST, 200, {"errors": [{"code": 9}]})) == [("IMAGE_MISSING", "Images")]
    assert isinstance(said("vtex", SUGGEST, 200, PAGE), Postponed)


@pytest.mark.parametrize(
    ("endpoint", "body", "expected"),
    [
        (P47, report("1002|fields"), ("PAYLOAD_INVALID", "")),
        (P47, report("1004|no category column"), ("CATEGORY_MAPPING", "category")),
        (P47, report("2007|The attribute 'gtin' does not follow [0-9]{13}"), ("IDENTIFIER_INVALID", "gtin")),
        (P47, report("2003|The attribute 'descricao_longa' is short"), ("DESCRIPTION_INVALID", "descricao_longa")),
        (P47, report("2006|The attribute 'marca' has another value"), ("BRAND_MAPPING", "marca")),
        (P44, report("O atributo 'foto_principal' é obrigatório"), ("IMAGE_MISSING", "foto_principal")),
        (P44, report("MCM-04000|The 'mainImage' attribute is not mapped"), ("ATTRIBUTE_INVALID", "mainImage")),
        (P44, report("Cannot download a file: 404"), ("IMAGE_UNREACHABLE", "image")),
        (OF03, report("product id is mandatory", OFFERS), ("IDENTIFIER_MISSING", "ean")),
        (OF03, report("the offer state is unknown", OFFERS), ("ATTRIBUTE_MAPPING", "state_code")),
        (OF03, report("product linked to the new offer is different", OFFERS), ("CATALOG_CONFLICT", "ean")),
        (STO03, report("Offer not found", '"line";"reason"'), ("DEPENDENCY_PENDING", "offer")),
    ],
)  # fmt: skip
def test_an_operators_report_is_read_whatever_it_calls_its_columns(endpoint, body, expected):
    assert classes(said("mirakl", endpoint, 200, body))[0] == expected


def test_an_offer_that_is_not_shown_says_why():
    body = {"offers": [{"active": False, "inactivity_reasons": ["SHOP_NOT_OPEN", "ZERO_QUANTITY"]}, {"active": True}]}
    found = problems(said("mirakl", "GET /api/offers", 200, body))
    assert [one.kind.name for one in found] == ["ACCOUNT_BLOCKED", "STOCK_INVALID"]
    assert {one.severity for one in found} == {Severity.WARNING}


def test_mirakls_errors_by_field_are_each_told():
    body = {"errors": [{"field": "offers[0].price", "message": "must be positive"}]}
    assert classes(said("mirakl", "POST /api/offers", 400, body)) == [("PRICE_INVALID", "price")]


@pytest.mark.parametrize("words", ["O produto pai não foi integrado", "Não existe um sku com o Id informado"])
def test_magalu_waits_for_the_sku_it_does_not_have_yet(words):
    outcome = said("magalu", STOCK, 422, {"message": words})
    assert isinstance(outcome, Postponed)
    assert outcome.problem.kind.name == "DEPENDENCY_PENDING"


def test_magalus_sku_is_read_by_its_own_address():
    body = {"sku": "2000123", "status": "BLOCKED"}
    assert classes(said("magalu", f"GET https://api.example{SKU}/2000123", 200, body)) == [
        ("POLICY_MODERATION", "status")
    ]


def test_a_state_of_an_item_is_kept_short_and_without_what_cannot_be_stored():
    body = {"id": "MLB1", "status": "closed", "sub_status": ["x" * 900, "a\0b"]}
    (found,) = problems(said("mercadolivre", "GET /items/MLB1", 200, body))
    assert found.code == f"closed/{'x' * 60}/ab"


@pytest.mark.parametrize(
    ("connector", "endpoint", "status", "body", "outcome"),
    [
        ("mercadolivre", "GET https://api.example/pictures/9/errors?x=1", 200, {"error": {"message": "x"}}, Rejected),
        ("mercadolivre", "GET https://api.example/items/MLB1", 404, None, Rejected),
        ("amazon", f"PUT https://api.example{PUT_LISTING[4:]}?mode=x", 200, listing({"code": "8541"}), Rejected),
        ("amazon", f"GET https://api.example{PUT_LISTING[4:]}", 404, None, Rejected),
    ],
)
def test_an_address_before_the_path_changes_nothing(connector, endpoint, status, body, outcome):
    found = said(connector, endpoint, status, body)
    assert isinstance(found, outcome)
    assert problems(found)[0].kind.name != "UNKNOWN"


@pytest.mark.parametrize(
    ("answer", "outcome", "kind"),
    [
        (("amazon", PUT_LISTING, 403, DEACTIVATED), Blocked, "ACCOUNT_BLOCKED"),
        (("magalu", f"POST {SKU}", 403, {"message": "Seller suspenso"}), Blocked, "ACCOUNT_BLOCKED"),
        (("magalu", f"POST {SKU}", 403, {"message": "Forbidden"}), Blocked, "AUTH_FORBIDDEN"),
        (("magalu", f"POST {SKU}", 400, {"message": NO_PRICE}), Rejected, "VTEX_PRICE_MISSING"),
        (("magalu", TRACE, 200, trace("401", "Unauthorized")), Rejected, "AUTH_EXPIRED"),
        (
            ("magalu", TRACE, 200, trace("422", "identifiers: já usado em outro SKU")),
            Rejected,
            "DUPLICATE_IDENTIFIER",
        ),
        (("magalu", f"POST {SKU}", 422, {"errors": ["Marca bloqueada"]}), Rejected, "POLICY_BRAND"),
        (("magalu", f"POST {SKU}", 422, {"errors": ["Marca desconhecida"]}), Rejected, "BRAND_MAPPING"),
        (("mirakl", OF03, 200, report("EAN 1 matches several products", OFFERS)), Rejected, "CATALOG_CONFLICT"),
        (("mirakl", P47, 200, report("1000|O atributo 'Nome do produto' é obrigatório")), Rejected, "TITLE_INVALID"),
        (("mirakl", P44, 200, report("Altura e largura trocadas")), Rejected, "DIMENSIONS_INVALID"),
        (("mirakl", P44, 200, report("Variações iguais")), Rejected, "VARIATION_INVALID"),
        (
            ("mirakl", "POST /api/products/imports", 400, {"message": "Part 'file' required"}),
            Rejected,
            "PAYLOAD_INVALID",
        ),
        (
            ("mercadolivre", CREATE, 400, {"cause": [{"message": "Essa categoria mudou"}]}),
            Rejected,
            "CATEGORY_MAPPING",
        ),
        (
            ("amazon", PUT_LISTING, 200, listing({"code": "7", "message": "Essa foto, não"})),
            Rejected,
            "IMAGE_INVALID",
        ),
        (("magalu", f"POST {SKU}", 422, {"errors": ["Nenhuma foto"]}), Rejected, "IMAGE_MISSING"),
        (("magalu", f"POST {SKU}", 422, {"errors": ["Foto: conexão recusada"]}), Rejected, "IMAGE_UNREACHABLE"),
        (("mirakl", P44, 200, report("Categoria não aceita produtos")), Rejected, "CATEGORY_MAPPING"),
        (("mirakl", P44, 200, report("Cor: somente letras")), Rejected, "ATTRIBUTE_INVALID"),
        (("mirakl", OF03, 200, report("99 is no valid state", OFFERS)), Rejected, "ATTRIBUTE_MAPPING"),
        (("mirakl", "POST /api/products/imports", 413, PAGE), Rejected, "PAYLOAD_INVALID"),
        (("mirakl", OFFER_IMPORT, 200, SYNCHRONIZING), Pending, "STATE_CONFLICT"),
        (("mirakl", OFFER_IMPORT, 200, {**SYNCHRONIZING, "lines_in_pending": 1}), Pending, "DEPENDENCY_PENDING"),
        (("mirakl", STATUS, 200, [{"status": "NOT_LIVE", "errors": [NEEDED]}]), Rejected, "ATTRIBUTE_MISSING"),
        (("mirakl", STATUS, 200, [{"status": "NOT_LIVE", "warnings": [NEEDED]}]), Postponed, "DEPENDENCY_PENDING"),
        (("mirakl", STATUS, 200, [{"status": "LIVE", "errors": [NEEDED]}]), Accepted, "ATTRIBUTE_MISSING"),
        (("mirakl", P44, 200, report("A marca X não figura na lista")), Rejected, "BRAND_MAPPING"),
        (("mirakl", P44, 200, report("Code EAN manquant")), Rejected, "IDENTIFIER_MISSING"),
        (("mirakl", OF03, 200, report("Unknown additional field 'ncm'", OFFERS)), Rejected, "ATTRIBUTE_MAPPING"),
        (("mirakl", OF03, 200, report("Offer condition 99 unknown", OFFERS)), Rejected, "ATTRIBUTE_MAPPING"),
        (("mercadolivre", "GET /user-products-families/tasks/{id}", 200, TASK), Rejected, "IDENTIFIER_MISSING"),
        (("mercadolivre", CREATE, 400, {"cause": [{"code": "moderations.brand.x"}]}), Rejected, "POLICY_BRAND"),
        (("mercadolivre", CREATE, 400, {"cause": [{"code": "x.gtin.used"}]}), Rejected, "DUPLICATE_IDENTIFIER"),
        (("mercadolivre", CREATE, 400, {"message": "Missing x-version header"}), Rejected, "PAYLOAD_INVALID"),
        (("amazon", PUT_LISTING, 200, listing(UNFETCHED)), Rejected, "IMAGE_UNREACHABLE"),
        (("amazon", PUT_LISTING, 200, listing(TOO_HIGH)), Rejected, "ATTRIBUTE_INVALID"),
        (("amazon", "GET /definitions/2020-09-01/productTypes/{id}", 404, NO_TYPE), Rejected, "CATEGORY_MAPPING"),
    ],
)
def test_what_an_answer_says_goes_before_what_its_status_suggests(answer, outcome, kind):
    told = said(*answer)
    assert isinstance(told, outcome)
    assert classes(told)[0][0] == kind
