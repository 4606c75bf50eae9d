"""Creating: what is asked in which order, and that no listing is ever made twice."""

from dataclasses import replace

import pytest

from connectors.ml_cast import (
    answer,
    asked,
    cause,
    item,
    names,
    problems,
    refusal,
    rules,
    send,
    sent_before,
    sku,
)
from ponte.connectors.exam.samples import ORDINARY
from ponte.connectors.exam.troubles import LOST
from ponte.domain.message import Failure, NoAnswer
from ponte.domain.outcome import Accepted, Blocked, Link, Pending, Postponed, Rejected
from ponte.domain.problem import ProblemClass, Severity

SEARCH, READ, MAKE, CHANGE = "GET /users/{id}/items/search", "GET /items/{id}", "POST /items", "PUT /items/{id}"
DESCRIBE, REDESCRIBE = "POST /items/{id}/description", "PUT /items/{id}/description"
WHY = "GET /moderations/last_moderation/{id}"
DONE = answer(201, {})
NOTHING_FOUND = answer(200, {"results": []})
FOUND = answer(200, {"results": ["MLB4400112233"]})


def doubt(seconds: float) -> Link:
    return Link(uncertain_seconds=seconds)


# ---------------------------------------------------------------------- create


def test_a_create_is_followed_by_its_description_and_a_later_look():
    played = send(answer(201, item()), DONE)
    assert asked(played) == [MAKE, DESCRIBE]
    assert played.requests[1].json == {"plain_text": "Caixa de som portátil.\n\n- 20 W\n- Bluetooth 5.3"}
    assert isinstance(played.result, Accepted)
    assert (played.result.listing.id, played.result.listing.state) == ("MLB4400112233", "active")
    assert played.result.listing.url.startswith("https://produto.mercadolivre.com.br/")
    assert played.result.follow_in == 600


def test_without_a_description_there_is_one_request():
    assert asked(send(answer(201, item()), one=sku(description=""))) == [MAKE]


def test_the_memory_is_small_and_holds_no_text_of_the_offer():
    memory = sent_before().memory
    assert memory.keys() == {"sku", "sent"}
    assert all(len(digest) == 16 for digest in memory["sent"].values())


def test_a_refused_description_is_a_warning_on_a_listing_that_stands():
    played = send(answer(201, item()), answer(400, refusal(cause(398, "item.description.type.invalid"))))
    assert isinstance(played.result, Accepted)
    assert [(one.kind, one.severity) for one in played.result.warnings] == [
        (ProblemClass.DESCRIPTION_INVALID, Severity.WARNING)
    ]


@pytest.mark.parametrize(
    "trouble", [answer(500), answer(429, {}), LOST["timeout"], answer(401, {"code": "unauthorized"}), answer(403, {})]
)
def test_trouble_with_the_description_keeps_the_listing(trouble):
    played = send(answer(201, item()), trouble)
    assert isinstance(played.result, Postponed)
    assert played.result.listing.id == "MLB4400112233"
    assert "description" not in played.result.listing.memory["sent"]


def test_after_that_the_next_try_updates_and_describes():
    listing = send(answer(201, item()), answer(500)).result.listing
    played = send(answer(200, item()), answer(404, {}), DONE, link=Link(listing))
    assert asked(played) == [CHANGE, REDESCRIBE, DESCRIBE]


def test_an_account_that_changed_its_model_is_sent_the_other_body_once():
    refused = answer(
        400, {"message": "body.required_fields", "error": "lacks [family_name]", "cause": ["lacks [family_name]"]}
    )
    played = send(refused, answer(201, item()), DONE)
    assert [("title" in one.json, "family_name" in one.json) for one in played.requests[:2]] == [
        (True, False),
        (False, True),
    ]
    assert isinstance(played.result, Accepted)
    assert asked(send(refused, refused)) == [MAKE, MAKE]


def test_the_other_way_round_too():
    refused = answer(
        400, {"message": "body.invalid_fields", "error": "The fields [family_name] are invalid.", "cause": []}
    )
    played = send(refused, answer(201, item()), DONE, by=rules(user_products=True))
    assert played.requests[1].json["title"] == ORDINARY.name


