"""The YAML of a mapping file, with less of YAML: every scalar is the text that was written, nothing refers elsewhere.

Anchors, aliases, tags, merge keys and more than one document are refused; so a file is exactly what it looks like
("no" is a text, 0123 keeps its zero) and cannot grow while it is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml
from yaml.events import AliasEvent, CollectionStartEvent, NodeEvent, ScalarEvent
from yaml.reader import ReaderError

from ponte.domain.mapping_errors import MappingFlaw, Report, Spot

MAX_BYTES = 1_000_000
MAX_DEPTH = 10

# Escapes in double quotes can write what the file itself may not hold.
_BAD_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar; `missing` when nothing at all stands after the colon."""

    spot: Spot
    value: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    spot: Spot
    values: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One "name: value" of a table."""

    name: str
    spot: Spot
    value: Node


@dataclass(frozen=True, slots=True)
class Table:
    spot: Spot
    fields: Mapping[str, Field]


Node: TypeAlias = Text | Items | Table


def compose(text: str, report: Report) -> Node | None:
    """Return what a file holds; None when it is empty or could not be read at all, which the report then says."""
    root = compose_nodes(text, report)
    return None if root is None else _plain(root, report)


def compose_nodes(text: str, report: Report) -> yaml.Node | None:
    """Return the same as PyYAML's nodes, with their places in the text."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", errors="replace")) > MAX_BYTES:
        report.error(Spot(), MappingFlaw.TOO_LARGE, limit=str(MAX_BYTES))
        return None
    try:
        return _Loader(text, report).get_single_node()
    except ReaderError as error:
        report.error(_spot_at(text, error.position), MappingFlaw.BAD_CHARACTER)
    except yaml.MarkedYAMLError as error:
        report.error(_spot(error.problem_mark or error.context_mark), _flaw(error))
    except _TooDeepError as error:
        report.error(error.spot, MappingFlaw.TOO_DEEP, limit=str(MAX_DEPTH))
    except (ValueError, OverflowError):
        # PyYAML lets a bad escape ("\UFFFFFFFF") or an endless version number of %YAML through as these.
        report.error(Spot(), MappingFlaw.SYNTAX)
    return None


class _TooDeepError(Exception):
    """More tables inside one another than a mapping needs."""

    def __init__(self, spot: Spot) -> None:
        super().__init__(spot)
        self.spot = spot


class _Loader(yaml.SafeLoader):
    """Composes nodes and refuses on the way; nothing is ever constructed from a tag."""

    def __init__(self, text: str, report: Report) -> None:
        super().__init__(text)
        self._report = report
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: NodeEvent = self.peek_event()  # type: ignore[no-untyped-call]
        spot = _spot(event.start_mark)
        if isinstance(event, AliasEvent):
            self._report.error(spot, MappingFlaw.ALIAS)
            self.get_event()  # type: ignore[no-untyped-call]
            return yaml.ScalarNode("", "?", self.get_mark(), style='"')
        self._strip(event, spot)
        inner = isinstance(event, CollectionStartEvent)
        if inner and self._depth >= MAX_DEPTH:
            raise _TooDeepError(spot)
        self._depth += inner
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= inner
        return node

    def _strip(self, event: NodeEvent, spot: Spot) -> None:
        """Refuse what a node must not have, and take it off, so that reading goes on and finds the other errors."""
        if event.anchor is not None:
            self._report.error(spot, MappingFlaw.ANCHOR)
            event.anchor = None
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            self._report.error(spot, MappingFlaw.TAG)
            event.tag = None
        if isinstance(event, ScalarEvent) and _BAD_CHARACTER.search(event.value):
            self._report.error(spot, MappingFlaw.BAD_CHARACTER)
            event.value = "?"


def _plain(node: yaml.Node, report: Report) -> Node:
    spot = _spot(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return Table(spot, _fields(node, report))
    if isinstance(node, yaml.SequenceNode):
        return Items(spot, tuple(_plain(inner, report) for inner in node.value))
    missing = not node.value and isinstance(node, yaml.ScalarNode) and node.style is None
    return Text(spot, node.value.strip(), missing=missing)


def _fields(node: yaml.MappingNode, report: Report) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    for key, value in node.value:
        spot = _spot(key.start_mark)
        inner = _plain(value, report)
        name = key.value.strip() if isinstance(key, yaml.ScalarNode) else None
        if name is None:
            report.error(spot, MappingFlaw.KEY_NOT_TEXT)
        elif not name:
            report.error(spot, MappingFlaw.EMPTY_KEY)
        elif name == "<<":
            report.error(spot, MappingFlaw.MERGE_KEY)
        elif name in fields:
            report.error(spot, MappingFlaw.DUPLICATE_KEY, key=name, first_line=str(fields[name].spot.line))
        else:
            fields[name] = Field(name, spot, inner)
    return fields


def _flaw(error: yaml.MarkedYAMLError) -> MappingFlaw:
    said = f"{error.context} {error.problem}"
    if "expected a single document" in said or "expected '<document start>'" in said:
        return MappingFlaw.SEVERAL_DOCUMENTS
    if r"'\t'" in said:
        return MappingFlaw.TAB
    if "mapping values are not allowed" in said:
        return MappingFlaw.COLON
    return MappingFlaw.SYNTAX


def _spot(mark: Any) -> Spot:
    """Return the place of a mark; Any, because PyYAML has two classes for marks that share no base."""
    return Spot(mark.line + 1, mark.column + 1) if mark else Spot()


def _spot_at(text: str, position: int) -> Spot:
    before = text[:position]
    return Spot(before.count("\n") + 1, position - before.rfind("\n"))
