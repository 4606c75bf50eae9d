"""The pages of a channel's listings are read by an index each, on either database, whatever the store's size."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from factories import make_channel, make_store
from ponte.db import listings
from ponte.db.listings import Show
from ponte.db.models import Integration
from ponte.db.scope import Scope
from ponte.flows.facts.sheet_check import of_sheet
from ponte.flows.listings.search import unlisted

pytestmark = pytest.mark.django_db
INDEX = {
    Show.ADOPTED: "integration_linked",
    Show.CHOSEN: "integration_linked",
    Show.MISSING: "integration_unlisted",
    Show.ENDING: "integration_hold",
    Show.ENDED: "integration_hold",
    Show.UNLINKED: "integration_hold",
}


@pytest.fixture
def channel():
    """Two thousand products, nearly all of them sent and listed."""
    channel, now = make_channel(make_store()), timezone.now()
    Integration.objects.bulk_create(
        Integration(
            store_id=channel.store_id,
            channel=channel,
            sku=f"{number:05}",
            status="success",
            phase="idle",
            requested_at=now,
            updated_at=now,
            listing_id=f"MLB{number}" if number % 20 else "",
            linked="sent" if number % 50 else "adopted",
            sheet=f"category/{number % 40}",
        )
        for number in range(2_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE db_integration")
    return channel


@pytest.mark.parametrize("show", INDEX)
def test_a_page_of_few_records_is_read_by_its_own_index(channel, show):
    scope = Scope(channel.store_id)
    rows = listings._shown(scope.integrations().filter(channel_id=channel.pk), show)
    assert INDEX[show] in rows.order_by("sku")[:51].explain()


def test_the_errands_read_the_next_records_by_an_index(channel):
    assert "integration_unlisted" in unlisted(channel.pk, "00100").filter(hold="")[:50].explain()
    assert "integration_sheet" in of_sheet(channel.pk, "category/3", "00100")[:20].explain()
