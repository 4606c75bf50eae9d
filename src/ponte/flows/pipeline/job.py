"""One claimed integration on its way through a run: what was known at the beginning, what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ponte.domain.lifecycle import Hold, Task, Trigger
from ponte.domain.offer import Offer
from ponte.domain.outcome import Link, Outcome
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sku import Sku
from ponte.net.converse import Record
from ponte.queue.work import Claimed

SUPERSEDED = Problem(ProblemClass.SUPERSEDED, Stage.SEND)
GONE = frozenset({ProblemClass.LISTING_NOT_FOUND.name, ProblemClass.LISTING_CLOSED.name})


@dataclass(frozen=True, slots=True)
class Job:
    """What a run starts from. `link.uncertain_seconds` is set when an earlier create may have been applied."""

    claimed: Claimed
    attempt_id: int
    sku: str
    link: Link
    offer_digest: str
    headline_class: str
    hold: Hold = Hold.NONE

    @property
    def id(self) -> int:
        return self.claimed.integration_id

    @property
    def task(self) -> Task:
        """What the run does: a wish to end the listing comes before whatever the work was queued for."""
        return Task.END if self.hold is Hold.ENDING else self.claimed.task

    @property
    def reads_vtex(self) -> bool:
        """True when the run asks VTEX for the product."""
        return self.hold is Hold.NONE and (self.task is Task.SEND or self.link.listing is None)

    @property
    def recreates(self) -> bool:
        """True when a person wants a listing that is gone to be made anew."""
        wished = self.claimed.trigger is Trigger.PERSON and self.task is Task.SEND
        return wished and self.headline_class in GONE


@dataclass(slots=True)
class Result:
    """What a run came to. `sent` says that the connector's conversation ran; `unchanged` that nothing was to send."""

    job: Job
    outcome: Outcome
    record: Record = field(default_factory=Record)
    sku: Sku | None = None
    offer: Offer | None = None
    sent: bool = False
    unchanged: bool = False
    withdrawn: bool = False
    adopted: bool = False
    """A listing that stood at the marketplace already became the record's."""
    sheet: str = ""
    """The key of the category's sheet that the product was checked by."""
    spared: bool = False
    """The breaker was open or the runner is stopping: the try does not count."""
    begun: bool = True
    """False for one that was claimed and never came to its turn: there was no try."""