def test_c03_a_201_without_an_id_leaves_doubt():
    played = send(answer(201, {"status": "active"}))
    assert isinstance(played.result, Postponed)
    assert played.result.unknown
    assert asked(played) == [MAKE]


def test_c37_an_answer_about_another_sku_leaves_doubt():
    swapped = item(attributes=[{"id": "SELLER_SKU", "value_name": "777"}])
    played = send(answer(201, swapped))
    assert played.result.unknown
    assert played.result.listing is None


def test_an_answer_that_names_no_sku_is_believed():
    assert isinstance(send(answer(201, item(attributes=[])), DONE).result, Accepted)


@pytest.mark.parametrize(
    ("row", "lost", "unknown", "code"),
    [
        ("C14", NoAnswer(Failure.REFUSED, sent=False), False, "refused"),
        ("C14", NoAnswer(Failure.RESET, sent=False), False, "reset"),
        ("C14", NoAnswer(Failure.RESET, sent=True), True, "reset"),
        ("C15", NoAnswer(Failure.TIMEOUT, sent=True), True, "timeout"),
        ("C10", NoAnswer(Failure.REDIRECT, sent=True), True, "redirect"),
        ("C11", NoAnswer(Failure.FORBIDDEN_ADDRESS, sent=False), False, "forbidden_address"),
        ("C12", NoAnswer(Failure.TLS, sent=False), False, "tls"),
    ],
)
def test_a_lost_answer_says_whether_something_may_have_been_made(row, lost, unknown, code):
    result = send(lost).result
    assert isinstance(result, Postponed), row
    assert (result.problem.kind, result.problem.code, result.unknown) == (ProblemClass.NETWORK, code, unknown)


def test_a_fenced_create_is_superseded_and_leaves_no_doubt():
    result = send(LOST["fenced"]).result
    assert (result.problem.kind, result.unknown) == (ProblemClass.SUPERSEDED, False)


def test_a_listing_that_stands_for_a_price_of_its_own_is_warned_about():
    played = send(answer(201, item(price=150.0)), DONE)
    assert [one.params for one in played.result.warnings] == [{"value": "199.90", "found": "150.00"}]


def test_pictures_still_to_be_fetched_are_waited_for():
    played = send(answer(201, item(status="paused", sub_status=["picture_download_pending"])), DONE)
    assert isinstance(played.result, Pending)
    assert played.result.check_in == 60
    assert played.result.listing.memory["waited"] == 60


def test_a_payment_that_is_due_does_not_lose_the_listing():
    result = send(answer(201, item(status="payment_required")), DONE).result
    assert isinstance(result, Rejected)
    assert names(result) == ["ACCOUNT_BLOCKED"]
    assert result.listing.id == "MLB4400112233"


def test_a_refusal_names_attributes_as_the_sheet_does():
    missing = cause(147, "item.attributes.missing_required", "The attributes [MODEL] are required for category MLB1")
    (problem,) = problems(send(answer(400, refusal(missing))).result)
    assert problem.params["name"] == "Modelo"


# ---------------------------------------------------------------------- doubt


def test_c15_a_listing_that_was_made_unheard_is_found_and_brought_to_the_offer():
    played = send(FOUND, answer(200, item()), answer(200, item()), DONE, link=doubt(3))
    assert asked(played) == [SEARCH, READ, CHANGE, REDESCRIBE]
    assert played.requests[0].query == (("seller_sku", ORDINARY.id),)
    assert played.requests[0].path == "/users/8035443/items/search"
    assert isinstance(played.result, Accepted)
    assert played.result.listing.id == "MLB4400112233"


@pytest.mark.parametrize(("passed", "left"), [(0, 20), (19.5, 0.5)])
def test_before_the_search_s_lag_is_over_nothing_is_made(passed, left):
    played = send(NOTHING_FOUND, link=doubt(passed))
    assert asked(played) == [SEARCH]
    assert isinstance(played.result, Postponed)
    assert (played.result.retry_in, played.result.unknown) == (left, True)


