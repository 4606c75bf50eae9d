"""How a listing stands: what its summaries and issues say, how long to wait, when to look again.

States: Amazon's listingsItems model (2021-08-01): a status with BUYABLE is on sale; no ASIN yet is still being worked
on. Amazon names no time for that; the looks are ours.
"""

from __future__ import annotations

from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.amazon.errors import issue_problems
from ponte.connectors.amazon.seller import FIRST_LOOK_SECONDS, Seller
from ponte.connectors.texts import sendable
from ponte.domain.message import JSON
from ponte.domain.outcome import Accepted, Listing, Pending, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage, headline_first

# From one look to the next while Amazon works: after 1, 3, 10, 30 minutes, then every 6 hours until 48. In times of
# the first look, which a channel may set (`first_look_seconds`).
LOOKS = (1, 2, 7, 20)
EARLY = sum(LOOKS)
LATER_LOOK = 360
DEADLINE = 48 * 60
# After it is on sale: Amazon's further checks (brand, pictures, rules of the page) come hours later, some days.
FOLLOW_STEPS = (30, 360, 1_440, 10_080)
MEMORY, FAMILY = "sent", "parent"
Standing = Accepted | Rejected | Pending | Postponed


def item_of(body: JSON) -> dict[str, JSON] | None:
    """Return the body when it is a listing's: an object with a SKU."""
    item = shape.table(body)
    return item if shape.text(item.get("sku")) else None


def summary_of(item: dict[str, JSON], marketplace_id: str) -> dict[str, JSON]:
    """Return the summary of one marketplace, the first where none is named."""
    rows = shape.tables(item.get("summaries"))
    return next((row for row in rows if marketplace_id in {"", row.get("marketplaceId")}), {})


def processing() -> Problem:
    return Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE, "", "processing")


def standing(item: dict[str, JSON], listing: Listing, seller: Seller | None = None) -> Standing:
    """Say what a listing's state and issues mean, on one seller's marketplace or on any."""
    marketplace_id = seller.marketplace_id if seller else ""
    summary = summary_of(item, marketplace_id)
    status, asin = shape.texts(summary.get("status")), sendable(shape.text(summary.get("asin")))[:20]
    state = "/".join(sendable(one)[:30] for one in status[:4]) or ("INACTIVE" if asin else "PROCESSING")
    page = seller.page_of(asin) if seller else ""
    now = remembering(replace(listing, url=page or listing.url, state=state), asin=asin or None)
    live = "BUYABLE" in status
    issues = headline_first(issue_problems(_of_marketplace(item, marketplace_id), Stage.MARKETPLACE, live=live))
    if any(problem.blocking for problem in issues):
        return _refused(issues, now)
    if live or (asin and listing.memory.get("quantity") == 0):
        return Accepted(now, issues)
    return waiting(now, seller.first_look if seller else FIRST_LOOK_SECONDS)


def _of_marketplace(item: dict[str, JSON], marketplace_id: str) -> dict[str, JSON]:
    rows = shape.tables(item.get("issues"))
    ours = [row for row in rows if not marketplace_id or marketplace_id in _marketplaces(row, marketplace_id)]
    return {"issues": ours}


def _marketplaces(row: dict[str, JSON], usual: str) -> tuple[str, ...]:
    return shape.texts(row.get("marketplaceIds")) or (usual,)


def _refused(issues: tuple[Problem, ...], listing: Listing) -> Standing:
    """A refusal; what passes by itself is waited for. The next sending says everything again."""
    blocking = [problem for problem in issues if problem.blocking]
    again = forgetful(listing)
    if len(blocking) == 1 and blocking[0].kind is ProblemClass.MARKETPLACE_OUTAGE:
        return Postponed(blocking[0], listing=again)
    return Rejected(issues, again)


def waiting(listing: Listing, first_look: float) -> Pending | Postponed:
    """Wait for Amazon, a little longer each time; after two days it will not come any more.

    The wait is summed up in the listing's memory, in first looks: a connector has no clock.
    """
    waited = shape.number(listing.memory.get("waited")) or 0
    if waited >= DEADLINE:
        late = Problem(ProblemClass.MARKETPLACE_TIMEOUT, Stage.MARKETPLACE, "", "processing")
        return Postponed(late, listing=forgetful(remembering(listing, waited=None)))
    step = _step(waited)
    return Pending(remembering(listing, waited=waited + step), processing(), step * first_look)


def _step(waited: float) -> float:
    until = 0
    for step in LOOKS:
        if waited <= until:
            return step
        until += step
    return LATER_LOOK if waited > until else LATER_LOOK - until


def remembering(listing: Listing, **changes: JSON) -> Listing:
    """Return the listing with its memory changed; None forgets."""
    memory = {**listing.memory, **changes}
    return replace(listing, memory={name: value for name, value in memory.items() if value is not None})


def forgetful(listing: Listing) -> Listing:
    """Return the listing without what was last accepted: everything is said again."""
    return remembering(listing, **{MEMORY: None, FAMILY: None})
