"""Where notifications go: the flows, seen from here. Tests put their own in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ponte.domain.lifecycle import Priority, Trigger
from ponte.flows import ingest as flow
from ponte.flows.ingest import Hint, StoreDoor, Unrecognised
from ponte.ingest import connection


@dataclass(frozen=True, slots=True)
class Storage:
    """What the webhook asks of the database; each call is one transaction, durable when it returns.

    `doors` is called in a thread of its own, `take` and `quarantine` in another; `open` and `close` are called in
    both, first and last. `reset` drops a connection that broke: the next call makes a new one.
    """

    doors: Callable[[], Mapping[str, StoreDoor]]
    take: Callable[[Sequence[Hint]], None]
    quarantine: Callable[[Sequence[Unrecognised]], None]
    open: Callable[[], None]
    reset: Callable[[], None]
    close: Callable[[], None]


def database() -> Storage:
    """Return the real one."""
    return Storage(
        doors=flow.doors,
        take=_take,
        quarantine=flow.quarantine,
        open=connection.use_private,
        reset=connection.drop,
        close=connection.drop,
    )


def _take(hints: Sequence[Hint]) -> None:
    flow.take(hints, trigger=Trigger.NOTIFICATION, priority=Priority.LIVE)
