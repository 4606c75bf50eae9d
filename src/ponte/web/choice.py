"""One of the things that a form or filter offers."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form sends, what people read, and whether it is the one chosen."""

    value: str
    text: str | Promise
    chosen: bool
