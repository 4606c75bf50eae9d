"""The audit's chain."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ponte.cli.django import with_database
from ponte.cli.output import fail


@click.group()
def audit() -> None:
    """Who did what: is the record whole?"""


@audit.command("verify")
@click.option(
    "--heads",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What `ponte audit head` printed before: shows rows cut off at the end, too.",
)
@with_database
def verify(file: Path | None) -> None:
    """Walk the chains; names every row that was altered, deleted or put elsewhere. Exit code 1 if there is one."""
    from ponte.db import chain

    chain.seal_waiting()
    found = 0
    for one in chain.breaks(_heads_in(file) if file else None):
        row = "" if one.audit_id is None else f", row {one.audit_id}"
        click.echo(f"{one.what}: store {one.store_id}, place {one.place}{row}")
        found += 1
    if found:
        fail(f"The audit does not hold in {found} places.")
    rows = sum(head.place for head in chain.heads())
    click.echo(f"The audit holds: {rows} rows.")


@audit.command("head")
@with_database
def head() -> None:
    """Print the end of each chain, a JSON line each. Keep it in another place, for `verify --heads`."""
    from ponte.db import chain

    chain.seal_waiting()
    for one in chain.heads():
        click.echo(json.dumps({"store": one.store_id, "place": one.place, "digest": one.digest}))


def _heads_in(file: Path):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- a value of a module imported by its command
    from ponte.db.chain import Head

    lines = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
    try:
        return [Head(line["store"], int(line["place"]), str(line["digest"])) for line in lines]
    except (ValueError, KeyError, TypeError):
        fail(f"{file} is not what `ponte audit head` printed.")
