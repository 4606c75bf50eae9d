"""`/integrations/{id}/listing`."""

from __future__ import annotations

from api_cast import Api, integration
from django.utils import timezone

from ponte.db.models import ListingLink, Work


def listed(shop, sku="1", **fields):
    row = integration(shop, sku, "success", problems=(), listing_id="MLB1", linked="sent", **fields)
    row.listing = {"id": "MLB1", "url": "https://x.test/MLB1", "state": "active", "memory": {}}
    row.save()
    ListingLink.objects.create(
        integration=row, channel=shop.channel, listing_id="MLB1", how="sent", since=timezone.now()
    )
    return row


def test_the_listing_is_told_with_those_of_before(ana):
    row = listed(ana)
    told = Api(ana.viewer).get(f"/api/v1/integrations/{row.pk}/listing").json()
    assert (told["id"], told["state"], told["hold"]) == ("MLB1", "active", "")
    assert [(one["listing"], one["how"], one["why"]) for one in told["links"]] == [("MLB1", "sent", "")]
    assert told["links"][0]["since"].endswith("Z"), "as all moments are told"


def test_a_manager_unlinks_once_and_the_second_time_is_told(ana):
    row = listed(ana)
    api = Api(ana.admin)
    told = api.post(f"/api/v1/integrations/{row.pk}/listing/unlink").json()
    assert (told["id"], told["hold"], told["links"][0]["why"]) == (None, "unlinked", "unlinked")
    again = api.post(f"/api/v1/integrations/{row.pk}/listing/unlink")
    assert (again.status_code, again.json()["type"]) == (409, "urn:ponte:problem:listing-missing")
    assert api.get(f"/api/v1/integrations/{row.pk}").json()["actions"] == ["reprocess", "remove"]


def test_ending_is_queued_and_may_be_taken_back(ana):
    row = listed(ana)
    api = Api(ana.admin)
    answer = api.post(f"/api/v1/integrations/{row.pk}/listing/end")
    assert (answer.status_code, answer.json()["hold"]) == (202, "ending")
    assert Work.objects.get(pk=row.pk).trigger == "person"
    assert api.post(f"/api/v1/integrations/{row.pk}/listing/keep").json()["hold"] == ""
    again = api.post(f"/api/v1/integrations/{row.pk}/listing/keep")
    assert again.json()["type"] == "urn:ponte:problem:listing-not-ending"


def test_a_text_that_names_no_listing_links_nothing(ana):
    row = listed(ana)
    refused = Api(ana.admin).post(f"/api/v1/integrations/{row.pk}/listing/relink", {"listing": "tênis azul"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:ponte:problem:listing-not-one")
