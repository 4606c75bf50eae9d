"""The page of a channel's listings as values: who has which, how it came, and the search for what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.db.listings import MAX_ASKED, Page, Show
from ponte.db.models import Channel, Integration, ListingLink, ListingSearch
from ponte.explain import explain
from ponte.flows.listings.search import can_find
from ponte.web.access import Visit
from ponte.web.choice import Choice
from ponte.web.explained import language, problems_of
from ponte.web.labels import Label
from ponte.web.listings.card import HOW
from ponte.web.products.rows import row_of
from ponte.web.record.timeline import name_of

Text = str | Promise

SHOWS: Mapping[Show, Text] = {
    Show.ALL: gettext_lazy("Todos"),
    Show.MISSING: gettext_lazy("Sem anúncio"),
    Show.SENT: gettext_lazy("Criados pelo Ponte"),
    Show.ADOPTED: gettext_lazy("Adotados"),
    Show.CHOSEN: gettext_lazy("Vinculados por pessoas"),
    Show.ENDING: gettext_lazy("Encerrando"),
    Show.ENDED: gettext_lazy("Encerrados"),
    Show.UNLINKED: gettext_lazy("Desvinculados"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The page's address, read."""

    show: Show
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One record. `how` and `since` are of its present link."""

    id: int
    sku: str
    name: str
    label: Label
    listing: str
    state: str
    how: Text
    who: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Search:
    """The search for missing listings that runs, or the last one."""

    running: bool
    text: str
    trouble: str
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Listings:
    """The page."""

    choices: tuple[Choice, ...]
    text: str
    narrowed: bool
    lines: tuple[Line, ...]
    next: str
    search: Search | None
    adopts: bool
    can_find: bool


def asked_of(query: QueryDict) -> Asked:
    """Read an address; what it cannot mean is left out."""
    show = query.get("mostrar", "")
    text = "".join(char for char in query.get("busca", "").strip() if char.isprintable())
    return Asked(Show(show) if show in set(Show) else Show.ALL, text[:MAX_ASKED], query.get("depois", ""))


def listings_of(
    channel: Channel,
    asked: Asked,
    page: Page,
    links: Mapping[int, ListingLink],
    *,
    search: ListingSearch | None,
    visit: Visit,
) -> Listings:
    """Put what was read into words."""
    return Listings(
        choices=tuple(Choice(show.value, text, show is asked.show) for show, text in SHOWS.items()),
        text=asked.text,
        narrowed=bool(asked.text) or asked.show is not Show.ALL,
        lines=tuple(_line(row, links.get(row.pk), visit) for row in page.rows),
        next=_next(channel, asked, page.next),
        search=_search(search) if search else None,
        adopts=channel.adopts,
        can_find=can_find(channel),
    )


def _line(found: Integration, link: ListingLink | None, visit: Visit) -> Line:
    row = row_of(found, {}, timezone.now(), may_act=visit.may_act)
    kept: Mapping[str, object] = found.listing if isinstance(found.listing, dict) else {}
    return Line(
        found.pk,
        found.sku,
        found.name,
        row.label,
        found.listing_id,
        str(kept.get("state") or ""),
        HOW.get(link.how, "") if link else "",
        name_of(link.actor) if link and link.actor else "",
        link.since if link else None,
    )


def _next(channel: Channel, asked: Asked, place: str) -> str:
    if not place:
        return ""
    query = {"mostrar": asked.show.value, "depois": place}
    kept = {name: value for name, value in query.items() if value}
    return f"/canais/{quote(channel.code)}/anuncios?{urlencode(kept)}"


def _search(search: ListingSearch) -> Search:
    counts = {
        "looked": search.looked,
        "planned": search.planned if search.planned is not None else "?",
        "adopted": search.adopted,
        "several": search.several,
        "taken": search.taken,
    }
    running = search.ended_at is None
    if running:
        text = _("Procurando: %(looked)s de %(planned)s SKUs. Adotados até agora: %(adopted)s.") % counts
    elif search.stopped:
        text = _("A última procura foi parada: %(looked)s SKUs vistos, %(adopted)s anúncios adotados.") % counts
    else:
        text = _("A última procura viu %(looked)s SKUs e adotou %(adopted)s anúncios.") % counts
    if search.several:
        text = f"{text} {_('Com mais de um anúncio, à espera de escolha: %(several)s.') % counts}"
    if search.taken:
        text = f"{text} {_('Já de outro registro: %(taken)s.') % counts}"
    trouble = _trouble([search.trouble]) if running and search.trouble else ""
    who = name_of(search.actor) if search.actor else ""
    return Search(running, text, trouble, search.ended_at or search.moved_at, who)


def _trouble(kept: Sequence[Mapping[str, object]]) -> str:
    [problem] = problems_of(kept)
    return explain(problem, language()).title
