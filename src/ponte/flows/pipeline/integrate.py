"""One product, step by step: fetch from VTEX, map, check, send; expected trouble of any step is its outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ponte.domain.connector import Ends, Rules
from ponte.domain.lifecycle import Hold, Task, Trigger
from ponte.domain.offer import Offer
from ponte.domain.outcome import Accepted, Blocked, Link, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass
from ponte.domain.sku import Sku
from ponte.flows.facts.learning import FactBook
from ponte.flows.listings.linking import LONG_AGO_SECONDS, adopt
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import Context
from ponte.flows.pipeline.job import Job, Result
from ponte.flows.pipeline.reading import Reading
from ponte.net.converse import Party, Record, converse
from ponte.sources.vtex.read import read_sku
from ponte.sources.vtex.sku import sellable


@dataclass(frozen=True, slots=True)
class Desk:
    """What one run works with. `marketplace` asks the fence of this very run before it changes anything."""

    context: Context
    facts: FactBook
    reading: Reading | None
    vtex: Party
    marketplace: Party


async def integrate(result: Result, desk: Desk) -> None:
    """Bring one integration to its next outcome, written into `result` as it comes; raises only for bugs.

    The result is the caller's, so that what passed is known even of a run that is cut short.
    """
    job = result.job
    if job.hold is not Hold.NONE:
        result.outcome = await _end(job, desk, result) if job.task is Task.END else _rest(result)
    elif job.task is Task.FOLLOW and job.link.listing:
        result.outcome = await _follow(job, desk, result)
    else:
        result.outcome = await _bring(job, desk, result)
    result.spared = _is_fenced(result.outcome)


async def _end(job: Job, desk: Desk, result: Result) -> Outcome:
    """End the listing for good; one that was gone already is as good."""
    connector = desk.context.connector
    if job.link.listing is None or not isinstance(connector, Ends):
        return Accepted(None)
    result.sent = result.withdrawn = True
    outcome = await converse(connector.end(job.link, _known_rules(desk)), desk.marketplace, result.record)
    return Accepted(None) if isinstance(outcome, Accepted) else outcome


def _rest(result: Result) -> Outcome:
    """Send nothing: a person ended or unlinked the listing, and nobody has asked for it again."""
    result.unchanged = True
    return Accepted(None)


async def _bring(job: Job, desk: Desk, result: Result) -> Outcome:
    sku = await _fetch(job, desk, result)
    if not isinstance(sku, Sku):
        return await _missing_in_vtex(job, desk, result, sku)
    result.sku = sku
    rules = await _rules(sku, desk)
    if isinstance(rules, Postponed | Blocked):
        return rules
    unfit = _not_for_sale(sku, desk.context.trade_policy)
    if unfit is not None:
        return await _withdraw(job, desk, result, rules, unfit)
    result.sheet = desk.facts.sheet_key(rules)
    problems = desk.context.connector.check(sku, rules)
    result.offer = desk.context.connector.map(sku, rules)
    if any(problem.blocking for problem in problems):
        return Rejected(problems, job.link.listing)
    return _with_warnings(await _send(job, desk, result, rules), problems)


async def _fetch(job: Job, desk: Desk, result: Result) -> Sku | Rejected | Postponed | Blocked:
    sku = await converse(read_sku(job.sku, desk.context.trade_policy), desk.vtex, result.record)
    if not isinstance(sku, Sku) or desk.reading is None:
        return sku
    availability = await desk.reading.availability(job.sku)
    result.record.passed += desk.reading.passed(job.sku)
    if isinstance(availability, Postponed | Blocked):
        return availability
    return sku.offered(availability)


async def _rules(sku: Sku, desk: Desk) -> Rules | Postponed | Blocked:
    return await desk.facts.informed(sku, desk.context.rules, desk.marketplace)


def _not_for_sale(sku: Sku, trade_policy: str) -> Problem | None:
    """Return why the product must not be on sale in this channel at all."""
    unfit = sellable(sku, trade_policy)
    if unfit is not None:
        return unfit.as_warning()
    return next((flaw for flaw in sku.flaws if flaw.blocking and flaw.kind.off_sale), None)


async def _missing_in_vtex(job: Job, desk: Desk, result: Result, outcome: Rejected | Postponed | Blocked) -> Outcome:
    """A product that VTEX no longer has is taken off sale where it is listed."""
    if not isinstance(outcome, Rejected) or job.link.listing is None:
        return outcome
    withdrawn = await _withdraw(job, desk, result, _known_rules(desk), outcome.problems[0])
    if not isinstance(withdrawn, Accepted):
        return withdrawn
    return Rejected(outcome.problems, withdrawn.listing, withdrawn.follow_in)


async def _withdraw(job: Job, desk: Desk, result: Result, rules: Rules, reason: Problem) -> Outcome:
    if job.link.listing is None:
        return Rejected((reason,))
    result.sent = result.withdrawn = True
    outcome = await converse(desk.context.connector.withdraw(job.link, rules), desk.marketplace, result.record)
    match outcome:
        case Accepted():
            return replace(outcome, warnings=(reason.as_warning(),))
        case Pending(listing, _, check_in):
            # The reason is VTEX's, and is shown; what the marketplace makes of the pause is looked at.
            return Accepted(listing, (reason.as_warning(),), check_in)
        case _:
            return outcome


async def _send(job: Job, desk: Desk, result: Result, rules: Rules) -> Outcome:
    offer = result.offer
    assert offer is not None
    same = bool(job.offer_digest) and offer.digest == job.offer_digest and job.link.listing is not None
    if same and job.claimed.trigger is not Trigger.PERSON:
        if job.headline_class:
            # Accepted once, refused later (moderation): whether it stands now, only the marketplace knows.
            return await _follow(job, desk, result)
        result.unchanged = True
        return Accepted(job.link.listing)
    link = await adopt(result, desk, rules)
    if not isinstance(link, Link):
        return link
    result.sent = True
    return await converse(
        desk.context.connector.send(offer, _link(job, link), rules), desk.marketplace, result.record
    )


def _link(job: Job, link: Link) -> Link:
    """A listing that is gone is made anew by a person's wish only, and after one more look for it."""
    if not job.recreates:
        return link
    known = job.link.uncertain_seconds
    return Link(None, uncertain_seconds=LONG_AGO_SECONDS if known is None else known)


