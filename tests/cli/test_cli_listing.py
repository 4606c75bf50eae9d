from __future__ import annotations

import pytest
from django.utils import timezone

from factories import make_channel, make_integration, make_store
from ponte.db.models import Integration, ListingLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def found():
    channel = make_channel(make_store())
    kept = {"id": "MLB1", "url": "", "state": "active", "memory": {}}
    made = make_integration(channel, "7", "success", listing_id="MLB1", listing=kept, linked="sent")
    ListingLink.objects.create(integration=made, channel=channel, listing_id="MLB1", how="sent", since=timezone.now())
    return made


def test_the_listing_is_shown_unlinked_and_not_twice(cli, refused, found):
    assert "MLB1" in cli("listing", "show", str(found.pk)).stdout
    assert cli("listing", "unlink", str(found.pk)).stdout.strip() == "MLB1 unlinked"
    assert Integration.objects.get().hold == "unlinked"
    assert "has no listing" in refused("listing", "unlink", found.pk)
    assert "unlinked" in cli("listing", "show", str(found.pk)).stdout


def test_a_listing_is_ended_by_the_workers(cli, found):
    assert cli("listing", "end", str(found.pk)).stdout.strip() == "MLB1 will be ended"
    row = Integration.objects.get()
    assert (row.hold, row.phase) == ("ending", "queued")


def test_a_text_that_names_none_links_nothing(refused, found):
    assert "Not exactly one listing fits: none." in refused("listing", "relink", found.pk, "tenis azul")
    assert Integration.objects.get().listing_id == "MLB1"


def test_a_record_that_is_not_there_is_said(refused, found):
    assert "There is no record 999" in refused("listing", "show", 999)
