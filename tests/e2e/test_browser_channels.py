"""A person at the channels: connecting an account on the marketplace's own page, and changing a mapping."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect

from factories import make_integration
from ponte.config import config
from ponte.db.models import Channel, Lane
from ponte.flows.channels.fitness import Access
from ponte.flows.channels.stores import set_access
from ponte.flows.mapping.saving import save_mapping
from ponte.sandbox.catalogue import make_catalogue
from ponte.sandbox.serve import serve

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js"
GOOD = "version: 1\ntitle:\n  cut: true\ndefault_category: MLB1055\n"
PAGES = {
    "list": "/canais",
    "channel": "/canais/mlb",
    "mapping": "/canais/mlb/mapeamento",
    "new": "/canais/novo?conector=mercadolivre",
    "remove": "/canais/mlb/remover",
    "vtex": "/canais/vtex",
}


@pytest.fixture(scope="module")
def sandbox():
    """Both fakes, in an event loop of their own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    found = asyncio.run_coroutine_threadsafe(serve(catalogue=make_catalogue(30, 7)), loop).result(30)
    yield found
    asyncio.run_coroutine_threadsafe(found.stop(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def settings_of(live_server, sandbox, monkeypatch):
    """This process serves at the live server's address and may call the fakes."""
    hosts = [url.removeprefix("http://") for url in (sandbox.store.base_url, sandbox.mercadolivre.base_url)]
    monkeypatch.setenv("PONTE_BASE_URL", live_server.url)
    monkeypatch.setenv("PONTE_PRIVATE_HOSTS", " ".join(hosts))
    config.cache_clear()
    yield
    for name in ("PONTE_BASE_URL", "PONTE_PRIVATE_HOSTS"):
        os.environ.pop(name, None)
    config.cache_clear()


@pytest.fixture
def connected(cast, sandbox, settings_of):
    """Ana's channel speaks to the fakes; its account was cut off, and a record waits."""
    store, channel = cast.store, cast.channel
    store.base_url = sandbox.store.base_url
    store.keep_secrets(app_key=sandbox.store.app_key, app_token=sandbox.store.app_token)
    store.save()
    secrets = {"client_secret": sandbox.mercadolivre.client_secret, "refresh_token": "TG-gone-for-good"}
    given = Access(sandbox.mercadolivre.base_url, {"client_id": sandbox.mercadolivre.client_id}, secrets)
    assert set_access(channel, given, actor_id=None) == {}
    Channel.objects.filter(pk=channel.pk).update(trade_policy=sandbox.store.trade_policy)
    save_mapping(channel.pk, sandbox.as_json()["mapping"], actor_id=None)
    reason = {"class": "AUTH_INVALID", "stage": "send", "code": "invalid_grant"}
    Lane.objects.filter(channel=channel).update(state="disconnected", reason=reason)
    make_integration(channel, "1", "queued")
    channel.refresh_from_db()
    return channel


def test_an_account_is_connected_on_the_marketplaces_page(cast, connected, visit, sandbox):
    page = visit(cast.ana, "/canais/mlb")
    expect(page.get_by_text("Desconectado")).to_be_visible()
    page.get_by_role("button", name="Conectar conta").click()
    page.wait_for_url(f"{sandbox.mercadolivre.base_url}/authorization?*")
    page.get_by_role("link", name="Permitir como LOJACLASSICA").click()
    page.wait_for_url("**/canais/mlb")
    seller = sandbox.mercadolivre.sellers[0].user_id
    expect(page.locator("#toasts")).to_contain_text(f"Conta {seller} conectada")
    expect(page.get_by_text("Operando")).to_be_visible()
    assert Lane.objects.get(channel=connected).state == "open"
    assert Channel.objects.get(pk=connected.pk).secrets()["access_token"].startswith("APP_USR-")
    page.get_by_role("button", name="Testar conexão").click()
    expect(page.locator("#check")).to_contain_text("A conexão funciona")


def test_without_scripts_an_account_is_connected_too(cast, connected, visit, sandbox):
    page = visit(cast.ana, "/canais/mlb", scripts=False)
    page.get_by_role("button", name="Conectar conta").click()
    page.wait_for_url(f"{sandbox.mercadolivre.base_url}/authorization?*")
    page.get_by_role("link", name="Permitir como LOJACLASSICA").click()
    page.wait_for_url("**/canais/mlb")
    assert Lane.objects.get(channel=connected).state == "open"


def test_who_does_not_allow_the_access_is_told_and_may_try_again(cast, connected, visit, sandbox):
    page = visit(cast.ana, "/canais/mlb")
    page.get_by_role("button", name="Conectar conta").click()
    page.wait_for_url(f"{sandbox.mercadolivre.base_url}/authorization?*")
    page.get_by_role("link", name="Não permitir").click()
    expect(page.get_by_role("heading", name="A conta não foi conectada")).to_be_visible()
    expect(page.get_by_text("não foi permitido")).to_be_visible()
    expect(page.get_by_role("button", name="Tentar de novo")).to_be_visible()
    assert Lane.objects.get(channel=connected).state == "disconnected"


def test_a_test_says_what_is_wrong(cast, connected, visit):
    page = visit(cast.bruno, "/canais")
    page.get_by_role("button", name="Testar").click()
    expect(page.locator("#t-mlb")).to_contain_text("A conexão não funciona", timeout=20_000)


@pytest.fixture
def mapped(cast):
    save_mapping(cast.channel.pk, GOOD, actor_id=cast.ana.pk)
    return cast.channel


def test_an_error_in_the_mapping_leads_to_its_line(cast, mapped, visit):
    page = visit(cast.ana, "/canais/mlb/mapeamento")
    text = page.get_by_label("Arquivo de mapeamento")
    text.fill(GOOD + "\n" * 60 + "price:\n  add: 3,50\n")
    expect(page.locator(".gutter span")).to_have_count(67)
    page.get_by_role("button", name="Salvar", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("nada foi salvo"))).to_be_visible()
    expect(page.locator(".gutter .err")).to_have_text("66")
    page.get_by_role("link", name="Linha 66").click()
    expect(page.get_by_label("Arquivo de mapeamento")).to_be_focused()
    chosen = "const t = document.getElementById('text'); t.value.slice(t.selectionStart, t.selectionEnd)"
    assert page.evaluate(f"() => {{ {chosen.replace('; t', '; return t')} }}").strip() == "add: 3,50"
    assert page.evaluate("() => document.querySelector('.gutter').scrollTop > 0")


def test_f45_two_people_edit_and_the_second_chooses(cast, mapped, visit):
    page = visit(cast.ana, "/canais/mlb/mapeamento")
    save_mapping(mapped.pk, GOOD + "# de Bruno\n", actor_id=cast.bruno.pk)
    page.get_by_label("Arquivo de mapeamento").fill(GOOD + "# de Ana\n")
    page.get_by_role("button", name="Salvar", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("bruno salvou a versão 2"))).to_be_visible()
    expect(page.locator(".ch-diff")).to_contain_text("# de Bruno")
    page.get_by_role("button", name="Salvar a minha por cima").click()
    expect(page.locator("#toasts")).to_contain_text("versão 3")
    assert Channel.objects.get(pk=mapped.pk).mapping_text == GOOD + "# de Ana\n"


