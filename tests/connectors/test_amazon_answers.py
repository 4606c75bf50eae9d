"""What Amazon's answers mean: issues of every shape, errors, tokens, listings, nonsense."""

import json

import pytest
from amazon_cast import AMAZON, GET, PUT, answer
from hypothesis import given, settings
from hypothesis import strategies as st

from ponte.connectors.exam.bench import OUTCOMES, problems_in
from ponte.domain.message import Response
from ponte.domain.outcome import Accepted, Blocked, Pending, Postponed, Rejected
from ponte.domain.problem import ProblemClass, Severity


def issue(code="1", message="", *names, severity="ERROR", categories=(), **more):
    told = {"code": code, "message": message, "severity": severity, **more}
    return {**told, "attributeNames": list(names), "categories": list(categories)}


IDENTIFIER = "externally_assigned_product_identifier"
CONTRADICTION = 'The data contradicts the catalog: "color" (Seller: "a" / Amazon: "b")'
DENIED = {"code": "Unauthorized", "message": "Access to requested resource is denied."}
EXPIRED = {**DENIED, "details": "The access token you provided has expired."}
NO_TYPE = {"code": "InvalidInput", "message": "Invalid product type"}


def invalid(*issues):
    return answer({"sku": "s", "status": "INVALID", "submissionId": "x", "issues": list(issues)})


def told(response, endpoint=PUT):
    return [(one.kind.name, one.subject) for one in problems_in(AMAZON.classify(endpoint, response))]


@pytest.mark.parametrize(
    ("found", "kind", "subject"),
    [
        (issue("90220", "'x' is required", "material"), "ATTRIBUTE_MISSING", "material"),
        (issue("8560", "", IDENTIFIER), "IDENTIFIER_MISSING", IDENTIFIER),
        (issue("90220", "", "main_product_image_locator"), "IMAGE_MISSING", "main_product_image_locator"),
        (issue("90220", "", "item_name"), "TITLE_INVALID", "item_name"),
        (issue("99022", "", "item_package_weight"), "DIMENSIONS_INVALID", "item_package_weight"),
        (issue("90000900", "", "fulfillment_availability"), "STOCK_INVALID", "fulfillment_availability"),
        (issue("4000001", "", "hazmat"), "COMPLIANCE", "hazmat"),
        (issue("99038", "", "merchant_shipping_group"), "SHIPPING_RULE", "merchant_shipping_group"),
        (issue("99022", "", "variation_theme"), "VARIATION_INVALID", "variation_theme"),
        (issue("8115", "", "brand"), "BRAND_MAPPING", "brand"),
        (issue("18155"), "PRICE_INVALID", "purchasable_offer"),
        (issue("8572"), "IDENTIFIER_INVALID", ""),
        (issue("8566"), "DUPLICATE", ""),
        (issue("8032"), "VARIATION_INVALID", ""),
        (issue("5461"), "POLICY_BRAND", "brand"),
        (issue("8026"), "POLICY_RESTRICTED", ""),
        (issue("8571"), "LISTING_QUOTA", ""),
        (issue("99300"), "POLICY_MODERATION", ""),
        (issue("7", categories=["MISSING_PRICE"]), "PRICE_INVALID", ""),
        (issue("7", "", "size", categories=["DUPLICATE"]), "DUPLICATE", "size"),
        (issue("7", categories=["QUALIFICATION_REQUIRED"]), "POLICY_RESTRICTED", ""),
        (issue("7", "The brand needs approval", categories=["QUALIFICATION_REQUIRED"]), "POLICY_BRAND", "brand"),
        (issue("7", "could not access it", categories=["INVALID_IMAGE"]), "IMAGE_UNREACHABLE", ""),
        (issue("7", "", "ean", categories=["A_NEW_ONE", "MISSING_ATTRIBUTE"]), "IDENTIFIER_MISSING", "ean"),
        (issue("7", CONTRADICTION), "CATALOG_CONFLICT", "color"),
        (issue("7", "nobody knows"), "UNKNOWN", ""),
    ],
)
def test_an_issue_has_its_class_and_attribute(found, kind, subject):
    assert told(invalid(found)) == [(kind, subject)]


def test_an_issue_of_several_attributes_is_a_problem_for_each():
    assert told(invalid(issue("90220", "", "a", "b", "a"))) == [
        ("ATTRIBUTE_MISSING", "a"),
        ("ATTRIBUTE_MISSING", "b"),
    ]


def test_a_conflict_shows_both_values_and_the_product():
    words = 'match the ASIN B071VG5N9D ... “color” (Seller: "Preto" / Amazon: "Jeans", "Azul").'
    problem = problems_in(AMAZON.classify(PUT, invalid(issue("8541", words))))[0]
    assert dict(problem.params) == {"asin": "B071VG5N9D", "value": "Preto", "found": 'Jeans", "Azul'}
    assert (problem.subject, problem.message) == ("color", words)


def test_warnings_stay_beside_what_blocks_and_do_not_block_themselves():
    outcome = AMAZON.classify(PUT, invalid(issue("90220", "", "a"), issue("1", "", "b", severity="INFO")))
    assert isinstance(outcome, Rejected)
    assert [one.severity for one in outcome.problems] == [Severity.ERROR, Severity.WARNING]


