"""What changed between two versions of a category's sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ponte.domain.sheet import Need, Sheet, SheetField


class Change(StrEnum):
    """What became of a field."""

    ADDED = "added"
    REMOVED = "removed"
    REQUIRED = "required"
    NOT_REQUIRED = "not_required"
    CONDITIONAL = "conditional"
    RENAMED = "renamed"
    KIND = "kind"
    VALUES = "values"
    UNITS = "units"
    LENGTH = "length"
    LEAF = "leaf"
    NOT_LEAF = "not_leaf"


STRICT = frozenset({Change.REQUIRED, Change.CONDITIONAL, Change.KIND, Change.VALUES, Change.UNITS, Change.LENGTH})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One change: of which field, from what, to what. For values, `before` are those gone, `after` those new."""

    change: Change
    id: str
    name: str
    before: str = ""
    after: str = ""
    required: bool = False


def differences(before: Sheet, after: Sheet) -> tuple[FieldChange, ...]:
    """Return what changed, what asks for more first."""
    old = {field.id: field for field in before.fields}
    new = {field.id: field for field in after.fields}
    found = [*_of_sheet(before, after)]
    for field_id, field in new.items():
        if field_id not in old:
            found.append(FieldChange(Change.ADDED, field_id, field.name, required=field.need is Need.REQUIRED))
        else:
            found += _of_field(old[field_id], field)
    found += [FieldChange(Change.REMOVED, one.id, one.name) for one in before.fields if one.id not in new]
    return tuple(sorted(found, key=lambda one: not (one.change in STRICT or one.required)))


def _of_sheet(before: Sheet, after: Sheet) -> Iterator[FieldChange]:
    if before.leaf != after.leaf:
        yield FieldChange(Change.LEAF if after.leaf else Change.NOT_LEAF, "", after.name)
    if before.name != after.name:
        yield FieldChange(Change.RENAMED, "", after.name, before.name, after.name)


def _of_field(before: SheetField, after: SheetField) -> Iterator[FieldChange]:
    if (need := _need(before, after)) is not None:
        yield FieldChange(need, after.id, after.name)
    if before.name != after.name:
        yield FieldChange(Change.RENAMED, after.id, after.name, before.name, after.name)
    if before.kind != after.kind:
        yield FieldChange(Change.KIND, after.id, after.name, before.kind, after.kind)
    if before.values != after.values:
        yield _values(after, before.values, after.values, Change.VALUES)
    if before.units != after.units:
        yield FieldChange(Change.UNITS, after.id, after.name, ", ".join(before.units), ", ".join(after.units))
    if before.max_length != after.max_length:
        yield FieldChange(Change.LENGTH, after.id, after.name, _length(before), _length(after))


def _need(before: SheetField, after: SheetField) -> Change | None:
    if before.need is after.need:
        return None
    match after.need:
        case Need.REQUIRED:
            return Change.REQUIRED
        case Need.CONDITIONAL:
            return Change.CONDITIONAL
        case _:
            return Change.NOT_REQUIRED if before.need in {Need.REQUIRED, Need.CONDITIONAL} else None


def _values(
    field: SheetField, before: tuple[tuple[str, str], ...], after: tuple[tuple[str, str], ...], change: Change
) -> FieldChange:
    gone = [name for value, name in before if (value, name) not in set(after)]
    came = [name for value, name in after if (value, name) not in set(before)]
    return FieldChange(change, field.id, field.name, ", ".join(gone), ", ".join(came))


def _length(field: SheetField) -> str:
    return "" if field.max_length is None else str(field.max_length)
