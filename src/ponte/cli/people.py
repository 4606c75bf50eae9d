"""People who sign in."""

from __future__ import annotations

from datetime import datetime

import click

from ponte.cli.django import with_database
from ponte.cli.output import fail, table

SCOPES = {"read": "read", "act": "read, reprocess, remove and restore", "all": "do all that its person may"}
ROLES = ("viewer", "operator", "manager", "admin")


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("name")
@click.option("--store", "account", required=True, help="Account of the store the person works in.")
@click.option("--role", type=click.Choice(ROLES), default="operator", show_default=True)
@click.password_option(help="Asked for when not given.")
@with_database
def add_user(name: str, account: str, role: str, password: str) -> None:
    """Add a person to a store."""
    from ponte.flows.people import people

    store = _store(account)
    if weak := people.weaknesses(password, name):
        fail(" ".join(weak))
    try:
        people.join(people.add_user(name, password), store, role)
    except people.NotAllowedHereError as error:
        fail(str(error))
    click.echo(f"{name} may sign in to {account} as {role}.")


@user.command("invite")
@click.option("--store", "account", required=True)
@click.option("--role", type=click.Choice(ROLES), default="operator", show_default=True)
@click.option("--email", default="", help="Whom the link is for; nothing is sent.")
@with_database
def invite(account: str, role: str, email: str) -> None:
    """Print a link by which somebody joins a store; it works once, for seven days."""
    from ponte.flows.people import invitations

    click.echo(invitations.invite(_store(account), role=role, email=email, actor_id=None).link)


@user.command("list")
@click.argument("account")
@with_database
def list_users(account: str) -> None:
    """List the people of a store."""
    from ponte.db.people import people

    rows = [
        (
            one.username,
            one.name,
            str(one.role),
            "" if one.is_active else "disabled",
            "2nd" if one.has_second_factor else "",
        )
        for one in people(_store(account).pk)
    ]
    table(("user", "name", "role", "", ""), rows)


@user.command("role")
@click.argument("name")
@click.option("--store", "account", required=True)
@click.option("--role", type=click.Choice(ROLES), required=True)
@with_database
def role_of(name: str, account: str, role: str) -> None:
    """Give a person a role in a store, new to it or not."""
    from ponte.flows.people import membership, people

    person, store = _person(name), _store(account)
    try:
        if people.role_in(person.pk, store.pk):
            membership.change(store.pk, person.pk, role=role, actor_id=None)
        else:
            people.join(person, store, role)
    except people.NotAllowedHereError as error:
        fail(str(error))
    click.echo(f"{name} works in {account} as {role}.")


@user.command("remove")
@click.argument("name")
@click.option("--store", "account", required=True)
@with_database
def remove(name: str, account: str) -> None:
    """Take a person out of a store."""
    from ponte.flows.people import membership, people

    try:
        membership.take_out(_store(account).pk, _person(name).pk, actor_id=None)
    except people.NotAllowedHereError as error:
        fail(str(error))
    click.echo(f"{name} does not work in {account} any more.")


@user.command("reset")
@click.argument("name")
@click.option("--second-factor", is_flag=True, help="Take apps, keys and recovery codes away instead.")
@with_database
def reset(name: str, *, second_factor: bool) -> None:
    """Print a link for a new password; it works once, for a day. The second factor stays, unless asked."""
    from ponte.flows.people import credentials

    person = _person(name)
    if not second_factor:
        click.echo(credentials.password_link(person, actor_id=None))
        return
    gone = credentials.forget_second_factor(person.pk, actor_id=None)
    click.echo(f"The second factor of {name} is gone." if gone else f"{name} has no second factor.")


@user.command("disable")
@click.argument("name")
@with_database
def disable(name: str) -> None:
    """Shut a person out, in all stores, from their next request on."""
    from ponte.flows.people import credentials, people

    try:
        credentials.disable(_person(name).pk, actor_id=None)
    except people.NotAllowedHereError as error:
        fail(str(error))
    click.echo(f"{name} is shut out.")


@user.command("enable")
@click.argument("name")
@with_database
def enable(name: str) -> None:
    """Let a person in again."""
    from ponte.flows.people import credentials

    credentials.enable(_person(name).pk, actor_id=None)
    click.echo(f"{name} may sign in again.")


@user.command("erase")
@click.argument("name")
@click.confirmation_option(prompt="Name, address and credentials go for good; a number stays in the audit. Go on?")
@with_database
def erase(name: str) -> None:
    """Forget who a person was (LGPD)."""
    from ponte.flows.people import credentials, people

    try:
        credentials.erase(_person(name).pk, actor_id=None)
    except people.NotAllowedHereError as error:
        fail(str(error))
    click.echo("Done. What this person did stays under a number.")


@user.command("token")
@click.argument("name")
@click.option("--store", "account", required=True)
@click.option("--label", default="cli", show_default=True)
@click.option("--days", default=90, show_default=True, help="0 means no end.")
@click.option(
    "--scope",
    type=click.Choice(tuple(SCOPES)),
    default="all",
    show_default=True,
    help="read; act (also reprocess, remove, restore); all that the person may.",
)
@with_database
def add_token(name: str, account: str, label: str, days: int, scope: str) -> None:
    """Make an API token for a person; it is shown this once."""
    from ponte.db.models import TokenScope
    from ponte.flows.people import people

    text = people.make_token(_person(name), _store(account), label, days or None, scope=TokenScope(scope))
    click.echo(text)
    click.echo(f"It may {SCOPES[scope]}, {f'for {days} days' if days else 'without an end'}.", err=True)


@user.command("tokens")
@click.argument("account")
@with_database
def list_tokens(account: str) -> None:
    """List a store's API tokens that may be used now."""
    from ponte.flows.people import people

    rows = [
        (str(one.pk), one.user.username, one.name, one.scope, _day(one.expires_at), _day(one.used_at))
        for one in people.tokens_of(_store(account))
    ]
    table(("number", "user", "label", "scope", "ends", "last used"), rows)


@user.command("revoke")
@click.argument("number", type=int)
@with_database
def revoke(number: int) -> None:
    """End an API token now; NUMBER is that of `ponte user tokens`."""
    from ponte.db.models import Token
    from ponte.flows.people import people

    found = Token.objects.filter(pk=number).first() or fail(f"There is no token {number}.")
    people.revoke_token(found)
    click.echo(f"The token {found.name} is over.")


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _person(name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- a model; imported by its command
    from ponte.db.models import User

    return User.objects.filter(username=name).first() or fail(f"There is no user {name}.")


def _store(account: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- likewise
    from ponte.db.models import Store

    return Store.objects.filter(account=account).first() or fail(f"There is no store {account}.")
