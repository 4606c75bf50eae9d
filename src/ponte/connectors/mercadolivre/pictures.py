"""Pictures go by their addresses; those that could not be fetched go by new ones.

Mercado Livre fetches an address once: the same one again changes nothing (developers' page "work with pictures",
captured 2026-06).
"""

from __future__ import annotations

import re

from ponte.connectors import shape
from ponte.connectors.mercadolivre.errand import MEMORY, sent_before
from ponte.connectors.mercadolivre.standing import remembering
from ponte.domain.message import JSON
from ponte.domain.outcome import Listing

FETCHES = "fetches"
# It takes JPG and PNG. Others are known by the address's end; an address that tells nothing is sent.
OTHER_FORMAT = re.compile(r"\.(webp|gif|bmp|svgz?|avif|tiff?|heic|heif|ico)$", re.IGNORECASE)


def is_of_other_format(address: str) -> bool:
    return OTHER_FORMAT.search(address.partition("#")[0].partition("?")[0]) is not None


def to_fetch_again(listing: Listing) -> Listing:
    """Forget what pictures were sent: the next sending names them, by addresses that were not tried."""
    sent = {name: value for name, value in sent_before(listing).items() if name != "pictures"}
    times = (shape.whole(listing.memory.get(FETCHES)) or 0) + 1
    return remembering(listing, waited=None, **{MEMORY: sent, FETCHES: times})


def fetched_anew(pictures: JSON, listing: Listing) -> JSON:
    """Return the pictures as they are, or told apart from the failed ones by a parameter that image hosts ignore."""
    times = shape.whole(listing.memory.get(FETCHES)) or 0
    if times < 1:
        return pictures
    return [_told_apart(shape.text(one.get("source")), times) for one in shape.tables(pictures)]


def _told_apart(address: str, times: int) -> JSON:
    path, mark, fragment = address.partition("#")
    joined = "&" if "?" in path else "?"
    return {"source": f"{path}{joined}fetch={min(times, 999)}{mark}{fragment}"}
