"""What commands print: plain lines, tables, JSON; foreign text never reaches the terminal raw."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NoReturn

import click

from ponte.ops.logging import one_line


def language() -> str:
    """Return the language of explanations: PONTE_LANGUAGE, else the terminal's, else pt-BR."""
    wanted = os.environ.get("PONTE_LANGUAGE") or os.environ.get("LANG", "")
    return {"en": "en", "es": "es"}.get(wanted[:2].lower(), "pt-BR")


def fail(reason: str) -> NoReturn:
    """End the command with one sentence and exit code 1."""
    raise click.ClickException(one_line(reason))


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows in columns."""
    cells = [[one_line(str(cell)) for cell in row] for row in rows]
    widths = [max([len(name), *(len(row[place]) for row in cells)]) for place, name in enumerate(head)]
    for row in [list(head), *cells]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
