"""Looking after a listing: pictures to be fetched, moderation that comes later."""

import pytest

from connectors.ml_cast import answer, asked, follow, item, names, problems, send, sent_before
from ponte.connectors.mercadolivre.pictures import fetched_anew
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Pending, Postponed, Rejected

READ, PICTURE, WHY = "GET /items/{id}", "GET /pictures/{id}/errors", "GET /moderations/last_moderation/{id}"
WAITING = item(status="paused", sub_status=["picture_download_pending"], pictures=[{"id": "1-MLB2_3"}])


@pytest.mark.parametrize(
    ("looks", "following"),
    [({}, 3_600), ({"looks": 1}, 86_400), ({"looks": 2}, None), ({"looks": 99}, None), ({"looks": "x"}, 3_600)],
)
def test_a_listing_on_sale_is_looked_at_twice_more(looks, following):
    played = follow(answer(200, item()), **looks)
    assert asked(played) == [READ]
    assert played.requests[0].query == (("include_attributes", "all"),)
    assert isinstance(played.result, Accepted)
    assert played.result.follow_in == following


@pytest.mark.parametrize(
    ("waited", "step"), [(0, 60), (60, 180), (599, 180), (600, 900), (3_600, 3_600), (86_399, 3_600)]
)
def test_pictures_are_waited_for_longer_each_time(waited, step):
    played = follow(answer(200, WAITING), answer(200, {"id": "1"}), waited=waited)
    assert asked(played) == [READ, PICTURE]
    assert isinstance(played.result, Pending)
    assert (played.result.check_in, played.result.listing.memory["waited"]) == (step, waited + step)


def test_after_a_day_of_waiting_the_marketplace_is_late_and_the_pictures_are_named_anew():
    played = follow(answer(200, WAITING), waited=86_400, sent={"pictures": "x", "title": "y"})
    assert isinstance(played.result, Postponed)
    assert names(played.result) == ["MARKETPLACE_TIMEOUT pictures"]
    assert played.result.listing.memory == {"sent": {"title": "y"}, "fetches": 1}


def test_the_waits_add_up_to_a_day():
    waited, looks = 60.0, 0
    while isinstance(result := follow(answer(200, WAITING), answer(404), waited=waited).result, Pending):
        waited, looks = result.listing.memory["waited"], looks + 1
    assert looks < 40
    assert isinstance(result, Postponed)


def test_what_hinders_a_picture_is_told():
    hindered = {
        "source": "https://a.example/1.jpg",
        "error": {"message": "{error_code=response_code, meta={responseCode=404}}"},
    }
    played = follow(answer(200, WAITING), answer(200, hindered), waited=60)
    assert isinstance(played.result, Rejected)
    assert names(played.result) == ["IMAGE_UNREACHABLE https://a.example/1.jpg"]
    assert problems(played.result)[0].params["status"] == "404"
    assert played.result.listing.id == "MLB4400112233"


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        ("Unable to find valid certification path to requested target", "IMAGE_UNREACHABLE", "ssl_error"),
        ("Received fatal alert: protocol_version", "IMAGE_UNREACHABLE", "ssl_error"),
        ("Connect timed out", "IMAGE_UNREACHABLE", "timeout"),
        ("Slow_domain_to_many_posts", "IMAGE_UNREACHABLE", "timeout"),
        ("Picture wasnt create in buckets", "IMAGE_UNREACHABLE", "timeout"),
        (
            "error_code=content_type,meta={responseCode=301,contentType=text/html}",
            "IMAGE_UNREACHABLE",
            "content_type",
        ),
        ("{error_code=invalid_size, meta={width=200, height=200}}", "IMAGE_INVALID", "invalid_size"),
        ("something else", "IMAGE_INVALID", "picture_error"),
    ],
)
def test_each_way_a_picture_fails_is_told_by_its_name(said, kind, code):
    hindered = {"source": "https://a.example/1.jpg", "error": {"message": said}}
    (problem,) = problems(follow(answer(200, WAITING), answer(200, hindered), waited=60).result)
    assert (problem.kind.name, problem.code) == (kind, code)


def test_at_most_three_pictures_are_asked_about():
    many = item(status="paused", sub_status=["picture_download_pending"], pictures=[{"id": str(n)} for n in range(9)])
    assert asked(follow(answer(200, many), *[answer(200, {})] * 9)) == [READ, PICTURE, PICTURE, PICTURE]


@pytest.mark.parametrize(
    "state",
    [
        {"status": "under_review"},
        {"status": "inactive"},
        {"status": "paused", "tags": ["moderation_penalty"]},
        {"tags": ["moderation_penalty"]},
    ],
)
def test_a_moderated_listing_is_refused_late_with_the_marketplace_s_words(state):
    reasons = [{"name": "POOR_QUALITY_THUMBNAIL", "wordings": [{"type": "REASON", "value": "Foto escura."}]}]
    played = follow(answer(200, item(**state)), answer(200, reasons))
    assert asked(played) == [READ, WHY]
    assert played.requests[1].path == "/moderations/last_moderation/MLB4400112233-ITM"
    assert isinstance(played.result, Rejected)
    assert [(one.code, one.message) for one in played.result.problems] == [("POOR_QUALITY_THUMBNAIL", "Foto escura.")]


