"""The people of a store: invitations, roles, channels, and what one may do to a colleague."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.test import Client
from django.utils import timezone

from cast import person, proved
from factories import make_channel
from ponte.db.models import Audit, Invitation, Membership, Role, User
from ponte.flows.people import credentials, invitations, membership
from ponte.flows.people.people import NotAllowedHereError, find_token, make_token

NEW = {"name": "Duda Lima", "username": "duda@loja.test", "password": "frase-longa-da-duda-7"}


def path_in(answer):
    return re.search(r'value="http://127\.0\.0\.1:8000(/convite/[^"]+)"', answer.text).group(1)


@pytest.fixture
def second(cast):
    return make_channel(cast.store, "mlp", "Mercado Livre Premium")


def test_people_are_listed_for_who_administers_the_store_only(cast, as_):
    text = as_(cast.ana).get("/pessoas").text
    assert "bruno" in text
    assert "carla" not in text
    for other in (cast.bruno, cast.vera):
        assert as_(other).get("/pessoas").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_much_for_many_people_as_for_few(cast, as_, count, django_assert_num_queries):
    for number in range(count):
        person(f"p{number}", cast.store)
    client = as_(cast.ana)
    client.get("/pessoas")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as first:
        client.get("/pessoas")
    for number in range(5):
        person(f"q{number}", cast.store)
    with CaptureQueriesContext(connection) as more:
        client.get("/pessoas")
    assert len(more) == len(first)


def test_an_invitation_makes_a_person_once(cast, as_):
    answer = as_(cast.ana).post("/pessoas/convite", {"role": "operator", "email": "duda@loja.test"})
    path = path_in(answer)
    client = Client()
    assert "lojamodelo" in client.get(path).text
    assert client.post(path, NEW)["Location"] == "/"
    assert client.get("/produtos").status_code == 200
    made = User.objects.get(username="duda@loja.test")
    assert (made.get_full_name(), made.email) == ("Duda Lima", "duda@loja.test")
    assert Membership.objects.get(user=made).role == "operator"
    again = Client().post(path, {**NEW, "username": "outra"})
    assert again.status_code == 404
    assert "não vale mais" in again.text
    assert [*Audit.objects.filter(store=cast.store).order_by("pk").values_list("verb", flat=True)] == [
        "invited",
        "joined",
        "signed in",
    ]


def test_the_link_is_not_kept_and_ends_after_seven_days(cast, as_):
    path = path_in(as_(cast.ana).post("/pessoas/convite", {"role": "viewer"}))
    token = path.removeprefix("/convite/")
    assert token not in str(list(Invitation.objects.values()))
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(path).status_code == 404
    assert (
        timezone.now() + timedelta(days=6, hours=23)
        < invitations.invite(cast.store, role="viewer", actor_id=None).invitation.expires_at
    )


def test_an_invitation_is_cancelled(cast, as_):
    client = as_(cast.ana)
    path = path_in(client.post("/pessoas/convite", {"role": "viewer"}))
    number = Invitation.objects.get().pk
    client.post(f"/pessoas/convite/{number}/cancelar")
    assert Client().get(path).status_code == 404
    assert client.post(f"/pessoas/convite/{number}/cancelar").status_code == 404


@pytest.mark.parametrize(
    "gone",
    [
        lambda cast: membership.take_out(cast.store.pk, cast.ana.pk, actor_id=None),
        lambda cast: membership.change(cast.store.pk, cast.ana.pk, role="manager", actor_id=None),
        lambda cast: credentials.disable(cast.ana.pk, actor_id=None),
        lambda cast: credentials.erase(cast.ana.pk, actor_id=None),
    ],
    ids=["taken out", "another role", "shut out", "erased"],
)
def test_an_invitation_ends_with_the_administrator_who_made_it(cast, as_, gone):
    """Who is to go leaves no door open for themselves."""
    person("eva", cast.store, Role.ADMIN)
    path = path_in(as_(cast.ana).post("/pessoas/convite", {"role": "admin"}))
    assert Client().get(path).status_code == 200
    gone(cast)
    assert Client().post(path, NEW).status_code == 404
    assert invitations.pending(cast.store.pk) == []
    assert not User.objects.filter(username=NEW["username"]).exists()


def test_an_invitation_is_mailed_where_there_is_a_mail_server(cast, as_, settings):
    settings.HAS_EMAIL = True
    answer = as_(cast.ana).post("/pessoas/convite", {"role": "viewer", "email": "duda@loja.test"})
    (message,) = mail.outbox
    assert message.to == ["duda@loja.test"]
    assert path_in(answer) in message.body


def test_a_weak_password_or_a_taken_name_is_told_and_what_was_typed_stays(cast, as_):
    path = path_in(as_(cast.ana).post("/pessoas/convite", {"role": "viewer"}))
    answer = Client().post(path, {**NEW, "password": "123"})
    assert answer.status_code == 400
    assert 'value="duda@loja.test"' in answer.text
    assert "já existe" in Client().post(path, {**NEW, "username": "ANA"}).text
    assert not User.objects.filter(username__istartswith="duda").exists()


def test_somebody_who_is_here_already_joins_with_the_same_link(cast, as_):
    path = path_in(as_(cast.ana).post("/pessoas/convite", {"role": "viewer"}))
    carla = Client()
    carla.force_login(cast.carla, backend="django.contrib.auth.backends.ModelBackend")
    carla.post(path)
    assert Membership.objects.get(user=cast.carla, store=cast.store).role == "viewer"
    assert Membership.objects.get(user=cast.carla, store=cast.other_store).role == "admin"


def test_an_invitation_takes_no_role_away_that_somebody_has(cast, as_):
    client = as_(cast.ana)
    client.post(path_in(client.post("/pessoas/convite", {"role": "viewer"})))
    assert Membership.objects.get(user=cast.ana).role == "admin"


def test_role_and_channels_count_at_the_next_request(cast, as_, second):
    bruno = Client()
    bruno.force_login(cast.bruno, backend="django.contrib.auth.backends.ModelBackend")
    as_(cast.ana).post(f"/pessoas/{cast.bruno.pk}", {"role": "manager", "channel": [second.pk]})
    found = Membership.objects.get(user=cast.bruno)
    assert (found.role, found.channel_ids) == ("manager", [second.pk])
    assert bruno.get("/auditoria").status_code == 404, "the audit is of the whole store"
    as_(cast.ana).post(f"/pessoas/{cast.bruno.pk}", {"role": "manager"})
    assert bruno.get("/auditoria").status_code == 200


def test_a_channel_of_another_store_or_a_limited_administrator_is_refused(cast, as_, second):
    client = as_(cast.ana)
    foreign = {"role": "operator", "channel": [cast.other_channel.pk]}
    assert client.post(f"/pessoas/{cast.bruno.pk}", foreign).status_code == 400
    assert client.post(f"/pessoas/{cast.bruno.pk}", {"role": "admin", "channel": [second.pk]}).status_code == 400
    assert client.post(f"/pessoas/{cast.bruno.pk}", {"role": "king"}).status_code == 400
    assert Membership.objects.get(user=cast.bruno).role == "operator"


@pytest.mark.parametrize("path", ["", "/remover"])
def test_the_last_administrator_stays(cast, as_, path):
    client = as_(cast.ana)
    answer = client.post(f"/pessoas/{cast.ana.pk}{path}", {"role": "viewer"}, follow=True)
    assert "precisa de alguém na administração" in answer.text
    assert Membership.objects.get(user=cast.ana).role == "admin"
    second = person("eva", cast.store, Role.ADMIN)
    client.post(f"/pessoas/{cast.ana.pk}{path}", {"role": "viewer"})
    assert not Membership.objects.filter(user=cast.ana, role="admin").exists()
    assert Membership.objects.get(user=second).role == "admin"


def test_a_shut_out_administrator_does_not_count_as_one(cast):
    eva = person("eva", cast.store, Role.ADMIN)
    credentials.disable(eva.pk, actor_id=cast.ana.pk)
    with pytest.raises(membership.LastAdminError):
        membership.take_out(cast.store.pk, cast.ana.pk, actor_id=None)
    with pytest.raises(membership.LastAdminError):
        credentials.disable(cast.ana.pk, actor_id=None)


def test_who_was_taken_out_is_out_at_the_next_request(cast, as_):
    bruno = Client()
    bruno.force_login(cast.bruno, backend="django.contrib.auth.backends.ModelBackend")
    as_(cast.ana).post(f"/pessoas/{cast.bruno.pk}/remover")
    assert bruno.get("/produtos")["Location"] == "/sem-loja"


def test_a_token_of_who_was_taken_out_stays_dead_when_they_come_back(cast):
    there, elsewhere = (make_token(cast.bruno, store, "t") for store in (cast.store, cast.other_store))
    Membership.objects.create(user=cast.bruno, store=cast.other_store, role="viewer")
    membership.take_out(cast.store.pk, cast.bruno.pk, actor_id=None)
    Membership.objects.create(user=cast.bruno, store=cast.store, role="operator")
    assert find_token(there) is None
    assert find_token(elsewhere) is not None


def test_a_colleagues_lost_second_factor_is_taken_away_and_it_is_written_down(cast, as_):
    TOTP.activate(cast.bruno, generate_totp_secret())
    as_(cast.ana).post(f"/pessoas/{cast.bruno.pk}/segundo-fator")
    assert not Authenticator.objects.exists()
    noted = Audit.objects.get(verb="second factor reset")
    assert (noted.actor, noted.target, noted.store) == (cast.ana, f"user:{cast.bruno.pk}", cast.store)


def test_a_link_for_a_new_password_is_shown_once(cast, as_):
    answer = as_(cast.ana).post(f"/pessoas/{cast.bruno.pk}/senha")
    assert "/entrar/nova-senha/" in answer.text
    assert "/entrar/nova-senha/" not in as_(cast.ana).get(f"/pessoas/{cast.bruno.pk}").text


@pytest.mark.parametrize("path", ["senha", "segundo-fator", "acesso"])
def test_one_does_not_reach_by_a_person_into_a_store_one_does_not_administer(cast, as_, path):
    Membership.objects.create(user=cast.carla, store=cast.store, role="viewer")
    TOTP.activate(cast.carla, generate_totp_secret())
    client = as_(cast.ana)
    assert client.post(f"/pessoas/{cast.carla.pk}/{path}").status_code == 404
    assert client.post(f"/pessoas/{cast.ana.pk}/{path}").status_code == 404, "nor to oneself, past one's own account"
    assert Authenticator.objects.exists()
    assert User.objects.get(pk=cast.carla.pk).is_active
    assert "lojas que você não administra" in client.get(f"/pessoas/{cast.carla.pk}").text


def test_access_is_switched_off_and_on(cast, as_):
    client = as_(cast.ana)
    client.post(f"/pessoas/{cast.bruno.pk}/acesso")
    assert not User.objects.get(pk=cast.bruno.pk).is_active
    assert "desativada" in client.get("/pessoas").text
    client.post(f"/pessoas/{cast.bruno.pk}/acesso")
    assert User.objects.get(pk=cast.bruno.pk).is_active


@pytest.mark.parametrize(
    "path", ["/pessoas/convite", "/pessoas/{bruno}", "/pessoas/{bruno}/remover", "/pessoas/{bruno}/senha"]
)
def test_changes_to_people_ask_for_the_password_again_after_a_while(cast, as_, path):
    client = as_(cast.ana)
    proved(client, seconds_ago=16 * 60)
    answer = client.post(
        path.format(bruno=cast.bruno.pk), {"role": "viewer"}, headers={"Referer": "http://testserver/pessoas"}
    )
    assert answer["Location"] == "/conta/confirmar?next=%2Fpessoas"
    assert Membership.objects.get(user=cast.bruno).role == "operator"
    from cast import PASSWORD

    assert client.post(answer["Location"], {"password": "errada"}).status_code == 200
    assert client.post(answer["Location"], {"password": PASSWORD})["Location"] == "/pessoas"
    assert client.get(f"/pessoas/{cast.bruno.pk}").status_code == 200


def test_asking_again_never_leads_to_another_site(cast, as_):
    client = as_(cast.ana)
    proved(client, seconds_ago=16 * 60)
    answer = client.post("/pessoas/convite", {}, headers={"Referer": "https://evil.example/x"})
    assert answer["Location"] == "/conta/confirmar?next=%2F"
    from cast import PASSWORD

    answer = client.post("/conta/confirmar?next=https://evil.example/", {"password": PASSWORD})
    assert "evil" not in answer["Location"]


def test_f14_who_lost_the_role_with_the_page_open_does_nothing_more(cast, as_):
    """F14"""
    eva = person("eva", cast.store, Role.ADMIN)
    client = as_(eva)
    assert client.get(f"/pessoas/{cast.bruno.pk}").status_code == 200
    membership.change(cast.store.pk, eva.pk, role="viewer", actor_id=cast.ana.pk)
    assert client.post(f"/pessoas/{cast.bruno.pk}/remover").status_code == 404
    assert Membership.objects.filter(user=cast.bruno).exists()


def test_g01_the_first_start_gives_a_link_and_no_password(db):
    """G01"""
    link = invitations.first_link()
    assert invitations.first_link() != link, "a new one at each start; the one before is worth nothing"
    path = invitations.first_link().removeprefix("http://127.0.0.1:8000")
    assert Client().get(link.removeprefix("http://127.0.0.1:8000")).status_code == 404
    assert "Primeiro acesso" in Client().get(path).text
    Client().post(path, NEW)
    assert User.objects.get().has_usable_password()
    assert invitations.first_link() is None


def test_g13_an_erased_person_is_a_number_in_what_they_did(cast, as_):
    """G13"""
    from ponte.db import chain
    from ponte.db.audit import note_one

    User.objects.filter(pk=cast.bruno.pk).update(email="bruno@loja.test", last_name="Silva")
    for number in range(50):
        note_one("reprocess", f"integration:{number}", store_id=cast.store.pk, actor_id=cast.bruno.pk)
    chain.seal_waiting()
    credentials.erase(cast.bruno.pk, actor_id=None)
    chain.seal_waiting()
    assert list(chain.breaks()) == []
    gone = User.objects.get(pk=cast.bruno.pk)
    assert (gone.username, gone.email, gone.get_full_name()) == (f"pessoa-{gone.pk}", "", "")
    text = as_(cast.ana).get("/auditoria").text
    assert f"pessoa-{gone.pk} reprocessou" in text
    assert "Silva" not in text
    with pytest.raises(NotAllowedHereError):
        credentials.erase(cast.ana.pk, actor_id=None)
