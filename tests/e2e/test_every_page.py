"""Every page in a real browser: nothing for axe, nothing wider than a phone; in both themes and three languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from factories import CUT, MISSING, make_attempt, make_exchange, make_integration
from ponte.db.models import Lane, SavedView
from ponte.db.scope import Scope
from ponte.flows import bulk

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

PAGES = (
    "/",
    "/produtos",
    "/produtos?status=error&q=nada",
    "/produtos?aberto={record}",
    "/produtos/{record}",
    "/produtos/{record}?tentativa=1",
    "/causas",
    "/causas/{cause}",
    "/fila",
    "/fila/acoes/{action}",
    "/historico",
    "/canais",
    "/canais/novo",
    "/canais/mlb",
    "/canais/mlb/mapeamento",
    "/pessoas",
    "/auditoria",
    "/conta",
    "/conta/seguranca",
    "/conta/sessoes",
    "/conta/senha",
    "/conta/seguranca/aplicativo",
    "/conta/seguranca/chaves/nova",
    "/produtos/plano?verb=reprocess&filtro=status%3Derror",
    "/produtos/lista",
    "/produtos/visoes",
    "/exportacoes",
    "/canais/mlb/remover",
    "/canais/vtex",
    "/pessoas/convite",
    "/pessoas/{person}",
    "/nada-aqui",
)
OUTSIDE = ("/entrar", "/entrar/esqueci")


@pytest.fixture
def paths(cast) -> list[str]:
    """Return the addresses of pages that have something on them."""
    from ponte.db.models import Cause

    made = {
        state: make_integration(cast.channel, f"{state}-1", state, name="Cafeteira Aurora 30 xícaras com jarra")
        for state in ("success", "alert", "waiting", "queued", "processing", "error")
    }
    tried = make_attempt(
        made["error"],
        provenance=[{"field": "title", "source": "name", "rule": "cut", "found": "a", "sent": "b", "line": 1}],
        offer={"title": "b"},
    )
    make_exchange(tried)
    scope = Scope(cast.store.pk)
    action = bulk.start(scope=scope, actor_id=cast.ana.pk, verb="remove", selection={"ids": [made["alert"].pk]})
    SavedView.objects.create(store=cast.store, owner=cast.ana, name="Erros", query="status=error", shared=True)
    Lane.objects.filter(channel=cast.other_channel).update(state="paused")
    cause = Cause.objects.filter(channel=cast.channel).first()
    assert cause is not None
    assert {MISSING.kind.name, CUT.kind.name} >= {cause.problem_class}
    values = {"record": made["error"].pk, "cause": cause.pk, "action": action.pk, "person": cast.bruno.pk}
    return [path.format(**values) for path in PAGES]


def violations(page) -> list[str]:
    page.evaluate(AXE.read_text())
    result = page.evaluate("rules => axe.run({ runOnly: rules })", RULES)
    return [
        f"{page.url}: {one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in result["violations"]
        for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize("language", ["pt-br", "en", "es"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_any_page(*, cast, paths, visit, live_server, dark, language):
    page = visit(cast.ana, "/produtos", dark=dark)
    page.context.add_cookies([{"name": "ponte_language", "value": language, "url": live_server.url}])
    found = []
    for path in paths:
        page.goto(live_server.url + path)
        found += violations(page)
    outside = visit(None, "/entrar", dark=dark)
    for path in OUTSIDE:
        outside.goto(live_server.url + path)
        found += violations(outside)
    assert found == []


@pytest.mark.parametrize("language", ["pt-br", "en", "es"])
@pytest.mark.parametrize("width", [360, 320])
def test_f50_no_page_scrolls_sideways_on_a_phone(*, cast, paths, visit, live_server, width, language):
    page = visit(cast.ana, "/produtos", width=width, height=740)
    page.context.add_cookies([{"name": "ponte_language", "value": language, "url": live_server.url}])
    wide = []
    for path in [*paths, "/produtos?aberto=1"]:
        page.goto(live_server.url + path)
        reached = page.evaluate("document.documentElement.scrollWidth")
        if reached > width:
            wide.append((path, reached))
    assert wide == []


@pytest.mark.parametrize("width", [1280, 1249, 1248, 1024, 961])
def test_tables_leave_room_for_words_on_small_laptops_and_tablets(cast, paths, visit, live_server, width):
    page = visit(cast.ana, "/produtos", width=width)
    for path, column in (("/produtos", ".c-product"), ("/causas", ".c-cause"), ("/historico", ".log-product")):
        page.goto(live_server.url + path)
        box = page.locator(f"main tbody {column}").first.bounding_box()
        assert box is not None
        assert box["width"] > 120, path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_every_page_works_and_says_the_same_without_javascript(cast, paths, visit, live_server):
    page = visit(cast.ana, "/produtos", scripts=False)
    for path in paths:
        answer = page.goto(live_server.url + path)
        assert answer.status == (404 if path == "/nada-aqui" else 200), path
        assert page.locator("h1").count() == 1, path
        assert page.locator("main").count() == 1, path


def test_every_page_can_be_walked_with_the_tabulator(cast, paths, visit, live_server):
    page = visit(cast.ana, "/produtos")
    for path in paths:
        page.goto(live_server.url + path)
        seen, invisible = set(), []
        for _ in range(12):
            page.keyboard.press("Tab")
            held, outline = page.evaluate(
                "(e => [e.outerHTML.slice(0, 80), getComputedStyle(e).outlineStyle])(document.activeElement)"
            )
            seen.add(held)
            if outline == "none" and not held.startswith("<body"):
                invisible.append(held)
        assert len(seen) >= (4 if path == "/nada-aqui" else 8), path
        assert invisible == [], path
