"""Codes that no rule knows, rules for them, and what a text means."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ponte.cli.django import with_database
from ponte.cli.output import fail, language, table
from ponte.ops.logging import one_line

if TYPE_CHECKING:
    from ponte.flows.codes.rules import Draft

MAX_WORDS = 90
Command = TypeVar("Command", bound=Callable[..., Any])


@click.command()
@click.argument("text")
@click.option("--code", default="", help="The marketplace's code, where there is one.")
@click.option("--sku", default="", help="The SKU, for the steps.")
def explain(text: str, code: str, sku: str) -> None:
    """Say what a marketplace's words mean and what to do; exit code 1 when they suggest nothing."""
    from ponte import explain as texts
    from ponte.domain.problem import Problem, Stage
    from ponte.explain.messages import suggest

    found = suggest(text, code)
    if found is None:
        fail("These words are new to Ponte.")
    problem = Problem(found.kind, Stage.MARKETPLACE, found.subject, found.code or code, text)
    told = texts.explain(problem, language(), {"sku_id": sku} if sku else {})
    click.echo(f"{found.kind.name}: {one_line(told.title)}")
    click.echo(one_line(told.meaning))
    for number, step in enumerate(told.fix, start=1):
        click.echo(f"  {number}. {one_line(step)}")


@click.group()
def codes() -> None:
    """Codes without a rule, and the rules that administrators write for them."""


@codes.command("list")
@click.argument("account")
@click.option("--general", is_flag=True, help="Those that only a general rule classed.")
@with_database
def list_codes(account: str, *, general: bool) -> None:
    """List a store's codes without a rule, those of most records first."""
    from ponte.db.code_inbox import inbox
    from ponte.db.scope import Scope
    from ponte.explain.messages import suggest

    found = inbox([Scope(_store(account))])
    rows = []
    for line in found.general if general else found.unknown:
        hint = suggest(line.words, line.code)
        rows.append(
            (line.connector, line.code or "-", line.records, hint.kind.name if hint else "-", line.words[:MAX_WORDS])
        )
    table(("connector", "code", "records", "suggestion", "words"), rows)


@codes.group("rule")
def rule() -> None:
    """Rules for codes."""


def _of_a_rule(command: Command) -> Command:
    options = (
        click.argument("account"),
        click.argument("connector"),
        click.option("--match", type=click.Choice(["code", "prefix", "words"]), default="code", show_default=True),
        click.option("--pattern", required=True, help="The code, its beginning, or words with * between."),
        click.option("--class", "kind", required=True, help="The class (docs/problems.md)."),
        click.option("--channel", default="", help="Only this channel."),
        click.option("--subject", default="", help="The field it is about."),
    )
    for decorate in reversed(options):
        command = decorate(command)
    return command


@rule.command("test")
@_of_a_rule
@with_database
def test_rule(account: str, **given: str) -> None:
    """Show what a rule would change of the last 30 days; changes nothing."""
    from ponte.flows.codes.rules import effect

    store_id, draft = _store(account), _fit(account, given)
    found = effect(store_id, draft)
    click.echo(f"{found.records} records")
    for change in found.changes:
        click.echo(f"  {change.records} are {change.kind} now ({change.causes} causes)")
    for one in found.examples:
        click.echo(f"  SKU {one_line(one.sku)} {one_line(one.name)}")


@rule.command("add")
@_of_a_rule
@click.option("--title", default="", help="Its own title, in Portuguese.")
@click.option("--note", default="")
@with_database
def add_rule(account: str, title: str, note: str, **given: str) -> None:
    """Keep a rule; the workers class what stands anew."""
    from dataclasses import replace

    from ponte.flows.codes.rules import keep

    draft = replace(_fit(account, given), titles={"pt-BR": title} if title else {}, note=note)
    made = keep(_store(account), draft, actor_id=None)
    click.echo(f"Rule {made.pk} is kept.")


@rule.command("list")
@click.argument("account")
@click.option("--toml", "as_lines", is_flag=True, help="As lines of a connector's errors.toml.")
@with_database
def list_rules(account: str, *, as_lines: bool) -> None:
    """List a store's rules."""
    from ponte.db.code_rules import own_rule, rules_in
    from ponte.db.scope import Scope
    from ponte.domain.code_rules import as_toml

    rows = rules_in([Scope(_store(account))])
    if as_lines:
        for row in rows:
            click.echo(f"# {row.connector}\n{as_toml(own_rule(row), row.note)}")
        return
    table(
        ("rule", "connector", "match", "pattern", "class", ""),
        [(row.pk, row.connector, row.match, row.pattern, row.problem_class, _state(row.active)) for row in rows],
    )


@rule.command("switch")
@click.argument("account")
@click.argument("number", type=int)
@click.option("--on/--off", "active", required=True)
@with_database
def switch_rule(account: str, number: int, *, active: bool) -> None:
    """Switch a rule on or off."""
    from ponte.flows.codes.rules import switch

    if switch(_store(account), number, active=active, actor_id=None) is None:
        fail(f"There is no rule {number}.")
    click.echo(f"Rule {number} is {_state(active)}.")


def _state(active: object) -> str:
    return "on" if active else "off"


def _store(account: str) -> int:
    from ponte.db.models import Store

    found = Store.objects.filter(account=account).values_list("pk", flat=True).first()
    if found is None:
        fail(f"There is no store {account}.")
    return found


def _fit(account: str, given: dict[str, str]) -> Draft:
    from ponte.flows.codes.rules import Draft, flaws

    draft = Draft(
        given["connector"], given["match"], given["pattern"], given["kind"], given["channel"], given["subject"]
    )
    wrong = flaws(_store(account), draft)
    if wrong:
        fail("; ".join(f"{name}: {flaw}" for name, flaw in wrong.items()))
    return draft