async def _follow(job: Job, desk: Desk, result: Result) -> Outcome:
    result.sent = True
    return await converse(
        desk.context.connector.follow(job.link, _known_rules(desk)), desk.marketplace, result.record
    )


def _known_rules(desk: Desk) -> Rules:
    """Return the rules with what was learnt already: a late refusal names its attribute as the sheet does."""
    return replace(desk.context.rules, facts=desk.facts.known)


def _with_warnings(outcome: Outcome, problems: tuple[Problem, ...]) -> Outcome:
    if isinstance(outcome, Accepted) and problems:
        return replace(outcome, warnings=(*problems, *outcome.warnings))
    return outcome


def _is_fenced(outcome: Outcome) -> bool:
    return isinstance(outcome, Postponed) and outcome.problem.kind is ProblemClass.SUPERSEDED


async def look(
    sku_id: str, line: ChannelLine
) -> tuple[Sku, Offer, tuple[Problem, ...]] | Rejected | Postponed | Blocked:
    """Do everything up to the send for one SKU, as a dry run."""
    context = line.context
    sku = await converse(read_sku(sku_id, context.trade_policy), line.vtex, Record())
    if not isinstance(sku, Sku):
        return sku
    reading = Reading([sku_id], context.trade_policy, context.affiliate_id, line.vtex)
    availability = await reading.availability(sku_id)
    if isinstance(availability, Postponed | Blocked):
        return availability
    sku = sku.offered(availability)
    desk = Desk(context, line.facts, None, line.vtex, line.marketplace)
    rules = await _rules(sku, desk)
    if isinstance(rules, Postponed | Blocked):
        return rules
    unfit = sellable(sku, context.trade_policy)
    problems = context.connector.check(sku, rules)
    return sku, context.connector.map(sku, rules), problems if unfit is None else (unfit, *problems)