def test_a_mapping_is_changed_by_keys_alone(cast, mapped, visit):
    page = visit(cast.ana, "/canais/mlb/mapeamento")
    page.get_by_label("Arquivo de mapeamento").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("# por teclas")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Salvar", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Mapeamento salvo")
    assert Channel.objects.get(pk=mapped.pk).mapping_text.endswith("# por teclas")


def test_a_channel_is_paused_with_a_reason_and_resumed_without_scripts(cast, visit):
    page = visit(cast.ana, "/canais/mlb", scripts=False)
    page.get_by_label("Motivo da pausa").fill("Balanço")
    page.get_by_role("button", name="Pausar envios").click()
    expect(page.get_by_text("“Balanço”")).to_be_visible()
    page.get_by_role("button", name="Retomar envios").click()
    assert Lane.objects.get(channel=cast.channel).state == "open"


def test_f46_a_channel_is_removed_after_a_question(cast, visit):
    page = visit(cast.ana, "/canais/mlb")
    page.get_by_role("link", name="Remover canal").click()
    page.get_by_role("button", name="Remover canal").click()
    expect(page.get_by_text("Nenhum canal conectado")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("place", PAGES)
def test_axe_finds_nothing_serious(cast, mapped, visit, place, dark):
    page = visit(cast.ana, PAGES[place], dark=dark)
    page.evaluate(AXE.read_text())
    result = page.evaluate("axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })")
    serious = [one for one in result["violations"] if one["impact"] in {"serious", "critical"}]
    assert [(one["id"], [node["html"][:150] for node in one["nodes"][:3]]) for one in serious] == []


@pytest.mark.parametrize("width", [360, 320])
@pytest.mark.parametrize("place", PAGES)
def test_a_phone_never_scrolls_sideways(cast, mapped, visit, width, place):
    page = visit(cast.ana, PAGES[place], width=width, height=800)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
