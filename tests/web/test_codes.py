"""`/codigos`: who sees it, hostile words, the rule that is shown before it is saved, switching off, the file."""

from __future__ import annotations

import re
import tomllib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cast import person
from factories import make_channel, make_integration
from ponte.db.models import Cause, Channel, CodeRule, Membership, Role
from ponte.domain.problem import Problem, ProblemClass, Stage

HOSTILE = '<script>alert("x")</script> o preço {{ 7 }} não é aceito pela loja 991'
ODD = Problem(ProblemClass.UNKNOWN, Stage.SEND, code="E-77<b>", message=HOSTILE)
FORM = {"connector": "mercadolivre", "channel": "", "match": "code", "pattern": "E-77<b>", "kind": "PRICE_INVALID"}


@pytest.fixture
def odd(cast):
    return [make_integration(cast.channel, str(number), problems=(ODD,)) for number in range(2)]


def seen(answer):
    return re.search(r'name="visto" value="(\w+)"', answer.text)[1]


def test_the_marketplaces_words_are_shown_as_words(cast, as_, odd):
    answer = as_(cast.ana).get("/codigos")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "Preço recusado" in answer.text  # the suggestion
    assert f"/codigos/exemplo/{Cause.objects.get().pk}" in answer.text


def test_the_page_is_for_managers_and_rules_are_for_administrators(cast, as_, odd):
    cause = Cause.objects.get().pk
    assert as_(cast.vera).get("/codigos").status_code == 404
    assert as_(cast.carla).get(f"/codigos/exemplo/{cause}").status_code == 404
    assert as_(cast.carla).get(f"/codigos/regras/nova?causa={cause}").status_code == 404
    assert "E-77" not in as_(cast.carla).get("/codigos").text


def test_an_example_leads_to_a_record(cast, as_, odd):
    answer = as_(cast.ana).get(f"/codigos/exemplo/{Cause.objects.get().pk}")
    assert answer.url in {f"/produtos/{one.pk}" for one in odd}


def test_the_form_comes_filled_and_nothing_is_saved_before_its_effect_was_shown(cast, as_, odd):
    ana = as_(cast.ana)
    form = ana.get(f"/codigos/regras/nova?causa={Cause.objects.get().pk}")
    assert 'value="E-77&lt;b&gt;"' in form.text
    assert '<option value="PRICE_INVALID" selected>' in form.text
    ana.post("/codigos/regras/nova", {**FORM, "acao": "salvar"})
    assert not CodeRule.objects.exists()
    shown = ana.post("/codigos/regras/nova", {**FORM, "acao": "ver"})
    assert "2 registros mudam" in shown.text
    changed = ana.post("/codigos/regras/nova", {**FORM, "kind": "DUPLICATE", "acao": "salvar", "visto": seen(shown)})
    assert changed.status_code == 200
    assert not CodeRule.objects.exists()
    saved = ana.post("/codigos/regras/nova", {**FORM, "acao": "salvar", "visto": seen(shown)})
    assert saved.url == "/codigos?aba=regras"
    assert CodeRule.objects.get().problem_class == "PRICE_INVALID"
    assert "E-77" not in ana.get("/codigos").text
    assert "E-77&lt;b&gt;" in ana.get("/codigos?aba=regras").text


def test_what_is_unfit_stays_in_the_form_and_is_said_at_its_field(cast, as_):
    answer = as_(cast.ana).post("/codigos/regras/nova", {**FORM, "pattern": "*", "match": "words", "acao": "ver"})
    assert answer.status_code == 400
    assert "pegaria quase tudo" in answer.text


def test_a_kept_rule_changes_what_it_means_but_not_what_it_finds(cast, as_, odd):
    ana = as_(cast.ana)
    shown = ana.post("/codigos/regras/nova", {**FORM, "acao": "ver"})
    ana.post("/codigos/regras/nova", {**FORM, "acao": "salvar", "visto": seen(shown)})
    number = CodeRule.objects.get().pk
    other = {"kind": "DUPLICATE", "pattern": "anything", "title.pt-BR": "Já vendido"}
    shown = ana.post(f"/codigos/regras/{number}", {**other, "acao": "ver"})
    ana.post(f"/codigos/regras/{number}", {**other, "acao": "salvar", "visto": seen(shown)})
    rule = CodeRule.objects.get()
    assert (rule.pattern, rule.problem_class, rule.version) == ("E-77<b>", "DUPLICATE", 2)
    assert rule.titles == {"pt-BR": "Já vendido"}
    ana.post(f"/codigos/regras/{number}/desligar")
    assert not CodeRule.objects.get().active
    assert as_(cast.bruno).post(f"/codigos/regras/{number}/ligar").status_code == 404


def test_the_file_has_the_rules_as_a_connectors_table(cast, as_, odd):
    ana = as_(cast.ana)
    shown = ana.post("/codigos/regras/nova", {**FORM, "acao": "ver"})
    ana.post("/codigos/regras/nova", {**FORM, "acao": "salvar", "visto": seen(shown)})
    told = tomllib.loads(ana.get("/codigos/regras.toml").text)
    assert told == {"code": [{"class": "PRICE_INVALID", "codes": ["E-77<b>"]}]}


def test_who_sees_some_channels_sees_the_rules_about_those_only(cast, as_):
    far = make_channel(cast.store, "amz", "Amazon")
    Channel.objects.filter(pk=far.pk).update(connector="amazon")
    for connector, channel, pattern in (
        ("mercadolivre", None, "de-todos"),
        ("mercadolivre", cast.channel, "deste"),
        ("amazon", None, "de-longe"),
        ("amazon", far, "daquele"),
    ):
        CodeRule.objects.create(
            store=cast.store,
            connector=connector,
            channel=channel,
            match="code",
            pattern=pattern,
            problem_class="PRICE_INVALID",
            changed_at=timezone.now(),
        )
    manager = person("gil", cast.store, Role.MANAGER)
    Membership.objects.filter(user=manager).update(channel_ids=[cast.channel.pk])
    for address in ("/codigos/regras.toml", "/codigos?aba=regras"):
        text = as_(manager).get(address).text
        assert "de-todos" in text
        assert "deste" in text
        assert "de-longe" not in text
        assert "daquele" not in text
        assert "daquele" in as_(cast.ana).get(address).text


def test_the_number_of_queries_does_not_grow_with_the_codes(cast, as_):
    ana = as_(cast.ana)
    costs = []
    for count in (2, 12):
        for number in range(count):
            problem = Problem(ProblemClass.UNKNOWN, Stage.SEND, code=f"N-{count}-{number}", message="?")
            make_integration(cast.channel, f"{count}-{number}", problems=(problem,))
        ana.get("/codigos")
        with CaptureQueriesContext(connection) as asked:
            ana.get("/codigos")
        costs.append(len(asked))
    assert costs[0] == costs[1]
