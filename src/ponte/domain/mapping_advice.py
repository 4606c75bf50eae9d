"""What a chosen suggestion writes into a mapping file.

A category gets its target; a missing attribute a further origin or a value for all; a value that is not in the list
its translation. What the file says already stays: an origin is put behind those there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ponte.domain.mapping import SKU_FIELDS
from ponte.domain.mapping_edit import entry, put, rewrite
from ponte.domain.mapping_tree import Path, Tree, tree_of

SPECIFICATION: Final = "specification:"
FIELDS: Final = frozenset({*SKU_FIELDS, "sku_id"})


@dataclass(frozen=True, slots=True)
class MapCategory:
    category: str
    target: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class FillAttribute:
    """`choice` is an origin ("specification:Cor", "brand"), or else a value for all products.

    `category` is the marketplace's, where the value is good for that one alone.
    """

    attribute: str
    choice: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class TranslateValue:
    """`origin` is where the value comes from when no rule says so."""

    attribute: str
    value: str
    target: str
    origin: str = ""
    brand: bool = False


Choice = MapCategory | FillAttribute | TranslateValue


def is_origin(choice: str) -> bool:
    """Say whether a choice names a field of VTEX; anything else is a value."""
    return choice in FIELDS or (choice.startswith(SPECIFICATION) and len(choice) > len(SPECIFICATION))


def advised(text: str, choices: Iterable[Choice], note: str) -> str:
    """Return a file without errors with the chosen rules in it; `note` stands behind each new line."""
    tree = tree_of(text)
    if not tree:
        tree["version"] = "1"
    notes: dict[Path, str] = {}
    for choice in choices:
        match choice:
            case MapCategory(category, target, name):
                path: Path = ("categories", category)
                put(tree, path, target)
                notes[path] = f"{_one_line(name)}; {note}" if name else note
            case FillAttribute():
                _fill(tree, choice, notes, note)
            case TranslateValue():
                _translate(tree, choice, notes, note)
    return rewrite(text, tree, notes)


def _fill(tree: dict[str, Tree], choice: FillAttribute, notes: dict[Path, str], note: str) -> None:
    path = _place(tree, choice.attribute, choice.category)
    rule = _as_table(entry(tree, path))
    rule.pop("ignore", None)
    if is_origin(choice.choice):
        rule = {**rule, "from": _with(rule.get("from"), choice.choice)}
        rule.pop("template", None)
    else:
        rule["default"] = choice.choice
    put(tree, path, rule["default"] if [*rule] == ["default"] else rule)
    notes[path] = note


def _with(sources: Tree | None, another: str) -> Tree:
    known = [] if sources is None else [sources] if isinstance(sources, str | Mapping) else list(sources)
    every = [*known, *([another] if another not in known else [])]
    return every[0] if len(every) == 1 else every


def _place(tree: Mapping[str, Tree], attribute: str, category: str) -> Path:
    """Return where a rule goes: into that of the category if one is there or wanted, else into the general one."""
    own: Path = ("category_attributes", category, attribute)
    general: Path = ("attributes", attribute)
    return own if category and (entry(tree, own) is not None or entry(tree, general) is None) else general


def _translate(tree: dict[str, Tree], choice: TranslateValue, notes: dict[Path, str], note: str) -> None:
    path: Path = ("attributes", choice.attribute)
    rule = _as_table(entry(tree, path))
    sources = rule.get("from")
    if choice.brand and "values" not in rule and sources in (None, "brand") and "template" not in rule:
        place: Path = ("brands", choice.value)
        put(tree, place, choice.target)
        notes[place] = note
        return
    rule.pop("ignore", None)
    if not sources and "template" not in rule and choice.origin:
        rule = {"from": choice.origin, **rule}
    known = rule.get("values")
    rule["values"] = {**(known if isinstance(known, Mapping) else {}), choice.value: choice.target}
    put(tree, path, rule)
    notes[(*path, "values", choice.value)] = note


def _as_table(rule: Tree | None) -> dict[str, Tree]:
    if isinstance(rule, Mapping):
        return dict(rule)
    return {"default": rule} if isinstance(rule, str) and rule else {}


def _one_line(text: str) -> str:
    """Return a name as a comment may hold it: on one line, without what a file must not have."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())[:120]
