"""A create that nobody heard of, beside a listing that is held: one stands in the end, and no wrong one falls."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.ml_cast import ML, answer, asked, item, names, rules, send, sent_before
from ponte.connectors.exam.rehearsal import Played, first_then, play
from ponte.connectors.exam.samples import ORDINARY
from ponte.connectors.exam.troubles import LOST
from ponte.domain.message import Response
from ponte.domain.outcome import Accepted, Blocked, Link, Pending, Postponed, Rejected

SEARCH, READ, MAKE, CHANGE = "GET /users/{id}/items/search", "GET /items/{id}", "POST /items", "PUT /items/{id}"
REDESCRIBE = "PUT /items/{id}/description"
NOW = "Mon, 23 Nov 2026 12:01:00 GMT"
LATER = "2026-11-23T12:00:30.000Z"
"""Half a minute before the search: within the doubt of these tests, which is a minute old."""
LONG_BEFORE = "2026-11-20T08:00:00.000-0400"
OURS, SECOND = "MLB4400112233", "MLB4400112299"
DONE, MISSING = answer(200, {}), answer(404, {"error": "not_found"})


def listed(item_id: str, **changes: Any) -> dict[str, Any]:
    return item(item_id, **{"listing_type_id": "gold_special", "date_created": LATER, **changes})


def found(*items: dict[str, Any], **headers: str) -> list[Response]:
    """What a search and the readings of its results answer."""
    search = answer(200, {"results": [one["id"] for one in items]}, **(headers or {"date": NOW}))
    return [search, *(answer(200, one) for one in items)]


def held(seconds: float = 60.0, *, restate: bool = False) -> Link:
    return Link(sent_before(), seconds, restate=restate)


def mend(*answers: Response, link: Link | None = None) -> Played:
    """Update the listing that is held, and look for others."""
    return send(answer(200, listed(OURS)), *answers, link=link or held())


def ended(played: Played) -> list[str]:
    return [one.path for one in played.requests if one.json == {"status": "closed"}]


def test_what_a_lost_create_made_beside_our_listing_is_ended():
    played = mend(
        *found(listed(OURS, date_created=LONG_BEFORE), listed(SECOND)),
        answer(200, {"id": SECOND, "status": "closed"}),
    )
    assert asked(played) == [CHANGE, SEARCH, READ, READ, CHANGE]
    assert ended(played) == [f"/items/{SECOND}"]
    assert isinstance(played.result, Accepted)
    assert played.result.listing.id == OURS


def test_ours_is_kept_even_if_it_is_the_younger():
    played = mend(
        *found(listed(SECOND), listed(OURS, date_created="2026-11-23T12:00:40.000Z")),
        answer(200, listed(SECOND, status="closed")),
    )
    assert ended(played) == [f"/items/{SECOND}"]
    assert played.result.listing.id == OURS


@pytest.mark.parametrize(
    "unlike",
    [
        {"listing_type_id": "gold_pro"},
        {"date_created": LONG_BEFORE},
        {"date_created": "yesterday"},
        {"date_created": None},
        {"sold_quantity": 1},
        {"catalog_listing": True},
        {"status": "under_review"},
        {"status": "closed"},
        {"attributes": []},
        {"attributes": [{"id": "SELLER_SKU", "value_name": "another"}]},
    ],
)
def test_what_the_seller_may_have_made_himself_is_left_alone(unlike):
    played = mend(*found(listed(OURS), listed(SECOND, **unlike)))
    assert ended(played) == []
    assert isinstance(played.result, Accepted)


def test_without_the_marketplace_s_own_time_nothing_is_ended():
    assert ended(mend(*found(listed(OURS), listed(SECOND), server="x"))) == []
    assert ended(mend(*found(listed(OURS), listed(SECOND), date="soon"))) == []


def test_a_doubt_of_days_ends_nothing():
    assert ended(mend(*found(listed(OURS), listed(SECOND)), link=held(3 * 86_400.0))) == []


def test_before_the_search_s_lag_is_over_the_doubt_stays():
    played = mend(*found(listed(OURS)), link=held(5.0))
    assert isinstance(played.result, Postponed)
    assert (played.result.retry_in, played.result.unknown, played.result.listing.id) == (15.0, True, OURS)


@pytest.mark.parametrize(
    "trouble", [answer(503), LOST["timeout"], answer(200, "<html>"), answer(403, {"error": "x"})]
)
def test_trouble_with_the_search_keeps_the_doubt_and_the_listing(trouble):
    result = mend(trouble).result
    assert isinstance(result, Postponed)
    assert (result.unknown, result.listing.id) == (True, OURS)


@pytest.mark.parametrize("trouble", [answer(503), LOST["timeout"], answer(400, {"error": "validation_error"})])
def test_what_could_not_be_ended_keeps_the_doubt(trouble):
    result = mend(*found(listed(OURS), listed(SECOND)), trouble).result
    assert isinstance(result, Postponed)
    assert (result.unknown, result.listing.id) == (True, OURS)


def test_a_refused_update_is_told_after_the_look_for_others():
    refused = answer(
        400,
        {
            "message": "no",
            "error": "validation_error",
            "cause": [{"code": "item.price.invalid", "type": "error", "message": "m"}],
        },
    )
    played = send(
        refused, *found(listed(OURS), listed(SECOND)), answer(200, listed(SECOND, status="closed")), link=held()
    )
    assert isinstance(played.result, Rejected)
    assert ended(played) == [f"/items/{SECOND}"]


def test_an_update_that_failed_keeps_the_doubt():
    result = send(answer(503), link=held()).result
    assert isinstance(result, Postponed)
    assert result.unknown


def test_a_blocked_account_is_blocked():
    assert isinstance(send(answer(403, {"error": "Invalid scopes"}), link=held()).result, Blocked)


def test_where_ours_is_gone_the_other_is_taken_over():
    played = send(MISSING, *found(listed(SECOND)), answer(200, listed(SECOND)), DONE, link=held())
    assert asked(played) == [CHANGE, SEARCH, READ, CHANGE, REDESCRIBE]
    assert isinstance(played.result, Accepted)
    assert played.result.listing.id == SECOND


def test_where_ours_is_gone_and_there_is_no_other_it_is_said():
    assert names(send(MISSING, *found(), link=held()).result)[0].startswith("LISTING_NOT_FOUND")


def test_of_two_that_were_made_unheard_the_oldest_is_kept():
    older = listed(SECOND, date_created="2026-11-23T12:00:10.000Z")
    played = send(
        *found(listed(OURS), older),
        answer(200, older),
        DONE,
        answer(200, listed(OURS, status="closed")),
        link=Link(None, 60.0),
    )
    assert played.result.listing.id == SECOND
    assert ended(played) == [f"/items/{OURS}"]


def test_of_several_the_one_of_our_listing_type_is_taken_over():
    premium = listed(SECOND, date_created=LONG_BEFORE, listing_type_id="gold_pro")
    played = send(*found(premium, listed(OURS)), answer(200, listed(OURS)), DONE, link=Link(None, 60.0))
    assert played.result.listing.id == OURS
    assert ended(played) == []


# -- saying everything again


def test_a_listing_in_doubt_is_told_everything_again():
    usual = send(answer(200, item()), link=Link(sent_before()))
    again = send(answer(200, item()), answer(200, item()), DONE, link=Link(sent_before(), restate=True))
    assert not {"title", "pictures"} & usual.requests[0].json.keys()
    assert asked(again) == [READ, CHANGE, REDESCRIBE]
    assert {"title", "pictures", "price"} <= again.requests[1].json.keys()
    assert again.result.listing.memory == sent_before().memory
    assert (usual.result.follow_in, again.result.follow_in) == (None, 600)


# -- taking off sale


def withdraw(*answers: Response, seconds: float | None) -> Played:
    link = Link(replace(sent_before(), memory={"sku": ORDINARY.id}), seconds)
    return play(ML.withdraw(link, rules()), first_then(answers, LOST["refused"]))


PAUSED = answer(200, listed(OURS, status="paused"))


def test_who_is_taken_off_sale_in_doubt_leaves_nothing_on_sale_beside_it():
    played = withdraw(
        PAUSED, *found(listed(OURS), listed(SECOND)), answer(200, listed(SECOND, status="closed")), seconds=60.0
    )
    assert ended(played) == [f"/items/{SECOND}"]
    assert isinstance(played.result, Accepted)
    assert asked(withdraw(PAUSED, seconds=None)) == [CHANGE]


@pytest.mark.parametrize(("answers", "seconds"), [([answer(503)], 60.0), (found(listed(OURS)), 5.0)])
def test_while_that_is_not_known_it_is_looked_for_again(answers, seconds):
    result = withdraw(PAUSED, *answers, seconds=seconds).result
    assert isinstance(result, Postponed)
    assert result.unknown


def test_a_pending_listing_waits_after_the_look_for_others():
    waits = listed(OURS, status="paused", sub_status=["picture_download_pending"])
    played = send(
        answer(200, waits),
        *found(listed(OURS), listed(SECOND)),
        answer(200, listed(SECOND, status="closed")),
        link=held(),
    )
    assert isinstance(played.result, Pending)
    assert ended(played) == [f"/items/{SECOND}"]
