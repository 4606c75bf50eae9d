"""A worker with one thing changed: a protection taken away (the controls), or a trouble built in.

`python -m faults.rigged RIG worker --lanes 4`
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

POISON = "FAULTS_POISON"


def no_rescue() -> None:
    """Never take a lane whose holder did not give it back."""
    from ponte.db.models import Lane
    from ponte.flows.pipeline import runner

    take = runner.take

    def take_released(lane_id: int, owner: str, seconds: float) -> Any:
        given_back = Lane.objects.filter(pk=lane_id, lease_until_ms=0).exists()
        return take(lane_id, owner, seconds) if given_back else None

    runner.take = take_released


def no_doubt() -> None:
    """Believe what an older epoch wrote, or may have written, and what the listing remembers."""
    from dataclasses import replace

    from ponte.flows.pipeline import begin, doubts, overtaken, settlement

    for module in (begin, doubts, overtaken):
        module.doubted_until = lambda digest: None
    supersede, job = settlement.supersede, begin._job

    def believe(batch: Any, result: Any, place: Any) -> None:
        result.record.changed = False
        supersede(batch, result, place)

    def certain(*args: Any) -> Any:
        made = job(*args)
        return made if made.link.listing is None else replace(made, link=replace(made.link, uncertain_seconds=None))

    settlement.supersede = believe
    begin._job = certain


def no_fence() -> None:
    """Send whatever the lease says, and have no doubts afterwards."""
    from ponte.flows.pipeline.lease import Fence, Lease

    async def always(self: Fence, integration_id: int, generation: int) -> bool:
        return True

    Fence.holds = always
    Lease.holds = lambda self: True
    no_doubt()


def no_look_up() -> None:
    """Create without asking, whatever an earlier create came to."""
    from dataclasses import replace

    from ponte.flows.pipeline import begin

    job = begin._job

    def certain(*args: Any) -> Any:
        made = job(*args)
        return replace(made, link=replace(made.link, uncertain_seconds=None))

    begin._job = certain


def poison() -> None:
    """Die when a marked SKU is mapped."""
    from ponte.connectors.mercadolivre import MercadoLivre

    marked = frozenset(os.environ.get(POISON, "").split(","))
    original = MercadoLivre.map

    def deadly(self: MercadoLivre, sku: Any, rules: Any) -> Any:
        if sku.id in marked:
            os._exit(1)
        return original(self, sku, rules)

    MercadoLivre.map = deadly


def no_death_cap() -> None:
    """Poison, and nobody counts the dead."""
    from ponte.queue import work

    poison()
    work.MAX_DEATHS = 1_000_000


def quick_refresh() -> None:
    """The right to refresh a token ends after two seconds instead of 35."""
    from ponte.flows.pipeline import tokens

    tokens.REFRESH_SECONDS = 2.0


def no_refresh_lock() -> None:
    """Let everybody refresh who wants to."""
    from ponte.flows.pipeline import tokens

    tokens._may_refresh = lambda channel_id, version: 1
    tokens._prolong = lambda channel_id, version, right: 1


def no_breaker() -> None:
    """Never open the circuit."""
    from ponte.flows.pipeline.breaker import Breaker

    Breaker.watch = lambda self, outcome: None


def quick_breaker() -> None:
    """Open the circuit for two seconds instead of thirty."""
    from ponte.flows.pipeline import breaker

    breaker.FIRST_SECONDS = 2.0


def no_grace() -> None:
    """Die of SIGTERM at once, with whatever runs."""
    from ponte.flows.pipeline.runner import Runner

    Runner.stop = lambda self: os._exit(143)


def no_transaction() -> None:
    """Delete old attempts statement by statement."""
    from contextlib import nullcontext

    from ponte.flows.retention import attempts, sweeps

    class Apart:
        atomic = staticmethod(nullcontext)

    attempts.transaction = Apart
    sweeps.take = lambda name, now: sweeps.Sweep.objects.get_or_create(name=name, defaults={"due_at": now})[0]


RIGS: dict[str, Callable[[], None]] = {
    rig.__name__: rig
    for rig in (
        no_rescue,
        no_fence,
        no_doubt,
        no_look_up,
        poison,
        no_death_cap,
        quick_refresh,
        no_refresh_lock,
        no_breaker,
        quick_breaker,
        no_grace,
        no_transaction,
    )
}


def main() -> None:
    import django

    django.setup()
    RIGS[sys.argv.pop(1)]()
    from ponte.cli import main as ponte

    ponte()


if __name__ == "__main__":
    main()
