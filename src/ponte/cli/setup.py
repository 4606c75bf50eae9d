"""Stores and channels."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click

from ponte.cli.django import with_database
from ponte.cli.output import fail, table
from ponte.ops.logging import one_line


@click.group()
def store() -> None:
    """VTEX stores."""


@store.command("add")
@click.argument("account")
@click.option("--name", default="", help="What people read; default: the account.")
@click.option("--base-url", default="", help="Default: https://ACCOUNT.vtexcommercestable.com.br")
@click.option("--app-key", required=True)
@click.option("--app-token", prompt=True, hide_input=True, help="Asked for when not given.")
@with_database
def add_store(account: str, name: str, base_url: str, app_key: str, app_token: str) -> None:
    """Connect a VTEX account; prints the address for its affiliate's search endpoint, this once."""
    from ponte.config import config
    from ponte.db.models import Store
    from ponte.flows.channels import stores
    from ponte.flows.channels.fitness import address_flaw

    if flaw := address_flaw(base_url) if base_url else None:
        fail(f"--base-url {stores.SAID[flaw]}.")
    if not stores.ACCOUNT.fullmatch(account):
        fail(f"{account} is no VTEX account: letters, digits, - and _ only.")
    if Store.objects.filter(account=account).exists():
        fail(f"The store {account} is connected already.")
    address = base_url or f"https://{account}.vtexcommercestable.com.br"
    _, key = stores.add_store(account, name=name, base_url=address, app_key=app_key, app_token=app_token)
    click.echo(
        f"Connected. Enter this address as the affiliate's search endpoint (shown once):\n"
        f"{config().base_url}/vtex/notifications/{key}"
    )


@store.command("list")
@with_database
def list_stores() -> None:
    """List the stores."""
    from ponte.db.models import Store

    rows = [
        (one.account, one.name, one.base_url, one.time_zone, "paused" if one.paused else "")
        for one in Store.objects.order_by("account")
    ]
    table(("account", "name", "address", "time zone", ""), rows)


@store.command("time-zone")
@click.argument("account")
@click.argument("zone")
@with_database
def time_zone(account: str, zone: str) -> None:
    """Say where a store's days begin, by a name of the IANA database such as America/Manaus."""
    from ponte.flows.channels import stores

    if not stores.set_zone(_store(account).pk, zone, actor_id=None):
        fail(f"{zone} is no time zone: take a name of the IANA database, such as America/Sao_Paulo.")
    click.echo(f"The days of {account} begin at midnight of {zone}.")


@store.command("rotate-key")
@click.argument("account")
@with_database
def rotate_key(account: str) -> None:
    """Make a new webhook key; the one before stays valid until the next rotation."""
    from ponte.config import config
    from ponte.flows.channels import stores

    click.echo(f"{config().base_url}/vtex/notifications/{stores.rotate_key(_store(account))}")


@click.group()
def channel() -> None:
    """Connections of a store to marketplaces."""


@channel.command("add")
@click.argument("account")
@click.argument("code")
@click.option("--connector", required=True, help="One of `ponte connector list`.")
@click.option("--name", default="", help="What people read; default: the marketplace's name.")
@click.option("--affiliate", default="", help="VTEX affiliate id, three consonants.")
@click.option("--trade-policy", default="1", show_default=True, help="VTEX trade policy.")
@click.option("--setting", "settings", multiple=True, metavar="NAME=VALUE", help="Open setting of the connector.")
@click.option("--secret", "secret_names", multiple=True, metavar="NAME", help="Secret of the connector; asked for.")
@click.option("--mapping", type=click.Path(exists=True, path_type=Path), help="Mapping file.")
@click.option("--base-url", default="", help="Another address of the marketplace.")
@with_database
def add_channel(account: str, code: str, mapping: Path | None, **given: object) -> None:
    """Connect a store to a marketplace account. CODE is yours to choose; it names the channel in all commands."""
    from ponte.flows.channels import stores

    secret_names = given.pop("secret_names")
    assert isinstance(secret_names, tuple)
    made = stores.add_channel(
        _store(account),
        code=code,
        name=str(given["name"]),
        connector=str(given["connector"]),
        affiliate_id=str(given["affiliate"]),
        trade_policy=str(given["trade_policy"]),
        settings=dict(_pair(text) for text in given["settings"]),  # type: ignore[attr-defined]
        secrets={name: click.prompt(name, hide_input=True) for name in secret_names},
        mapping_text=_text_of(mapping) if mapping else "",
        base_url=str(given["base_url"]),
    )
    if isinstance(made, stores.Unusable):
        _show_mapping_errors(made.mapping)
        fail(made.reason)
    click.echo(f"{account}/{code} is connected. `ponte channel test {account} {code}` tries it.")


