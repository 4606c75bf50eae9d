"""Run Ponte: pages and webhook, workers, and the database's tables."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys

import click

from ponte.cli.django import started, with_database


@click.command()
def serve() -> None:
    """Serve the pages, the API and the webhook, and work through the queue, on this machine."""
    from ponte.config import config
    from ponte.ops.supervise import Child, supervise

    settings = config()
    if settings.database.engine == "sqlite":
        with started():
            _migrate()
            _greet_the_first()
    children = [Child("web", ("web",), gives_up_on=3), Child("worker", ("worker",))]
    click.echo(f"Ponte: {settings.base_url}  (Ctrl-C stops)")
    sys.exit(supervise(children))


@click.command()
def web() -> None:
    """Serve the pages, the API and VTEX's webhook only."""
    from ponte.config import config
    from ponte.ops.orphan import leave_with_parent
    from ponte.ops.serving import serve_web

    leave_with_parent()
    sys.exit(serve_web(config()))


@click.command()
@click.option("--lanes", default=8, show_default=True, help="How many lanes this process drains at a time.")
@with_database
def worker(lanes: int) -> None:
    """Work through the queue until stopped. Start as many as you like, on as many machines (PostgreSQL)."""
    import uvloop

    from ponte.ops.orphan import leave_with_parent

    leave_with_parent()
    # What is loaded stays, and what a product makes is soon gone: full rounds of the collector find nothing.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    uvloop.run(_work(lanes))


async def _work(lanes: int) -> None:
    from django.db import connection

    from ponte.flows.pipeline.runner import Runner

    runner = Runner(lanes=lanes)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, runner.stop)
    if connection.vendor != "postgresql":
        await runner.run()
        return
    from ponte.ops.wakeups import listen

    async with asyncio.TaskGroup() as group:
        listening = group.create_task(listen(runner))
        await runner.run()
        listening.cancel()


@click.command()
@click.option("--key-lost", is_flag=True, help="Take the secret key in use for good: the old one is lost.")
@with_database
def migrate(*, key_lost: bool) -> None:
    """Make or update the database's tables."""
    _migrate()
    click.echo("The database is up to date.")
    if key_lost:
        from ponte.ops.health import take_key_for_good

        take_key_for_good()
        click.echo("This secret key is the database's from now on. Keep it, and connect all accounts again.")
    _greet_the_first()


def _greet_the_first() -> None:
    """Print the link that makes the first administrator, as long as there is nobody: there is no default password."""
    from ponte.flows.people.invitations import first_link

    if link := first_link():
        click.echo(f"Nobody can sign in yet. Open this link (it works once, shown this once):\n{link}")


def _migrate() -> None:
    from ponte.ops.database import migrate as run

    run()
