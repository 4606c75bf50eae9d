"""Where notifications go: the flows, seen from here. Tests put their own in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ponte.flows import inbox
from ponte.flows import ingest as flow
from ponte.flows.ingest import Hint, StoreDoor, Unrecognised
from ponte.ingest import connection


@dataclass(frozen=True, slots=True)
class Storage:
    """What the webhook asks of the database; each call is one transaction, durable when it returns.

    `doors` is called in a thread of its own, `write_down` and `quarantine` in another; `open` and `close` are
    called in both, first and last. `reset` drops a connection that broke: the next call makes a new one.
    """

    doors: Callable[[], Mapping[str, StoreDoor]]
    write_down: Callable[[Sequence[Hint]], None]
    quarantine: Callable[[Sequence[Unrecognised]], None]
    open: Callable[[], None]
    reset: Callable[[], None]
    close: Callable[[], None]


def database() -> Storage:
    """Return the real one."""
    return Storage(
        doors=flow.doors,
        write_down=inbox.write_down,
        quarantine=flow.quarantine,
        open=connection.use_private,
        reset=connection.drop,
        close=connection.drop,
    )
