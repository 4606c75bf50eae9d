"""What is read about listings: a record's links, and a channel's records by what they are linked to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.core import signing
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from ponte.db.models import Integration, ListingLink, ListingSearch
from ponte.db.models.identity import How
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Hold

SIZE: Final = 50
MAX_LINKS: Final = 10
MAX_ASKED: Final = 80
MAX_CURSOR: Final = 300


class Show(StrEnum):
    """Which records of a channel the page shows."""

    ALL = ""
    SENT = "sent"
    ADOPTED = "adopted"
    CHOSEN = "chosen"
    MISSING = "missing"
    ENDING = "ending"
    ENDED = "ended"
    UNLINKED = "unlinked"


@dataclass(frozen=True, slots=True)
class Page:
    """Some records in the order of their SKUs; `next` is the place to go on at, "" at the end."""

    rows: Sequence[Integration]
    next: str = ""


def links_of(integration_id: int) -> list[ListingLink]:
    """Return the last links of a record, the newest first."""
    links = ListingLink.objects.filter(integration_id=integration_id).select_related("actor")
    return list(links.order_by("-id")[:MAX_LINKS])


def page(scope: Scope, channel_id: int, show: Show, *, asked: str = "", after: str = "") -> Page:
    """Return records of one channel in sight; `asked` is the beginning of a listing's id, or a SKU."""
    rows = _shown(scope.integrations().filter(channel_id=channel_id), show)
    if asked:
        rows = _found(rows, asked[:MAX_ASKED])
    elif place := _opened(after, channel_id):
        rows = rows.filter(sku__gt=place)
    columns = rows.defer("problems", "search_text").order_by("sku")
    found = list(columns[: SIZE + 1])
    more = len(found) > SIZE and not asked
    return Page(found[:SIZE], _sealed(found[SIZE - 1].sku, channel_id) if more else "")


def links_now(ids: Sequence[int]) -> dict[int, ListingLink]:
    """Return the present link of each of these records."""
    links = ListingLink.objects.filter(integration_id__in=ids, until=None).select_related("actor")
    return {link.integration_id: link for link in links}


def last_search(channel_id: int) -> ListingSearch | None:
    """Return the search that is under way, else the last one."""
    return ListingSearch.objects.filter(channel_id=channel_id).select_related("actor").order_by("-id").first()


# The condition of the index `integration_linked`, word by word: SQLite knows it again only so.
_BY_A_PERSON: Final = RawSQL("db_integration.linked IN ('adopted', 'chosen')", (), output_field=BooleanField())


def _shown(rows: QuerySet[Integration], show: Show) -> QuerySet[Integration]:
    """Narrow to what is shown. SQLite takes an index of some rows only for a query that repeats its condition."""
    match show:
        case Show.SENT:
            return rows.filter(linked=How.SENT).exclude(listing_id="")
        case Show.ADOPTED | Show.CHOSEN:
            return rows.filter(_BY_A_PERSON, linked=show.value).exclude(listing_id="")
        case Show.MISSING:
            return rows.filter(listing_id="", hold=Hold.NONE.value)
        case Show.ENDING | Show.ENDED | Show.UNLINKED:
            return rows.filter(hold=show.value).exclude(hold=Hold.NONE.value)
        case _:
            return rows


def _found(rows: QuerySet[Integration], asked: str) -> QuerySet[Integration]:
    """Find by an index each: two questions of few rows, whatever the channel's size."""
    end = asked[:-1] + chr(min(ord(asked[-1]) + 1, 0xD7FF))
    by_listing: Any = rows.filter(listing_id__gte=asked, listing_id__lt=end).exclude(listing_id="")
    ids = [*by_listing.values_list("pk", flat=True)[:SIZE], *rows.filter(sku=asked).values_list("pk", flat=True)[:5]]
    return rows.filter(pk__in=ids)


def _sealed(sku: str, channel_id: int) -> str:
    return signing.Signer(salt=f"ponte.listings:{channel_id}").sign(sku).replace(":", "~")


def _opened(text: str, channel_id: int) -> str:
    """Return the SKU that a place names; "" for a place that this list did not give out."""
    head, _, mark = text[:MAX_CURSOR].rpartition("~")
    try:
        return signing.Signer(salt=f"ponte.listings:{channel_id}").unsign(f"{head}:{mark}") if head else ""
    except signing.BadSignature:
        return ""
