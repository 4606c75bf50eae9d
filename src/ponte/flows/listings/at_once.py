"""Look at the marketplace and link what stands there, in one go: what the API and the command line do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ponte.db.models import Integration
from ponte.db.models.identity import How
from ponte.db.scope import Scope
from ponte.flows.listings import deeds
from ponte.flows.listings.looks import Found, Looked, Seen, Subject, Trouble, look_for, look_up
from ponte.flows.pipeline.context import Unready
from ponte.flows.preview import Late


@dataclass(frozen=True, slots=True)
class Unfit:
    """Nothing was linked: none stands there, or several do, or the one belongs to another SKU (`other_sku`)."""

    found: tuple[Found, ...] = ()
    other_sku: str = ""


Doing: TypeAlias = deeds.Done | deeds.Taken | deeds.Refusal | Unfit | Trouble | Unready | Late


def subject_of(found: Integration) -> Subject:
    return Subject(found.pk, found.channel_id, found.kind, found.sku)


def adopt(found: Integration, listing_id: str, *, scope: Scope, actor_id: int | None, seconds: float) -> Doing:
    """Link the listing that the marketplace keeps under the SKU; with several, the one of that id."""
    looked = look_for(subject_of(found), seconds=seconds)
    return _linked(looked, found.pk, listing_id, scope=scope, actor_id=actor_id, how=How.ADOPTED)


def relink(found: Integration, text: str, *, scope: Scope, actor_id: int | None, seconds: float) -> Doing:
    """Link the listing that a text names, in place of the one that the record has."""
    looked = look_up(subject_of(found), text, seconds=seconds)
    if isinstance(looked, Seen):
        other = next((one for one in looked.found if one.sku and one.sku != found.sku), None)
        if other is not None:
            return Unfit(looked.found, other.sku)
    return _linked(looked, found.pk, "", scope=scope, actor_id=actor_id, how=How.CHOSEN)


def _linked(looked: Looked, number: int, listing_id: str, *, scope: Scope, actor_id: int | None, how: How) -> Doing:
    if not isinstance(looked, Seen):
        return looked
    fitting = [one for one in looked.found if not listing_id or one.listing.id == listing_id]
    if len(fitting) != 1:
        return Unfit(looked.found)
    chosen = fitting[0]
    if chosen.owner is not None and chosen.owner.integration_id != number:
        return deeds.Taken(chosen.owner)
    replacing = how is How.CHOSEN
    return deeds.link(number, chosen.listing, scope=scope, actor_id=actor_id, how=how, replacing=replacing)
