"""`ponte connector record`: fills in a recording from the answers that it has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ponte.cli.connector_usable import usable
from ponte.cli.output import fail

if TYPE_CHECKING:
    from ponte.domain.connector import Connector


@click.command()
@click.argument("name")
@click.argument("situation")
def record(name: str, situation: str) -> None:
    """Play SITUATION of connector NAME with the answers it has; write down what is asked and how it ends.

    The file recordings/SITUATION.json needs "verb", what stood before, and "exchanges": [{"answer": {...}}, ...].
    Read what was written: it is what the connector does, not yet what it should do.
    """
    from ponte.connectors.exam.recording import open_request, recorded
    from ponte.connectors.exam.situations import beginning

    found = usable(name)
    path = _folder(found) / f"{situation}.json"
    try:
        raw = recorded(found, situation, json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        fail(f"{path} is not there. It may begin as {beginning(situation)}, with the marketplace's answers.")
    except (AssertionError, KeyError, ValueError) as wrong:
        fail(f"{path}: {type(wrong).__name__}: {wrong}")
    path.write_text(json.dumps(raw, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    endpoint = open_request(raw)
    if endpoint:
        click.echo(f'{path}: it asks {endpoint}. Write the "answer", then record again.')
    else:
        click.echo(f"{path}: {json.dumps(raw['result'], ensure_ascii=False)}")


def _folder(connector: Connector) -> Path:
    """Return where a connector's recordings lie: beside its module."""
    from ponte.connectors.exam.bench import Bench

    bench = type("OneBench", (Bench,), {"connector": connector})()
    if bench.folder is None:
        fail("The connector's module has no file.")
    return Path(bench.folder) / "recordings"
