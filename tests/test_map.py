"""ARCHITECTURE.md and the packages' docstrings name what is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "ponte"
PACKAGES = sorted(SOURCE.rglob("__init__.py"))


def is_there(name: str) -> bool:
    """True for a file or folder of the project, or of a folder of the source; `CODE` stands for any."""
    pattern = name.partition(":")[0].replace("CODE", "*").rstrip("/")
    return any(True for _ in ROOT.glob(pattern)) or any(True for _ in SOURCE.rglob(pattern))


def test_every_path_on_the_map_exists():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = {name for name in re.findall(r"`([\w*.][\w*./:-]*)`", text) if re.search(r"\w/|\.(py|toml|md)", name)}
    assert len(named) > 60
    assert [name for name in sorted(named) if not is_there(name)] == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.parent.relative_to(SOURCE).as_posix())
def test_every_module_that_begins_a_line_of_a_package_exists(package):
    """Lists ("- `drain`, `run`: ...") name modules up to their first word of prose."""
    text = ast.get_docstring(ast.parse(package.read_text(encoding="utf-8"))) or ""
    heads = re.findall(r"^- ((?:`[\w*]+`(?:, | and | with )?)+)", text, re.MULTILINE)
    names = [name for head in heads for name in re.findall(r"`([\w*]+)`", head)]
    folder = package.parent
    assert [one for one in names if not ([*folder.glob(f"{one}.py")] or (folder / one).is_dir())] == []
