"""What can be wrong in a mapping file: a closed list, each with its place. The words are in `ponte.explain`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MAX_ERRORS = 100


class MappingFlaw(StrEnum):
    # the file as such
    TOO_LARGE = "too_large"
    BAD_CHARACTER = "bad_character"
    SYNTAX = "syntax"
    TAB = "tab"
    COLON = "colon"
    SEVERAL_DOCUMENTS = "several_documents"
    ANCHOR = "anchor"
    ALIAS = "alias"
    TAG = "tag"
    MERGE_KEY = "merge_key"
    TOO_DEEP = "too_deep"
    TOO_MANY_ERRORS = "too_many_errors"
    # its shape
    NOT_A_TABLE = "not_a_table"
    NOT_A_TEXT = "not_a_text"
    NOT_A_SOURCE = "not_a_source"
    KEY_NOT_TEXT = "key_not_text"
    EMPTY_KEY = "empty_key"
    DUPLICATE_KEY = "duplicate_key"
    UNKNOWN_KEY = "unknown_key"
    EMPTY_VALUE = "empty_value"
    # its rules
    EMPTY_RULE = "empty_rule"
    TWO_ORIGINS = "two_origins"
    IGNORED_WITH_MORE = "ignored_with_more"
    UNKNOWN_UNITS = "unknown_units"
    SAME_BRAND = "same_brand"
    UNKNOWN_SOURCE = "unknown_source"
    EMPTY_SPECIFICATION = "empty_specification"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    BAD_BRACES = "bad_braces"
    CONSTANT_TITLE = "constant_title"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    NEGATIVE = "negative"
    NUMBER_TOO_LARGE = "number_too_large"
    NOT_A_FLAG = "not_a_flag"
    BAD_VERSION = "bad_version"
    # warnings
    VERSION_MISSING = "version_missing"
    NOTHING_MAPPED = "nothing_mapped"
    UNUSED_CATEGORY = "unused_category"
    UNUSED_TITLE = "unused_title"
    ODD_CATEGORY = "odd_category"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file, counted from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class MappingError:
    """One thing wrong (or doubtful, among the warnings) and where. `params` fill its text."""

    line: int
    column: int
    code: MappingFlaw
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """Collects while a file is read, so that all errors are told at once."""

    errors: list[MappingError] = field(default_factory=list)
    warnings: list[MappingError] = field(default_factory=list)
    overflowed: bool = False

    def error(self, spot: Spot, code: MappingFlaw, **params: str) -> None:
        if len(self.errors) < MAX_ERRORS:
            self.errors.append(MappingError(spot.line, spot.column, code, params))
        elif not self.overflowed:
            self.overflowed = True
            full = MappingError(spot.line, spot.column, MappingFlaw.TOO_MANY_ERRORS, {"limit": str(MAX_ERRORS)})
            self.errors.append(full)

    def warning(self, spot: Spot, code: MappingFlaw, **params: str) -> None:
        if len(self.warnings) < MAX_ERRORS:
            self.warnings.append(MappingError(spot.line, spot.column, code, params))


def in_order(errors: list[MappingError]) -> tuple[MappingError, ...]:
    """Return them from the top of the file to its end."""
    return tuple(sorted(errors, key=lambda error: (error.line, error.column)))
