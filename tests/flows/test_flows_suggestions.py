"""Suggestions: what is lacking, what the marketplace and the store's own data say of it, the rule that is written."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pipeline_stage import Stage, play

from factories import make_attempt, make_cause, make_channel, make_integration, make_store
from ponte.db.gaps import Lack, gaps, missing_attributes, stopped_by, unmapped_categories
from ponte.domain.mapping_advice import MapCategory, advised
from ponte.domain.mapping_edit import put, rewrite
from ponte.domain.mapping_tree import tree_of
from ponte.domain.problem import Problem, ProblemClass, Severity
from ponte.domain.problem import Stage as At
from ponte.flows.facts.learning import keep_fact
from ponte.flows.mapping.asking import ask
from ponte.flows.mapping.suggestions import Known, Why, advise, key_of, read_known
from ponte.sandbox.catalogue import make_catalogue
from ponte.sandbox.mapping import sandbox_mapping

pytestmark = pytest.mark.django_db


def unmapped(number="118", path="Calçados > Tênis"):
    params = {"category": path, "category_id": number}
    return Problem(ProblemClass.CATEGORY_MAPPING, At.MAPPING, number, "category.unmapped", params=params)


def lacking(attribute="GENDER", name="Gênero"):
    return Problem(
        ProblemClass.ATTRIBUTE_MISSING, At.VALIDATION, attribute, "attribute.missing", params={"name": name}
    )


def unlisted(value, attribute="COLOR", name="Cor", kind=ProblemClass.ATTRIBUTE_MAPPING):
    return Problem(kind, At.MAPPING, attribute, "attribute.not_listed", params={"name": name, "value": value})


@pytest.fixture
def channel(db):
    return make_channel(make_store())


def sheet_fact(*attributes, name="Tênis"):
    return {"name": name, "leaf": True, "attributes": list(attributes)}


def row(number, name, *values, tags=("required",)):
    listed = [[str(place), value] for place, value in enumerate(values)]
    return {
        "id": number,
        "name": name,
        "tags": list(tags),
        "value_type": "list" if values else "string",
        "values": listed,
    }


def fail(channel, sku, problem, target="", **values):
    found = make_integration(channel, sku, problems=[problem], **values)
    if target:
        make_attempt(found, provenance=[{"field": "category", "sent": target}])
    return found


def test_gaps_are_counted_by_their_causes_the_worst_first(channel):
    for number in range(3):
        fail(channel, f"1{number}", lacking())
    fail(channel, "20", unmapped())
    for sku, value in (("31", "Areia"), ("32", "Areia"), ("33", "Gelo")):
        fail(channel, sku, unlisted(value))
    found = [(gap.lack, gap.subject, gap.value, gap.count, gap.sampled) for gap in gaps(channel.pk)]
    assert found[0] == (Lack.ATTRIBUTE, "GENDER", "", 3, False)
    assert (Lack.CATEGORY, "118", "", 1, False) in found
    assert [one for one in found if one[0] is Lack.VALUE] == [
        (Lack.VALUE, "COLOR", "Areia", 2, True),
        (Lack.VALUE, "COLOR", "Gelo", 1, True),
    ]
    assert [one.category for one in unmapped_categories(channel.pk)] == ["118"]
    assert missing_attributes(channel.pk)["GENDER"].count == 3


def test_one_cause_alone_and_another_channels_are_not_mixed(channel):
    fail(channel, "1", lacking())
    fail(channel, "2", unmapped())
    fail(make_channel(channel.store, "mlp"), "3", lacking("SIZE"))
    cause = make_cause(channel, lacking())
    assert [gap.subject for gap in gaps(channel.pk, fingerprint=cause.fingerprint)] == ["GENDER"]
    assert {gap.subject for gap in gaps(channel.pk)} == {"GENDER", "118"}


def test_warnings_and_what_nobody_has_any_more_are_no_gaps(channel):
    fail(channel, "1", Problem(ProblemClass.ATTRIBUTE_MISSING, At.VALIDATION, "A", "x", severity=Severity.WARNING))
    make_cause(channel, lacking("OLD"))
    assert gaps(channel.pk) == []


def test_the_queries_do_not_grow_with_the_gaps(channel):
    def count():
        with CaptureQueriesContext(connection) as asked:
            found = gaps(channel.pk)
            read_known(channel.pk, found, predicts=True)
        return len(asked)

    fail(channel, "1", lacking())
    few = count()
    for number in range(12):
        fail(channel, f"a{number}", unmapped(str(number)))
        fail(channel, f"b{number}", lacking(f"F{number}"), "MLB1")
    assert count() == few


def test_the_marketplaces_answers_and_names_that_are_alike_are_weighed(channel):
    fail(channel, "1", unmapped(), name="Tênis Corre 3")
    keep_fact(channel.pk, "category/MLB23332", sheet_fact(name="Tênis"))
    keep_fact(channel.pk, "category/MLB999", sheet_fact(name="Bolas"))
    [gap] = gaps(channel.pk)
    [before] = advise([gap], read_known(channel.pk, [gap], predicts=True))
    assert (before.best.choice, before.best.why, before.asked) == ("MLB23332", Why.LIKE_CATEGORY, False)
    keep_fact(channel.pk, key_of("Tênis Corre 3"), [["MLB7", "Tênis de Corrida", [], None]])
    keep_fact(channel.pk, key_of("Tênis"), [["MLB7", "Tênis de Corrida", [], None]])
    [after] = advise([gap], read_known(channel.pk, [gap], predicts=True))
    assert (after.best.choice, after.best.why, after.asked) == ("MLB7", Why.MARKETPLACE, True)
    assert ("MLB999", "Bolas (MLB999)") in after.options


def test_an_attribute_is_offered_the_specification_of_a_like_name_and_the_usual_value(channel):
    fail(channel, "1", lacking(), "MLB23332")
    keep_fact(channel.pk, "category/MLB23332", sheet_fact(row("GENDER", "Gênero", "Mulher", "Homem", "Sem gênero")))
    keep_fact(channel.pk, "specs/1", {"Sexo": ["Mulher"], "Cor": ["Azul"], "Público": ["Homem"]})
    [gap] = gaps(channel.pk)
    [advice] = advise([gap], read_known(channel.pk, [gap], predicts=True))
    assert gap.categories == ("MLB23332",)
    assert {one.choice for one in advice.candidates[:2]} == {"specification:Sexo", "specification:Público"}
    assert advice.candidates[2].choice == "Sem gênero"
    assert ("Homem", "Homem") in advice.options
    assert advice.asked


def test_a_value_is_offered_what_is_like_it_in_the_list_of_its_own_category(channel):
    fail(channel, "1", unlisted("Azul Marinho"), "MLB1")
    keep_fact(channel.pk, "category/MLB1", sheet_fact(row("COLOR", "Cor", "Azul-marinho", "Verde", "Azul")))
    keep_fact(channel.pk, "category/MLB2", sheet_fact(row("COLOR", "Cor", "Rosa")))
    [gap] = gaps(channel.pk)
    [advice] = advise([gap], read_known(channel.pk, [gap], predicts=True))
    assert advice.best.choice == "Azul-marinho"
    assert {name for name, _ in advice.options} == {"Azul-marinho", "Verde", "Azul"}


def test_a_gap_about_which_nothing_is_known_has_no_candidates(channel):
    fail(channel, "1", unlisted("x"))
    [advice] = advise(gaps(channel.pk), Known({}))
    assert (advice.best, advice.options) == (None, ())


def test_the_products_of_the_causes_are_found(channel):
    first, second = fail(channel, "1", lacking()), fail(channel, "2", unmapped())
    fail(channel, "3", lacking("OTHER"))
    assert stopped_by(channel.pk, {first.fingerprint, second.fingerprint}) == [first.pk, second.pk]


@pytest.mark.django_db(transaction=True)
def test_of_the_sandbox_most_first_suggestions_are_right_and_applied_they_leave_no_category_behind(reachable):
    catalogue = make_catalogue(200, 7)
    whole = sandbox_mapping(catalogue)
    truth = tree_of(whole)["categories"]
    half = tree_of(whole)
    for number in list(truth)[1::2]:
        put(half, ("categories", number), None)

    async def scene(stage: Stage) -> None:
        reachable(*stage.hosts)
        await stage.do(stage.set_mapping, rewrite(whole, half))
        await stage.tell(*catalogue.skus)
        while (served := await stage.drain()) and served.products:
            pass
        found = await stage.do(gaps, stage.channel.pk)
        asked = await stage.elsewhere(ask, stage.channel.pk, found)
        assert asked.left == 0
        known = await stage.do(lambda: read_known(stage.channel.pk, found, predicts=True))
        advice = [one for one in advise(found, known) if one.gap.subject in truth and one.gap.lack is Lack.CATEGORY]
        right = [one for one in advice if one.best and one.best.choice == truth[one.gap.subject]]
        assert len(advice) == 15
        assert len(right) >= 14, [(one.gap.name, one.candidates) for one in advice if one not in right]
        again = await stage.elsewhere(ask, stage.channel.pk, found)
        assert again.done == 0, "what was asked is kept"
        chosen = [MapCategory(one.gap.subject, one.best.choice, one.gap.name) for one in right]
        await stage.do(stage.set_mapping, advised(rewrite(whole, half), chosen, "ana"))
        await stage.tell(*[example.sku for one in right for example in one.gap.examples])
        while (served := await stage.drain()) and served.products:
            pass
        for one in right:
            assert not (await stage.shown(one.gap.examples[0].sku)).startswith("error CATEGORY_MAPPING")

    play(scene, catalogue=catalogue)