@pytest.mark.parametrize(
    "silence", [answer(404), answer(200, []), answer(200, "<html>"), answer(200, {}), answer(500)]
)
def test_a_moderation_without_words_is_told_by_the_state(silence):
    played = follow(answer(200, item(status="under_review", sub_status=["forbidden"])), silence)
    assert names(played.result) == ["POLICY_MODERATION"]
    assert problems(played.result)[0].code == "under_review/forbidden"


def test_documents_that_are_missing_are_a_matter_of_compliance():
    played = follow(answer(200, item(status="under_review", sub_status=["pending_documentation"])), answer(404))
    assert names(played.result) == ["COMPLIANCE"]


def test_a_moderation_that_only_warns_does_not_hide_that_the_listing_is_down():
    warning = [{"name": "ABANDONED_ITEM_PERFORMANCE_WARNING", "wordings": []}]
    played = follow(answer(200, item(status="inactive")), answer(200, warning))
    assert names(played.result) == ["POLICY_MODERATION"]
    assert len(played.result.problems) == 2


@pytest.mark.parametrize(
    ("what", "outcome", "kind"),
    [
        (answer(404, {"message": "Item with id MLB1 not found"}), Rejected, "LISTING_NOT_FOUND"),
        (answer(200, item(status="closed", sub_status=["deleted"])), Rejected, "LISTING_CLOSED"),
        (answer(200, item(status="payment_required")), Rejected, "ACCOUNT_BLOCKED"),
        (answer(500), Postponed, "MARKETPLACE_OUTAGE"),
        (answer(401, {"code": "unauthorized", "message": "invalid access token"}), Postponed, "AUTH_EXPIRED"),
    ],
)
def test_what_became_of_it_is_told_and_the_listing_kept(what, outcome, kind):
    played = follow(what)
    assert isinstance(played.result, outcome)
    assert names(played.result) == [kind]
    assert played.result.listing.id == "MLB4400112233"


def test_an_account_that_may_not_look_is_blocked():
    assert isinstance(follow(answer(403, {"error": "Invalid scopes"})).result, Blocked)


@pytest.mark.parametrize("state", [("paused", ["out_of_stock"]), ("paused", []), ("active", [])])
def test_a_pause_without_a_reason_of_theirs_is_no_problem(state):
    status, sub_status = state
    assert isinstance(follow(answer(200, item(status=status, sub_status=sub_status))).result, Accepted)


WARNED = item(status="under_review", sub_status=["warning"])


def test_a_listing_that_must_be_corrected_in_two_days_is_on_sale_and_an_alert():
    reason = [
        {"name": "ABANDONED_ITEM_PERFORMANCE_WARNING", "wordings": [{"type": "REASON", "value": "Faltam dados."}]}
    ]
    played = follow(answer(200, WARNED), answer(200, reason), looks=2)
    assert asked(played) == [READ, WHY]
    assert isinstance(played.result, Accepted)
    assert [one.code for one in played.result.warnings] == [
        "under_review/warning",
        "ABANDONED_ITEM_PERFORMANCE_WARNING",
    ]
    assert not any(one.blocking for one in played.result.warnings)
    assert played.result.follow_in == 86_400, "until it is corrected, or taken down"


def test_after_the_two_days_it_is_an_error():
    played = follow(answer(200, item(status="under_review", sub_status=["waiting_for_patch"])), answer(404, {}))
    assert isinstance(played.result, Rejected)


def test_pictures_that_failed_are_named_by_addresses_that_were_not_tried():
    hindered = {"source": "https://a.example/1.jpg", "error": {"message": "{error_code=response_code}"}}
    listing = sent_before()
    for times in (1, 2):
        failed = follow(answer(200, WAITING), answer(200, hindered), **listing.memory).result.listing
        assert failed.memory["fetches"] == times
        played = send(answer(200, item()), link=Link(failed))
        listing = played.result.listing
        sources = [one["source"] for one in played.requests[0].json["pictures"]]
        assert sources
        assert all(source.endswith(f"?fetch={times}") for source in sources)
    assert "pictures" not in send(answer(200, item()), link=Link(listing)).requests[0].json


def test_a_parameter_joins_those_an_address_has():
    pictures = [{"source": "https://a.example/1.jpg?v=7#x"}]
    anew = fetched_anew(pictures, Listing("MLB1", memory={"fetches": 1}))
    assert anew == [{"source": "https://a.example/1.jpg?v=7&fetch=1#x"}]
    assert fetched_anew(pictures, Listing("MLB1")) == pictures
