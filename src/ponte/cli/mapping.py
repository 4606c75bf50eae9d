"""A channel's mapping as a spreadsheet, out and in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ponte.cli.django import with_database
from ponte.cli.output import fail, language
from ponte.ops.logging import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ponte.db.models import Channel
    from ponte.domain.mapping_merge import Change, RowFlaw

SHEETS = ("categories", "attributes", "values", "brands", "options")
SIGNS = {"added": "+", "changed": "~", "removed": "-"}


@click.group()
def mapping() -> None:
    """A channel's mapping as a spreadsheet (the YAML itself: `ponte channel mapping`)."""


@mapping.command("export")
@click.argument("channel")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--store", default="", help="The VTEX account, when several stores have such a channel.")
@click.option("--sheet", type=click.Choice(SHEETS), help="Which sheet a .csv file holds.")
@with_database
def export(channel: str, file: Path, store: str, sheet: str | None) -> None:
    """Write the mapping of CHANNEL to FILE (.xlsx, or .csv with one sheet)."""
    from ponte.domain.mapping_rows import Sheet
    from ponte.flows.mapping.exporting import export_csv, export_xlsx

    found = _channel(channel, store)
    if file.suffix.lower() == ".csv":
        if sheet is None:
            fail(f"A .csv file holds one sheet: say which with --sheet ({', '.join(SHEETS)}).")
        made = export_csv(found, Sheet[sheet.upper()])
    else:
        made = export_xlsx(found)
    file.write_bytes(made.content)
    click.echo(f"{file}: version {found.mapping_version} of {found.code}.")


@mapping.command("import")
@click.argument("channel")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--store", default="", help="The VTEX account, when several stores have such a channel.")
@click.option("--whole", is_flag=True, help="Take out of the mapping what the file's sheets do not have.")
@click.option("--dry-run", is_flag=True, help="Show the changes and keep nothing.")
@with_database
def import_(channel: str, file: Path, store: str, *, whole: bool, dry_run: bool) -> None:
    """Put FILE (.xlsx or .csv) into the mapping of CHANNEL. All or nothing."""
    from ponte.db.models import MappingSource
    from ponte.flows.mapping.importing import import_mapping
    from ponte.flows.mapping.saving import Origin, Saved, save_mapping

    found = _channel(channel, store)
    done = import_mapping(found.mapping_text, file.read_bytes(), whole=whole)
    for name in done.ignored:
        click.echo(one_line(f"Left out, not one of ours: {name}"), err=True)
    if done.merged.flaws:
        _show_flaws(done.merged.flaws)
        fail("Nothing was changed.")
    _show_changes(done.merged.changes)
    if dry_run or not done.merged.changes:
        click.echo("Nothing was changed.")
        return
    origin = Origin(MappingSource.IMPORTED, file.name)
    saved = save_mapping(found.pk, done.merged.text, actor_id=None, based_on=found.mapping_version, origin=origin)
    if not isinstance(saved, Saved):
        fail("Somebody changed the mapping meanwhile. Nothing was changed; do it again.")
    click.echo(f"Version {saved.version} is used from the next product on.")


def _channel(code: str, store: str) -> Channel:
    from ponte.db.models import Channel

    found = Channel.objects.filter(code=code, archived_at=None).select_related("store")
    rows = list(found.filter(store__account=store) if store else found)
    if not rows:
        fail(f"There is no channel {code}.")
    if len(rows) > 1:
        fail(f"Several stores have a channel {code}: say which with --store.")
    return rows[0]


def _show_changes(changes: Iterable[Change]) -> None:
    for one in changes:
        before, after = " / ".join(one.before.values()), " / ".join(one.after.values())
        said = f"{before} -> {after}" if before and after else before or after
        click.echo(one_line(f"{SIGNS[one.kind]} {one.sheet.title}: {' / '.join(filter(None, one.key))}: {said}"))


def _show_flaws(flaws: Iterable[RowFlaw]) -> None:
    from ponte.explain import row_flaw_text

    for one in flaws:
        place = f"{one.sheet} {one.row}: " if one.row else f"{one.sheet}: " if one.sheet else ""
        click.echo(one_line(place + row_flaw_text(one, language())), err=True)