def test_an_invalid_of_mere_warnings_still_refuses():
    outcome = AMAZON.classify(PUT, invalid(issue("1", "x", severity="WARNING")))
    assert isinstance(outcome, Postponed | Rejected)
    assert any(one.blocking for one in problems_in(outcome))


@pytest.mark.parametrize(
    ("status", "body", "kind", "outcome"),
    [
        (400, {"errors": [{"code": "BAD_REQUEST", "message": "Invalid input"}]}, "PAYLOAD_INVALID", Rejected),
        (400, {"errors": [{"code": "X9", "message": "?"}]}, "PAYLOAD_INVALID", Rejected),
        (400, [{"code": "BAD_REQUEST", "message": "Invalid 'asin' provided."}], "PAYLOAD_INVALID", Rejected),
        (400, {"errors": [NO_TYPE]}, "CATEGORY_MAPPING", Rejected),
        (403, {"errors": [DENIED]}, "AUTH_FORBIDDEN", Blocked),
        (403, {"errors": [EXPIRED]}, "AUTH_EXPIRED", Postponed),
        (404, {"errors": [{"code": "NOT_FOUND", "message": "x"}]}, "LISTING_NOT_FOUND", Rejected),
        (409, {}, "STATE_CONFLICT", Postponed),
        (413, {}, "PAYLOAD_INVALID", Rejected),
        (415, {}, "PAYLOAD_INVALID", Rejected),
        (429, {"errors": [{"code": "QuotaExceeded", "message": "x", "details": ["odd"]}]}, "THROTTLED", Postponed),
        (500, {}, "MARKETPLACE_OUTAGE", Postponed),
        (503, {}, "MARKETPLACE_OUTAGE", Postponed),
    ],
)
def test_a_status_has_its_meaning(status, body, kind, outcome):
    found = AMAZON.classify(PUT, answer(body, status))
    assert isinstance(found, outcome)
    assert [one.kind.name for one in problems_in(found)] == [kind]


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, "invalid_grant", "AUTH_INVALID"),
        (401, "invalid_client", "AUTH_CLIENT"),
        (400, "unauthorized_client", "AUTH_CLIENT"),
        (400, "invalid_request", "AUTH_CLIENT"),
    ],
)
def test_login_with_amazon_refuses_account_or_application(status, error, kind):
    found = AMAZON.classify("POST https://api.amazon.com/auth/o2/token", answer({"error": error}, status))
    assert isinstance(found, Blocked)
    assert found.problem.kind.name == kind


def test_an_outage_of_the_login_is_no_refusal():
    assert isinstance(AMAZON.classify("POST /auth/o2/token", answer({}, 503)), Postponed)


def item(status, issues=(), asin="B071VG5N9D"):
    summary = {"marketplaceId": "A2Q3Y263D00KWC", "productType": "X", "status": status}
    return answer({"sku": "s", "summaries": [{**summary, "asin": asin} if asin else summary], "issues": list(issues)})


def test_how_a_listing_stands():
    assert isinstance(AMAZON.classify(GET, item(["BUYABLE"])), Accepted)
    assert isinstance(AMAZON.classify(GET, item([], asin="")), Pending)
    assert isinstance(AMAZON.classify(GET, item(["DISCOVERABLE"])), Pending)
    assert told(item([], [issue("5665")]), GET) == [("POLICY_BRAND", "brand")]
    assert told(item(["BUYABLE"], [issue("90220", "", "size")]), GET) == [("ATTRIBUTE_MISSING", "size")]


def test_an_exemption_counts_only_while_the_listing_is_on_sale():
    exempt = issue("18027", enforcements={"actions": [], "exemption": {"status": "EXEMPT"}})
    assert isinstance(AMAZON.classify(GET, item(["BUYABLE"], [exempt])), Accepted)
    assert isinstance(AMAZON.classify(GET, item([], [exempt])), Rejected)


def test_refusals_are_documented_with_what_they_mean():
    rows = {row.code.casefold(): row for row in AMAZON.refusals()}
    assert rows["90220"].kind is ProblemClass.ATTRIBUTE_MISSING
    assert all(rows[code].note for code in ("90220", "8541", "5665", "18027", "missing_attribute"))
    assert len(rows) > 50


NAMES = (
    "issues",
    "errors",
    "code",
    "message",
    "details",
    "severity",
    "attributeNames",
    "categories",
    "sku",
    "status",
    "summaries",
    "asin",
    "submissionId",
    "enforcements",
    "exemption",
    "actions",
    "items",
    "marketplaceIds",
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=25,
)
ENDPOINTS = (PUT, GET, PUT.replace("PUT", "DELETE"), "POST /auth/o2/token", "GET schema", "")
STATUSES = (200, 202, 400, 401, 403, 404, 409, 429, 500)


@settings(max_examples=400, deadline=None)
@given(VALUES, st.sampled_from(STATUSES), st.sampled_from(ENDPOINTS))
def test_no_answer_makes_classify_raise_or_a_false_success(body, status, endpoint):
    found = AMAZON.classify(endpoint, Response(status, {}, json.dumps(body).encode()))
    assert isinstance(found, OUTCOMES)
    if endpoint == PUT and isinstance(found, Accepted | Pending):
        assert isinstance(body, dict)
        assert body.get("status") in {"ACCEPTED", "VALID"}
        assert body.get("submissionId")
