"""Who holds a store, a channel, a lane or an action holds up nobody who only refers to it.

Else each would wait for the other, and one of the two be ended.

PostgreSQL checks a foreign key by a lock that FOR UPDATE refuses and FOR NO KEY UPDATE does not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from factories import make_channel, make_integration, make_store
from ponte.db.counts import Moves
from ponte.db.models import BulkAction
from ponte.db.models.identity import How
from ponte.db.scope import Scope
from ponte.domain.outcome import Listing, Tokens
from ponte.flows import bulk
from ponte.flows.bulk import steer
from ponte.flows.channels import hears, stores
from ponte.flows.channels.hears import Look, look_again
from ponte.flows.channels.stores import set_mapping
from ponte.flows.ingest import Hint, take
from ponte.flows.listings import deeds
from ponte.flows.pipeline.tokens import keep_tokens

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for all writers"),
]


@pytest.fixture
def channel():
    return make_channel(make_store())


def elsewhere(call: Callable[[], Any]) -> BaseException | None:
    """Do something on another connection that gives up waiting for a lock soon; returns what it raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '500ms'")
                call()
        except OperationalError as error:
            raised.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    return raised[0] if raised else None


def an_action(channel, **values) -> BulkAction:
    return BulkAction.objects.create(
        store_id=channel.store_id,
        verb="reprocess",
        selection={"filter": {"status": "error"}},
        frozen_at=timezone.now(),
        last_id=10**9,
        **values,
    )


def count_result(action: BulkAction) -> None:
    moves = Moves()
    moves.outcome(action.pk, "success")
    moves.write(timezone.now())


def test_a_result_of_an_action_is_counted_while_the_action_takes_a_step(channel):
    action = an_action(channel)
    with transaction.atomic():
        bulk.step()
        assert elsewhere(lambda: count_result(action)) is None


def test_a_result_of_an_action_is_counted_while_a_person_steers_it(channel):
    action = an_action(channel)
    with transaction.atomic():
        steer.pause(action.pk, store_id=channel.store_id, actor_id=None)
        assert elsewhere(lambda: count_result(action)) is None


def keep_new_tokens(channel) -> None:
    keep_tokens(channel.pk, Tokens({"access_token": "a"}, 60))


def link(channel) -> None:
    found = make_integration(channel, "1", "success")
    deeds.link(found.pk, Listing("MLB1"), scope=Scope(channel.store_id), actor_id=None, how=How.CHOSEN)


HOLDERS = {
    "tokens": keep_new_tokens,
    "link": link,
    "mapping": lambda channel: set_mapping(channel, "version: 1\n"),
    "address": lambda channel: hears.new_key(channel, actor_id=None),
    "vtex": lambda channel: stores.set_vtex(
        channel.store_id, base_url=channel.store.base_url, app_key="k", app_token="t", actor_id=None
    ),
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_new_product_is_queued_while_a_person_or_a_refresh_holds_its_channel(channel, holder):
    with transaction.atomic():
        HOLDERS[holder](channel)
        assert elsewhere(lambda: take([Hint(channel.pk, "product", "new")])) is None


def test_posts_of_a_marketplace_wait_for_the_records_before_they_touch_work(channel):
    """In the order of everybody: records, then work. A claim holds the record and goes on to its work."""
    found = make_integration(channel, "1", "success", listing_id="MLB1")
    post = Look(channel.pk, ("listing:MLB1",), signed=True)
    look_again([post])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM db_integration WHERE id = %s FOR NO KEY UPDATE", [found.pk])
        assert elsewhere(lambda: look_again([post])) is not None
