"""A person at a record's page, with a mouse, with keys, on a phone, and without scripts."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from factories import CUT, MISSING, make_attempt, make_exchange, make_integration, moved
from ponte.db.models import Integration, Note
from ponte.db.scope import Scope
from ponte.flows.notes import add_note

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js"
LONG = "https://imagens.example/arquivos/" + "nome-sem-espaco-" * 12
PROVENANCE = [
    {"field": "title", "source": "name", "rule": "cut", "found": "Nome longo", "sent": "Nome", "line": 4},
    {"field": "BRAND", "source": "brand", "rule": "standard", "found": "", "sent": "", "line": 0},
    {"field": "pictures", "source": "images", "rule": "https", "found": LONG, "sent": LONG + "s", "line": 0},
]


@pytest.fixture
def records(cast):
    """Three errors; the one in the middle was accepted once, refused since, and has a note."""
    made = [
        make_integration(
            cast.channel, str(number), problems=(MISSING, CUT), ago=timedelta(minutes=number),
            listing={"id": "MLB1", "url": "https://produto.example/MLB1"}, listing_id="MLB1",
        )
        for number in (1, 2, 3)
    ]  # fmt: skip
    middle = made[1]
    Integration.objects.filter(pk=middle.pk).update(attempts=2)
    make_exchange(make_attempt(middle, 1, "accepted", offer={"item": {"title": "Nome antigo", "price": 10.0}}))
    make_exchange(make_attempt(middle, 2, offer={"item": {"title": "Nome", "price": 12.5}}, provenance=PROVENANCE))
    add_note(middle.pk, "Anotação de ontem", scope=Scope(cast.store.pk), actor_id=cast.bruno.pk)
    return made


def address(found, query=""):
    return f"/produtos/{found.pk}{query}"


def test_a_note_is_written_and_deleted_in_place(cast, records, visit):
    page = visit(cast.bruno, address(records[1]))
    page.get_by_label("Anotação neste registro").fill("Volta\nna sexta")
    page.get_by_role("button", name="Anotar").click()
    expect(page.locator(".written").filter(has_text="na sexta")).to_be_visible()
    expect(page.get_by_label("Anotação neste registro")).to_have_value("")
    page.locator(".written").filter(has_text="na sexta").get_by_role("button", name="Apagar").click()
    expect(page.locator(".written")).to_have_count(1)
    assert Note.objects.count() == 1


def test_a_refresh_by_itself_keeps_what_is_being_written_and_what_is_open(cast, records, visit):
    moved(records[1], "processing")
    page = visit(cast.bruno, address(records[1]))
    page.locator("#t-2").get_by_role("link", name="Requisições e respostas").click()
    expect(page.locator("#t-2 .passage")).to_be_visible()
    page.get_by_label("Anotação neste registro").fill("Ainda não acab")
    moved(Integration.objects.get(pk=records[1].pk), "success")
    expect(page.locator(".record-head .tag")).to_contain_text("Sucesso")
    expect(page.get_by_label("Anotação neste registro")).to_have_value("Ainda não acab")
    expect(page.locator("#t-2 .passage")).to_be_visible()


def test_tries_open_and_close_and_give_a_command_to_copy(cast, records, visit):
    page = visit(cast.vera, address(records[1]))
    toggle = page.locator("#t-2").get_by_role("link", name="Requisições e respostas")
    toggle.click()
    page.locator("#t-2 .curl summary").click()
    expect(page.locator("#t-2 .curl pre")).to_contain_text("curl --globoff --request POST")
    expect(page.locator("#t-2").get_by_role("link", name="Baixar JSON da tentativa")).to_be_visible()
    expect(page).to_have_url(re.compile("tentativa=2"))
    toggle.click()
    expect(page.locator("#t-2 .passage")).to_be_hidden()
    with page.expect_download() as download:
        toggle.click()
        page.locator("#t-2").get_by_role("link", name="Baixar JSON da tentativa").click()
    assert download.value.suggested_filename == f"ponte-registro-{records[1].pk}-tentativa-2.json"


def press(page, key):
    """Press a key when the page is there to hear it: an address changes before its scripts run."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def test_the_keys_go_on_copy_and_act(cast, records, visit):
    page = visit(cast.bruno, address(records[0], "?lista=status%3Derror"))
    page.context.grant_permissions(["clipboard-write"])
    press(page, "n")
    expect(page).to_have_url(re.compile(rf"/produtos/{records[1].pk}[?]"))
    press(page, "c")
    expect(page.locator("#mensagem .done")).to_be_visible()
    note = page.get_by_label("Anotação neste registro")  # pasted, for no page of ours may read the clipboard
    note.press("Control+v")
    expect(note).to_have_value(re.compile("required for category"))
    note.fill("")
    note.blur()
    press(page, "r")
    expect(page.locator(".record-head .tag")).to_contain_text("Na fila")
    press(page, "n")
    expect(page).to_have_url(re.compile(rf"/produtos/{records[2].pk}[?]"))
    press(page, "p")
    expect(page).to_have_url(re.compile(rf"/produtos/{records[0].pk}[?]"))  # the one between is no error any more
    press(page, "?")
    expect(page.get_by_role("dialog", name="Atalhos de teclado")).to_contain_text("No registro")
    page.keyboard.press("Escape")
    page.get_by_label("Anotação neste registro").press_sequentially("renepc")
    expect(page.get_by_label("Anotação neste registro")).to_have_value("renepc")


