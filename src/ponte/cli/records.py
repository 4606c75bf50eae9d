"""The records of a store: list, show, reprocess, remove, restore; and the initial load."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ponte.cli.django import with_database
from ponte.cli.output import fail, language, table
from ponte.ops.logging import one_line

if TYPE_CHECKING:
    from ponte.db.models import Integration, Store
    from ponte.domain.problem import Problem
    from ponte.flows.pipeline.context import Unready

TRIES_TOLD = 20
STATUSES = ("error", "alert", "success", "pending", "queued", "processing", "waiting")


@click.command("list")
@click.option("--store", "account", help="Account; needed when there are several.")
@click.option("--status", type=click.Choice(STATUSES))
@click.option("--channel", help="Code of a channel.")
@click.option("--search", "q", help="SKU, EAN, reference, name or words of the message.")
@click.option("--from", "since", metavar="DATE", help="First day of the last change, YYYY-MM-DD.")
@click.option("--to", "until", metavar="DATE", help="Last day, included.")
@click.option("--cause", help="Fingerprint of a cause, as the API and /causas tell it.")
@click.option("--removed", is_flag=True, help="Those that were removed.")
@click.option("--limit", default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_database
def list_records(account: str | None, limit: int, as_json: bool, **given: Any) -> None:  # noqa: FBT001
    """List records, the last changed first."""
    from ponte.db import queries
    from ponte.db.scope import Scope

    store = store_of(account)
    filters = filters_of(given)
    rows: list[Integration] = []
    after: str | None = None
    while len(rows) < limit:
        page = queries.page(Scope(store.pk), filters, after=after, size=min(200, limit - len(rows)))
        rows += page.rows
        if (after := page.next) is None:
            break
    if as_json:
        for row in rows:
            click.echo(json.dumps(_as_json(row), ensure_ascii=False))
    else:
        table(("id", "sku", "channel", "status", "why", "name"), [_as_line(row) for row in rows])


@click.command()
@click.argument("number", type=int)
@click.option("--store", "account", help="Account; needed when there are several.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; with what its tries asked and were answered.")
@with_database
def show(number: int, account: str | None, as_json: bool) -> None:  # noqa: FBT001
    """Show one record: what is wrong, what to do, every try.

    NUMBER is the record's id as `ponte list` prints it, not the SKU's.
    """
    from django.utils import timezone

    from ponte.db import queries
    from ponte.db.records import problem_from_json
    from ponte.db.scope import Scope
    from ponte.explain import explain

    store = store_of(account)
    row = queries.record([Scope(store.pk)], number) or fail(f"There is no record {number}.")
    if as_json:
        click.echo(json.dumps({**_as_json(row), "tries": _tries(row)}, ensure_ascii=False))
        return
    click.echo(one_line(f"{row.sku}  {row.name}  {row.channel.code}  {_status(row)}"))
    for kept in row.problems:
        problem = problem_from_json(kept)
        told = explain(problem, language(), {"account": store.account, "sku_id": row.sku})
        click.echo(one_line(f"- {told.title}. {told.meaning}"))
        for step in told.fix:
            click.echo(one_line(f"    {step}"))
        if problem.message:
            click.echo(one_line(f"    [{problem.code}] {problem.message}"))
    for attempt in queries.attempts(row.pk).rows:
        began = timezone.localtime(attempt.started_at)
        click.echo(f"  {attempt.number}  {began:%Y-%m-%d %H:%M:%S %z}  {attempt.trigger}  {attempt.result}")


@click.command()
@click.argument("numbers", nargs=-1, type=int)
@click.option("--store", "account", help="Account; needed when there are several.")
@click.option("--status", type=click.Choice(STATUSES), help="With a filter instead of numbers: all that match.")
@click.option("--channel", help="Code of a channel.")
@click.option("--search", "q", help="SKU, EAN, reference, name or words of the message.")
@click.option("--cause", help="Fingerprint of a cause, as the API and /causas tell it.")
@click.option("--per-second", type=click.IntRange(min=1), help="Slow a bulk reprocess down.")
@click.option("--trial", type=click.IntRange(0, 100), default=0, help="Try so many first; stop if all fail again.")
@click.option("--changed-only", is_flag=True, help="Leave out what would fail again for want of a change.")
@with_database
def reprocess(
    numbers: tuple[int, ...],
    account: str | None,
    per_second: int | None,
    trial: int,
    changed_only: bool,  # noqa: FBT001 -- click gives it so
    **given: Any,
) -> None:
    """Put records, or all that match a filter, back into the queue."""
    from ponte.db.scope import Scope
    from ponte.flows.reprocess import reprocess as run

    store = store_of(account)
    if not numbers:
        _start_bulk(store, "reprocess", given, per_second, trial=trial, changed_only=changed_only)
        return
    done = run(numbers, scope=Scope(store.pk), actor_id=None)
    click.echo(f"queued {len(done.queued)}, already queued {len(done.already)}, refused {len(done.refused)}")
    if done.refused:
        fail(f"A success has nothing to reprocess: {', '.join(map(str, done.refused))}")


@click.command()
@click.argument("numbers", nargs=-1, type=int)
@click.option("--store", "account", help="Account; needed when there are several.")
@click.option("--status", type=click.Choice(STATUSES), help="With a filter instead of numbers: all that match.")
@click.option("--channel", help="Code of a channel.")
@click.option("--search", "q", help="SKU, EAN, reference, name or words of the message.")
@click.option("--cause", help="Fingerprint of a cause, as the API and /causas tell it.")
@with_database
def remove(numbers: tuple[int, ...], account: str | None, **given: Any) -> None:
    """Take records, or all that match a filter, off the screen; `restore` brings them back."""
    from ponte.db.scope import Scope
    from ponte.flows.remove import remove as run

    store = store_of(account)
    if numbers:
        click.echo(f"removed {len(run(numbers, scope=Scope(store.pk), actor_id=None))}")
    else:
        _start_bulk(store, "remove", given, None)


@click.command()
@click.argument("numbers", nargs=-1, type=int, required=True)
@click.option("--store", "account", help="Account; needed when there are several.")
@with_database
def restore(numbers: tuple[int, ...], account: str | None) -> None:
    """Bring removed records back."""
    from ponte.db.scope import Scope
    from ponte.flows.remove import restore as run

    click.echo(f"restored {len(run(numbers, scope=Scope(store_of(account).pk), actor_id=None))}")


@click.command()
@click.option("--store", "account", help="Account; needed when there are several.")
@click.option("--channel", "code", help="One channel; default: all of the store.")
@click.option("--adopt", is_flag=True, help="From now on, look for a listing of the SKU before one is made.")
@with_database
def sync(account: str | None, code: str | None, adopt: bool) -> None:  # noqa: FBT001 -- click gives it so
    """Queue every SKU of the trade policy: the initial load, or a sweep for missed notifications."""
    from ponte.db.models import Channel
    from ponte.flows.listings.search import set_adopts
    from ponte.flows.sync import sync as run

    channels = Channel.objects.filter(store=store_of(account), archived_at=None)
    if code:
        channels = channels.filter(code=code)
    for channel in channels:
        if adopt:
            set_adopts(channel, adopts=True, actor_id=None)
        synced = run(channel.pk)
        click.echo(f"{channel.code}: {synced.skus} SKUs queued")
        if synced.problem is not None:
            fail(f"Not everything was listed: {_why(synced.problem)}")


def _why(problem: Problem | Unready) -> str:
    from ponte.domain.problem import Problem
    from ponte.explain import explain

    if not isinstance(problem, Problem):
        return f"the channel cannot be used: {problem.reason} {problem.detail}"
    told = explain(problem, language())
    return f"{told.title}. {' '.join(told.fix)}"


def _start_bulk(
    store: Store,
    verb: str,
    given: dict[str, Any],
    per_second: int | None,
    *,
    trial: int = 0,
    changed_only: bool = False,
) -> None:
    from ponte.db.scope import Scope
    from ponte.flows import bulk

    query = {name: value for name, value in given.items() if value}
    if not query:
        fail("Name records, or a filter such as --status error.")
    filters_of(dict(query))
    selection = {"filter": query} | ({"changed_only": True} if changed_only else {})
    action = bulk.start(
        scope=Scope(store.pk), actor_id=None, verb=verb, selection=selection, per_second=per_second, trial=trial
    )
    planned = "" if action.planned is None else f" for {action.planned} records"
    click.echo(f"action {action.pk} started{planned}; the workers do it")


def filters_of(given: dict[str, Any]) -> Any:
    from ponte.db.filters import FilterErrors, Filters

    names = {"since": "from", "until": "to"}
    query = {names.get(name, name): str(value) for name, value in given.items() if value and value is not True}
    if given.get("removed"):
        query["removed"] = "1"
    filters = Filters.from_query(query)
    if isinstance(filters, FilterErrors):
        fail(", ".join(f"{name}: {flaw}" for name, flaw in filters.flaws.items()))
    return filters


def store_of(account: str | None) -> Store:
    """Return the store that a command is about; the command's days are the store's from here on."""
    from django.utils import timezone

    from ponte.db.models import Store

    stores = Store.objects.filter(account=account) if account else Store.objects.all()[:2]
    found: Sequence[Store] = list(stores)
    if len(found) != 1:
        fail(f"There is no store {account}." if account else "Name the store: --store ACCOUNT.")
    timezone.activate(found[0].zone)
    return found[0]


def _as_json(row: Integration) -> dict[str, Any]:
    from ponte.api.shapes import integration
    from ponte.api.words import Words

    shape: dict[str, Any] = integration(row, row.store.account, Words(language(), {"account": row.store.account}))
    return shape


def _tries(row: Integration) -> list[Any]:
    """Return the last tries with what passed in them, as the API tells them."""
    from ponte.api.shapes import attempt
    from ponte.api.words import Words
    from ponte.db.queries_api import tries

    told = Words(language(), {"account": row.store.account}).about(row)
    return [attempt(one, told) for one in tries(row.pk, after=None, size=TRIES_TOLD).rows]


def _as_line(row: Integration) -> tuple[object, ...]:
    from ponte.db.records import problem_from_json
    from ponte.explain import summary

    why = summary([problem_from_json(kept) for kept in row.problems], language()) if row.problems else ""
    return (row.pk, row.sku, row.channel.code, _status(row), why[:60], row.name[:40])


def _status(row: Integration) -> str:
    from ponte.domain.lifecycle import Phase, Status
    from ponte.explain import status_label

    return status_label(Status(row.status), Phase(row.phase), language())
