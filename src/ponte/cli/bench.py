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
