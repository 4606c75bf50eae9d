"""A person and a record's listing: with a mouse, with keys, on a phone, and without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cast import person
from factories import make_integration
from ponte.db.facts import keep_fact
from ponte.db.models import Channel, Integration, ListingLink, Role

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js"
SHEET = {"name": "Tênis", "attributes": [{"id": "BRAND", "name": "Marca", "tags": ["required"]}]}
LONG = "MLB" + "9" * 60


@pytest.fixture
def mia(cast):
    return person("mia", cast.store, Role.MANAGER)


@pytest.fixture
def found(cast):
    kept = {"id": LONG, "url": "https://produto.example/x", "state": "paused/picture_download_pending", "memory": {}}
    made = make_integration(cast.channel, "7", "success", listing_id=LONG, listing=kept, linked="adopted")
    ListingLink.objects.create(
        integration=made, channel=cast.channel, listing_id=LONG, how="adopted", since=timezone.now(), actor=cast.bruno
    )
    keep_fact(cast.channel.pk, "category/MLB1", SHEET)
    stricter = {**SHEET, "attributes": [*SHEET["attributes"], {"id": "G", "name": "GTIN", "tags": ["required"]}]}
    keep_fact(cast.channel.pk, "category/MLB1", stricter)
    Integration.objects.filter(pk=made.pk).update(sheet="category/MLB1")
    return made


def pages(found):
    return (
        f"/produtos/{found.pk}",
        f"/produtos/{found.pk}/anuncio/encerrar",
        f"/produtos/{found.pk}/anuncio/vincular",
        "/canais/mlb/anuncios",
        "/canais/mlb/regras",
    )


def test_a_listing_is_ended_after_a_question_and_may_be_kept(cast, mia, found, visit):
    page = visit(mia, f"/produtos/{found.pk}")
    page.locator("#anuncio").get_by_role("link", name="Encerrar anúncio").click()
    expect(page.get_by_text("para sempre")).to_be_visible()
    page.get_by_role("link", name="Cancelar").click()
    assert Integration.objects.get(pk=found.pk).hold == ""
    page.locator("#anuncio").get_by_role("link", name="Encerrar anúncio").click()
    page.get_by_role("button", name="Encerrar anúncio").click()
    expect(page.locator(".record-head .tag")).to_contain_text("Encerrando")
    page.get_by_role("button", name="Não encerrar").click()
    expect(page.locator("#anuncio .tag")).to_have_count(0)
    assert Integration.objects.get(pk=found.pk).hold == ""


def test_by_keys_alone_a_listing_is_unlinked(cast, mia, found, visit):
    page = visit(mia, f"/produtos/{found.pk}")
    page.locator("#anuncio").get_by_role("link", name="Desvincular").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Desvincular o anúncio")).to_be_visible()
    page.get_by_role("button", name="Desvincular").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#anuncio .tag")).to_contain_text("Desvinculado")
    expect(page.locator("#anuncio summary")).to_contain_text("1 vínculo anterior")


def test_without_scripts_the_channel_adopts_and_searches(cast, mia, found, visit):
    page = visit(mia, "/canais/mlb/anuncios", scripts=False)
    page.get_by_role("button", name="Adotar o que já existe").click()
    expect(page.get_by_role("button", name="Não adotar mais")).to_be_visible()
    assert Channel.objects.get(pk=cast.channel.pk).adopts
    page.get_by_role("button", name="Procurar os sem anúncio").click()
    expect(page.get_by_text("Procurando: 0 de 0 SKUs")).to_be_visible()
    page.get_by_label("Código do anúncio ou SKU").fill("7")
    page.get_by_role("button", name="Filtrar").click()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_the_rules_say_what_changed(cast, mia, found, visit):
    page = visit(mia, "/canais/mlb/regras")
    expect(page.locator(".rule")).to_contain_text("GTIN é um campo novo, e obrigatório")
    page.get_by_role("button", name="Verificar os produtos").click()
    expect(page.locator(".rule-check")).to_contain_text("Verificando: 0 de 1")


def test_on_a_phone_nothing_is_wider_than_the_screen(cast, mia, found, visit):
    for address in pages(found):
        page = visit(mia, address, width=360, height=740)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_are_accessible(cast, mia, found, visit, theme):
    for address in pages(found):
        page = visit(mia, address, dark=theme == "dark")
        page.evaluate(AXE.read_text())
        flaws = page.evaluate("axe.run().then(found => found.violations.map(one => one.id))")
        assert flaws == [], address
