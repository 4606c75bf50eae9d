"""What a settled try adds to the figures: its cause, the hour, the time to go live, the action that waits for it."""

from __future__ import annotations

from ponte.db.counts import Moves
from ponte.db.integrations import Place
from ponte.db.results import stock_value
from ponte.domain.fingerprint import fingerprint
from ponte.domain.latency import bucket
from ponte.domain.lifecycle import AttemptResult, Phase, Status, Verdict
from ponte.domain.problem import headline
from ponte.domain.sku import Sku
from ponte.flows.pipeline.job import Result
from ponte.queue.lanes import Held
from ponte.queue.work import Running


def mark(verdict: Verdict) -> str:
    """Return the fingerprint of the cause that a verdict puts a record under; "" for none."""
    first = headline(verdict.problems)
    return fingerprint(first) if first else ""


def recount(moves: Moves, place: Place, after: str, sku: Sku | None) -> None:
    """Move a record from the cause it was counted under to the one it has now ("" is none)."""
    if not place.removed:
        moves.cause(place.channel_id, place.fingerprint, -1, -place.stock_value)
    moves.cause(place.channel_id, after, 1, place.stock_value if sku is None else stock_value(sku))


def _only_waits(verdict: Verdict, work: Running) -> bool:
    """True when nothing is wrong: the marketplace has it, or a window that costs no try is still shut."""
    by_window = verdict.result is AttemptResult.POSTPONED and verdict.tries == work.tries
    return verdict.phase is Phase.WAITING or by_window


def count(
    moves: Moves,
    held: Held,
    result: Result | None,
    work: Running,
    verdict: Verdict,
    *,
    now_ms: int,
    shown: bool = True,
) -> None:
    """Count what came about. `result` is None for a record that is put away without a try.

    One that a person took off the screen (`shown` is False) brings no cause up.
    """
    over = verdict.phase is Phase.IDLE
    if verdict.phase is not Phase.WAITING:
        moves.tally(held.channel_id, held.kind, verdict.status.value if over else "again")
    first = headline(verdict.problems)
    if shown and first:
        moves.meet(held.channel_id, held.kind, first.as_warning() if _only_waits(verdict, work) else first)
    if over and work.action_id is not None:
        moves.outcome(work.action_id, verdict.status.value)
    went_live = over and verdict.status is not Status.ERROR and result is not None and not result.unchanged
    if went_live and work.heard_at_ms is not None:
        moves.tally(held.channel_id, held.kind, f"live:{bucket(max(0, now_ms - work.heard_at_ms))}")