def test_after_the_lag_it_is_made():
    assert asked(send(NOTHING_FOUND, answer(201, item()), DONE, link=doubt(20))) == [SEARCH, MAKE, DESCRIBE]


@pytest.mark.parametrize(
    ("told", "lag"), [("60", 60), ("0", 0), ("", 20), ("soon", 20), ("-5", 20), ("٦", 20), ("99999", 20)]
)
def test_the_channel_may_know_the_lag_better(told, lag):
    played = send(
        NOTHING_FOUND, answer(201, item()), DONE, link=doubt(1), by=rules(settings={"search_lag_seconds": told})
    )
    assert (MAKE in asked(played)) is (lag <= 1)
    if lag > 1:
        assert played.result.retry_in == lag - 1


@pytest.mark.parametrize(
    "trouble",
    [
        answer(500),
        answer(429, {}),
        LOST["timeout"],
        answer(200, "<html>"),
        answer(200, {}),
        answer(404, {}),
        answer(200, {"results": 5}),
    ],
)
def test_a_search_that_fails_keeps_the_doubt_and_makes_nothing(trouble):
    played = send(trouble, link=doubt(3_600))
    assert asked(played) == [SEARCH]
    assert isinstance(played.result, Postponed)
    assert played.result.unknown


def test_a_search_that_the_account_may_not_make_keeps_the_doubt_too():
    result = send(answer(403, {"error": "Invalid scopes"}), link=doubt(3_600)).result
    assert isinstance(result, Postponed)
    assert (names(result), result.unknown) == (["AUTH_FORBIDDEN"], True)


def test_a_listing_just_found_is_not_lost_when_the_account_is_blocked():
    result = send(FOUND, answer(200, item()), answer(403, {"error": "Invalid scopes"}), link=doubt(60)).result
    assert isinstance(result, Postponed)
    assert result.listing.id == "MLB4400112233"


def test_an_update_of_a_known_listing_blocks_the_channel_when_the_account_is():
    assert isinstance(send(answer(403, {"error": "Invalid scopes"}), link=Link(sent_before())).result, Blocked)


def test_a_found_listing_that_is_closed_or_another_s_does_not_count():
    two = answer(200, {"results": ["MLB1", "../../users/me", "MLB2", 5, "MLB3"]})
    other = item("MLB2", attributes=[{"id": "SELLER_SKU", "value_name": "2000123-B"}])
    played = send(
        two,
        answer(200, item("MLB1", status="closed")),
        answer(200, other),
        answer(404, {}),
        answer(201, item()),
        DONE,
        link=doubt(60),
    )
    assert asked(played) == [SEARCH, READ, READ, READ, MAKE, DESCRIBE]
    assert [one.path for one in played.requests[1:4]] == ["/items/MLB1", "/items/MLB2", "/items/MLB3"]


def test_a_found_listing_that_cannot_be_read_keeps_the_doubt():
    played = send(FOUND, answer(503), link=doubt(60))
    assert asked(played) == [SEARCH, READ]
    assert played.result.unknown


def test_whose_account_it_is_is_asked_when_it_was_not_learnt():
    unlearnt = replace(rules(), facts={})
    played = send(answer(200, {"id": 55}), NOTHING_FOUND, link=doubt(0), by=unlearnt)
    assert asked(played) == ["GET /users/me", SEARCH]
    assert played.requests[1].path == "/users/55/items/search"


def test_a_create_that_is_refused_as_a_duplicate_takes_over_what_is_ours_once():
    duplicate = answer(400, refusal(cause(3701, "item.attribute.invalid_product_identifier")))
    adopted = send(duplicate, FOUND, answer(200, item()), answer(200, item()), DONE)
    assert asked(adopted) == [MAKE, SEARCH, READ, CHANGE, REDESCRIBE]
    assert isinstance(adopted.result, Accepted)
    somebody_else_s = send(duplicate, NOTHING_FOUND)
    assert names(somebody_else_s.result) == ["DUPLICATE_IDENTIFIER GTIN"]
    assert asked(somebody_else_s) == [MAKE, SEARCH]
