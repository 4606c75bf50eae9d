"""The command line: a thin door on the flows. Each command is a module that is imported when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from ponte import __version__
from ponte.config import ConfigError

COMMANDS = {
    "demo": "demo:demo",
    "serve": "serving:serve",
    "web": "serving:web",
    "worker": "serving:worker",
    "migrate": "serving:migrate",
    "user": "people:user",
    "audit": "audit:audit",
    "store": "setup:store",
    "channel": "setup:channel",
    "mapping": "mapping:mapping",
    "sync": "records:sync",
    "list": "records:list_records",
    "show": "records:show",
    "reprocess": "records:reprocess",
    "remove": "records:remove",
    "restore": "records:restore",
    "check": "check:check",
    "codes": "codes:codes",
    "explain": "codes:explain",
    "listing": "listing:listing",
    "export": "export:export",
    "connector": "connector:connector",
    "doctor": "doctor:doctor",
    "sandbox": "demo:sandbox",
    "bench": "bench:bench",
}


class Commands(click.Group):
    """Finds a command's module by name, so that `ponte --help` does not load Django."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- likewise
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(importlib.import_module(f"ponte.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="ponte")
def ponte() -> None:
    """Ponte takes the products of a VTEX store to marketplaces and shows what went wrong, why, and what to do."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; a wrong setting is one sentence and exit code 2, a file that cannot be used one and 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ponte.settings")
    try:
        ponte.main(args=list(arguments) if arguments is not None else None, prog_name="ponte")
    except ConfigError as error:
        click.echo(f"ponte: {error}", err=True)
        sys.exit(2)
    except OSError as error:
        if error.filename is None:
            raise
        click.echo(f"Error: {error.filename}: {error.strerror}.", err=True)
        sys.exit(1)
