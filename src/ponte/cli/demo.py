"""Try Ponte with fakes: a store, an account at each marketplace, a user, the initial load."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import click

from ponte.ops.orphan import SUPERVISED
from ponte.sandbox.markets import MARKETS, OTHERS

MARK = "demo.json"
READY_SECONDS = 60.0
CHECK_SECONDS = 300.0
CHECK_EVERY_SECONDS = 3.0
CHECK_ROUNDS = 10
USER = "demo"


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port of the pages.")
@click.option("--skus", default=500, show_default=True, help="How many products the sandbox store has.")
@click.option("--seed", default=7, show_default=True, help="Equal seeds make equal stores.")
@click.option("--data", default=".ponte-demo", show_default=True, type=click.Path(path_type=Path), help="Folder.")
@click.option("--channels", default=",".join(MARKETS), show_default=True, help="Which marketplaces, with commas.")
@click.option("--catalog", type=click.Path(exists=True, path_type=Path), help="Real VTEX answers to serve instead.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line when it is ready.")
@click.option("--check", is_flag=True, help="Without waiting times; compare every result with what is true, and end.")
def demo(
    *,
    port: int,
    skus: int,
    seed: int,
    data: Path,
    channels: str,
    catalog: Path | None,
    as_json: bool,
    check: bool,
) -> None:
    """Start everything on this machine with a sandbox; nothing outside the folder is touched. Ctrl-C stops."""
    markets = _known(channels)
    if check and catalog:
        raise click.UsageError("--check knows the truth of the sandbox's own catalogue only; leave --catalog out.")
    data = _fresh(data.absolute())
    sandbox_process, places = _start_sandbox(skus, seed, markets, catalog)
    try:
        _settle_environment(data, port, places)
        told = _set_up(places, data, port)
        after = Checking(skus, seed) if check else None
        code = _serve(told, places, after, as_json=as_json)
        sys.exit(code if after is None else after.code)
    finally:
        sandbox_process.terminate()
        sandbox_process.wait(timeout=10)


@click.command()
@click.option("--vtex-port", default=9101, show_default=True, help="Port of the fake VTEX.")
@click.option("--mercadolivre-port", default=9102, show_default=True, help="The other fakes take free ports.")
@click.option("--skus", default=500, show_default=True, help="How many products the store has.")
@click.option("--seed", default=7, show_default=True, help="Equal seeds make equal stores.")
@click.option("--channels", default=",".join(MARKETS), show_default=True, help="Which marketplaces, with commas.")
@click.option("--catalog", type=click.Path(exists=True), help="Real VTEX answers to serve instead.")
def sandbox(
    *, vtex_port: int, mercadolivre_port: int, skus: int, seed: int, channels: str, catalog: str | None
) -> None:
    """Run the fake VTEX and the fake marketplaces alone; a JSON line tells their addresses and keys."""
    from ponte.sandbox.serve import main

    arguments = ["--vtex-port", str(vtex_port), "--mercadolivre-port", str(mercadolivre_port)]
    arguments += ["--skus", str(skus), "--seed", str(seed), "--markets", _known(channels)]
    main(arguments + (["--catalogue", catalog] if catalog else []))


def _known(channels: str) -> str:
    """Return the marketplaces as asked for, once each."""
    asked = [*dict.fromkeys(name.strip() for name in channels.split(",") if name.strip())]
    unknown = [name for name in asked if name not in MARKETS]
    if unknown or not asked:
        raise click.BadParameter(
            f"{', '.join(unknown) or 'none'}; known: {', '.join(MARKETS)}", param_hint="--channels"
        )
    return ",".join(asked)


def _fresh(data: Path) -> Path:
    """Return an empty folder; only one that an earlier demo made is emptied."""
    if data.exists() and any(data.iterdir()):
        if not (data / MARK).exists():
            raise click.ClickException(f"{data} is not empty and was not made by a demo; choose another --data.")
        shutil.rmtree(data)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data / MARK).write_text("{}", encoding="utf-8")
    (data / MARK).chmod(0o600)
    return data


def _start_sandbox(
    skus: int, seed: int, markets: str, catalog: Path | None
) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    command = [sys.executable, "-m", "ponte.sandbox.serve", "--skus", str(skus), "--seed", str(seed)]
    command += ["--markets", markets]
    command += ["--catalogue", str(catalog)] if catalog else []
    process = subprocess.Popen(  # noqa: S603 -- our own program
        command, stdout=subprocess.PIPE, text=True, start_new_session=True, env={**os.environ, SUPERVISED: "1"}
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise click.ClickException("The sandbox did not start.")
    return process, json.loads(line)


def _settle_environment(data: Path, port: int, places: dict[str, Any]) -> None:
    """Make this process and its children use the demo's folder and nothing else."""
    for name in [name for name in os.environ if name.startswith("PONTE_")]:
        del os.environ[name]
    hosts = {places["vtex"]["base_url"].removeprefix("http://")}
    hosts.update(host for place in places["channels"] for host in place["hosts"])
    os.environ |= {
        "PONTE_DATA": str(data),
        "PONTE_PORT": str(port),
        "PONTE_PRIVATE_HOSTS": " ".join(sorted(hosts)),
        "PONTE_METRICS_LOOPBACK": "yes",  # it listens on loopback alone, and nothing in it is anybody's
    }


