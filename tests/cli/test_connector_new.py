"""`ponte connector new` and `ponte connector exam`: from an empty package to one that passes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import ponte_acme
from ponte.connectors import Broken

RECORDINGS = Path(ponte_acme.__file__).parent / "recordings"
MAP = """        return Offer({"sku": sku.id})
"""
WHOLE_MAP = """        category, price = rules.mapping.category(sku), rules.mapping.priced(sku)
        title, stock = rules.mapping.titled(sku, 120), rules.mapping.stocked(sku)
        payload = {
            "sku": sku.id,
            "title": title.sent,
            "category": category.sent if category else None,
            "price": price.sent if price else None,
            "stock": int(stock.sent),
        }
        return Offer(payload, tuple(one for one in (title, category, price, stock) if one))
"""
CHECK = "        # NEXT: everything that the marketplace would refuse, all at once.\n"
WHOLE_CHECK = """        if not sku.name.strip():
            found.append(Problem(ProblemClass.TITLE_INVALID, Stage.VALIDATION, "title", "title.empty"))
"""


@pytest.fixture
def package(cli, tmp_path):
    folder = tmp_path / "ponte-corner-shop"
    cli("connector", "new", "corner_shop", "--folder", folder)
    return folder


def sit(package: Path) -> subprocess.CompletedProcess[str]:
    """Run the package's own tests, as its author does; nothing is installed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django", "tests"]
    environment = {**os.environ, "PYTHONPATH": str(package / "src"), "PYTEST_ADDOPTS": "", "COLUMNS": "300"}
    return subprocess.run(command, cwd=package, env=environment, capture_output=True, text=True, check=False)


def completed(package: Path) -> None:
    """Do what the exam asks for: fill the manifest, map and check, record what the marketplace answered."""
    module = package / "src/ponte_corner_shop/__init__.py"
    text = module.read_text()
    for before, after in {
        'name="",': 'name="Corner Shop",',
        'base_url="",': 'base_url="https://api.corner.example",',
        'short="",': 'short="CS",',
        MAP: WHOLE_MAP,
        CHECK: WHOLE_CHECK,
    }.items():
        assert before in text
        text = text.replace(before, after)
    module.write_text(text)
    for file in RECORDINGS.glob("*.json"):
        if file.stem != "expired_token":  # it has no tokens
            (module.parent / "recordings" / file.name).write_text(in_its_words(file.read_text()))


def in_its_words(recording: str) -> str:
    """Tell Acme's refusals as the new connector expects them."""
    raw = json.loads(recording)
    for exchange in raw["exchanges"]:
        body = exchange["answer"].get("json")
        if isinstance(body, dict) and "codes" in body:
            exchange["answer"]["json"] = {"errors": [{"code": code} for code in body["codes"]]}
    for problem in raw["result"].get("problems", ()):
        problem["subject"] = {"no_category": "category", "no_title": "title"}.get(problem["code"], "")
    return json.dumps(raw)


def test_a_new_package_fails_its_exam_and_is_told_what_to_do(package):
    done = sit(package)
    assert done.returncode == 1
    assert "error" not in done.stdout.splitlines()[-1]
    for next_thing in (
        "write recordings/accepted.json",
        "Manifest.name: the marketplace's name",
        "Manifest.base_url: where its API is",
        "write recordings/{accepted,doubt_found,rate_limit,rejected,unknown_category,updated,withdrawn}.json",
    ):
        assert next_thing in done.stdout


def test_a_package_that_is_completed_passes_its_exam(package):
    completed(package)
    done = sit(package)
    assert done.returncode == 0, done.stdout[-3_000:]
    assert "failed" not in done.stdout


@pytest.mark.parametrize("name", ["Corner", "1st", "a", "corner-shop", "../x", "ç", ""])
def test_a_name_that_cannot_be_a_code_is_refused(refused, tmp_path, name):
    assert "cannot be a connector's code" in refused("connector", "new", name, "--folder", tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_connector_that_is_there_is_not_written_again(refused, tmp_path):
    assert "already" in refused("connector", "new", "mercadolivre", "--folder", tmp_path / "x")


def test_nothing_is_written_over(refused, package):
    before = (package / "pyproject.toml").read_text()
    assert "not empty" in refused("connector", "new", "corner_shop", "--folder", package)
    assert (package / "pyproject.toml").read_text() == before


def test_the_code_written_is_in_the_house_s_style(package):
    ruff = Path(sys.executable).with_name("ruff")
    module = package / "src/ponte_corner_shop/__init__.py"
    command = [ruff, "check", "--isolated", "--line-length", "118", module]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_the_exam_of_an_installed_connector_tells_groups_and_counts(cli):
    told = cli("connector", "exam", "mercadolivre").stdout.splitlines()
    assert told[0].startswith("mercadolivre (Mercado Livre): ")
    assert [line.split()[0] for line in told[1:]] == [
        "manifest", "check", "trouble", "windows", "requests", "offers", "listings",
        "abilities", "sheets", "gathering", "recordings",
    ]  # fmt: skip


def test_the_exam_as_json_is_one_line(cli):
    [line] = cli("connector", "exam", "mercadolivre", "--json").stdout.splitlines()
    told = json.loads(line)
    assert told["passed"] == told["checks"] > 300
    assert told["failed"] == []


def test_who_fails_is_told_why_and_the_command_fails(cli, monkeypatch, package):
    monkeypatch.syspath_prepend(package / "src")
    import ponte_corner_shop

    from ponte import connectors

    monkeypatch.setattr(connectors, "_installed", lambda: {"corner_shop": ponte_corner_shop.CornerShop()})
    told = cli("connector", "exam", "corner_shop", code=1).stdout
    assert "Manifest.name" in told


def test_a_broken_connector_fails_with_its_reason(cli, monkeypatch):
    from ponte import connectors

    monkeypatch.setattr(connectors, "_installed", lambda: {"bad": Broken("bad", "no licence")})
    assert "bad: broken, no licence" in cli("connector", "exam", code=1).stdout


def test_who_is_not_installed_fails(cli):
    assert "not installed" in cli("connector", "exam", "nobody", code=1).stdout


def test_nothing_of_a_template_is_forgotten():
    from ponte.cli.connector_new import PARTS
    from ponte.connectors import template

    there = {path.name.removesuffix(".in") for path in Path(next(iter(template.__path__))).glob("*.in")}
    assert there == set(filter(None, PARTS.values()))
