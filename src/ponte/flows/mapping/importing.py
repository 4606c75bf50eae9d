"""A filled spreadsheet put into a channel's mapping: the text it would become, what that changes, and what is wrong.

Nothing is kept here: the text is shown, tried and saved like one that was typed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ponte.domain.mapping_merge import Merged, SheetFlaw, merge
from ponte.flows.mapping.spreadsheet import read_spreadsheet


@dataclass(frozen=True, slots=True)
class Imported:
    """The merged text with its changes and flaws; `ignored` are sheets of the file that are not ours."""

    merged: Merged
    ignored: tuple[str, ...] = ()


def import_mapping(text: str, content: bytes, *, whole: bool = False) -> Imported:
    """Merge a spreadsheet into a mapping file without errors. `whole`: what its sheets do not have is taken out."""
    found = read_spreadsheet(content)
    ignored = tuple(found.ignored)
    too_many = any(flaw.code is SheetFlaw.TOO_MANY_ROWS for flaw in found.flaws)
    if too_many or (found.flaws and not found.sheets):
        return Imported(Merged(text, flaws=tuple(found.flaws)), ignored)
    merged = merge(text, found.sheets, whole=whole)
    flaws = tuple(sorted((*found.flaws, *merged.flaws), key=lambda flaw: (flaw.sheet, flaw.row)))
    return Imported(Merged(text if flaws else merged.text, merged.changes, flaws), ignored)
