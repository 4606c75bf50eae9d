"""What a person does about a record's listing: looks for it, links, unlinks, ends it; nothing of it is done twice.

Looking asks the marketplace and changes nothing there. Linking and unlinking change only what Ponte knows. Ending is
done by the workers: the wish stands on the record (`domain.lifecycle.Hold`) until the listing is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from ponte.connectors import Broken, get
from ponte.db import links
from ponte.db.audit import note
from ponte.db.clock import now_ms
from ponte.db.counts import Moves
from ponte.db.integrations import Place, lanes_of, places_by_id, to_queued
from ponte.db.links import NewLink, Owner
from ponte.db.models import Channel, Integration, Lane
from ponte.db.models.identity import How
from ponte.db.records import listing_from_json, listing_to_json
from ponte.db.scope import Scope
from ponte.db.sql import fetch
from ponte.domain.connector import Ends
from ponte.domain.lifecycle import Hold, Priority, Trigger
from ponte.domain.outcome import Listing
from ponte.queue.wake import wake
from ponte.queue.work import Wanted, enqueue


class Refusal(StrEnum):
    """Why a deed is not done now."""

    NOWHERE = "nowhere"  # no such record in sight
    BUSY = "busy"  # a run is under way: its result comes first
    NO_LISTING = "no_listing"
    LINKED = "linked"  # the record has a listing already: that is unlinked first
    TAKEN = "taken"  # the listing is another record's
    NO_ABILITY = "no_ability"  # the connector cannot do it
    NOT_ENDING = "not_ending"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Done:
    """A deed that was done; `before` is the listing that the record had."""

    listing: Listing | None = None
    before: Listing | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The listing belongs to the record of another SKU."""

    owner: Owner


def link(
    number: int, listing: Listing, *, scope: Scope, actor_id: int | None, how: How, replacing: bool = False
) -> Done | Taken | Refusal:
    """Make a listing the record's, as it was just seen at the marketplace.

    The next send says everything again. `replacing` lets go of another that the record had.
    """
    now = timezone.now()
    with transaction.atomic():
        place = _locked(number, scope)
        if place is None:
            return Refusal.NOWHERE
        before = _listing(number)
        if _runs(number):
            return Refusal.BUSY
        if before is not None and not replacing and before.id != listing.id:
            return Refusal.LINKED
        owner = links.owners(place.channel_id, place.kind, [listing.id]).get(listing.id[:80])
        if owner is not None and owner.integration_id != number:
            return Taken(owner)
        if before is None or before.id != listing.id:
            _write(number, listing)
            links.link([NewLink(number, listing.id, how.value)], now, actor_id=actor_id)
            links.hold({number: Hold.NONE})
            verb = "listing adopt" if how is How.ADOPTED else "listing link"
            _note(verb, place, scope, actor_id, listing=listing.id, before=before.id if before else "")
    return Done(listing, before)


def unlink(number: int, *, scope: Scope, actor_id: int | None) -> Done | Refusal:
    """Forget the record's listing, which stays as it is at the marketplace. Nothing is sent until a person asks."""
    with transaction.atomic():
        place = _locked(number, scope)
        if place is None:
            return Refusal.NOWHERE
        before = _listing(number)
        if before is None:
            return Refusal.NO_LISTING
        if _runs(number):
            return Refusal.BUSY
        _write(number, None)
        links.unlink([number], "unlinked", timezone.now())
        links.hold({number: Hold.UNLINKED})
        _note("listing unlink", place, scope, actor_id, listing=before.id)
    return Done(None, before)


def end(number: int, *, scope: Scope, actor_id: int | None) -> Done | Refusal:
    """Wish the record's listing ended for good; a worker does it, ahead of everything else."""
    with transaction.atomic():
        place = _locked(number, scope)
        if place is None:
            return Refusal.NOWHERE
        before = _listing(number)
        if before is None:
            return Refusal.NO_LISTING
        if not can_end(place.channel_id):
            return Refusal.NO_ABILITY
        if place.removed:
            return Refusal.REMOVED
        links.hold({number: Hold.ENDING})
        _queue(place, actor_id)
        _note("listing end", place, scope, actor_id, listing=before.id)
    return Done(before, before)


def keep(number: int, *, scope: Scope, actor_id: int | None) -> Done | Refusal:
    """Take back the wish to end a listing, if it still stands; the product is sent as before."""
    with transaction.atomic():
        place = _locked(number, scope)
        if place is None:
            return Refusal.NOWHERE
        if place.hold != Hold.ENDING:
            return Refusal.NOT_ENDING
        listing = _listing(number)
        links.hold({number: Hold.NONE})
        _queue(place, actor_id)
        _note("listing keep", place, scope, actor_id, listing=listing.id if listing else "")
    return Done(listing, listing)


def can_end(channel_id: int) -> bool:
    """Say whether the channel's connector ends listings."""
    connector = get(Channel.objects.values_list("connector", flat=True).get(pk=channel_id))
    return not isinstance(connector, Broken) and isinstance(connector, Ends)


def _locked(number: int, scope: Scope) -> Place | None:
    """Lock the record's lane, then the record: in the order of everybody."""
    row = scope.integrations().filter(pk=number).values_list("channel_id", "kind").first()
    if row is None:
        return None
    list(Lane.objects.select_for_update(no_key=True).filter(channel_id=row[0], kind=row[1]).values_list("pk"))
    return places_by_id([number], scope=scope).get(number)


def _runs(number: int) -> bool:
    return bool(fetch("SELECT 1 FROM db_work WHERE integration_id = %s AND lease_epoch > 0", [number]))


def _listing(number: int) -> Listing | None:
    return listing_from_json(Integration.objects.values_list("listing", flat=True).get(pk=number))


def _write(number: int, listing: Listing | None) -> None:
    """The digest goes too: whatever was accepted before, the next send goes out."""
    Integration.objects.filter(pk=number).update(
        listing_id=listing.id[:80] if listing else "",
        listing=listing_to_json(listing),
        offer_digest="",
        creating_since=None,
        updated_at=timezone.now(),
    )


def _queue(place: Place, actor_id: int | None) -> None:
    now, moves = timezone.now(), Moves()
    lane_id, _ = lanes_of([place.channel_id])[place.channel_id, place.kind]
    to_queued([place], now, moves)
    enqueue(
        [Wanted(place.id, lane_id)],
        trigger=Trigger.PERSON,
        priority=Priority.PERSON,
        now=now_ms(),
        actor_id=actor_id,
    )
    moves.write(now)
    wake([lane_id])


def _note(verb: str, place: Place, scope: Scope, actor_id: int | None, **detail: str) -> None:
    note(verb, [place.id], store_id=scope.store_id, actor_id=actor_id, detail=detail)
