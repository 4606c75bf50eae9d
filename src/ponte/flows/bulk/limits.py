"""How many records a person may act on at once, and from how many on Ponte asks first. Kept here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ponte.db.models import Role

CEILINGS: Final[Mapping[Role, int | None]] = {
    Role.VIEWER: 0,
    Role.OPERATOR: 10_000,
    Role.MANAGER: 100_000,
    Role.ADMIN: None,
}
FEW: Final = 25
"""Up to so many chosen records are acted on at once; more get a plan first."""
TYPED_ABOVE: Final = 100
"""A removal of more than so many is confirmed by typing the number."""
TRIAL: Final = 5
TRIAL_FROM: Final = 50
"""From so many on, the plan proposes to try the first `TRIAL` before the rest follows."""
MAX_PER_SECOND: Final = 1_000


class TooManyError(Exception):
    """The selection is larger than this person's role allows."""

    def __init__(self, ceiling: int) -> None:
        super().__init__(f"more than {ceiling} records")
        self.ceiling = ceiling


def check_ceiling(role: Role | None, count: int) -> None:
    """Raise `TooManyError` when a role (None: the command line) may not act on so many."""
    ceiling = None if role is None else CEILINGS[role]
    if ceiling is not None and count > ceiling:
        raise TooManyError(ceiling)
