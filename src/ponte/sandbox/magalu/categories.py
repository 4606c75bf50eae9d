"""What the fake's categories ask for, read from categories.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ponte.domain.mapping import plain

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Category:
    """One leaf. `attributes` tell variations apart, `datasheet` is the technical sheet."""

    id: str
    name: str
    path: tuple[str, ...]
    ean_required: bool
    attributes: tuple[Row, ...]
    datasheet: tuple[Row, ...]

    def as_json(self) -> Row:
        return {"id": self.id, "name": self.name, "path": [{"name": name} for name in self.path]}


@cache
def load_categories() -> Mapping[str, Category]:
    """Return every category by its id."""
    text = resources.files("ponte.sandbox.magalu").joinpath("categories.json").read_text(encoding="utf-8")
    return {row["id"]: _read(row) for row in json.loads(text)["categories"]}


def _read(row: Row) -> Category:
    return Category(
        row["id"],
        row["name"],
        tuple(row["path"]),
        row["ean_required"],
        tuple(row["attributes"]),
        tuple(row["datasheet"]),
    )


def named(words: str) -> list[Category]:
    """Return the categories whose name begins with the words' stem, or has them in it."""
    wanted = plain(words)
    if not wanted:
        return []
    return [one for one in load_categories().values() if _is_like(plain(one.name), wanted)]


def _is_like(name: str, wanted: str) -> bool:
    # "caixa de som" finds "Caixas de som": each word may lack its plural.
    mine, theirs = name.split(), wanted.split()
    return len(theirs) <= len(mine) and all(
        word == other or word.rstrip("s") == other.rstrip("s") for word, other in zip(mine, theirs, strict=False)
    )