def _set_up(places: dict[str, Any], data: Path, port: int) -> dict[str, str]:
    from ponte.cli.django import start

    start()
    from ponte.db.models import Channel, Role, Store
    from ponte.flows.channels.stores import Unusable, add_channel, add_store
    from ponte.flows.people.people import add_user, join, make_token
    from ponte.ops.database import migrate

    migrate()
    vtex = places["vtex"]
    store, key = add_store(
        vtex["account"],
        name="Loja Modelo",
        base_url=vtex["base_url"],
        app_key=vtex["app_key"],
        app_token=vtex["app_token"],
    )
    for place in places["channels"]:
        made = add_channel(
            store,
            code=place["code"],
            name=place["name"],
            connector=place["connector"],
            affiliate_id=vtex["affiliate"],
            trade_policy=vtex["trade_policy"],
            base_url=place["base_url"],
            settings=place["settings"],
            secrets=place["secrets"],
            mapping_text=place["mapping"],
        )
        if isinstance(made, Unusable):
            raise click.ClickException(made.reason)
    # The fakes take more than the vendors' limits; a demo should not make anybody wait for those.
    Store.objects.update(requests_per_second=2_000)
    Channel.objects.update(requests_per_second=500)
    password = secrets.token_urlsafe(12)
    user = add_user(USER, password)
    join(user, store, Role.ADMIN)
    token = make_token(user, store, "demo", None)
    _register_affiliate(vtex, f"http://127.0.0.1:{port}/vtex/notifications/{key}")
    told = {"url": f"http://127.0.0.1:{port}/", "user": USER, "password": password, "token": token, "data": str(data)}
    (data / MARK).write_text(json.dumps(told | {"webhook": key, **_addresses(places)}), encoding="utf-8")
    return told


def _addresses(places: dict[str, Any]) -> dict[str, str]:
    own = {OTHERS.get(place["connector"], place["connector"]): place["base_url"] for place in places["channels"]}
    return {"vtex": places["vtex"]["base_url"], **own}


def _register_affiliate(vtex: dict[str, Any], endpoint: str) -> None:
    """Tell the fake VTEX where to send its notifications, as a person would in its admin."""
    body = {
        "id": vtex["affiliate"],
        "name": "Ponte",
        "salesChannel": vtex["trade_policy"],
        "searchURIEndpoint": endpoint,
        "searchURIEndpointVersion": "1.x.x",
    }
    headers = {
        "Content-Type": "application/json",
        "X-VTEX-API-AppKey": vtex["app_key"],
        "X-VTEX-API-AppToken": vtex["app_token"],
    }
    url = f"{vtex['base_url']}/api/fulfillment/pvt/affiliates/{vtex['affiliate']}"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="PUT")  # noqa: S310 -- our fake
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 -- likewise


class Checking:
    """Waits until every record has its result, prints the confusion matrix, and ends the demo."""

    def __init__(self, skus: int, seed: int) -> None:
        self.code = 2
        self._skus = skus
        self._seed = seed

    def run(self) -> None:
        from ponte.sandbox.catalogue import make_catalogue
        from ponte.sandbox.judge import hurry, judge

        catalogue = make_catalogue(self._skus, self._seed)
        until = time.monotonic() + CHECK_SECONDS
        verdict, same = judge(catalogue, self._seed), 0
        while time.monotonic() < until and same < CHECK_ROUNDS and (verdict.wrong or not verdict.judged):
            time.sleep(CHECK_EVERY_SECONDS)
            hurry()
            before, verdict = verdict, judge(catalogue, self._seed)
            # What is settled and wrong, and stays so, is waited for no longer.
            same = same + 1 if verdict.settled and verdict.wrong == before.wrong else 0
        for line in verdict.lines():
            click.echo(line)
        self.code = int(bool(verdict.wrong or not verdict.judged))
        os.kill(os.getpid(), signal.SIGTERM)


def _serve(told: dict[str, str], places: dict[str, Any], after: Checking | None, *, as_json: bool) -> int:
    from ponte.ops.supervise import Child, supervise

    children = [Child("web", ("web",), gives_up_on=3), Child("worker", ("worker",))]

    def load_and_announce() -> None:
        if _wait_until_ready(told["url"]):
            _load()
            _announce(told, places, as_json=as_json)
            if after is not None:
                after.run()

    threading.Thread(target=load_and_announce, daemon=True).start()
    return supervise(children)


def _wait_until_ready(url: str) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}healthz", timeout=2).close()  # noqa: S310 -- our own address
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return True
    return False


def _load() -> None:
    """Queue the whole catalogue of the sandbox store in each channel."""
    from ponte.db.models import Channel
    from ponte.flows.sync import sync

    for channel_id in Channel.objects.values_list("pk", flat=True):
        sync(channel_id)


def _announce(told: dict[str, str], places: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(told))
    else:
        fakes = "".join(f"            {name}: {url}\n" for name, url in _addresses(places).items())
        click.echo(
            f"\n  Ponte     {told['url']}\n  Usuário   {told['user']}\n  Senha     {told['password']}\n"
            f"  API       Authorization: Bearer {told['token']}\n"
            f"  Simulados\n{fakes}"
            f"  Pasta     {told['data']}\n\n  Ctrl-C para parar.\n"
        )
    sys.stdout.flush()
