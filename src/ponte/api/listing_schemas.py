"""The shapes of `/integrations/{id}/listing`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ponte.api.schemas import Strict, Text


class LinkOut(Strict):
    """A listing that is or was the record's. `why` says how it ended, "" while it lasts."""

    listing: str
    how: Literal["sent", "adopted", "chosen"]
    by: str | None
    since: datetime
    until: datetime | None
    why: Literal["", "ended", "unlinked", "replaced", "gone"]


class ListingOut(Strict):
    """The record's listing. `hold` is a person's wish about it, "" for none."""

    id: str | None
    url: str
    state: str
    hold: Literal["", "ending", "ended", "unlinked"]
    links: list[LinkOut]


class FoundOut(Strict):
    """A listing that stands there. `linked_to` is the SKU of the record that has it."""

    id: str
    url: str
    state: str
    sku: str
    linked_to: str | None


class FoundPage(Strict):
    items: list[FoundOut]


class AdoptIn(Strict):
    """Which of several to adopt; without it there must be one."""

    listing: Text = ""


class RelinkIn(Strict):
    """The listing's id, or the address of its page."""

    listing: Text
