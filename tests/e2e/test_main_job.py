"""The main job, through a browser: the demo runs for real, with its fakes, its worker and its pages."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

READY_SECONDS = 120
SLOW_SECONDS = 6


@dataclass(frozen=True)
class Demo:
    """A running demo and how to reach its sides."""

    url: str
    user: str
    password: str
    token: str
    vtex: str

    def api(self, path: str, *, method: str = "GET") -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.url}{path}", headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def counts(self) -> dict[str, int]:
        return self.api("api/v1/summary")["counts"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    data = tmp_path_factory.mktemp("demo")
    port = _free_port()
    command = [sys.executable, "-m", "ponte", "demo", "--json", "--port", str(port), "--skus", "120"]
    command += ["--channels", "mercadolivre"]  # two accounts: the others are in the check of every fate
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PONTE_")}
    process = subprocess.Popen(
        [*command, "--data", str(data)], stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
    )
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        places = json.loads((data / "demo.json").read_text(encoding="utf-8"))
        running = Demo(told["url"], told["user"], told["password"], told["token"], places["vtex"])
        _wait_until_loaded(running)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_loaded(running: Demo) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        counts = running.counts()
        if counts["success"] and not counts["queued"] and not counts["processing"]:
            return
        time.sleep(0.5)
    pytest.fail(f"The initial load did not end: {running.counts()}")


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    context = browser.new_context(locale="pt-BR", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(f"{demo.url}entrar")
    page.fill("input[name=username]", demo.user)
    page.fill("input[name=password]", demo.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/produtos*")
    yield page
    context.close()


def test_the_initial_load_has_four_kinds_of_fate(demo: Demo) -> None:
    counts = demo.counts()
    assert {name for name in ("success", "error", "alert", "waiting") if counts[name]} == {
        "success",
        "error",
        "alert",
        "waiting",
    }
    assert sum(counts.values()) == 240


def test_an_error_row_opens_to_its_origin(page: Page, demo: Demo) -> None:
    row = _open_list(page, demo, "error")
    row.locator("[data-open]").click()
    origin = page.locator(f"#d-{_number(row)}")
    expect(origin).to_contain_text("Origem do erro")
    expect(origin).to_contain_text("Como corrigir")
    assert "aberto=" in page.url


def test_reprocessing_shows_queued_then_processing_then_a_result(page: Page, demo: Demo) -> None:
    row = _open_list(page, demo, "error")
    number = _number(row)
    sku = row.locator(".c-sku").inner_text()
    record = page.locator(f"#r-{number}")
    channel = demo.api(f"api/v1/integrations/{number}")["channel"]
    _slow_down(demo, sku)
    demo.api(f"api/v1/channels/{channel}/pause", method="POST")  # else the worker may be quicker than the page
    _act(row, "reprocess")
    expect(record.locator("[data-part=status]")).to_contain_text("Na fila", timeout=5_000)
    demo.api(f"api/v1/channels/{channel}/resume", method="POST")
    expect(record.locator("[data-part=status]")).to_contain_text("Processando", timeout=SLOW_SECONDS * 1_000)
    expect(record.locator("[data-part=status]")).to_contain_text("Erro", timeout=30_000)
    expect(record.locator("[data-part=tries]")).to_contain_text("2")


@pytest.mark.parametrize("status", ["success", "error"])
def test_remover_log_takes_the_row_off_the_screen(page: Page, demo: Demo, status: str) -> None:
    before = demo.counts()
    row = _open_list(page, demo, status)
    number = _number(row)
    _act(row, "remove")
    expect(page.locator(f"#r-{number}")).to_be_hidden(timeout=5_000)
    after = demo.counts()
    assert after["removed"] == before["removed"] + 1
    assert demo.api(f"api/v1/integrations/{number}")["removed_at"]


def test_a_success_offers_no_reprocessar(page: Page, demo: Demo) -> None:
    row = _open_list(page, demo, "success")
    row.locator("[data-menu-button]").click()
    menu = row.locator("[data-menu]")
    expect(menu.locator("[data-verb=remove]")).to_be_visible()
    expect(menu.locator("[data-verb=reprocess]")).to_have_count(0)
    assert demo.api(f"api/v1/integrations/{_number(row)}")["actions"] == ["remove"]


def _open_list(page: Page, demo: Demo, status: str) -> Any:
    page.goto(f"{demo.url}produtos?status={status}")
    number = page.locator("tbody.record").first.get_attribute("id")
    return page.locator(f"#{number}")


def _number(row: Any) -> str:
    return re.sub(r"\D", "", row.get_attribute("id"))


def _act(row: Any, verb: str) -> None:
    row.locator("[data-menu-button]").click()
    row.locator(f"[data-menu] [data-verb={verb}]").click()


def _slow_down(demo: Demo, sku: str) -> None:
    """Make VTEX slow for one SKU, so that a person could see it being processed."""
    fault = {"kind": "delay", "seconds": SLOW_SECONDS, "sku": sku, "count": 1}
    request = urllib.request.Request(
        f"{demo.vtex}/_sandbox/faults", json.dumps(fault).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).close()
