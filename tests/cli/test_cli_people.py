from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from cast import person
from factories import make_store
from ponte.db.models import Audit, Membership, Role, User
from ponte.flows.people import invitations

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return make_store("loja")


@pytest.fixture
def ana(store):
    return person("ana", store, Role.ADMIN)


def test_a_link_is_made_by_which_somebody_joins(cli, store):
    link = cli("user", "invite", "--store", "loja", "--role", "manager").stdout.strip()
    token = link.rpartition("/")[2]
    assert invitations.valid(token).role == "manager"


def test_people_are_listed_with_their_role(cli, ana):
    told = cli("user", "list", "loja").stdout
    assert "ana" in told
    assert "admin" in told


def test_a_role_is_given_changed_and_taken_but_not_from_the_last_administrator(cli, refused, store, ana):
    person("bruno", None)
    cli("user", "role", "bruno", "--store", "loja", "--role", "viewer")
    cli("user", "role", "bruno", "--store", "loja", "--role", "manager")
    assert Membership.objects.get(user__username="bruno").role == "manager"
    cli("user", "remove", "bruno", "--store", "loja")
    assert not Membership.objects.filter(user__username="bruno").exists()
    assert "administers" in refused("user", "remove", "ana", "--store", "loja")
    assert "administers" in refused("user", "role", "ana", "--store", "loja", "--role", "viewer")
    assert "administers" in refused("user", "disable", "ana")
    assert "no user" in refused("user", "role", "ninguem", "--store", "loja", "--role", "viewer")


def test_a_link_for_a_new_password_leaves_the_second_factor_unless_that_is_asked(cli, ana):
    TOTP.activate(ana, generate_totp_secret())
    assert "/entrar/nova-senha/" in cli("user", "reset", "ana").stdout
    assert Authenticator.objects.exists()
    assert "is gone" in cli("user", "reset", "ana", "--second-factor").stdout
    assert not Authenticator.objects.exists()
    assert "no second factor" in cli("user", "reset", "ana", "--second-factor").stdout
    assert set(Audit.objects.values_list("verb", flat=True)) == {"password link made", "second factor reset"}


def test_somebody_is_shut_out_let_in_and_erased(cli, store, ana):
    bruno = person("bruno", store)
    cli("user", "disable", "bruno")
    assert not User.objects.get(pk=bruno.pk).is_active
    cli("user", "enable", "bruno")
    assert User.objects.get(pk=bruno.pk).is_active
    cli("user", "erase", "bruno", said="n\n", code=1)
    assert User.objects.filter(username="bruno").exists()
    cli("user", "erase", "bruno", "--yes")
    assert not User.objects.filter(username="bruno").exists()


def test_g01_the_tables_made_on_an_empty_house_come_with_a_link_and_no_password(cli):
    """G01"""
    told = cli("migrate").stdout
    assert "/convite/" in told
    assert not User.objects.exists()
    person("ana", None)
    assert "/convite/" not in cli("migrate").stdout


def test_tokens_are_made_with_a_scope_listed_and_ended(cli, refused, ana):
    made = cli("user", "token", "ana", "--store", "loja", "--label", "painel", "--scope", "read")
    assert made.stdout.startswith("ponte_")
    assert made.stderr == "It may read, for 90 days.\n"
    [line] = [line.split() for line in cli("user", "tokens", "loja").stdout.splitlines() if "painel" in line]
    assert line[1:4] == ["ana", "painel", "read"]
    assert "over" in cli("user", "revoke", line[0]).stdout
    assert "painel" not in cli("user", "tokens", "loja").stdout
    assert "no token" in refused("user", "revoke", 999)
