"""What a run does to the link between its record and a listing: adopts one, is given one, lets go of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, TypedDict

from ponte.db.integrations import Place
from ponte.db.links import Owner, claims_on, owners
from ponte.db.models.identity import How
from ponte.domain.connector import Finds, Rules
from ponte.domain.lifecycle import Hold, Task
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.facts.learning import FactBook
from ponte.flows.pipeline.context import Context
from ponte.flows.pipeline.doubts import listing_in
from ponte.flows.pipeline.job import Result
from ponte.net.converse import Party, converse
from ponte.queue.lanes import Held

LONG_AGO_SECONDS = 30 * 24 * 3600.0
"""A doubt so old that the marketplace's search is sure to know, and nothing found can be Ponte's own double."""


class Linking(TypedDict, total=False):
    """What a `Change` says of the link."""

    how: str
    hold: Hold | None


class Again(Linking, total=False):
    """The same, with the listing that a late write brought."""

    listing: Listing | None


class AdoptionDesk(Protocol):
    """What an adoption asks: `flows.integrate.Desk` has it."""

    @property
    def context(self) -> Context: ...

    @property
    def facts(self) -> FactBook: ...

    @property
    def marketplace(self) -> Party: ...


async def adopt(result: Result, desk: AdoptionDesk, rules: Rules) -> Link | Rejected | Postponed | Blocked:
    """Return the link to send by: in a channel that adopts, what the marketplace keeps under the SKU already.

    Of several the connector chooses, as it does after a create that nobody heard of. What a person unlinked from the
    record does not come back so; what is another record's is not touched.
    """
    job, context = result.job, desk.context
    if not context.adopts or job.link.listing is not None or not isinstance(context.connector, Finds):
        return job.link
    found = await converse(context.connector.find(job.sku, rules), desk.marketplace, result.record)
    if isinstance(found, Postponed | Blocked):
        return found
    claims = await desk.facts.database.read(claims_on, job.id, [listing.id for listing in found])
    free = [listing for listing in found if listing.id[:80] not in claims]
    if free:
        result.adopted = True
        if len(free) == 1:
            return replace(job.link, listing=free[0], restate=True)
        known = job.link.uncertain_seconds
        return replace(job.link, uncertain_seconds=LONG_AGO_SECONDS if known is None else known)
    foreign = next(((listing.id, claims[listing.id[:80]]) for listing in found if claims[listing.id[:80]].sku), None)
    return job.link if foreign is None else Rejected((linked_elsewhere(*foreign),))


def linking(result: Result) -> Linking:
    """Say how a listing that is new to the record came to it, and what becomes of the wish that stood."""
    listing, known = listing_in(result.outcome), result.job.link.listing
    if is_ended(result):
        return {"hold": Hold.ENDED}
    if listing is None or (known is not None and known.id == listing.id):
        return {}
    return {"how": (How.ADOPTED if result.adopted else How.SENT).value}


def is_ended(result: Result) -> bool:
    """True when the listing was ended."""
    return result.job.task is Task.END and isinstance(result.outcome, Accepted) and not result.spared


def ended_again(result: Result, place: Place) -> Again:
    """A late write to a listing that was ended meanwhile may have brought one back: it is ended once more."""
    listing = listing_in(result.outcome)
    if place.hold != Hold.ENDED or listing is None:
        return {}
    return {"hold": Hold.ENDING, "listing": listing, "how": How.SENT.value}


def refuse_foreign(held: Held, results: Sequence[Result]) -> None:
    """Turn into refusals what ended at a listing that is another record's. The lane is locked.

    It happens where a marketplace keeps one listing under two SKUs, or a person linked it elsewhere.
    """
    new = {
        result.job.id: listing.id
        for result in results
        if (listing := listing_in(result.outcome)) is not None
        and (result.job.link.listing is None or result.job.link.listing.id != listing.id)
    }
    taken = owners(held.channel_id, held.kind, sorted(set(new.values())))
    claimed: dict[str, Owner] = {}
    for result in results:
        listing_id = new.get(result.job.id, "")
        if not listing_id:
            continue
        owner = taken.get(listing_id[:80]) or claimed.setdefault(
            listing_id[:80], Owner(result.job.id, result.job.sku)
        )
        if owner.integration_id != result.job.id:
            result.outcome = _refused(result, listing_id, owner)


def linked_elsewhere(listing_id: str, owner: Owner) -> Problem:
    """Say that a listing belongs to the record of another SKU."""
    return Problem(
        ProblemClass.DUPLICATE,
        Stage.SEND,
        listing_id,
        "listing.linked_elsewhere",
        params={"listing": listing_id, "sku": owner.sku},
    )


def _refused(result: Result, listing_id: str, owner: Owner) -> Rejected | Postponed:
    known = result.job.link.listing
    if isinstance(result.outcome, Postponed):
        return replace(result.outcome, listing=known)
    return Rejected((linked_elsewhere(listing_id, owner),), known)
