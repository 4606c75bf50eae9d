"""Whose listing is whose: show, find, adopt, unlink, relink, end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import click

from ponte.cli.django import with_database
from ponte.cli.output import fail, language, table
from ponte.ops.logging import one_line

if TYPE_CHECKING:
    from ponte.db.models import Integration
    from ponte.flows.listings.at_once import Doing

SECONDS = 30.0
REASONS = {
    "busy": "a send of this SKU is under way; try again when it has ended",
    "no_listing": "the record has no listing",
    "linked": "the record has another listing; unlink or relink it",
    "no_ability": "the channel's connector does not end listings",
    "not_ending": "the listing is not being ended",
    "removed": "the log was removed; restore it first",
}
STORE = click.option("--store", "account", help="Account; needed when there are several.")
NUMBER = click.argument("number", type=int)


@click.group()
def listing() -> None:
    """Whose listing is whose. NUMBER is that of a record, as `ponte list` shows it."""


@listing.command()
@NUMBER
@STORE
@with_database
def show(number: int, account: str | None) -> None:
    """Show the record's listing, and those it had."""
    from django.utils.timezone import localtime

    from ponte.db.listings import links_of

    row = _row(number, account)
    click.echo(one_line(f"{row.sku}  {row.listing_id or 'no listing'}  {row.hold}".rstrip()))
    rows = [
        (
            link.listing_id,
            link.how,
            f"{localtime(link.since):%Y-%m-%d %H:%M %z}",
            f"{localtime(link.until):%Y-%m-%d %H:%M %z}" if link.until else "",
            link.why,
        )
        for link in links_of(row.pk)
    ]
    table(("listing", "how", "since", "until", "why"), rows)


@listing.command()
@NUMBER
@STORE
@with_database
def find(number: int, account: str | None) -> None:
    """Ask the marketplace for the listings of the SKU; nothing changes."""
    from ponte.flows.listings.at_once import subject_of
    from ponte.flows.listings.looks import Seen, look_for

    looked = look_for(subject_of(_row(number, account)), seconds=SECONDS)
    if not isinstance(looked, Seen):
        _tell(looked)
    rows = [
        (one.listing.id, one.listing.state, one.listing.url, one.owner.sku if one.owner else "")
        for one in looked.found
    ]
    table(("listing", "state", "page", "linked to"), rows)


@listing.command()
@NUMBER
@click.argument("which", required=False, default="")
@STORE
@with_database
def adopt(number: int, which: str, account: str | None) -> None:
    """Link the listing that the marketplace keeps under the SKU; of several, WHICH."""
    from ponte.flows.listings.at_once import adopt as run

    row = _row(number, account)
    _told(run(row, which, seconds=SECONDS, **_by(row)), "linked")


@listing.command()
@NUMBER
@click.argument("text")
@STORE
@with_database
def relink(number: int, text: str, account: str | None) -> None:
    """Link the listing of an id or address (TEXT), in place of the one there is."""
    from ponte.flows.listings.at_once import relink as run

    row = _row(number, account)
    _told(run(row, text, seconds=SECONDS, **_by(row)), "linked")


@listing.command()
@NUMBER
@STORE
@with_database
def unlink(number: int, account: str | None) -> None:
    """Forget the listing; it stays as it is at the marketplace, and nothing is sent until somebody asks."""
    from ponte.flows.listings.deeds import unlink as run

    row = _row(number, account)
    _told(run(row.pk, **_by(row)), "unlinked")


@listing.command()
@NUMBER
@STORE
@with_database
def end(number: int, account: str | None) -> None:
    """End the listing for good; a worker does it."""
    from ponte.flows.listings.deeds import end as run

    row = _row(number, account)
    _told(run(row.pk, **_by(row)), "will be ended")


def _row(number: int, account: str | None) -> Integration:
    from ponte.cli.records import store_of
    from ponte.db import queries
    from ponte.db.scope import Scope

    return queries.record([Scope(store_of(account).pk)], number) or fail(f"There is no record {number}.")


def _by(row: Integration) -> dict[str, Any]:
    from ponte.db.scope import Scope

    return {"scope": Scope(row.store_id), "actor_id": None}


def _told(done: Doing, word: str) -> None:
    from ponte.flows.listings.deeds import Done

    if not isinstance(done, Done):
        _tell(done)
    about = done.listing or done.before
    click.echo(one_line(f"{about.id if about else 'listing'} {word}"))


def _tell(done: Any) -> NoReturn:
    from ponte.explain import explain
    from ponte.flows.listings.at_once import Unfit
    from ponte.flows.listings.deeds import Refusal, Taken
    from ponte.flows.listings.looks import Trouble
    from ponte.flows.pipeline.context import Unready
    from ponte.flows.preview import Late

    match done:
        case Taken(owner):
            fail(f"The listing belongs to SKU {owner.sku}.")
        case Unfit(_, other_sku) if other_sku:
            fail(f"At the marketplace the listing is SKU {other_sku}'s.")
        case Unfit(found):
            ids = ", ".join(one.listing.id for one in found)
            fail(f"Not exactly one listing fits: {ids or 'none'}.")
        case Refusal():
            fail(f"Not done: {REASONS.get(done.value, done.value)}.")
        case Trouble(problem) if problem is not None:
            fail(explain(problem, language()).title)
        case Late(seconds):
            fail(f"The marketplace did not answer in {seconds:g} seconds.")
        case Unready(reason, detail):
            fail(f"The channel cannot be used: {reason} {detail}")
        case _:
            fail("The channel's connector cannot look for listings.")
