"""Look at the marketplace for a record's listing: those it keeps under the SKU, or the one that a person names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ponte.db.links import Owner, owners
from ponte.domain.connector import Finds
from ponte.domain.listing_text import candidates
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass
from ponte.flows.pipeline.beside import ask_within, rules_of
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import Unready
from ponte.flows.pipeline.discretion import discreet
from ponte.flows.preview import Late
from ponte.net.converse import Record, converse

NOT_THERE = frozenset({ProblemClass.LISTING_NOT_FOUND, ProblemClass.LISTING_CLOSED})


@dataclass(frozen=True, slots=True)
class Found:
    """One listing that stands there. `owner` is the record that has it already, if one has.

    `under` says that the marketplace keeps it under the record's SKU; `sku` is the one it names, "" when none.
    """

    listing: Listing
    owner: Owner | None = None
    under: bool = True
    sku: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands there; `readable` is False for a text that names no listing at all."""

    found: tuple[Found, ...] = ()
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the marketplace could not be asked; `problem` is None for a connector that cannot look."""

    problem: Problem | None = None


Looked: TypeAlias = Seen | Trouble | Unready | Late
Answer: TypeAlias = tuple[Listing, ...] | Postponed | Blocked


@dataclass(frozen=True, slots=True)
class Subject:
    """The record that a listing is looked for."""

    number: int
    channel_id: int
    kind: str
    sku: str


def look_for(subject: Subject, *, seconds: float) -> Looked:
    """Return the listings that the marketplace keeps under the record's SKU."""
    return _asked(subject, seconds, lambda line: _under(subject, line))


def look_up(subject: Subject, text: str, *, seconds: float) -> Looked:
    """Return the listing that a text names: the first of its readings that stands there."""
    named = candidates(text)
    if not named:
        return Seen(readable=False)
    return _asked(subject, seconds, lambda line: _named(subject, named, text.strip(), line))


def _asked(subject: Subject, seconds: float, look: Callable[[ChannelLine], Awaitable[Seen | Trouble]]) -> Looked:
    seen = ask_within(seconds, subject.channel_id, look)
    if not isinstance(seen, Seen) or not seen.found:
        return seen
    taken = owners(subject.channel_id, subject.kind, [one.listing.id for one in seen.found])
    return Seen(tuple(Found(one.listing, taken.get(one.listing.id[:80]), one.under, one.sku) for one in seen.found))


async def _under(subject: Subject, line: ChannelLine) -> Seen | Trouble:
    found = await find(subject.sku, line)
    if isinstance(found, Trouble):
        return found
    return Seen(tuple(Found(listing, sku=subject.sku) for listing in found))


async def find(sku: str, line: ChannelLine) -> tuple[Listing, ...] | Trouble:
    """Ask once, at the line's pace."""
    connector = line.context.connector
    if not isinstance(connector, Finds):
        return Trouble()
    answer = await converse(connector.find(sku, rules_of(line)), line.marketplace, Record())
    return _told(answer, line) if isinstance(answer, Postponed | Blocked) else answer


async def _named(subject: Subject, named: Sequence[str], text: str, line: ChannelLine) -> Seen | Trouble:
    if isinstance(line.context.connector, Finds):
        own = await find(subject.sku, line)
        if isinstance(own, Trouble):
            return own
        match = next((one for one in own if one.id in named or (one.url and one.url == text)), None)
        if match is not None:
            return Seen((Found(match, sku=subject.sku),))
    for listing_id in named:
        stands = await _followed(listing_id, line)
        if isinstance(stands, Trouble):
            return stands
        if stands is not None:
            sku = str(stands.memory.get("sku") or "")
            return Seen((Found(stands, under=sku == subject.sku, sku=sku),))
    return Seen()


async def _followed(listing_id: str, line: ChannelLine) -> Listing | Trouble | None:
    """Look at one listing; None when there is none of that id."""
    link = Link(Listing(listing_id))
    outcome = await converse(line.context.connector.follow(link, rules_of(line)), line.marketplace, Record())
    match outcome:
        case Accepted(listing) | Pending(listing):
            return listing
        case Rejected(problems, listing):
            return None if not problems or {one.kind for one in problems} & NOT_THERE else listing
        case _:
            return _told(outcome, line)


def _told(answer: Postponed | Blocked, line: ChannelLine) -> Trouble:
    secrets = (*line.context.marketplace.secrets.values(), *line.context.vtex.secrets.values())
    kept = discreet(answer, secrets)
    return Trouble(kept.problem if isinstance(kept, Postponed | Blocked) else answer.problem)
