"""The exam can fail: a connector with one planted fault each, and the check that must catch it."""

import json
import shutil
import textwrap

import pytest

from connectors.emporium import Emporium
from connectors.plants import FAULTS, OF_ACME, OF_EMPORIUM, said
from ponte.connectors.contract import GROUPS
from ponte.connectors.exam.report import examine
from ponte_acme import Acme

# These look at files, so what they must catch is planted in files: the tests below.
OF_FILES = {
    "test_no_module_imports_what_is_not_its_business",
    "test_the_required_situations_are_recorded",
    "test_every_recording_is_whole",
    "test_situations_are_what_their_names_say",
    "test_no_recording_holds_a_token",
    "test_no_module_looks_at_the_clock_or_at_files",
}


def failing(connector: type, **more: object) -> set[str]:
    """Return the names of the checks that a connector fails."""
    return {checked.name for checked in examine(connector, **{**said(connector), **more}) if not checked.passed}


@pytest.mark.parametrize("connector", [Acme, Emporium])
def test_the_examples_pass_everything(connector):
    assert failing(connector) == set()


@pytest.mark.parametrize("connector", FAULTS, ids=lambda connector: connector.__name__)
def test_a_planted_fault_is_caught(connector):
    assert FAULTS[connector] in failing(connector)


def test_every_check_has_caught_a_fault():
    """A check that nobody has seen fail may be one that cannot."""
    checks = {name for group in GROUPS.values() for name in vars(group) if name.startswith("test_")}
    assert checks - set(FAULTS.values()) - OF_FILES == set()


def spoilt(folder, situation, **changes):
    """Copy the recordings of Emporium; of one, what it says is changed."""
    shutil.copytree(OF_EMPORIUM, folder, dirs_exist_ok=True)
    file = folder / f"{situation}.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))
    return folder


@pytest.mark.parametrize("situation", sorted(path.stem for path in OF_EMPORIUM.glob("*.json")))
def test_a_missing_recording_fails(tmp_path, situation):
    shutil.copytree(OF_EMPORIUM, tmp_path, dirs_exist_ok=True)
    (tmp_path / f"{situation}.json").unlink()
    found = failing(Emporium, recordings=tmp_path)
    optional = situation == "learnt"
    assert ("test_the_required_situations_are_recorded" in found) is not optional


def test_a_token_in_a_recording_fails(tmp_path):
    folder = spoilt(tmp_path, "accepted", about="seen with Bearer 4f5c2b1a9d8e7f6a5b4c")
    assert failing(Emporium, recordings=folder) == {"test_no_recording_holds_a_token"}


@pytest.mark.parametrize(
    ("situation", "changes"),
    [
        ("late_refusal", {"verb": "send"}),
        ("late_refusal", {"result": {"outcome": "accepted"}}),
        ("late_refusal", {"result": {"outcome": "rejected", "problems": [{"class": "UNKNOWN"}]}}),
        ("ended", {"result": {"outcome": "accepted", "listing": {"id": "A1"}}}),
        ("withdrawn", {"result": {"outcome": "rejected"}}),
        ("gone", {"result": {"outcome": "rejected", "problems": [{"class": "UNKNOWN"}]}}),
        ("probed", {"result": {"outcome": "blocked"}}),
        ("found", {"result": {"outcome": "found", "listings": []}}),
        ("suggested", {"result": {"outcome": "suggested", "categories": []}}),
        ("heard", {"result": {"outcome": "heard", "about": []}}),
        ("gathered", {"verb": "send"}),
    ],
)
def test_a_recording_that_is_not_what_it_is_called_fails(tmp_path, situation, changes):
    found = failing(Emporium, recordings=spoilt(tmp_path, situation, **changes))
    assert "test_situations_are_what_their_names_say" in found


@pytest.mark.parametrize(
    "changes", [{"exchanges": [{"answer": {"status": 200, "json": {"id": "A1"}}}]}, {"result": None}]
)
def test_a_recording_that_is_not_whole_fails_and_says_how_to_complete_it(tmp_path, changes):
    folder = spoilt(tmp_path, "updated", **changes)
    raw = json.loads((folder / "updated.json").read_text())
    (folder / "updated.json").write_text(json.dumps({name: one for name, one in raw.items() if one is not None}))
    found = {one.name: one.reason for one in examine(Emporium, recordings=folder) if not one.passed}
    assert "ponte connector record emporium updated" in found["test_every_recording_is_whole"]


def test_a_gathering_in_which_all_is_well_proves_nothing(tmp_path):
    raw = json.loads((OF_EMPORIUM / "gathered.json").read_text())
    del raw["requests"]["2000124"]
    assert "test_one_bad_member_does_not_spoil_its_neighbours" in failing(
        Emporium, recordings=spoilt(tmp_path, "gathered", requests=raw["requests"])
    )


@pytest.mark.parametrize(
    "line",
    [
        "import socket",
        "from urllib import request",
        "from ponte.db import models",
        "from ponte.connectors.mercadolivre import facts",
        "from ponte.connectors import exam",
    ],
)
def test_an_import_that_is_not_its_business_fails(tmp_path, monkeypatch, line):
    name = "reaching_" + line.replace(" ", "_").replace(".", "_")
    (tmp_path / f"{name}.py").write_text(
        textwrap.dedent(f"""
            def reach():
                {line}

            from ponte_acme import Acme

            class Reaching(Acme):
                pass
        """)
    )
    monkeypatch.syspath_prepend(tmp_path)
    module = __import__(name)
    assert failing(module.Reaching, recordings=OF_ACME) == {"test_no_module_imports_what_is_not_its_business"}


@pytest.mark.parametrize(
    "line",
    [
        "return datetime.now(UTC).date().isoformat()",
        "return date.today().isoformat()",
        "return str(uuid.uuid4())",
        'return open("/etc/hostname").read()',
    ],
)
def test_a_look_at_the_clock_or_at_files_fails(tmp_path, monkeypatch, line):
    name = "looking_" + "".join(letter for letter in line if letter.isalpha())
    (tmp_path / f"{name}.py").write_text(
        textwrap.dedent(f"""
            import uuid
            from datetime import UTC, date, datetime
            from ponte_acme import Acme

            class Looking(Acme):
                def launch(self):
                    {line}
        """)
    )
    monkeypatch.syspath_prepend(tmp_path)
    module = __import__(name)
    assert failing(module.Looking, recordings=OF_ACME) == {"test_no_module_looks_at_the_clock_or_at_files"}
