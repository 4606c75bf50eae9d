"""A record's page."""

from __future__ import annotations

import gzip
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from factories import CUT, MISSING, make_attempt, make_exchange, make_integration
from ponte.db.models import Attempt
from ponte.db.records import problem_to_json
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Trigger
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage
from ponte.flows.notes import add_note
from ponte.flows.remove import remove, restore
from ponte.web.record.values import read_value

PROVENANCE = [
    {"field": "title", "source": "name", "rule": "cut", "found": "Nome longo", "sent": "Nome", "line": 4},
    {"field": "price", "source": "price", "rule": "as read", "found": "10", "sent": "10", "line": 0},
]


@pytest.fixture
def ana(cast, as_):
    return as_(cast.ana)


def tries(page):
    """Return the numbers of the tries that a page shows, in their order."""
    return [int(number) for number in re.findall(r'id="t-(\d+)"', page)]


def test_it_names_the_stage_the_reason_and_what_to_do(ana, error):
    page = ana.get(f"/produtos/{error.pk}").text
    assert 'class="fail"' in page
    assert "falhou aqui" in page
    assert "Como corrigir" in page
    assert "The attributes [BRAND, MODEL] are required" in page
    assert "lojamodelo.myvtex.com" in page


def test_every_problem_is_on_the_page_the_one_to_solve_first_before_all(cast, ana):
    found = make_integration(cast.channel, problems=(CUT, MISSING))
    page = ana.get(f"/produtos/{found.pk}").text
    assert "Mais 1 problema" in page
    assert page.index("item.attributes.missing_required") < page.index("title.cut")


def test_the_comparison_puts_what_is_wrong_first(cast, ana):
    found = make_integration(cast.channel, problems=(MISSING,))
    make_attempt(found, provenance=PROVENANCE, offer={"title": "Nome"})
    page = ana.get(f"/produtos/{found.pk}").text
    table = page[page.index('class="compare"') :]
    assert table.index('class="bad"') < table.index("Nome longo")
    assert "linha 4 do mapeamento" in table


@pytest.mark.parametrize(
    ("view", "words"),
    [("origem", "NameComplete"), ("traduzido", "category_id"), ("destino", "Validation error"), ("x", "Campo")],
)
def test_content_is_shown_as_read_as_translated_and_as_answered(cast, ana, view, words):
    found = make_integration(cast.channel)
    tried = make_attempt(found, provenance=PROVENANCE, offer={"category_id": "MLB1"})
    make_exchange(tried, 0, side="vtex", response_body='{"NameComplete": "Tênis"}', status=200)
    make_exchange(tried, 1)
    assert words in ana.get(f"/produtos/{found.pk}?conteudo={view}").text


def test_a_try_opens_to_its_requests_and_answers(ana, error):
    address = f"/produtos/{error.pk}/tentativas/1"
    assert "Bearer ••••" in ana.get(address).text
    assert "HTTP 400" in ana.get(address).text
    assert "Bearer ••••" in ana.get(f"/produtos/{error.pk}?tentativa=1").text
    assert "Bearer ••••" not in ana.get(f"/produtos/{error.pk}").text, "requests are read when a try is opened"


def test_a_try_without_an_answer_says_why(cast, ana, error):
    make_exchange(make_attempt(error, 2), status=None, response_body="", failure="timeout")
    assert "timeout" in ana.get(f"/produtos/{error.pk}/tentativas/2").text


def test_the_history_names_who_reprocessed(cast, ana, error):
    make_attempt(error, 2, trigger=Trigger.PERSON, actor=cast.bruno)
    assert "Reprocessado por Bruno" in ana.get(f"/produtos/{error.pk}").text


def test_f23_a_record_with_ten_thousand_tries_is_paged(ana, error, django_assert_num_queries):
    """F23: the page and its parts are as large, and ask the database as often, as those of a record with one try."""
    ana.get("/produtos")  # a session's first request is written down
    with CaptureQueriesContext(connection) as few:
        ana.get(f"/produtos/{error.pk}")
    Attempt.objects.bulk_create(
        Attempt(integration=error, number=number, trigger="retry", result="rejected", started_at=error.updated_at)
        for number in range(2, 10_001)
    )
    with django_assert_num_queries(len(few)):
        page = ana.get(f"/produtos/{error.pk}")
    assert tries(page.text) == [*range(10_000, 9_980, -1)]
    assert len(gzip.compress(page.content)) < 30_000
    older = re.search(r'hx-get="(/produtos/\d+/tentativas[?]antes=[^"]+)"', page.text)[1]
    with django_assert_num_queries(8):
        assert tries(ana.get(older).text) == [*range(9_980, 9_960, -1)]
    assert tries(ana.get(f"/produtos/{error.pk}?antes=9981").text) == [*range(9_980, 9_960, -1)], "without scripts"


@pytest.mark.parametrize("place", ["abc", "-1", "9" * 30, "1-2", "5-999999999999999999-1-1", "1%27--"])
def test_f15_a_place_that_nobody_gave_out_begins_at_the_newest(ana, error, place):
    """F15"""
    assert tries(ana.get(f"/produtos/{error.pk}?antes={place}").text) in ([1], [])
    assert ana.get(f"/produtos/{error.pk}/tentativas?antes={place}").status_code == 200


