"""What each answer of Mercado Livre means: one row per cause, each shape of a body, and any bytes at all."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.ml_cast import ML, answer, cause, item, names, problems, refusal
from ponte.connectors.exam.bench import OUTCOMES
from ponte.domain.message import Request, Response
from ponte.domain.outcome import Accepted, Blocked, Pending, Postponed, Rejected
from ponte.domain.problem import ProblemClass, Severity

CREATE = "POST /items"
ANY = "any"


def classify(endpoint, status, body=None, **headers):
    return ML.classify(endpoint, answer(status, body, **headers))


@pytest.mark.parametrize("cause_id", [109, 126, 147, 173, 201, 398, 3250, 3701, 3706, 5401, 7714])
def test_a_cause_is_known_by_its_number_alone(cause_id):
    bare = {"cause_id": cause_id, "message": "words without a hint", "type": "error"}
    (problem,) = problems(classify(CREATE, 400, refusal(bare)))
    assert problem.kind is not ProblemClass.UNKNOWN
    assert problem.code == str(cause_id)


def test_a_number_in_the_place_of_the_code_is_understood():
    (problem,) = problems(classify(CREATE, 400, refusal({"code": 173, "message": "x"})))
    assert problem.kind is ProblemClass.IMAGE_MISSING


def test_c17_all_problems_of_a_refusal_are_told_and_the_headline_is_first():
    body = refusal(
        cause(109, "item.price.invalid", "8 at least"),
        cause(
            147,
            "item.attributes.missing_required",
            "The attributes [LINE, MODEL] are required for category [MLB1676].",
        ),
        cause(4029, "shipping.me2_adoption_mandatory", "ME2 please", "warning"),
    )
    outcome = classify(CREATE, 400, body)
    assert isinstance(outcome, Rejected)
    assert names(outcome) == ["ATTRIBUTE_MISSING LINE", "ATTRIBUTE_MISSING MODEL", "PRICE_INVALID price"]
    assert [one.kind for one in outcome.problems if not one.blocking] == [ProblemClass.SHIPPING_RULE]


@pytest.mark.parametrize("cause_id", [382, 465, 1212, 2511, 4029])
@pytest.mark.parametrize("kind", ["warning", "WARNING"])
def test_a_warning_never_blocks_but_a_refusal_has_a_reason(cause_id, kind):
    outcome = classify(CREATE, 400, refusal(cause(cause_id, "", "mind this", kind)))
    assert names(outcome) == ["UNKNOWN"]
    assert [one.severity for one in problems(outcome)][1:] == [Severity.WARNING]


def test_c45_warnings_of_a_success_are_kept():
    body = item(warnings=[cause(465, "item.video_id.dropped", "the video was dropped", "warning")])
    outcome = classify(CREATE, 201, body)
    assert isinstance(outcome, Accepted)
    assert [(one.kind, one.severity) for one in outcome.warnings] == [(ProblemClass.IMAGE_INVALID, Severity.WARNING)]


def test_c27_three_hundred_issues_are_all_kept():
    body = refusal(*(cause(None, f"rule.{place}", "no") for place in range(300)))
    assert len(problems(classify(CREATE, 422, body))) == 300


def test_endless_issues_are_cut():
    assert len(problems(classify(CREATE, 400, refusal(*[cause(None, "a.b", "no")] * 20_000)))) == 500


def test_c43_an_unknown_code_keeps_code_words_and_status():
    (problem,) = problems(classify(CREATE, 400, refusal(cause(None, "item.brand_new", "Something else"))))
    assert (problem.kind, problem.code, problem.message, problem.http_status) == (
        ProblemClass.UNKNOWN,
        "item.brand_new",
        "Something else",
        400,
    )


def test_a_code_that_names_no_cause_is_not_kept_as_the_problem_s_code():
    (problem,) = problems(classify(CREATE, 400, refusal(message="Updating the bundle is not possible")))
    assert (problem.kind, problem.code) == (ProblemClass.UNKNOWN, "")


def test_words_are_cut_at_a_length_that_can_be_shown():
    (problem,) = problems(classify(CREATE, 400, refusal(cause(None, "x.y", "z" * 1_000_000))))
    assert len(problem.message) == 4_001


BODIES = [
    (
        "strings as causes",
        {"message": "seller.unable_to_list", "error": "Not allowed.", "cause": ["address_pending"]},
        "ACCOUNT_BLOCKED",
    ),
    (
        "code in message",
        {"message": "body.required_fields", "error": "lacks properties [family_name]", "cause": ["lacks it"]},
        "PAYLOAD_INVALID family_name",
    ),
    (
        "empty cause",
        {
            "message": "body.invalid_fields",
            "error": "The fields [title] are invalid for requested call.",
            "cause": [],
        },
        "PAYLOAD_INVALID title",
    ),
    (
        "no cause at all",
        {"message": "body.invalid_field_types", "error": "invalid property type: [price]"},
        "PAYLOAD_INVALID price",
    ),
    ("cause is a text", {"message": "Must be something", "code": "bad_request", "cause": ""}, "UNKNOWN"),
    (
        "cause of objects without code",
        {"cause": [{"message": "The attributes [LINE] are required for category MLB1."}]},
        "ATTRIBUTE_MISSING LINE",
    ),
    ("a list", [{"code": "item.price.invalid", "message": "no"}], "PRICE_INVALID price"),
    ("a text", "simply no", "UNKNOWN"),
    ("a number", 5, "UNKNOWN"),
    ("errors instead of cause", {"errors": [{"code": "item.title.invalid", "message": "no"}]}, "TITLE_INVALID title"),
    (
        "state of the item",
        {"message": "Cannot update item MLB1 [status:under_review, has_bids:false]"},
        "POLICY_MODERATION",
    ),
    (
        "closed",
        {"message": "Cannot update item MLB1 [status:closed, has_bids:false] x is not modifiable"},
        "LISTING_CLOSED",
    ),
    (
        "full",
        {"message": "A quantidade disponível não é modificável em items com logística Fulfillment"},
        "STOCK_INVALID available_quantity",
    ),
]


@pytest.mark.parametrize(("body", "expected"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])
def test_every_shape_of_a_refusal_is_read(body, expected):
    assert names(ML.classify("PUT /items/{id}", Response(400, {}, json.dumps(body).encode()))) == [expected]


# endpoint, status, body, outcome, "CLASS"
STATUSES = [
    (ANY, 401, {"code": "unauthorized", "message": "invalid access token"}, Postponed, "AUTH_EXPIRED"),
    (ANY, 401, {"message": "Caller is not the item's owner", "error": "", "cause": []}, Rejected, "AUTH_FORBIDDEN"),
    (ANY, 402, {}, Blocked, "ACCOUNT_BLOCKED"),
    (
        ANY,
        403,
        {"error": "access_denied", "message": "access is forbidden", "code": "FORBIDDEN"},
        Blocked,
        "AUTH_FORBIDDEN",
    ),
    (ANY, 403, {"error": "Invalid scopes", "code": "FORBIDDEN"}, Blocked, "AUTH_FORBIDDEN"),
    (
        ANY,
        403,
        {"code": "PA_UNAUTHORIZED_RESULT_FROM_POLICIES", "message": "x", "blocked_by": "PolicyAgent"},
        Blocked,
        "AUTH_FORBIDDEN",
    ),
    (ANY, 403, "<html><h1>403 Forbidden</h1></html>", Blocked, "AUTH_FORBIDDEN"),
    (CREATE, 403, {"message": "seller.unable_to_list", "cause": ["phone_pending"]}, Blocked, "ACCOUNT_BLOCKED"),
    (
        "GET /items/{id}",
        404,
        {"message": "Item with id MLB9 not found", "error": "not_found"},
        Rejected,
        "LISTING_NOT_FOUND",
    ),
    ("PUT /items/{id}", 410, None, Rejected, "LISTING_NOT_FOUND"),
    (ANY, 404, {"message": "nothing here", "error": "not_found"}, Rejected, "UNKNOWN"),
    (
        "PUT /items/{id}",
        409,
        {"message": "item optimistic locking error", "error": "conflict"},
        Postponed,
        "STATE_CONFLICT",
    ),
    (ANY, 412, {}, Postponed, "STATE_CONFLICT"),
    (CREATE, 413, "<html>", Rejected, "PAYLOAD_INVALID"),
    (ANY, 414, None, Rejected, "PAYLOAD_INVALID"),
    (ANY, 451, None, Rejected, "POLICY_RESTRICTED"),
    (ANY, 429, {"message": "Too Many Requests", "error": "too_many_requests"}, Postponed, "THROTTLED"),
    (ANY, 429, {"error": "too_many_requests", "message": "client.id over quota"}, Postponed, "THROTTLED"),
    (
        "POST /pictures/items/upload",
        400,
        {"message": "Bad_request", "error": "bad_request", "cause": []},
        Postponed,
        "THROTTLED",
    ),
    (ANY, 500, {"message": "internal server error"}, Postponed, "MARKETPLACE_OUTAGE"),
    (ANY, 502, "<html>502</html>", Postponed, "MARKETPLACE_OUTAGE"),
    (ANY, 503, None, Postponed, "MARKETPLACE_OUTAGE"),
    (ANY, 504, None, Postponed, "MARKETPLACE_OUTAGE"),
    (ANY, 302, None, Postponed, "RESPONSE_UNREADABLE"),
    ("POST /oauth/token", 400, {"error": "invalid_grant"}, Blocked, "AUTH_INVALID"),
    ("POST /oauth/token", 400, {"error": "invalid_client"}, Blocked, "AUTH_CLIENT"),
    ("POST /oauth/token", 400, {"error": "unauthorized_application"}, Blocked, "AUTH_CLIENT"),
    ("POST /oauth/token", 403, {"error": "forbidden"}, Blocked, "AUTH_FORBIDDEN"),
    ("POST /oauth/token", 429, {"error": "local_rate_limited"}, Postponed, "THROTTLED"),
    ("POST /oauth/token", 400, {"error": "local_rate_limited"}, Postponed, "THROTTLED"),
    ("POST /oauth/token", 400, {"error": "never heard"}, Postponed, "RESPONSE_UNREADABLE"),
]


@pytest.mark.parametrize(("endpoint", "status", "body", "outcome", "kind"), STATUSES)
def test_each_status_has_its_outcome(endpoint, status, body, outcome, kind):
    found = classify(endpoint, status, body)
    assert isinstance(found, outcome)
    assert [one.kind.name for one in problems(found)] == [kind]


@pytest.mark.parametrize(
    ("row", "body"),
    [
        ("C01", '{"errors":[{"code":"item.price.invalid","message":"no"}]}'),
        ("C01", '{"message":"no","error":"validation_error","cause":[{"cause_id":109}]}'),
    ],
)
def test_c01_a_refusal_that_came_as_200_is_a_refusal(row, body):
    assert names(classify(CREATE, 200, body)) == ["PRICE_INVALID price"]


@pytest.mark.parametrize(
    ("row", "status", "body"),
    [
        ("C03", 201, b'{"status":"active"}'),
        ("C03", 201, b'{"id":null}'),
        ("C03", 201, b'{"id":4400112233}'),
        ("C04", 204, b""),
        ("C05", 200, b'{"id":"MLB44001122'),
        ("C06", 200, bytes(range(200, 256))),
        ("C06", 200, '{"id":"MLB1","title":"ção"}'.encode("latin-1")),
    ],
)
def test_a_create_without_proof_of_a_listing_is_in_doubt(row, status, body):
    outcome = ML.classify(CREATE, Response(status, {}, body))
    assert isinstance(outcome, Postponed), row
    assert outcome.problem.kind is ProblemClass.RESPONSE_UNREADABLE
    assert outcome.unknown


def test_c06_bytes_that_are_no_text_are_shown_as_hex():
    (problem,) = problems(ML.classify(CREATE, Response(200, {}, b"\xff\xfe\x00PNG")))
    assert problem.params["bytes"] == "ff fe 00 50 4e 47"


@pytest.mark.parametrize(
    ("endpoint", "doubt"),
    [(CREATE, True), ("PUT /items/{id}", True), ("GET /items/{id}", False), ("POST /items/validate", False)],
)
def test_an_outage_leaves_doubt_only_after_a_change(endpoint, doubt):
    assert classify(endpoint, 502, "<html>").unknown is doubt


@pytest.mark.parametrize(
    ("row", "value", "wait"),
    [
        ("C28", "120", 120.0),
        ("C29", "Wed, 21 Oct 2015 07:28:00 GMT", None),
        ("C30", "garbage", None),
        ("C30", "", None),
        ("C30", "1e3", None),
        ("C30", "1.5", None),
        ("C31", "-5", None),
        ("C31", " 30 ", 30.0),
        ("C31", "٣", None),
        ("C31", "99999999999999", 3600.0),
        ("C31", "0", None),
    ],
)
def test_retry_after_counts_as_digits_only_and_for_an_hour_at_most(row, value, wait):
    outcome = classify(CREATE, 429, {}, retry_after=value)
    assert isinstance(outcome, Postponed), row
    assert outcome.retry_in == wait, row


def test_a_wait_asked_for_by_an_outage_is_kept_too():
    assert classify(ANY, 503, None, retry_after="30").retry_in == 30.0


@pytest.mark.parametrize(
    ("status", "body", "expired"),
    [
        (401, {"code": "unauthorized", "message": "invalid access token"}, True),
        (401, {"message": "expired_token", "error": "x"}, True),
        (401, {"message": "Caller is not the item's owner", "error": ""}, False),
        (401, {"message": "something else"}, False),
        (401, "<html>", False),
        (403, {"code": "unauthorized", "message": "invalid access token"}, False),
        (200, {"message": "invalid access token"}, False),
    ],
)
def test_only_a_401_about_the_token_asks_for_a_refresh(status, body, expired):
    request = Request("GET", "/users/me", "GET /users/me")
    assert ML.is_expired_token(request, answer(status, body)) is expired


def test_a_request_without_credentials_never_asks_for_a_refresh():
    request = Request("POST", "/oauth/token", "POST /oauth/token", authorized=False)
    assert not ML.is_expired_token(request, answer(401, {"message": "invalid access token"}))


def test_pictures_that_still_download_are_pending():
    outcome = classify(CREATE, 201, item(status="paused", sub_status=["picture_download_pending"]))
    assert isinstance(outcome, Pending)
    assert names(outcome) == ["DEPENDENCY_PENDING pictures"]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            "{error_code=response_code, meta={responseCode=403, x=y}}",
            ("IMAGE_UNREACHABLE", "response_code", {"status": "403"}),
        ),
        ("{error_code=timeout}", ("IMAGE_UNREACHABLE", "timeout", {})),
        ("{error_code=invalid_format}", ("IMAGE_INVALID", "invalid_format", {})),
        ("nothing known", ("IMAGE_INVALID", "picture_error", {})),
    ],
)
def test_a_picture_s_error_is_read(message, expected):
    body = {"id": "1-MLB2_3", "source": "https://a.example/1.jpg", "error": {"message": message}}
    (problem,) = problems(classify("GET /pictures/{id}/errors", 200, body))
    assert (problem.kind.name, problem.code, problem.params) == expected
    assert problem.subject == "https://a.example/1.jpg"


@pytest.mark.parametrize(
    ("name", "kind", "key", "blocks"),
    [
        ("POOR_QUALITY_THUMBNAIL", "IMAGE_INVALID", "evidences", True),
        ("PAUSED_PREVENTION_PRICE", "PRICE_INVALID", "evidence", True),
        ("ABANDONED_ITEM_PERFORMANCE_WARNING", "POLICY_MODERATION", "evidence", False),
        ("SOMETHING_ELSE", "POLICY_MODERATION", "none", True),
    ],
)
def test_a_moderation_s_own_words_are_told(name, kind, key, blocks):
    wordings = [
        {"type": "REASON", "value": "A foto está <b>escura</b>."},
        {"type": "REMEDY", "value": "Troque a foto."},
    ]
    body = [{"name": name, key: [{"section_name": "pictures", "text_matched": "1-MLB2"}], "wordings": wordings}]
    (problem,) = problems(classify("GET /moderations/last_moderation/{id}", 200, body))
    assert (problem.kind.name, problem.code, problem.blocking) == (kind, name, blocks)
    assert problem.message == "A foto está escura."
    assert problem.params["remedy"] == "Troque a foto."
    assert ("evidence" in problem.params) is (key != "none")


def test_a_link_that_is_no_web_address_is_not_kept():
    outcome = classify(CREATE, 201, item(permalink="javascript:alert(1)"))
    assert outcome.listing.url == ""


def test_c39_markup_in_a_message_stays_text():
    hostile = '<img src=x onerror=alert(1)> {{7*7}} <div hx-get="/x">'
    (problem,) = problems(classify(CREATE, 400, refusal(cause(None, "x.y", hostile))))
    assert problem.message == hostile


SHAPES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "message",
                    "error",
                    "code",
                    "cause",
                    "cause_id",
                    "type",
                    "references",
                    "status",
                    "tags",
                    "sub_status",
                    "warnings",
                    "attributes",
                    "wordings",
                    "name",
                    "value",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)
ENDPOINTS = st.sampled_from(
    [
        CREATE,
        ANY,
        "PUT /items/{id}",
        "GET /items/{id}",
        "GET /pictures/{id}/errors",
        "POST /items/validate",
        "POST /oauth/token",
        "GET /moderations/last_moderation/{id}",
        "",
        "\x00",
    ]
)


@given(endpoint=ENDPOINTS, status=st.integers(0, 999), body=st.binary(max_size=300))
@example(endpoint=CREATE, status=201, body=b"")
@settings(max_examples=300, deadline=None)
def test_no_bytes_make_classify_raise(endpoint, status, body):
    assert isinstance(ML.classify(endpoint, Response(status, {}, body)), OUTCOMES)


@given(endpoint=ENDPOINTS, status=st.sampled_from([200, 201, 400, 401, 403, 404, 409, 422, 429, 500]), body=SHAPES)
@settings(max_examples=400, deadline=None)
def test_no_json_makes_classify_raise_or_leaves_a_refusal_without_a_reason(endpoint, status, body):
    outcome = ML.classify(endpoint, Response(status, {}, json.dumps(body).encode()))
    if status >= 400:
        assert names(outcome)
