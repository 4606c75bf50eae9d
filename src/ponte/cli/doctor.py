"""Find out what is wrong with an installation."""

from __future__ import annotations

import click

from ponte.config import ConfigError


@click.command()
def doctor() -> None:
    """Check settings, folder, disk, key, database, tables, port, connectors and channels; one sentence each."""
    from ponte.ops.doctor import Check, diagnose

    checks: list[Check]
    try:
        checks = diagnose()
    except ConfigError as error:
        checks = [Check("settings", str(error))]
    for check in checks:
        click.echo(
            f"{'ok     ' if check.trouble is None else 'TROUBLE'}  {check.name}: {check.trouble or check.detail}"
        )
    if any(check.trouble for check in checks):
        raise SystemExit(1)
