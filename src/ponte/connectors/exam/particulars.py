"""What the exam must be told of a connector, in `exam.toml` beside its module. All of it may be left out:

harmless = ["POST /search"]      # asked by POST, changes nothing
upserts = true                   # creating twice makes one listing over there: no look-up is needed
names_only_failures = ["import"] # topics (up to the first "/") whose answer lists what failed, and nothing else
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

KEYS = frozenset({"harmless", "upserts", "names_only_failures"})


@dataclass(frozen=True, slots=True)
class Particulars:
    """One connector's."""

    harmless: frozenset[str] = frozenset()
    upserts: bool = False
    names_only_failures: frozenset[str] = frozenset()


@cache
def read_particulars(folder: Path) -> Particulars:
    """Return what the file in a folder says; nothing in particular when there is none."""
    path = folder / "exam.toml"
    raw = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    strange = raw.keys() - KEYS
    assert not strange, f"{path}: nobody knows {sorted(strange)}; there are {sorted(KEYS)}"
    return Particulars(
        frozenset(raw.get("harmless", ())), raw.get("upserts") is True, frozenset(raw.get("names_only_failures", ()))
    )
