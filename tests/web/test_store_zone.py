"""A store's days begin at its own midnight: on every page, in the API, in files and in actions on many."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from factories import make_attempt, make_integration, make_store
from ponte.db.models import Audit, Integration, Store
from ponte.db.scope import Scope
from ponte.flows import bulk
from ponte.flows.people.people import make_token

PATH = "/canais/vtex/fuso"
DAY_AFTER = datetime(2026, 6, 11, 3, 30, tzinfo=UTC)
"""June 11 at half past midnight in São Paulo, June 10 at half past eleven in Manaus."""


@pytest.fixture
def late(cast):
    found = make_integration(cast.channel, "late")
    Integration.objects.filter(pk=found.pk).update(updated_at=DAY_AFTER, processed_at=DAY_AFTER)
    make_attempt(found, started_at=DAY_AFTER, ended_at=DAY_AFTER)
    return found


@pytest.fixture
def manaus(cast):
    Store.objects.filter(pk=cast.store.pk).update(time_zone="America/Manaus")


PAGES = [
    "/produtos?de=2026-06-10&ate=2026-06-10",
    "/historico?dia=2026-06-10",
    "/exportar/produtos?tipo=csv&de=2026-06-10&ate=2026-06-10",
    "/exportar/historico?tipo=csv&dia=2026-06-10",
]


def read(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_day_is_brasilias_unless_the_store_says_otherwise(cast, as_, late, path):
    assert "Tênis Corrida late" not in read(as_(cast.ana), path)


@pytest.mark.parametrize("path", PAGES)
def test_a_day_is_the_stores(cast, as_, late, manaus, path):
    assert "Tênis Corrida late" in read(as_(cast.ana), path)


def test_a_moment_is_told_by_the_stores_clock_and_nobody_elses(cast, as_, late, manaus):
    assert "10/06/2026 23:30:00 (America/Manaus)" in read(as_(cast.ana), f"/produtos/{late.pk}")
    assert timezone.get_current_timezone_name() == "America/Sao_Paulo", "the request's zone ended with it"


def test_a_cell_of_an_export_has_the_stores_hour(cast, as_, late, manaus):
    assert "2026-06-10" in read(as_(cast.ana), "/exportar/historico?tipo=csv&dia=2026-06-10")


def test_the_api_counts_by_the_same_days(cast, client, late, manaus):
    headers = {"Authorization": f"Bearer {make_token(cast.ana, cast.store, 'test')}"}
    found = client.get("/api/v1/integrations?from=2026-06-10&to=2026-06-10", headers=headers).json()
    assert [one["sku"] for one in found["items"]] == ["late"]
    log = client.get("/lojamodelo/logs/?DateAt=2026-06-10", headers=headers).json()
    assert len(log["Messages"]) == 1


@pytest.mark.parametrize(("zone", "done"), [("America/Manaus", 1), ("America/Sao_Paulo", 0)])
def test_the_workers_choose_by_the_same_days(cast, late, zone, done):
    Store.objects.filter(pk=cast.store.pk).update(time_zone=zone)
    days = {"filter": {"from": "2026-06-10", "to": "2026-06-10"}}
    with timezone.override(zone):
        action = bulk.start(scope=Scope(cast.store.pk), actor_id=cast.ana.pk, verb="remove", selection=days)
    while bulk.step():
        pass
    action.refresh_from_db()
    assert (action.planned, action.done) == (done, done)


def test_a_manager_changes_the_zone_and_pages_say_where_it_is(cast, as_, late):
    client = as_(cast.ana)
    assert "horário de Brasília" in read(client, "/produtos")
    answer = client.post(PATH, {"time_zone": "America/Rio_Branco"}, follow=True)
    assert "Fuso horário salvo" in answer.text
    assert '<option value="America/Rio_Branco" selected>' in answer.text
    assert "horário de Rio Branco" in read(client, "/produtos")
    assert "mudou o fuso horário da loja para America/Rio_Branco" in read(client, "/auditoria")


def test_the_same_zone_again_changes_nothing(cast, as_):
    as_(cast.ana).post(PATH, {"time_zone": "America/Sao_Paulo"})
    assert not Audit.objects.filter(verb="time zone changed").exists()


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "Etc/GMT+3", "x" * 10_000])
def test_a_zone_that_is_none_is_refused(cast, as_, zone):
    assert as_(cast.ana).post(PATH, {"time_zone": zone}).status_code == 404
    assert Store.objects.get(pk=cast.store.pk).time_zone == "America/Sao_Paulo"


def test_who_does_not_manage_the_store_changes_nothing(cast, as_):
    client = as_(cast.vera)
    assert client.post(PATH, {"time_zone": "UTC"}).status_code == 404
    assert "time_zone" not in read(client, "/canais/vtex")
    make_store("another")
    assert {one.time_zone for one in Store.objects.all()} == {"America/Sao_Paulo"}
