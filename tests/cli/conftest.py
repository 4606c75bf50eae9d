from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from ponte.cli import ponte


@pytest.fixture
def cli(monkeypatch):
    """Run a command: `cli("list", "--json")`; a crash is a crash of the test."""
    monkeypatch.setenv("PONTE_LANGUAGE", "en")

    def run(*arguments: object, said: str | bytes | None = None, code: int = 0) -> Result:
        result = CliRunner().invoke(ponte, [str(word) for word in arguments], input=said)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def refused(cli):
    """Run a command that must end in one sentence; returns it."""

    def run(*arguments: object, said: str | bytes | None = None) -> str:
        result = cli(*arguments, said=said, code=1)
        lines = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
        assert len(lines) == 1, result.output
        assert "Traceback" not in result.output
        return lines[0]

    return run
