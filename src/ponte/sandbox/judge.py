"""Holds what the screen says against what the sandbox knows: every SKU of every channel, as a confusion matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ponte.db.models import Integration, Window, Work
from ponte.domain.lifecycle import Status
from ponte.domain.problem import Stage
from ponte.sandbox import mercadolivre
from ponte.sandbox.catalogue import Catalogue, CatalogueSku
from ponte.sandbox.fate import Fate, Standing, is_ours
from ponte.sandbox.markets import MERCADO_LIVRE, fake
from ponte.sandbox.mercadolivre.truth import truth as mercadolivre_truth
from ponte.sandbox.switchboard import Switchboard

Truth = Callable[[CatalogueSku], Fate]
UNSETTLED = "unsettled"
BEFORE_SENDING = frozenset({Stage.VTEX.value, Stage.MAPPING.value, Stage.VALIDATION.value})


@dataclass(frozen=True, slots=True)
class Judged:
    """One record: what the sandbox knows, what the screen says, and whether that is right.

    `early`: what is told was found before anything was sent.
    """

    channel: str
    sku: str
    fate: Fate
    said: str
    right: bool
    early: bool = False

    @property
    def truth(self) -> str:
        kinds = " or ".join(sorted(kind.name for kind in self.fate.kinds))
        return f"{self.fate.standing}: {kinds}" if kinds else str(self.fate.standing)


@dataclass(frozen=True, slots=True)
class Verdict:
    """All records judged."""

    judged: tuple[Judged, ...]

    @property
    def wrong(self) -> tuple[Judged, ...]:
        return tuple(one for one in self.judged if not one.right)

    @property
    def settled(self) -> bool:
        return bool(self.judged) and all(one.right or one.said != UNSETTLED for one in self.judged)

    def lines(self) -> Iterator[str]:
        """Yield the matrix as text: channel, truth, what the screen says, how many; wrong ones are marked."""
        cells = Counter((one.channel, one.truth, one.said, one.right) for one in self.judged)
        for (channel, truth, said, right), count in sorted(cells.items()):
            yield f"{count:>6}  {channel:<5} {truth:<52} {said:<44}{'' if right else '  WRONG'}"
        for channel in sorted({one.channel for one in self.judged}):
            yield self._preflight(channel)
        yield f"{len(self.judged) - len(self.wrong)} of {len(self.judged)} right"

    def _preflight(self, channel: str) -> str:
        """Say how many of the marketplace's own refusals were known before sending, and how many were false alarms.

        What the shop itself does not sell, and what is not mapped, is no refusal of the marketplace.
        """
        here = [one for one in self.judged if one.channel == channel]
        theirs = [
            one for one in here if one.fate.standing in {Standing.REFUSED, Standing.LATE} and not is_ours(one.fate)
        ]
        caught = sum(one.early for one in theirs)
        live = [one for one in here if one.fate.standing is Standing.LIVE]
        alarms = sum(one.early and one.said.startswith(Status.ERROR) for one in live)
        share = f" ({caught / len(theirs):.0%})" if theirs else ""
        return (
            f"{channel}: pre-flight named {caught} of {len(theirs)} refusals{share}; "
            f"{alarms} false alarms among {len(live)} that may be sold"
        )


def judge(catalogue: Catalogue, seed: int) -> Verdict:
    """Judge every record of the sandbox store. Reads our database; asks no server."""
    truths: dict[str, Truth] = {}
    rows = Integration.objects.order_by("channel__code", "sku").values_list(
        "channel__connector", "channel__code", "sku", "status", "headline_class", "headline_stage"
    )
    judged = []
    for connector, channel, sku, status, headline, stage in rows.iterator():
        if connector not in truths:
            truths[connector] = truth_of(connector, seed)
        fate = truths[connector](catalogue.skus[sku])
        right = _is_right(fate, status, headline)
        judged.append(Judged(channel, sku, fate, _said(status, headline), right, early=stage in BEFORE_SENDING))
    return Verdict(tuple(judged))


def truth_of(connector: str, seed: int) -> Truth:
    """Return what a fake of this seed makes of a SKU."""
    board = Switchboard(seed=seed)
    if connector == MERCADO_LIVRE:
        market = mercadolivre.make_app(seed=seed, switchboard=board)[mercadolivre.MARKETPLACE]
        return lambda sku: mercadolivre_truth(sku, market)
    module = fake(connector)
    app = module.make_app(seed=seed, switchboard=board, settings=None)
    return lambda sku: module.truth(sku, app)


def hurry() -> None:
    """Let everything that waits for its time be due now, and every window be open: nobody watches a check's clock."""
    Work.objects.filter(lease_epoch=0).update(due_at_ms=0)
    Window.objects.update(full_at_ms=0)


def _said(status: str, headline: str) -> str:
    if status == Status.PENDING:
        return UNSETTLED
    return f"{status}: {headline}" if headline else status


def _is_right(fate: Fate, status: str, headline: str) -> bool:
    names = {kind.name for kind in fate.kinds}
    match fate.standing:
        case Standing.LIVE:
            return status == Status.SUCCESS or (status == Status.ALERT and not headline.startswith("VTEX_"))
        case Standing.WAITS:
            return status == Status.PENDING and headline in names
        case _:
            return status in {Status.ERROR, Status.ALERT} and headline in names
