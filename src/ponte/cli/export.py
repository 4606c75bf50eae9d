"""Write the records of a filter as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any, TextIO

import click

from ponte.cli.django import with_database
from ponte.cli.output import language
from ponte.cli.records import STATUSES, filters_of, store_of

COLUMNS = (
    "id",
    "sku",
    "product_id",
    "name",
    "ean",
    "channel",
    "status",
    "class",
    "subject",
    "code",
    "reason",
    "fix",
    "message",
    "attempts",
    "requested_at",
    "processed_at",
    "next_attempt_at",
    "listing",
)


@click.command()
@click.option("--store", "account")
@click.option("--status", type=click.Choice(STATUSES))
@click.option("--channel")
@click.option("--search", "q")
@click.option("--from", "since")
@click.option("--to", "until")
@click.option("--output", type=click.File("w", encoding="utf-8-sig", lazy=True), default="-")
@with_database
def export(account: str | None, output: TextIO, **given: Any) -> None:
    """Write every record that matches as CSV (RFC 4180), with which error it is; memory stays flat."""
    writer = csv.writer(output)
    writer.writerow(COLUMNS)
    for row in _rows(store_of(account).pk, filters_of(given)):
        writer.writerow([safe_cell(value) for value in row])


def safe_cell(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP ASVS 1.2.10)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"} else text


def _rows(store_id: int, filters: Any) -> Iterator[tuple[object, ...]]:
    from ponte.db import queries

    after: str | None = None
    while True:
        page = queries.page(store_id, filters, after=after, size=200)
        for row in page.rows:
            yield _row(row)
        if (after := page.next) is None:
            return


def _row(row: Any) -> tuple[object, ...]:
    from ponte.db.records import problem_from_json
    from ponte.explain import explain

    problem = problem_from_json(row.problems[0]) if row.problems else None
    told = explain(problem, language(), {"sku_id": row.sku}) if problem else None
    return (
        row.pk,
        row.sku,
        row.product_id,
        row.name,
        row.ean,
        row.channel.code,
        row.status,
        row.headline_class,
        row.headline_subject,
        row.headline_code,
        told.title if told else "",
        " ".join(told.fix) if told else "",
        problem.message[:500] if problem else "",
        row.attempts,
        row.requested_at,
        row.processed_at,
        row.next_attempt_at,
        row.listing_id,
    )
