"""One stage: a sandbox process, an empty database, a store with its channels. One per process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from faults.fakes import FakeMarket, FakeVtex

SERVER = "PONTE_TEST_POSTGRES_URL"
TESTS = Path(__file__).resolve().parents[1]
SPARE = 1.45
"""So many more SKUs are made than needed: a part of the sandbox's SKUs has a defect and is left out."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How big and how quick the stage is."""

    database: str
    channels: int
    skus_each: int
    lease: float = 10.0
    heartbeat: float = 3.0
    index_lag: float = 0.0
    search_lag: int = 1
    seed: int = 7


@dataclass(slots=True)
class Line:
    """One channel: its lane, its seller over there, and the SKUs that are its own."""

    channel_id: int
    lane_id: int
    seller: int
    skus: list[str]


@dataclass(slots=True)
class Stage:
    setting: Setting
    data: Path
    vtex: FakeVtex
    market: FakeMarket
    environment: dict[str, str]
    lines: list[Line] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    _sandbox: subprocess.Popen[str] | None = None
    _drop: str = ""

    def close(self) -> None:
        from django.db import connections

        connections.close_all()
        if self._sandbox is not None:
            self._sandbox.kill()
            self._sandbox.wait()
        if self._drop:
            _drop_database(self._drop)
        if not os.environ.get("PONTE_FAULTS_KEEP"):
            shutil.rmtree(self.data, ignore_errors=True)


def set_stage(setting: Setting) -> Stage:
    """Start everything but the workers."""
    data = Path(tempfile.mkdtemp(prefix="ponte-faults-"))
    process, places = _start_sandbox(setting, data)
    url = _new_database() if setting.database == "postgresql" else ""
    hosts = [places[side]["base_url"].removeprefix("http://") for side in ("vtex", "mercadolivre")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PONTE_")}
    environment = kept | {
        "PONTE_DATA": str(data),
        "PONTE_DATABASE_URL": url,
        "PONTE_PRIVATE_HOSTS": " ".join(hosts),
        "PONTE_LEASE_SECONDS": str(setting.lease),
        "PONTE_HEARTBEAT_SECONDS": str(setting.heartbeat),
        "DJANGO_SETTINGS_MODULE": "ponte.settings",
        "PYTHONPATH": str(TESTS),
    }
    os.environ.update(environment)
    market = FakeMarket(places["mercadolivre"]["base_url"])
    stage = Stage(setting, data, FakeVtex(places["vtex"]["base_url"]), market, environment)
    stage._sandbox, stage._drop = process, url
    _connect(stage, places)
    return stage


def _start_sandbox(setting: Setting, data: Path) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    skus = int(setting.channels * setting.skus_each * SPARE) + 60
    command = [sys.executable, "-m", "faults.sandbox", "--skus", str(skus), "--sellers", str(setting.channels)]
    command += ["--index-lag", str(setting.index_lag), "--seed", str(setting.seed)]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    with (data / "sandbox.log").open("ab") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True, env=environment
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("the sandbox did not start")
    return process, json.loads(line)


def _new_database() -> str:
    server = os.environ.get(SERVER, "")
    if not server:
        raise SystemExit(f"{SERVER} is not set: the suites need a PostgreSQL server on which to make databases")
    name = f"ponte_faults_{os.getpid()}"
    _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _on_server(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _drop_database(url: str) -> None:
    _on_server(f'DROP DATABASE IF EXISTS "{urlsplit(url).path[1:]}" WITH (FORCE)')


def _on_server(sql: str) -> None:
    import psycopg

    with psycopg.connect(_server_url(), autocommit=True) as server:
        server.execute(sql)


_kept_server = os.environ.get(SERVER, "")


def _server_url() -> str:
    return _kept_server


def _connect(stage: Stage, places: dict[str, Any]) -> None:
    import django

    django.setup()
    from ponte.db.models import Channel, Lane, Store
    from ponte.flows.channels.stores import Unusable, add_channel, add_store
    from ponte.ops.database import migrate

    migrate()
    vtex, marketplace = places["vtex"], places["mercadolivre"]
    store, _ = add_store(
        vtex["account"],
        name="Loja",
        base_url=vtex["base_url"],
        app_key=vtex["app_key"],
        app_token=vtex["app_token"],
    )
    clean = _clean_skus(stage)
    each = stage.setting.skus_each
    for place, seller in enumerate(marketplace["sellers"]):
        made = add_channel(
            store,
            code=f"c{place}",
            name=f"Canal {place}",
            connector="mercadolivre",
            affiliate_id="MLC",
            trade_policy=vtex["trade_policy"],
            base_url=marketplace["base_url"],
            settings={"client_id": marketplace["client_id"], "search_lag_seconds": str(stage.setting.search_lag)},
            secrets={
                "client_secret": marketplace["client_secret"],
                "refresh_token": seller["refresh_token"],
                "access_token": seller["access_token"],
            },
            mapping_text=places["mapping"],
        )
        assert not isinstance(made, Unusable), made
        lane = Lane.objects.get(channel=made)
        own = clean[place * each : (place + 1) * each]
        assert len(own) == each, "too few clean SKUs: raise SPARE"
        stage.lines.append(Line(made.pk, lane.pk, seller["user_id"], own))
    Store.objects.update(requests_per_second=2_000)
    Channel.objects.update(requests_per_second=2_000)


def _clean_skus(stage: Stage) -> list[str]:
    rows = [row for row in stage.vtex.skus() if not row["defect"]]
    stage.names = {row["sku"]: row["name"] for row in rows}
    return [row["sku"] for row in rows]
