"""Where notifications go: the flows, seen from here. Tests put their own in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ponte.flows import inbox
from ponte.flows import ingest as flow
from ponte.flows.channels import hears
from ponte.flows.channels.hears import Door, Look
from ponte.flows.ingest import Hint, StoreDoor, Unrecognised
from ponte.ingest import connection

D = TypeVar("D")
H = TypeVar("H")


@dataclass(frozen=True, slots=True)
class Storage(Generic[D, H]):
    """What an address asks of the database (`D`: who listens there, `H`: what is heard).

    Each call is one transaction, durable when it returns.

    `doors` is called in a thread of its own, `write_down` and `quarantine` in another; `open` and `close` are
    called in both, first and last. `reset` drops a connection that broke: the next call makes a new one.
    """

    doors: Callable[[], Mapping[str, D]]
    write_down: Callable[[Sequence[H]], None]
    quarantine: Callable[[Sequence[Unrecognised]], None]
    open: Callable[[], None]
    reset: Callable[[], None]
    close: Callable[[], None]


def database() -> Storage[StoreDoor, Hint]:
    """Return the real one for VTEX's notifications."""
    return Storage(
        doors=flow.doors,
        write_down=inbox.write_down,
        quarantine=flow.quarantine,
        open=connection.use_private,
        reset=connection.drop,
        close=connection.drop,
    )


def of_marketplaces() -> Storage[Door, Look]:
    """Return the real one for what marketplaces post."""
    return Storage(
        doors=hears.doors,
        write_down=hears.look_again,
        quarantine=_nothing_is_kept,
        open=connection.use_private,
        reset=connection.drop,
        close=connection.drop,
    )


def _nothing_is_kept(_: Sequence[Unrecognised]) -> None:
    """A post is only a hint: what is not understood is not kept."""
