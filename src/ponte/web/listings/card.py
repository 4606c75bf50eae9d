"""A record's listing in words: what stands at the marketplace, since when, how it was linked, what may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.connectors import Broken, get
from ponte.db.models import Integration, ListingLink
from ponte.db.models.identity import How
from ponte.domain.connector import Ends, Finds
from ponte.domain.lifecycle import Hold
from ponte.web.access import Visit
from ponte.web.labels import HOLDS, Label
from ponte.web.record.deep_links import DeepLink, listing_links, safe
from ponte.web.record.timeline import name_of

Text = str | Promise

HOW: Mapping[str, Text] = {
    How.SENT: gettext_lazy("Criado pelo Ponte"),
    How.ADOPTED: gettext_lazy("Já existia e foi adotado"),
    How.CHOSEN: gettext_lazy("Vinculado por uma pessoa"),
}
WHY: Mapping[str, Text] = {
    "ended": gettext_lazy("encerrado"),
    "unlinked": gettext_lazy("desvinculado"),
    "replaced": gettext_lazy("trocado por outro"),
    "gone": gettext_lazy("não existe mais"),
}


@dataclass(frozen=True, slots=True)
class Past:
    """A link of before; `who` is "" where nobody did it."""

    listing: str
    how: Text
    since: datetime
    until: datetime | None
    why: Text
    who: str


@dataclass(frozen=True, slots=True)
class Card:
    """The region. Each `may_*` is the person's right and the connector's ability at once."""

    id: str
    state: str
    how: Text
    who: str
    since: datetime | None
    hold: Label | None
    text: Text
    links: tuple[DeepLink, ...]
    past: tuple[Past, ...]
    may_find: bool
    may_adopt: bool
    may_link: bool
    may_unlink: bool
    may_end: bool
    may_keep: bool

    @property
    def may_anything(self) -> bool:
        return self.may_find or self.may_link or self.may_unlink or self.may_end or self.may_keep


def card_of(found: Integration, links: Sequence[ListingLink], visit: Visit) -> Card:
    """Read a record's links, newest first, for one person."""
    now = next((link for link in links if link.until is None), None)
    kept: Mapping[str, object] = found.listing if isinstance(found.listing, dict) else {}
    connector = get(found.channel.connector)
    finds = not isinstance(connector, Broken) and isinstance(connector, Finds)
    ends = not isinstance(connector, Broken) and isinstance(connector, Ends)
    there = found.channel.archived_at is None
    listed, ending = bool(found.listing_id), found.hold == Hold.ENDING
    manages = visit.may_manage and there
    return Card(
        id=found.listing_id,
        state=str(kept.get("state") or ""),
        how=HOW.get(now.how, "") if now else "",
        who=name_of(now.actor) if now and now.actor else "",
        since=now.since if now else None,
        hold=HOLDS.get(found.hold),
        text=_text(found),
        links=listing_links(found) if listed else (),
        past=tuple(map(_past, (link for link in links if link.until is not None))),
        may_find=visit.may_act and there and finds,
        may_adopt=visit.may_act and there and finds and not listed,
        may_link=manages,
        may_unlink=manages and listed and not ending,
        may_end=manages and listed and ends and not ending and found.removed_at is None,
        may_keep=manages and ending,
    )


def page_of(listing_url: str) -> str:
    """Return a listing's page if a link may lead there."""
    return safe(listing_url)


def _past(link: ListingLink) -> Past:
    return Past(
        link.listing_id,
        HOW.get(link.how, link.how),
        link.since,
        link.until,
        WHY.get(link.why, link.why),
        name_of(link.actor) if link.actor else "",
    )


def _text(found: Integration) -> Text:
    match found.hold:
        case Hold.ENDING:
            return _("O Ponte vai encerrar este anúncio no marketplace. Mudanças na VTEX não interrompem isso.")
        case Hold.ENDED:
            return _(
                "O anúncio foi encerrado a pedido de uma pessoa. Mudanças na VTEX não o trazem de volta; Reprocessar "
                "anuncia de novo, com um anúncio novo."
            )
        case Hold.UNLINKED:
            return _(
                "O Ponte não conhece mais um anúncio deste SKU e não envia nada até alguém vincular um anúncio ou "
                "reprocessar. Reprocessar cria um anúncio novo."
            )
    if found.listing_id:
        return ""
    if found.creating_since is not None:
        return _("Um envio pode ter criado o anúncio sem o Ponte saber: antes do próximo, o SKU será procurado lá.")
    return _("O Ponte não conhece um anúncio deste SKU. O próximo envio aceito cria um.")
