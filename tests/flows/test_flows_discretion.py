"""What a marketplace says is kept as text that both databases store."""

from __future__ import annotations

import pytest
from queue_stage import ANALYSED, LISTING, check_invariants, make_lane, ran, shown, tell

from ponte.domain.outcome import Accepted, Listing, Outcome, Pending, Postponed, Rejected
from ponte.flows.pipeline.discretion import discreet

ODD = Listing("MLB\0" + "1", "https://m.example/\ud83d", "acti\0ve", {"said": ["a\0b", {"c\0": "\udc00"}], "n": 1})
KEPT = Listing("MLB1", "https://m.example/?", "active", {"said": ["ab", {"c": "?"}], "n": 1})


@pytest.mark.parametrize(
    "outcome",
    [
        Accepted,
        lambda one: Rejected((ANALYSED,), one),
        lambda one: Pending(one, ANALYSED, 60.0),
        lambda one: Postponed(ANALYSED, listing=one),
    ],
    ids=["accepted", "rejected", "pending", "postponed"],
)
def test_a_listing_is_kept_without_what_no_database_stores(outcome):
    assert discreet(outcome(ODD), ()) == outcome(KEPT)
    plain = outcome(LISTING)
    assert discreet(plain, ()).listing is LISTING


@pytest.mark.django_db
def test_a_product_whose_listing_says_odd_things_is_a_success():
    lane = make_lane()
    tell(lane, "15")
    said: Outcome = discreet(Accepted(ODD), ())
    row = ran(lane, "15", said)
    assert (shown(row), row.listing_id, row.listing["memory"]) == (("success", "idle"), "MLB1", dict(KEPT.memory))
    check_invariants()
