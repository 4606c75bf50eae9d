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
from ponte.connectors.exam.recordings import REQUIRED, REQUIRED_BY_CAPABILITY, REQUIRED_UNLESS_UPSERTS
from ponte.connectors.exam.situations import BEGINNINGS

RECORDINGS = Path(ponte_acme.__file__).parent / "recordings"
RECORDED = tuple(path.stem for path in RECORDINGS.glob("*.json") if path.stem != "expired_token")


@pytest.fixture
def package(cli, tmp_path):
    folder = tmp_path / "ponte-corner-shop"
    cli("connector", "new", "corner_shop", "--folder", folder)
    return folder


def sit(package: Path) -> subprocess.CompletedProcess[str]:
    """Run the package's own tests, as its author does; nothing is installed."""
    return run(package, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django", "tests")


def run(package: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the package's folder, where the connector is found by an entry point as if it were installed."""
    told = package / "src/ponte_corner_shop-0.1.dist-info"
    told.mkdir(exist_ok=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: ponte-corner-shop\nVersion: 0.1\n")
    (told / "entry_points.txt").write_text("[ponte.connectors]\ncorner_shop = ponte_corner_shop:CornerShop\n")
    path = os.pathsep.join([str(package / "src"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, "PYTEST_ADDOPTS": "", "COLUMNS": "300"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=package, env=environment, capture_output=True, text=True, check=False)


def completed(package: Path) -> None:
    """Do what the exam asks for: fill the manifest, record what the marketplace answered."""
    module = package / "src/ponte_corner_shop/__init__.py"
    text = module.read_text()
    for before, after in {
        'name="",': 'name="Corner Shop",',
        'base_url="",': 'base_url="https://api.corner.example",',
        'short="",': 'short="CS",',
    }.items():
        assert before in text
        text = text.replace(before, after)
    module.write_text(text)
    for file in RECORDINGS.glob("*.json"):
        if file.stem != "expired_token":  # it has no tokens
            (module.parent / "recordings" / file.name).write_text(in_its_words(file.read_text()))
    for situation in RECORDED:
        done = run(package, "-m", "ponte", "connector", "record", "corner_shop", situation)
        assert done.returncode == 0, done.stderr


def in_its_words(recording: str) -> str:
    """Tell Acme's refusals as the new connector expects them."""
    raw = json.loads(recording)
    del raw["result"]
    for exchange in raw["exchanges"]:
        body = exchange["answer"].get("json")
        if isinstance(body, dict) and "codes" in body:
            exchange["answer"]["json"] = {"errors": [{"code": code} for code in body["codes"]]}
    return json.dumps(raw)


def test_a_new_package_fails_its_exam_and_is_told_what_to_do(package):
    done = sit(package)
    assert done.returncode == 1
    assert "error" not in done.stdout.splitlines()[-1]
    for next_thing in (
        "write recordings/accepted.json",
        "Manifest.name: the marketplace's name",
        "Manifest.base_url: where its API is",
        "write recordings/{accepted,doubt_found,gone,probed,rate_limit,rejected,unknown_category,updated,withdrawn}",
    ):
        assert next_thing in done.stdout


def test_a_package_that_is_completed_passes_its_exam(package):
    completed(package)
    done = sit(package)
    assert done.returncode == 0, done.stdout[-3_000:]
    assert "failed" not in done.stdout


def test_a_recording_that_is_not_there_is_told_how_it_begins(package):
    done = run(package, "-m", "ponte", "connector", "record", "corner_shop", "gone")
    assert done.returncode == 1
    assert '"verb": "send", "listing": {"id": "A1"}' in done.stderr


def test_every_required_recording_has_its_beginning():
    of_abilities = [name for names in REQUIRED_BY_CAPABILITY.values() for name in names]
    assert set(BEGINNINGS) == {*REQUIRED, *REQUIRED_UNLESS_UPSERTS, *of_abilities}


def test_a_recording_of_answers_alone_is_told_of_once(package):
    recordings = package / "src/ponte_corner_shop/recordings"
    answers = [{"answer": {"status": 201, "json": {"id": "A1"}}}]
    raw = {"about": "A new offer.", "verb": "send", "exchanges": answers}
    (recordings / "accepted.json").write_text(json.dumps(raw))
    told = run(package, "-m", "ponte", "connector", "exam", "corner_shop").stdout
    assert "accepted lacks requests or its result: ponte connector record corner_shop accepted" in told
    assert "it asked" not in told
    assert "ends as" not in told
    assert "`ponte connector record corner_shop doubt_found` says how it begins" in told


def test_a_folder_that_takes_no_files_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    command = [sys.executable, "-m", "ponte", "connector", "new", "corner_shop", "--folder", tmp_path / "file/x"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"Error: {tmp_path}/file/x: Not a directory."]


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
    told = cli("connector", "exam", "nobody", code=1).stderr
    assert told.startswith("Error: Not installed: nobody; installed are amazon, ")


def test_nothing_of_a_template_is_forgotten():
    from ponte.cli.connector_new import PARTS
    from ponte.connectors import template

    there = {path.name.removesuffix(".in") for path in Path(next(iter(template.__path__))).glob("*.in")}
    assert there == set(filter(None, PARTS.values()))


def test_a_recording_is_filled_in_from_its_answers(package):
    completed(package)
    path = package / "src/ponte_corner_shop/recordings/accepted.json"
    raw = json.loads(path.read_text())
    bare = {**raw, "exchanges": [{"answer": raw["exchanges"][0]["answer"]}]}
    del bare["result"]
    path.write_text(json.dumps(bare))
    assert "accepted" in run(package, "-m", "ponte", "connector", "record", "corner_shop", "accepted").stdout
    assert json.loads(path.read_text()) == raw


def test_the_request_whose_answer_is_missing_is_told(package):
    completed(package)
    path = package / "src/ponte_corner_shop/recordings/doubt_found.json"
    raw = json.loads(path.read_text())
    path.write_text(json.dumps({**raw, "exchanges": [{"answer": raw["exchanges"][0]["answer"]}]}))
    told = run(package, "-m", "ponte", "connector", "record", "corner_shop", "doubt_found").stdout
    assert "it asks PUT /offers/{id}" in told
    written = json.loads(path.read_text())
    assert [one["answer"] for one in written["exchanges"]] == [raw["exchanges"][0]["answer"], {}]
    assert written["exchanges"][1]["request"] == raw["exchanges"][1]["request"]
    assert "result" not in written


def test_a_recording_that_is_not_there_or_unreadable_is_told(package):
    completed(package)
    nowhere = run(package, "-m", "ponte", "connector", "record", "corner_shop", "nowhere")
    assert nowhere.returncode == 1
    assert "is not there" in nowhere.stderr
    (package / "src/ponte_corner_shop/recordings/odd.json").write_text('{"verb": "fly"}')
    odd = run(package, "-m", "ponte", "connector", "record", "corner_shop", "odd")
    assert odd.returncode == 1
    assert "no verb 'fly'" in odd.stderr