def test_a_removed_log_is_restored_from_its_page(cast, records, visit):
    page = visit(cast.bruno, address(records[1]))
    press(page, "e")
    expect(page.get_by_text("Este log foi removido")).to_be_visible()
    page.locator(".do").get_by_role("button", name="Restaurar").click()
    expect(page.get_by_text("Este log foi removido")).to_be_hidden()
    expect(page.locator(".record-head .tag")).to_contain_text("Erro")


def test_without_scripts_everything_is_a_link_or_a_form(cast, records, visit):
    page = visit(cast.bruno, address(records[1], "?lista=status%3Derror"), scripts=False)
    page.get_by_role("link", name="Só com problema").click()
    expect(page.locator(".compare tbody tr")).to_have_count(2)
    page.locator("#t-2").get_by_role("link", name="Requisições e respostas").click()
    expect(page.locator("#t-2 .passage")).to_be_visible()
    page.get_by_label("Tentativa mais antiga").fill("2")
    page.get_by_label("Tentativa mais nova").fill("1")
    page.get_by_role("button", name="Comparar").click()
    expect(page.locator("#mudancas h2")).to_have_text("Diferença entre duas tentativas")
    expect(page.locator("#mudancas")).to_contain_text("Nome antigo")
    page.get_by_label("Anotação neste registro").fill("Sem script")
    page.get_by_role("button", name="Anotar").click()
    expect(page.locator(".written").filter(has_text="Sem script")).to_be_visible()
    page.get_by_role("link", name="Próximo registro").click()
    expect(page).to_have_url(re.compile(rf"/produtos/{records[2].pk}[?]"))


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_has_no_fault_that_axe_knows_and_does_not_scroll_sideways(cast, records, visit, width, dark):
    page = visit(cast.bruno, address(records[1], "?lista=status%3Derror&tentativa=2"), width=width, dark=dark)
    for summary in page.locator("details > summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })")
    assert [(one["id"], [node["html"][:150] for node in one["nodes"][:3]]) for one in found["violations"]] == []


def test_the_next_record_is_the_next_of_the_list_one_came_from(cast, visit):
    for sku in ("1001", "1002"):
        make_integration(cast.channel, sku)
    make_integration(cast.channel, "2001", "success")
    page = visit(cast.bruno, "/produtos?status=error")
    page.locator(".record").first.locator(".c-status").click()
    first = page.locator(".record").first.locator(".c-sku").inner_text()
    page.locator(".opened").get_by_role("link", name=re.compile("detalhes|Detalhes|registro")).first.click()
    expect(page).to_have_url(re.compile("lista=status"))
    page.get_by_role("link", name=re.compile("Próximo registro")).click()
    expect(page.locator("main")).to_contain_text("1001" if first == "1002" else "1002")
    expect(page.get_by_role("link", name=re.compile("Próximo registro"))).to_have_count(0)
