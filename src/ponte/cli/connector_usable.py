"""The connector that a command names, or a sentence that says which there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponte.cli.output import fail

if TYPE_CHECKING:
    from ponte.domain.connector import Connector


def usable(name: str) -> Connector:
    """Return an installed connector; end the command when there is none of that name, or it is broken."""
    from ponte.connectors import Broken, installed

    found = installed().get(name)
    if found is None:
        fail(f"The connector {name} is not installed; installed are {', '.join(sorted(installed()))}.")
    if isinstance(found, Broken):
        fail(f"Connector {name}: {found.reason}")
    return found
