"""The example of a third party's package: installed without network, found by its entry point, and it passes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples/ponte-acme"
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Return a folder in which the example is installed, as pip would, and nothing else is."""
    folder = tmp_path_factory.mktemp("example")
    copied = shutil.copytree(EXAMPLE, folder / "source", ignore=shutil.ignore_patterns("build", "*.egg-info"))
    target = folder / "installed"
    offline = ("--offline", "--no-deps", "--no-build-isolation", "--python", sys.executable)
    run(folder, BIN / "uv", "pip", "install", "--quiet", *offline, "--target", target, copied)
    return target


def run(target: Path, *command: object, code: int = 0) -> str:
    environment = {**os.environ, "PYTHONPATH": str(target), "PYTEST_ADDOPTS": "", "PONTE_DATA": str(target / "data")}
    done = subprocess.run(
        [str(word) for word in command],
        env=environment,
        cwd=target.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def ponte(target: Path, *arguments: str) -> str:
    return run(target, sys.executable, "-m", "ponte", *arguments)


def test_it_is_found_by_its_entry_point(installed):
    assert ["acme", "Acme"] in [line.split() for line in ponte(installed, "connector", "list").splitlines()]


def test_it_brings_its_recordings_and_passes_its_exam(installed):
    assert "checks passed" in ponte(installed, "connector", "exam", "acme")
    assert (installed / "ponte_acme/recordings/accepted.json").is_file()


def test_its_own_tests_are_the_exam(installed):
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django")
    told = run(installed, *command, installed.parent / "source/tests")
    assert " passed" in told
    assert "failed" not in told


def test_the_example_is_as_the_guide_says():
    guide = (Path(__file__).parents[2] / "docs/adding-a-connector.md").read_text()
    assert "examples/ponte-acme" in guide
    assert len((EXAMPLE / "src/ponte_acme/__init__.py").read_text().splitlines()) < 250
