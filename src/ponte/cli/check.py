"""Dry run of one SKU."""

from __future__ import annotations

import json
from typing import Any

import click

from ponte.cli.django import with_database
from ponte.cli.output import fail, language, table
from ponte.ops.logging import one_line


@click.command()
@click.argument("sku")
@click.option("--channel", "code", required=True, help="Code of the channel.")
@click.option("--store", "account", help="Account; needed when several stores have such a channel.")
@click.option("--json", "as_json", is_flag=True, help="The whole offer too, as one JSON object.")
@with_database
def check(sku: str, code: str, account: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Show what would be sent for SKU, where each field comes from, and every problem; nothing is sent."""
    from ponte.db.models import Channel
    from ponte.flows.pipeline.context import Unready
    from ponte.flows.preview import preview

    channels = Channel.objects.filter(code=code, archived_at=None)
    if account:
        channels = channels.filter(store__account=account)
    found = list(channels[:2])
    if len(found) != 1:
        fail(f"There is no channel {code}." if not found else "Name the store: --store ACCOUNT.")
    seen = preview(sku, found[0].pk)
    if isinstance(seen, Unready):
        fail(f"The channel cannot be used: {seen.reason} {seen.detail}")
    _print_json(seen) if as_json else _print(seen)
    if not seen.would_send:
        raise SystemExit(1)


def _print_json(seen: Any) -> None:
    from ponte.db.records import problem_to_json, provenance_to_json

    told = {
        "sku": seen.sku_id,
        "would_send": seen.would_send,
        "asked": seen.asked,
        "offer": dict(seen.offer.payload) if seen.offer else None,
        "provenance": [provenance_to_json(one) for one in seen.offer.provenance] if seen.offer else [],
        "problems": [problem_to_json(problem) for problem in seen.problems],
    }
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))


def _print(seen: Any) -> None:
    from ponte.explain import explain

    if seen.sku is not None:
        click.echo(one_line(f"{seen.sku.id}  {seen.sku.name}"))
    if seen.offer is not None:
        rows = [
            (
                one.field,
                one.found[:40],
                f"{one.source} > {one.rule}" + (f" (line {one.line})" if one.line else ""),
                one.sent[:60],
            )
            for one in seen.offer.provenance
        ]
        table(("field", "VTEX", "rule", "sent"), rows)
    for problem in seen.problems:
        told = explain(problem, language())
        mark = "ERROR" if problem.blocking else "warning"
        click.echo(one_line(f"{mark}: {told.title}. {told.meaning}"))
        for step in told.fix:
            click.echo(one_line(f"    {step}"))
    asked = " The marketplace was asked." if seen.asked else ""
    click.echo(("Would be sent." if seen.would_send else "Would not be sent.") + asked)
