"""Changes a mapping file where it must, and nowhere else: what stays as it is keeps its lines, order and comments.

What is lost: a comment on a line that is taken out or whose rule is written anew, and comments inside a rule that was
written between braces over several lines and changes. Comments on lines of their own always stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import yaml

from ponte.domain.mapping_errors import Report
from ponte.domain.mapping_tree import Path, Tree, flow, is_short, lines_of, tree_of
from ponte.domain.mapping_yaml import compose_nodes

BLOCK_TEXT: Final = frozenset("|>")


def rewrite(text: str, wanted: Mapping[str, Tree], notes: Mapping[Path, str] | None = None) -> str:
    """Return a file without errors so that it says what is wanted; `notes` stand behind lines that are new."""
    if tree_of(text) == wanted:
        return text
    edited = _edited(text, wanted, notes or {})
    # What the edit could not do to an odd file is done by writing it anew: rightness before comments.
    return edited if tree_of(edited) == wanted else written(wanted, notes)


def written(wanted: Mapping[str, Tree], notes: Mapping[Path, str] | None = None) -> str:
    """Return a whole file."""
    return "".join(f"{line}\n" for name, tree in wanted.items() for line in lines_of(name, tree, 0, notes))


def put(tree: dict[str, Tree], path: Path, value: Tree | None) -> None:
    """Set one entry of a tree, or take it out (None) together with what is then empty above it."""
    name, rest = path[0], path[1:]
    new = value
    if rest:
        inner = tree.get(name)
        below = inner if isinstance(inner, dict) else {}
        put(below, rest, value)
        new = below if below or value is not None else None
    if new is None:
        tree.pop(name, None)
    else:
        tree[name] = new


def entry(tree: Mapping[str, Tree], path: Path) -> Tree | None:
    """Return what stands at a path, None when nothing does."""
    found: Tree | None = tree
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


@dataclass(slots=True)
class _Edit:
    """The splices of one pass, in the order of the file: (from, to, new text)."""

    text: str
    notes: Mapping[Path, str]
    starts: list[int]
    splices: list[tuple[int, int, str]] = field(default_factory=list)

    def end_of(self, line: int) -> int:
        """Return where a line ends, before its line break."""
        after = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)
        return after - 1 if after > 0 and self.text[after - 1 : after] == "\n" else after

    def insert(self, line: int, lines: list[str]) -> None:
        place = self.end_of(line)
        self.splices.append((place, place, "".join(f"\n{one}" for one in lines)))

    def replace(self, first: int, last: int, lines: list[str]) -> None:
        """Put lines in the place of others; none take them out."""
        start = self.starts[first]
        end = self.starts[last + 1] if last + 1 < len(self.starts) else len(self.text)
        self.splices.append((start, end, "".join(f"{one}\n" for one in lines)))

    def comment_behind(self, place: int) -> str:
        """Return the comment that ends a line, with the blanks before it."""
        line = self.text[place:].partition("\n")[0] if place < len(self.text) else ""
        return line.rstrip() if line.strip().startswith("#") else ""

    def result(self) -> str:
        parts: list[str] = []
        place = 0
        for start, end, new in sorted(self.splices, key=lambda splice: splice[:2]):
            # Lines that follow one that was itself written anew: its line break is there already.
            after = f"{new[1:]}\n" if start < place and new else new
            parts += [self.text[place:start], after]
            place = max(place, end)
        return "".join([*parts, self.text[place:]])


def _edited(text: str, wanted: Mapping[str, Tree], notes: Mapping[Path, str]) -> str:
    root = compose_nodes(text, Report())
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        return (text + "\n" if text and not text.endswith("\n") else text) + written(wanted, notes)
    starts = [0, *(place + 1 for place, char in enumerate(text) if char == "\n")]
    edit = _Edit(text, notes, starts)
    _table(edit, root, wanted, ())
    return edit.result()


def _table(edit: _Edit, node: yaml.MappingNode, wanted: Mapping[str, Tree], path: Path) -> None:
    """Change a table that is written line by line."""
    seen = {key.value.strip() for key, _ in node.value}
    added = [
        line
        for name, tree in wanted.items()
        if name not in seen
        for line in lines_of(name, tree, node.start_mark.column, edit.notes, path)
    ]
    for place, (key, value) in enumerate(node.value, 1):
        name, last = key.value.strip(), place == len(node.value)
        if name not in wanted:
            edit.replace(key.start_mark.line, _last_line(key, value), added if last else [])
            continue
        _value(edit, key, value, wanted[name], (*path, name))
        if last and added:
            edit.insert(_last_line(key, value), added)


def _value(edit: _Edit, key: yaml.Node, node: yaml.Node, wanted: Tree, path: Path) -> None:
    if _plain(node) == wanted:
        return
    if isinstance(node, yaml.MappingNode) and not node.flow_style and isinstance(wanted, Mapping) and wanted:
        _table(edit, node, wanted, path)
        return
    indent, line, last = key.start_mark.column, key.start_mark.line, _last_line(key, node)
    if last == line and node.end_mark.index > key.end_mark.index + 1 and is_short(wanted, indent, path):
        edit.splices.append((node.start_mark.index, node.end_mark.index, flow(wanted)))
        return
    lines = lines_of(path[-1], wanted, indent, edit.notes, path[:-1])
    if last == line:
        behind = max(node.end_mark.index, edit.text.find(":", key.end_mark.index) + 1)
        lines[0] += edit.comment_behind(behind)
    edit.replace(line, last, lines)


def _plain(node: yaml.Node) -> Tree:
    match node:
        case yaml.MappingNode():
            return {key.value.strip(): _plain(value) for key, value in node.value}
        case yaml.SequenceNode():
            return [_plain(value) for value in node.value]
        case _:
            return str(node.value).strip()


def _last_line(key: yaml.Node, node: yaml.Node) -> int:
    """Return the last line of an entry; a table's own end mark stands beyond the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(*last) if isinstance(last, tuple) else _last_line(last, last)
    if isinstance(node, yaml.ScalarNode) and node.style in BLOCK_TEXT:
        return int(max(key.end_mark.line, node.end_mark.line - (node.end_mark.column == 0)))
    return int(max(key.end_mark.line, node.end_mark.line))
