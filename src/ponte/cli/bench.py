"""Measure Ponte on this machine."""

from __future__ import annotations

import click


@click.group()
def bench() -> None:
    """Measurements: ratios against a bare loop, in one run."""


@bench.command()
@click.option("--seconds", default=5, show_default=True, help="Of each round.")
@click.option("--connections", default=64, show_default=True)
def ingest(seconds: int, connections: int) -> None:
    """Durable notifications per second, against a bare hello on the same server."""
    from ponte.bench.ingest import main

    main(["--seconds", str(seconds), "--connections", str(connections)])


@bench.command()
@click.option("--skus", default=5_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
def pipeline(skus: int, rounds: int) -> None:
    """Products per second from VTEX to the marketplace, against a bare loop of the same calls."""
    from ponte.bench.pipeline import main

    main(skus, rounds)


@bench.command()
@click.option("--rows", default=100_000, show_default=True, help="Errors to make, then to act on.")
@click.option(
    "--database-url", default="", help="An empty PostgreSQL database; default: SQLite in a folder of its own."
)
def bulk(rows: int, database_url: str) -> None:
    """What reprocessing, pausing, cancelling, removing and undoing so many costs."""
    import json

    from ponte.bench.bulk import run

    click.echo(json.dumps(run(rows, database_url), indent=1))


@bench.command()
@click.option("--python", required=True, help="An interpreter that has celery, redis and requests.")
@click.option("--skus", default=2_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
def celery(python: str, skus: int, rounds: int) -> None:
    """Products per second against one Celery task per SKU; needs redis-server."""
    from ponte.bench.celery_compare import main

    main(skus, rounds, python)


@bench.command()
@click.option("--rows", default=1_000_000, show_default=True, help="Records to make first.")
@click.option("--repeats", default=20, show_default=True, help="Requests of each page.")
@click.option("--database-url", default="", help="A PostgreSQL database: empty, or measured before; default: SQLite.")
@click.option("--data", default="", help="A folder that keeps the SQLite database, to measure it again.")
@click.option("--only", default="", help="Pages whose name has this.")
def screens(rows: int, repeats: int, database_url: str, data: str, only: str) -> None:
    """CPU, bytes and queries of the pages over a large store."""
    from ponte.bench.screens import main

    main(rows, database_url, repeats, data=data, only=only)
