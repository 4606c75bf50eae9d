"""Health, readiness and metrics: enough for whoever looks after the machine, nothing for anybody else."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from api_cast import Api, integration
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from ponte.db import sealed
from ponte.db.clock import now_ms
from ponte.db.models import Channel, Installation, Lane, Membership, Work
from ponte.ops import health, metrics

DOCS = Path(__file__).parents[2] / "docs" / "api.md"
LINE = re.compile(r'[a-z_]+(\{([a-z]+="[^"\n]*",?)+\})? -?\d+(\.\d+)?')


def test_the_process_answers_without_the_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_it_is_ready_when_all_is_well(transactional_db, client):
    health.keep_key_check()
    health.keep_key_check()
    assert Installation.objects.count() == 1
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "migrations": "ok", "key": "ok"})


def test_it_is_not_ready_with_another_secret_key(transactional_db, client):
    Installation.objects.create(key_check=sealed.seal("ponte", row="installation", field="other"))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["key"]) == (503, "wrong")


def test_it_is_not_ready_while_a_migration_is_missing(db):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'db' AND name LIKE '0001%'")
    assert health.readiness() == {"database": "ok", "migrations": "pending", "key": "unknown"}


def test_it_is_not_ready_without_its_database(client, monkeypatch):
    def fails(_self: object) -> None:
        raise OperationalError("secret dsn")

    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", fails)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "down", "migrations": "unknown", "key": "unknown"}


def test_it_is_not_ready_while_its_database_hangs(monkeypatch):
    """And one thread waits for it, however often anybody asks."""
    asked, ended = [], threading.Event()

    def hangs() -> dict[str, str]:
        asked.append(1)
        ended.wait(20)
        return {"database": "ok"}

    monkeypatch.setattr(health, "readiness", hangs)
    assert [health.readiness_soon(0.05)["database"] for _ in range(3)] == ["down"] * 3
    assert len(asked) == 1
    ended.set()
    assert health.readiness_soon(5)["database"] == "ok"


@pytest.fixture
def open_here(settings):
    settings.METRICS_LOOPBACK = True


def test_metrics_are_a_503_while_the_database_is_down(client, monkeypatch, open_here):
    def fails(_self: object) -> None:
        raise OperationalError("secret dsn")

    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", fails)
    answer = client.get("/metrics")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "secret dsn" not in answer.text


def elsewhere() -> Client:
    return Client(REMOTE_ADDR="203.0.113.9")


def test_f44_an_anonymous_scrape_from_elsewhere_is_refused(ana):
    answer = elsewhere().get("/metrics")
    assert answer.status_code == 401
    assert b"loja-ana" not in answer.content


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_f44_who_comes_through_a_proxy_on_this_machine_is_not_from_here(ana, client, name, open_here):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={name: "127.0.0.1"}).status_code == 401


def test_f44_a_wrong_token_is_refused_even_from_here(ana, client, open_here):
    assert client.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 401


@pytest.mark.parametrize("address", ["", "x", "0.0.0.0", "::ffff:203.0.113.9"])
def test_f44_an_address_that_is_not_loopback_is_elsewhere(db, address, open_here):
    assert Client(REMOTE_ADDR=address).get("/metrics").status_code == 401


def test_a_token_reads_its_own_store_alone(ana, carla):
    headers = {"Authorization": f"Bearer {carla.viewer}"}
    text = elsewhere().get("/metrics", headers=headers).content.decode()
    assert "loja-carla" in text
    assert "loja-ana" not in text


def test_a_token_reads_of_its_persons_channels_alone(ana):
    other = Channel.objects.create(store=ana.store, code="outro", name="Outro", connector="amazon")
    Lane.objects.create(channel=other, kind="product")
    headers = {"Authorization": f"Bearer {ana.viewer}"}
    assert 'channel="outro"' in elsewhere().get("/metrics", headers=headers).text
    Membership.objects.filter(user__username="vera").update(channel_ids=[ana.channel.pk])
    text = elsewhere().get("/metrics", headers=headers).text
    assert f'channel="{ana.channel.code}"' in text
    assert "outro" not in text


def test_t24_without_a_token_nothing_is_read_from_here_either(ana, client):
    """A proxy on the same machine that adds no header is a caller from here too."""
    answer = client.get("/metrics")
    assert answer.status_code == 401
    assert b"loja-ana" not in answer.content


def test_t24_the_token_of_the_metrics_reads_all_stores_from_anywhere_and_nothing_else(ana, carla, settings):
    settings.METRICS_TOKEN = "m" * 40
    headers = {"Authorization": f"Bearer {settings.METRICS_TOKEN}"}
    text = elsewhere().get("/metrics", headers=headers).text
    assert "loja-carla" in text
    assert "loja-ana" in text
    assert elsewhere().get("/metrics", headers={"Authorization": f"Bearer {'m' * 39}"}).status_code == 401
    assert elsewhere().get("/metrics").status_code == 401
    for path in ("/api/v1/summary", "/logs/", "/api/v1/openapi.json"):
        assert elsewhere().get(path, headers=headers).status_code == 401


@pytest.mark.parametrize("sent", ["Bearer", "Bearer ", "Basic x", ""])
def test_t24_where_there_is_no_token_of_the_metrics_an_empty_one_is_none(ana, settings, sent):
    settings.METRICS_TOKEN = ""
    assert elsewhere().get("/metrics", headers={"Authorization": sent}).status_code == 401


def test_from_here_all_stores_are_read_where_that_is_switched_on(ana, carla, client, open_here):
    text = client.get("/metrics").content.decode()
    assert "loja-carla" in text
    assert "loja-ana" in text


def test_the_text_is_what_prometheus_reads(ana):
    integration(ana, "1")
    for line in metrics.exposition().splitlines():
        assert line.startswith(("# HELP ponte_", "# TYPE ponte_")) or LINE.fullmatch(line), line


def test_counts_lanes_and_work_are_told(ana):
    waiting, running = integration(ana, "1", "pending"), integration(ana, "2", "pending", phase="processing")
    lane = Lane.objects.get(channel=ana.channel)
    lane.state, lane.breaker_until_ms = "paused", now_ms() + 60_000
    lane.save()
    for row, epoch in ((waiting, 0), (running, 4)):
        due = now_ms() - 30_000
        Work.objects.create(integration=row, lane=lane, due_at_ms=due, queued_at_ms=due, lease_epoch=epoch)
    own = 'store="loja-ana",channel="ml",connector="mercadolivre",kind="product"'
    lines = metrics.exposition().splitlines()
    assert f'ponte_integrations{{{own},bucket="queued"}} 1' in lines
    assert f'ponte_integrations{{{own},bucket="processing"}} 1' in lines
    assert f'ponte_lane_state{{{own},state="paused"}} 1' in lines
    assert f'ponte_lane_state{{{own},state="open"}} 0' in lines
    assert f"ponte_lane_breaker_open{{{own}}} 1" in lines
    assert f"ponte_work_waiting{{{own}}} 1" in lines
    assert f"ponte_work_running{{{own}}} 1" in lines
    (oldest,) = (line for line in lines if line.startswith("ponte_work_oldest_wait_seconds{"))
    assert float(oldest.rpartition(" ")[2]) >= 30


def test_a_label_cannot_break_its_line():
    metric = metrics.Metric("x", "help", (metrics.Sample(1, (("a", 'q"\\\n'),)),))
    assert list(metrics._lines(metric))[-1] == 'x{a="q\\"\\\\\\n"} 1'


def test_the_manual_names_every_metric(ana):
    manual = DOCS.read_text("utf-8")
    names = {metric.name for metric in metrics.metrics()}
    assert {name for name in names if f"| `{name}` |" not in manual} == set()
    assert len(names) == manual.count("\n| `ponte_")


def test_a_holder_of_a_token_may_scrape_from_anywhere(ana):
    assert Api(ana.viewer).client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 200
