"""Signing in, second factors, people and the audit in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cast import PASSWORD
from factories import make_channel, make_integration
from ponte.db.audit import note

pytestmark = pytest.mark.e2e
AXE = next((Path(__file__).parent / "vendor").rglob("axe.min.js"))
PAGES = [
    "/conta",
    "/conta/seguranca",
    "/conta/seguranca/aplicativo",
    "/conta/sessoes",
    "/conta/senha",
    "/pessoas",
    "/pessoas/convite",
    "/auditoria",
]


@pytest.fixture
def named(live_server):
    """The server by its name: browsers make passkeys for names, not for numbers."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def key(browser):
    """A page with a key that the browser plays itself: it knows its person and says yes."""
    context = browser.new_context(locale="pt-BR", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(10_000)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    page.authenticator = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    page.devtools = devtools
    yield page
    context.close()


def sign_in(page, base, password=PASSWORD, name="ana"):
    page.goto(f"{base}/entrar")
    page.get_by_label("Usuário").fill(name)
    page.get_by_label("Senha", exact=True).fill(password)
    page.get_by_role("button", name="Entrar", exact=True).click()


def test_a_passkey_is_made_and_opens_without_a_password(cast, named, key):
    sign_in(key, named)
    key.goto(f"{named}/conta/seguranca")
    key.get_by_role("link", name="Criar chave").click()
    key.get_by_label("Nome da chave").fill("Notebook")
    key.get_by_role("button", name="Criar chave").click()
    expect(key.get_by_role("heading", name="Códigos de recuperação")).to_be_visible()
    key.goto(f"{named}/conta/seguranca")
    expect(key.locator("bdi", has_text="Notebook")).to_be_visible()
    key.context.clear_cookies()
    key.goto(f"{named}/entrar")
    key.get_by_role("button", name="Entrar com chave de acesso").click()
    key.wait_for_url("**/produtos*")
    assert cast.ana.authenticator_set.filter(type="webauthn").count() == 1


def test_after_the_password_the_passkey_is_asked_for_and_its_refusal_is_told(cast, named, key):
    sign_in(key, named)
    key.goto(f"{named}/conta/seguranca/chaves/nova")
    key.get_by_role("button", name="Criar chave").click()
    key.wait_for_url("**/codigos")
    key.context.clear_cookies()
    sign_in(key, named)
    key.wait_for_url("**/entrar/codigo*")
    key.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key.authenticator, "isUserVerified": False})
    key.goto(f"{named}/produtos")
    key.wait_for_url("**/entrar/codigo*")
    key.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": key.authenticator, "isUserVerified": True})
    key.get_by_role("button", name="Usar chave de acesso").click()
    key.wait_for_url("**/produtos*")


def test_a_key_of_nobody_opens_nothing_and_it_is_said(cast, named, key):
    key.goto(f"{named}/entrar")
    key.devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key.authenticator})
    options = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False}
    key.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    key.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('no')); }")
    key.get_by_role("button", name="Entrar com chave de acesso").click()
    expect(key.get_by_text("A chave de acesso não foi usada")).to_be_visible()


def test_without_a_name_no_passkey_is_offered(cast, visit, live_server):
    page = visit(cast.ana, "/conta/seguranca")
    if "127.0.0.1" in live_server.url:
        expect(page.get_by_text("aberto por um nome")).to_be_visible()
    else:
        expect(page.get_by_role("link", name="Criar chave")).to_be_visible()


def test_signing_in_works_by_keyboard_and_without_scripts(cast, visit):
    page = visit(None, "/entrar", scripts=False)
    page.keyboard.type("ana")
    page.keyboard.press("Tab")
    page.keyboard.type("errada")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Usuário ou senha incorretos.")
    expect(page.get_by_role("button", name="Entrar com chave de acesso")).to_be_hidden()
    page.get_by_label("Senha", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/produtos*")


def test_somebody_is_invited_and_comes_in(cast, visit, browser, live_server):
    page = visit(cast.ana, "/pessoas")
    page.get_by_role("link", name="Convidar").click()
    page.get_by_label("Gestão").check()
    page.get_by_role("button", name="Criar link").click()
    link = page.get_by_label("Link", exact=True).input_value()
    guest = visit(None, re.sub(r"^https?://[^/]+", "", link))
    expect(guest.get_by_text("com o papel Gestão")).to_be_visible()
    guest.get_by_label("Seu nome").fill("Duda")
    guest.get_by_label("Nome de usuário").fill("duda")
    guest.get_by_label("Senha").fill("curta")
    guest.get_by_label("Senha").evaluate("field => field.removeAttribute('minlength')")
    guest.get_by_role("button", name="Criar acesso").click()
    expect(guest.get_by_role("alert")).to_be_visible()
    guest.get_by_label("Senha").fill("frase-longa-da-duda-7")
    guest.get_by_role("button", name="Criar acesso").click()
    expect(guest.get_by_role("link", name="Auditoria")).to_be_visible()
    expect(guest.get_by_role("link", name="Pessoas")).to_have_count(0)


def test_a_colleague_gets_another_role_by_keyboard(cast, visit):
    page = visit(cast.ana, f"/pessoas/{cast.bruno.pk}")
    page.get_by_label("Operação").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pessoas")
    expect(page.get_by_text("Papel de Bruno salvo.")).to_be_visible()
    cast.bruno.refresh_from_db()
    assert cast.bruno.membership_set.get().role == "manager"


def test_the_audit_is_narrowed_and_leads_to_the_record(cast, visit):
    found = make_integration(make_channel(cast.store, "mlp", "Shopee"), "118204")
    note("reprocess", [found.pk], store_id=cast.store.pk, actor_id=cast.bruno.pk)
    page = visit(cast.ana, "/auditoria", scripts=False)
    page.get_by_label("Pessoa").select_option("Ana")
    page.get_by_role("button", name="Filtrar").click()
    expect(page.get_by_text("Nada com estes filtros")).to_be_visible()
    page.get_by_role("link", name="Limpar").click()
    page.get_by_role("link", name="Bruno reprocessou o SKU 118204 do canal Shopee").click()
    page.wait_for_url(f"**/produtos/{found.pk}")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, "/entrar", "/entrar/esqueci"])
def test_the_pages_have_no_fault_that_axe_finds(cast, visit, path, dark):
    page = visit(cast.ana if path in PAGES else None, path, dark=dark)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})")
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []


@pytest.mark.parametrize("path", [*PAGES, "/entrar"])
def test_nothing_goes_sideways_on_a_small_phone(cast, visit, path):
    page = visit(cast.ana if path in PAGES else None, path, width=360, height=740)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