def test_the_page_takes_the_same_queries_for_one_of_each_and_for_three(cast, ana, error):
    def count():
        with CaptureQueriesContext(connection) as queries:
            ana.get(f"/produtos/{error.pk}?lista=status%3Derror")
        return len(queries)

    def more(number):
        make_exchange(make_attempt(error, number, trigger=Trigger.PERSON, actor=cast.bruno, offer={"a": number}))
        add_note(error.pk, "x", scope=Scope(cast.store.pk), actor_id=cast.bruno.pk)
        remove([error.pk], scope=Scope(cast.store.pk), actor_id=cast.bruno.pk)
        restore([error.pk], scope=Scope(cast.store.pk), actor_id=cast.ana.pk)
        make_integration(cast.channel, f"other-{number}")

    more(2)
    count()  # a session's first request is written down
    one = count()
    more(3)
    more(4)
    assert count() == one
    assert one <= 24


@pytest.mark.parametrize("kind", list(ProblemClass))
@pytest.mark.parametrize("language", ["pt-br", "en", "es"])
def test_every_class_of_problem_can_be_shown(cast, ana, kind, language):
    found = make_integration(cast.channel, problems=(Problem(kind, Stage.MARKETPLACE),))
    answer = ana.get(f"/produtos/{found.pk}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert kind.name not in answer.text


def test_problems_of_a_version_that_knew_more_classes_are_shown(cast, ana, error):
    error.problems = [{**error.problems[0], "class": "FROM_THE_FUTURE"}]
    error.save()
    assert ana.get(f"/produtos/{error.pk}").status_code == 200


def test_what_ponte_itself_found_wrong_was_refused_by_nobody(cast, ana):
    unmapped = Problem(ProblemClass.CATEGORY_MAPPING, Stage.MAPPING, "1901", "category.unmapped")
    found = make_integration(cast.channel, "5", problems=(unmapped,), category="Outlet > Saldos")
    make_attempt(found, problems=[problem_to_json(unmapped)])
    page = " ".join(ana.get(f"/produtos/{found.pk}").text.split())
    assert "Recusado" not in page
    assert "Não enviado" in page
    row = page[page.index('<tr class="bad">') :]
    row = row[: row.index("</tr>")]
    assert '<th scope="row"><bdi>Categoria</bdi></th>' in row
    assert "<bdi>Outlet &gt; Saldos</bdi>" in row
    assert "vazio" not in row


@pytest.mark.parametrize(("listing", "ahead"), [("", 4), ("MLB1", 0)])
def test_a_product_that_is_kept_back_has_not_passed_the_stages_ahead(cast, ana, listing, ahead):
    inactive = Problem(ProblemClass.VTEX_SKU_INACTIVE, Stage.VTEX, "sku", severity=Severity.WARNING)
    found = make_integration(cast.channel, "6", "alert", problems=(inactive,), listing_id=listing)
    assert ana.get(f"/produtos/{found.pk}").text.count('class="todo"') == ahead


@pytest.mark.parametrize(
    ("language", "source", "text", "shown"),
    [
        ("pt-br", "price", "1514.9", "R$ 1.514,90"),
        ("en", "price", "1514.9", "R$ 1,514.90"),
        ("pt-br", "price", "a combinar", "a combinar"),
        ("pt-br", "stock", "12000", "12.000"),
        ("pt-br", "dimensions.weight_g", "14861", "14.861 g"),
        ("pt-br", "dimensions.weight_g", "531.00 g", "531 g"),
        ("pt-br", "dimensions.height_cm", "10.50 cm", "10,5 cm"),
        ("pt-br", "dimensions", "64 centimeters, 62 centimeters, 35.5 centimeters", "64 cm, 62 cm, 35,5 cm"),
        ("pt-br", "dimensions", "1.2.3 grams", "1.2.3 grams"),
        ("pt-br", "specification:Peso", "1000.50 kg", "1000.50 kg"),
        ("pt-br", "name", "1514.9", "1514.9"),
    ],
)
def test_amounts_are_read_as_the_language_writes_them_and_texts_as_they_are(language, source, text, shown):
    with translation.override(language):
        assert read_value(text, source).replace("\N{NO-BREAK SPACE}", " ") == shown


def test_a_value_put_into_words_keeps_what_passed_on_hover(cast, ana):
    price = {**PROVENANCE[1], "found": "1514.9", "sent": "1514.9"}
    assert '<bdi title="1514.9">R$ 1.514,90</bdi>' in accepted_page(cast, ana, price)


def test_a_field_without_a_name_has_that_of_its_specification(cast, ana):
    ram = {"field": "memoria_ram", "source": "specification:Memória RAM", "rule": "same name", "found": "4"}
    assert "<bdi>Memória RAM</bdi></th>" in accepted_page(cast, ana, ram)


def accepted_page(cast, ana, line):
    """Return the page of a record whose accepted offer has one field."""
    found = make_integration(cast.channel, "7", "success", problems=())
    make_attempt(found, result="accepted", problems=[], offer={"one": 1}, provenance=[line])
    return ana.get(f"/produtos/{found.pk}").text
