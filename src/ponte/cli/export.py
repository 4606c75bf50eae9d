"""Write the records of a filter as a file: the same writer as the screen's."""

from __future__ import annotations

from typing import Any, BinaryIO

import click

from ponte.cli.django import with_database
from ponte.cli.output import language
from ponte.cli.records import STATUSES, filters_of, store_of


@click.command()
@click.option("--store", "account", help="Account; needed when there are several.")
@click.option("--status", type=click.Choice(STATUSES))
@click.option("--channel", help="Code of a channel.")
@click.option("--search", "q", help="SKU, EAN, reference, name or words of the message.")
@click.option("--from", "since", metavar="DATE", help="First day of the last change, YYYY-MM-DD.")
@click.option("--to", "until", metavar="DATE", help="Last day, included.")
@click.option("--cause", help="Fingerprint of a cause, as the API and /causas tell it.")
@click.option("--format", "file_type", type=click.Choice(("csv", "xlsx")), default="csv", show_default=True)
@click.option("--separator", type=click.Choice((",", ";")), default=",", show_default=True, help="Of CSV.")
@click.option("--output", type=click.File("wb", lazy=True), default="-", help="File; default: the terminal.")
@with_database
def export(account: str | None, file_type: str, separator: str, output: BinaryIO, **given: Any) -> None:
    """Write every record that matches as CSV (RFC 4180) or XLSX, with which error it is; memory stays flat."""
    from ponte.db.scope import Scope
    from ponte.flows.export.sending import FileType, Order, RecordsAsked, begin, pieces

    store = store_of(account)
    order = Order(
        scope=Scope(store.pk),
        narrowing=RecordsAsked(filters_of(given)),
        file_type=FileType(file_type),
        language=language(),
        zone=store.zone,
        query={name: str(value) for name, value in given.items() if value},
        separator=separator,
    )
    output.writelines(pieces(order, begin(order, actor_id=None).pk))
