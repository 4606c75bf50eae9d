"""How long a listing is looked after, and what the addresses of the first authorization are."""

import pytest
from amazon_cast import AMAZON, PLACE, RULES, answer, recorded

from ponte.connectors.exam.rehearsal import always, play
from ponte.domain.outcome import Accepted, Link, Listing, Pending, Postponed
from ponte.domain.problem import ProblemClass

NOT_YET = answer({"sku": "2000123", "summaries": [{"marketplaceId": PLACE, "status": []}], "issues": []})
ON_SALE = {"marketplaceId": PLACE, "status": ["BUYABLE"], "asin": "B071VG5N9D"}
LIVE = answer({"sku": "2000123", "summaries": [ON_SALE], "issues": []})
HOUR = 3_600.0


def looks(response, listing, rules=RULES):
    """Return the waits between looks, and how it ended."""
    waits = []
    for _ in range(50):
        outcome = play(AMAZON.follow(Link(listing), rules), always(response)).result
        wait = outcome.check_in if isinstance(outcome, Pending) else getattr(outcome, "follow_in", None)
        if wait is None:
            return waits, outcome
        waits.append(wait)
        listing = outcome.listing
    raise AssertionError("it never ends")


def sent():
    recording = recorded("accepted")
    pending = play(recording.conversation(AMAZON), always(recording.answers[0])).result
    assert isinstance(pending, Pending)
    return pending


def test_it_looks_after_1_3_10_and_30_minutes_and_then_every_6_hours_until_48():
    pending = sent()
    waits, end = looks(NOT_YET, pending.listing)
    times = [pending.check_in]
    for wait in waits:
        times.append(times[-1] + wait)
    assert times == [60, 180, 600, 1_800, *(6 * HOUR * step for step in range(1, 9))]
    assert isinstance(end, Postponed)
    assert end.problem.kind is ProblemClass.MARKETPLACE_TIMEOUT
    assert "sent" not in end.listing.memory


def test_a_listing_on_sale_is_looked_at_four_times_more():
    waits, end = looks(LIVE, sent().listing)
    assert waits == [1_800, 6 * HOUR, 24 * HOUR, 7 * 24 * HOUR]
    assert isinstance(end, Accepted)


def test_a_channel_may_look_sooner():
    rules = type(RULES)(RULES.mapping, {**RULES.settings, "first_look_seconds": "2"}, RULES.facts)
    waits, _ = looks(LIVE, sent().listing, rules)
    assert waits == [60, 720, 2_880, 20_160]


@pytest.mark.parametrize("told", ["0", "-1", "x", "99999", "٣"])
def test_a_nonsense_setting_is_the_usual_minute(told):
    rules = type(RULES)(RULES.mapping, {**RULES.settings, "first_look_seconds": told}, RULES.facts)
    assert looks(LIVE, sent().listing, rules)[0][0] == 1_800


def test_without_a_listing_nothing_is_asked():
    for conversation in (AMAZON.follow(Link(), RULES), AMAZON.withdraw(Link(), RULES), AMAZON.end(Link(), RULES)):
        played = play(conversation, always(LIVE))
        assert (played.requests, played.result) == ((), Accepted(None))


def test_an_answer_about_another_sku_is_not_believed():
    outcome = play(AMAZON.follow(Link(Listing("other")), RULES), always(LIVE)).result
    assert isinstance(outcome, Postponed)


def test_the_page_of_the_first_authorization():
    rules = type(RULES)(RULES.mapping, {"application_id": "amzn1.sp.solution.x"}, {})
    url = AMAZON.authorize_url(rules, redirect_uri="https://ponte.example/volta", state="s1", code_challenge="c")
    assert url == (
        "https://sellercentral.amazon.com.br/apps/authorize/consent?application_id=amzn1.sp.solution.x&state=s1"
        "&redirect_uri=https%3A%2F%2Fponte.example%2Fvolta"
    )