@channel.command("list")
@click.argument("account")
@with_database
def list_channels(account: str) -> None:
    """List a store's channels with the state of their lanes."""
    from ponte.db import queries
    from ponte.db.scope import Scope

    rows = [
        (one.channel.code, one.channel.name, one.channel.connector, str(one.state))
        for one in queries.channels(Scope(_store(account).pk))
    ]
    table(("code", "name", "connector", "state"), rows)


@channel.command("hear")
@click.argument("account")
@click.argument("code")
@with_database
def hear(account: str, code: str) -> None:
    """Make the address that the marketplace posts to; the one before stays valid until the next is made."""
    from ponte.db.models import Channel
    from ponte.flows.channels import hears

    found = Channel.objects.get(pk=_channel(_store(account), code))
    if not hears.hears(found.connector):
        fail(f"{found.connector} does not understand what its marketplace posts")
    click.echo(hears.address_of(hears.new_key(found, actor_id=None)))


@channel.command("pause")
@click.argument("account")
@click.argument("code")
@with_database
def pause(account: str, code: str) -> None:
    """Stop sending to a channel; the work waits and loses no tries."""
    from ponte.flows.channels import steer

    store = _store(account)
    steer.pause(_channel(store, code), store_id=store.pk, actor_id=None)
    click.echo(f"{account}/{code} is paused.")


@channel.command("resume")
@click.argument("account")
@click.argument("code")
@with_database
def resume(account: str, code: str) -> None:
    """Let a paused channel go on."""
    from ponte.flows.channels import steer

    store = _store(account)
    steer.resume(_channel(store, code), store_id=store.pk, actor_id=None)
    click.echo(f"{account}/{code} goes on.")


@channel.command("test")
@click.argument("account")
@click.argument("code")
@with_database
def test(account: str, code: str) -> None:
    """Ask VTEX and the marketplace for something small that needs the keys; changes nothing."""
    from ponte.cli.output import language
    from ponte.explain import explain
    from ponte.flows.channels import steer

    store = _store(account)
    tested = steer.test(_channel(store, code), store_id=store.pk)
    for problem in tested.problems:
        told = explain(problem, language())
        click.echo(one_line(f"{told.title}. {told.meaning} {' '.join(told.fix)}"))
    if not tested.ok:
        raise SystemExit(1)
    click.echo("Both sides answer.")


@channel.command("mapping")
@click.argument("account")
@click.argument("code")
@click.argument("file", required=False, type=click.Path(exists=True, path_type=Path))
@with_database
def mapping(account: str, code: str, file: Path | None) -> None:
    """Show the mapping file of a channel, or replace it by FILE."""
    from ponte.db.models import Channel
    from ponte.flows.channels import stores

    found = Channel.objects.get(pk=_channel(_store(account), code))
    if file is None:
        click.echo(found.mapping_text)
        return
    errors = stores.set_mapping(found, _text_of(file))
    if errors:
        _show_mapping_errors(errors)
        fail("Nothing was changed.")
    click.echo("The new mapping is used from the next product on.")


@channel.command("authorize")
@click.argument("account")
@click.argument("code")
@click.option("--redirect-uri", required=True, help="As registered with the marketplace's application.")
@click.option("--answer", default="", help="The code that the marketplace gave.")
@with_database
def authorize(account: str, code: str, redirect_uri: str, answer: str) -> None:
    """Connect the account at the marketplace: first prints the address to open, then takes its code."""
    from ponte.flows.channels import authorization

    channel_id = _channel(_store(account), code)
    if not answer:
        found = authorization.address(channel_id, redirect_uri)
        click.echo(found if isinstance(found, str) else fail("This connector does not sign in by OAuth."))
        return
    problem = asyncio.run(authorization.exchange(channel_id, answer, redirect_uri))
    if problem is not None:
        fail(f"The marketplace refused: {problem.code} {problem.message}")
    click.echo("Connected.")


def _store(account: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- a model; imported by its command
    from ponte.db.models import Store

    return Store.objects.filter(account=account).first() or fail(f"There is no store {account}.")


def _channel(store, code: str) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001 -- likewise
    from ponte.db.models import Channel

    found = Channel.objects.filter(store=store, code=code, archived_at=None).values_list("pk", flat=True).first()
    return int(found) if found else fail(f"The store {store.account} has no channel {code}.")


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file} cannot be read as UTF-8 text: {error}")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        fail(f"--setting must be NAME=VALUE, not {json.dumps(text)}.")
    return name, value


def _show_mapping_errors(errors: object) -> None:
    from ponte.cli.output import language
    from ponte.explain import mapping_error_text

    for error in errors:  # type: ignore[attr-defined]
        click.echo(one_line(f"line {error.line}: {mapping_error_text(error, language())}"), err=True)
