"""The first page, the history and the exports in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from factories import MISSING, count, make_attempt, make_cause, make_channel, make_integration, make_tally
from ponte.db.models import Export
from ponte.domain.latency import bucket
from spreadsheet import sheets_of

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js").read_text()
PATHS = ("/", "/historico", "/exportacoes")
FAULTS = """async () => {
  const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await axe.run(document, { runOnly });
  return violations.flatMap(one => one.nodes.map(node => one.id + " " + node.target));
}"""


@pytest.fixture
def shop(cast):
    """A store with a morning behind it: errors, a cause, two channels."""
    now = timezone.now()
    make_channel(cast.store, "amz", "Amazon")
    found = make_integration(cast.channel, "118204")
    make_attempt(found)
    make_tally(cast.channel, now, success=90, alert=4, error=6, **{f"live:{bucket(9_000)}": 50})
    make_cause(cast.channel, MISSING, count=6)
    count(cast.channel, "error", 5)
    Export.objects.create(
        store=cast.store, actor=cast.ana, what="produtos", file_type="csv", state="done", started_at=now, moved_at=now
    )
    return cast


def test_a_bar_leads_to_the_history_of_its_hour(shop, visit):
    page = visit(shop.ana, "/")
    page.locator(".hits a").last.click()
    page.wait_for_url("**/historico?dia=*&hora=*")
    assert page.locator("h1").inner_text() == "Histórico"


def test_the_numbers_of_a_chart_are_reached_by_the_keyboard(shop, visit):
    page = visit(shop.ana, "/")
    summary = page.locator(".chart-numbers summary").first
    summary.focus()
    page.keyboard.press("Enter")
    table = page.locator(".chart-numbers table").first
    assert table.is_visible()
    assert table.locator("tbody tr").last.inner_text().split()[-1] != "–"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')").startswith("/historico?dia=")


def test_a_line_of_the_history_opens_its_try(shop, visit):
    page = visit(shop.ana, "/historico")
    page.locator(".log-product a").first.click()
    page.wait_for_url("**/produtos/*?tentativa=1*")


def test_an_export_is_kept_and_followed_until_it_ends(shop, visit, tmp_path):
    page = visit(shop.ana, "/historico")
    page.get_by_role("button", name="Exportar").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Excel (XLSX)").click()
    target = tmp_path / "list.xlsx"
    download.value.save_as(target)
    [rows] = sheets_of(target.read_bytes())
    assert rows[1][2] == "118204"
    page.get_by_text("Exportação: 1 linha").first.wait_for()


def test_the_export_works_without_scripts(shop, visit):
    page = visit(shop.ana, "/historico", scripts=False)
    page.get_by_role("button", name="Exportar").click()
    with page.expect_download() as download:
        page.locator("#exportar a").nth(1).click()
    assert download.value.suggested_filename.endswith(".csv")


def test_the_history_is_narrowed_without_scripts(shop, visit):
    page = visit(shop.ana, "/historico", scripts=False)
    page.locator('[name="sku"]').fill("nada")
    page.get_by_role("button", name="Filtrar").click()
    page.get_by_text("Nada com este filtro").wait_for()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("path", PATHS)
def test_the_pages_pass_axe(shop, visit, path, dark):
    page = visit(shop.ana, path, dark=dark)
    page.evaluate(AXE)
    assert page.evaluate(FAULTS) == []


@pytest.mark.parametrize("path", PATHS)
def test_a_small_phone_scrolls_no_page_sideways(shop, visit, path):
    page = visit(shop.ana, path, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
