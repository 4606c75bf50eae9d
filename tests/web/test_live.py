"""What keeps the list true while somebody looks at it."""

from __future__ import annotations

import re

import pytest

from factories import make_channel, make_integration, moved
from ponte.db.scope import Scope
from ponte.web.fresh import forget, seen
from ponte.web.products.rows import version_of


@pytest.fixture
def ana(cast, as_):
    return as_(cast.ana)


def watched(client, *found):
    page = client.get("/produtos").text
    known = re.search(r'data-known="([^"]*)"', page)[1]
    mark = re.search(r'data-mark="([^"]*)"', page)[1]
    rows = ",".join(f"{one.pk}:{version_of(one)}" for one in found)
    return {"linhas": rows, "contas": known, "desde": mark, "novos": "0"}


def test_nothing_is_sent_while_nothing_changes(cast, ana):
    found = make_integration(cast.channel, "1", "processing")
    answer = ana.get("/produtos/linhas", watched(ana, found))
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_row_that_moved_is_sent_with_the_new_counts(cast, ana):
    found = make_integration(cast.channel, "1", "processing")
    query = watched(ana, found)
    moved(found, "success")
    answer = ana.get("/produtos/linhas", query)
    assert f'id="r-{found.pk}"' in answer.text
    assert "Sucesso" in answer.text
    assert re.search(r'data-count="success">1<', answer.text)
    assert "data-unsettled" not in answer.text


def test_only_the_rows_that_moved_are_sent(cast, ana):
    moving, still = make_integration(cast.channel, "1", "queued"), make_integration(cast.channel, "2", "error")
    query = watched(ana, moving, still)
    moved(moving, "processing")
    answer = ana.get("/produtos/linhas", query)
    assert f'id="r-{moving.pk}"' in answer.text
    assert f'id="r-{still.pk}"' not in answer.text


def test_new_results_are_counted_and_not_pushed(cast, ana):
    shown = make_integration(cast.channel, "1")
    query = watched(ana, shown)
    moved(make_integration(cast.channel, "2", "queued"), "error")
    answer = ana.get("/produtos/linhas", query)
    assert 'data-news="1"' in answer.text
    assert 'id="r-' not in answer.text


def test_news_are_those_of_the_filter(cast, ana):
    shown = make_integration(cast.channel, "1")
    query = watched(ana, shown)
    moved(make_integration(cast.channel, "2", "queued"), "error")
    assert 'data-news="0"' in ana.get("/produtos/linhas", {**query, "status": "success", "contas": ""}).text


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"linhas": "x"},
        {"linhas": "1:2:3,,9" * 500},
        {"linhas": "9" * 400},
        {"desde": "9" * 17},
        {"desde": "-1"},
        {"contas": "x" * 9000},
        {"status": "?"},
    ],
)
def test_a_made_up_question_is_answered_all_the_same(ana, error, query):
    assert ana.get("/produtos/linhas", query).status_code == 200


def test_the_update_takes_the_same_queries_for_one_row_and_for_three(cast, ana, django_assert_num_queries):
    rows = [make_integration(cast.channel, str(number), "queued") for number in range(3)]
    for some in (rows[:1], rows):
        query = watched(ana, *some)
        forget()
        with django_assert_num_queries(8):
            ana.get("/produtos/linhas", {**query, "contas": ""}, headers={"HX-Request": "true"})


def test_a_removed_row_says_so_to_the_list_it_is_in(cast, ana, error):
    query = watched(ana, error)
    ana.post(f"/produtos/{error.pk}/remover")
    assert "data-removed" in ana.get("/produtos/linhas", query).text


def test_f27_many_open_pages_share_what_is_counted_in_a_second(cast, django_assert_num_queries):
    make_integration(cast.channel, "1")
    scope = Scope(cast.store.pk)
    with django_assert_num_queries(3):
        first = [seen(scope, "", now=now) for now in (100.0, 100.0, 100.4, 100.99)]
    assert len({id(one) for one in first}) == 1
    make_integration(cast.channel, "2")
    assert seen(scope, "", now=101.0).counts["error"] == 2


def test_f27_what_is_shared_is_of_one_scope_and_channel(cast):
    make_integration(cast.channel, "1")
    make_integration(make_channel(cast.store, "amz", "Amazon"), "2")
    of_store, of_channel = seen(Scope(cast.store.pk), "", now=1.0), seen(Scope(cast.store.pk), "amz", now=1.0)
    of_other = seen(Scope(cast.other_store.pk), "", now=1.0)
    limited = seen(Scope(cast.store.pk, (cast.channel.pk,)), "", now=1.0)
    assert [one.counts["error"] for one in (of_store, of_channel, of_other, limited)] == [2, 1, 0, 1]


def test_f26_whoever_was_away_is_sent_every_row_anew(cast, ana):
    found = make_integration(cast.channel, "1")
    query = watched(ana, found)
    assert ana.get("/produtos/linhas", query).status_code == 204
    answer = ana.get("/produtos/linhas", {**query, "linhas": f"{found.pk}:", "contas": ""})
    assert f'id="r-{found.pk}"' in answer.text
