"""A mapping file as a plain tree (tables, lists, texts), and a tree as YAML: what people's files are changed by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from ponte.domain.mapping_errors import Report
from ponte.domain.mapping_yaml import Items, Node, Table, Text, compose

Tree: TypeAlias = "Mapping[str, Tree] | Sequence[Tree] | str"
Path: TypeAlias = tuple[str, ...]
"""The names from the top of the file to an entry: ("categories", "118")."""

WIDTH: Final = 100
STEP: Final = 2
_SAFE: Final = re.compile(r"\w[\w ./()+º°%$;'’&*@:-]*")


def tree_of(text: str) -> dict[str, Tree]:
    """Return the tree of a file without errors; {} for one that is empty or no table."""
    root = compose(text, Report())
    found = plain_tree(root) if root is not None else {}
    return dict(found) if isinstance(found, Mapping) else {}


def plain_tree(node: Node) -> Tree:
    match node:
        case Text():
            return node.value
        case Items():
            return [plain_tree(inner) for inner in node.values]
        case Table():
            return {name: plain_tree(field.value) for name, field in node.fields.items()}


def lines_of(
    name: str, tree: Tree, indent: int, notes: Mapping[Path, str] | None = None, path: Path = ()
) -> list[str]:
    """Return "name: value" as lines of a block; a small rule stands on one line."""
    place = (*path, name)
    note = f"  # {said}" if (said := (notes or {}).get(place)) else ""
    head = f"{' ' * indent}{name_of(name)}:"
    if is_short(tree, indent, place):
        return [f"{head} {flow(tree)}{note}"]
    assert isinstance(tree, Mapping)
    inner = [line for key, one in tree.items() for line in lines_of(key, one, indent + STEP, notes, place)]
    return [f"{head}{note}", *inner]


def is_short(tree: Tree, indent: int, path: Path) -> bool:
    """Say whether a value stands on the line of its name: texts, lists, and rules that fit; a section never does."""
    if not isinstance(tree, Mapping) or not tree:
        return True
    holds_rules = len(path) == 1 or path[-1] == "values" or path[:-1] in {("category_attributes",), ("title",)}
    deep = any(isinstance(one, Mapping) for one in tree.values())
    return not holds_rules and not deep and indent + len(flow(tree)) <= WIDTH


def flow(tree: Tree) -> str:
    """Return a value as it stands on one line."""
    if isinstance(tree, str):
        return scalar(tree)
    if isinstance(tree, Mapping):
        inner = ", ".join(f"{name_of(name)}: {flow(one)}" for name, one in tree.items())
        return f"{{{inner}}}"
    return f"[{', '.join(flow(one) for one in tree)}]"


def scalar(text: str) -> str:
    """Return a text as YAML; quoted wherever a reader could take it for something else."""
    plainly = _SAFE.fullmatch(text) and text == text.strip() and text.isprintable()
    if plainly and ": " not in text and not text.endswith(":"):
        return text
    return quoted(text)


def name_of(text: str) -> str:
    """Return a name; numbers are quoted, as everybody writes the numbers of categories."""
    return quoted(text) if text.isdecimal() else scalar(text)


def quoted(text: str) -> str:
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    return f"\\x{ord(char):02x}" if ord(char) < 0x100 else f"\\U{ord(char):08x}"
