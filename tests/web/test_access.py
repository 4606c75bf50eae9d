"""Every page for everybody: what is another store's does not exist, and who only looks changes nothing."""

from __future__ import annotations

import pytest

from factories import make_attempt, make_integration
from ponte.db.models import Audit, Integration, Membership, Role, Work

PAGES = ["", "/origem", "/tentativas", "/tentativas/1"]
ACTIONS = ["/reprocessar", "/remover", "/restaurar"]


@pytest.mark.parametrize("path", ["/produtos", "/produtos/linhas", "/produtos/1", "/produtos/1/origem"])
def test_nobody_sees_a_page_without_signing_in(client, db, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/entrar?next=")


def test_a_fragment_tells_its_script_to_sign_in(client, db):
    answer = client.get("/produtos/1/origem", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/entrar"


@pytest.mark.parametrize("path", [f"/produtos/1{action}" for action in ACTIONS] + ["/produtos/acoes", "/loja"])
def test_nobody_acts_without_signing_in(client, db, path):
    assert client.post(path).status_code == 302


@pytest.mark.parametrize("who", ["ana", "bruno", "vera"])
@pytest.mark.parametrize("page", PAGES)
def test_the_people_of_a_store_see_its_records(cast, as_, error, who, page):
    assert as_(getattr(cast, who)).get(f"/produtos/{error.pk}{page}").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_record_of_another_store_does_not_exist(cast, as_, error, page):
    assert as_(cast.carla).get(f"/produtos/{error.pk}{page}").status_code == 404


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_acts_on_a_record_of_another_store(cast, as_, error, action):
    assert as_(cast.carla).post(f"/produtos/{error.pk}{action}").status_code == 404
    error.refresh_from_db()
    assert (error.status, error.removed_at) == ("error", None)


@pytest.mark.parametrize("action", ACTIONS)
def test_who_only_looks_does_not_act(cast, as_, error, action):
    assert as_(cast.vera).post(f"/produtos/{error.pk}{action}").status_code == 404
    assert not Work.objects.exists()
    assert "reprocessar" not in as_(cast.vera).get("/produtos").text


def test_the_list_and_its_updates_hold_one_store_only(cast, as_, error, foreign):
    client = as_(cast.ana)
    assert "999777" not in client.get("/produtos").text
    assert "999777" not in client.get("/produtos?q=999777").text.split("</form>")[-1]
    assert "999777" not in client.get(f"/produtos/linhas?linhas={foreign.pk}:x").text


def test_f20_foreign_ids_among_the_chosen_change_nothing(cast, as_, error, foreign):
    as_(cast.ana).post("/produtos/acoes", {"verb": "remove", "id": [error.pk, foreign.pk]})
    assert list(Integration.objects.exclude(removed_at=None)) == [error]
    assert not Audit.objects.filter(store=cast.other_store).exists()


@pytest.mark.parametrize(
    "number", ["0", "-1", str(2**63), "9" * 400, "1%20OR%201=1", "../", "8c1f4a5e-0000-4000-8000-000000000000"]
)
def test_f21_an_id_that_cannot_be_is_not_found(cast, as_, number):
    assert as_(cast.ana).get(f"/produtos/{number}").status_code == 404


def test_f22_the_page_of_a_record_that_is_gone_says_what_may_have_happened(cast, as_, error):
    client = as_(cast.ana)
    number = error.pk
    error.delete()
    answer = client.get(f"/produtos/{number}")
    assert answer.status_code == 404
    assert "expirou" in answer.text


def test_f14_a_role_taken_away_counts_at_the_next_action(cast, as_, error):
    client = as_(cast.bruno)
    assert client.get("/produtos").status_code == 200
    cast.bruno.membership_set.all().delete()
    assert client.post(f"/produtos/{error.pk}/reprocessar").status_code == 302
    error.refresh_from_db()
    assert error.status == "error"


def test_somebody_without_a_store_is_told_so(cast, as_):
    from cast import person

    answer = as_(person("novo", None)).get("/produtos", follow=True)
    assert answer.status_code == 403
    assert "ainda não tem loja" in answer.text


def test_a_person_of_two_stores_changes_between_them(cast, as_, error, foreign):
    cast.ana.membership_set.create(store=cast.other_store, role="operator")
    client = as_(cast.ana)
    answer = client.post("/loja", {"store": cast.other_store.pk}, follow=True)
    assert "999777" in answer.text
    assert error.sku not in answer.text
    assert client.get(f"/produtos/{error.pk}").status_code == 200, "a link to a record of the other store opens it"


def test_a_store_one_does_not_work_in_cannot_be_chosen(cast, as_):
    assert as_(cast.ana).post("/loja", {"store": cast.other_store.pk}).status_code == 404


def test_a_foreign_try_is_not_shown_under_an_own_record(cast, as_, error, foreign):
    make_attempt(foreign, 7)
    assert as_(cast.ana).get(f"/produtos/{error.pk}/tentativas/7").status_code == 404


@pytest.mark.parametrize("verb", ["reprocessar", "remover", "restaurar"])
def test_who_acts_in_one_store_and_looks_at_another_changes_nothing_there(cast, as_, verb):
    Membership.objects.create(user=cast.bruno, store=cast.other_store, role=Role.VIEWER)
    found = make_integration(cast.other_channel, removed=verb == "restaurar")
    before = Integration.objects.values().get(pk=found.pk)
    answer = as_(cast.bruno).post(f"/produtos/{found.pk}/{verb}")
    assert answer.status_code == 404
    assert Integration.objects.values().get(pk=found.pk) == before


def test_who_only_looks_here_may_act_on_a_record_of_a_store_where_they_operate(cast, as_):
    Membership.objects.create(user=cast.vera, store=cast.other_store, role=Role.OPERATOR)
    found = make_integration(cast.other_channel)
    assert as_(cast.vera).post(f"/produtos/{found.pk}/remover").status_code == 302
    found.refresh_from_db()
    assert found.removed_at is not None
