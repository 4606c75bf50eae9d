"""What is told of a large selection without reading it is what reading it would tell."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from factories import CUT, MISSING, make_channel, make_integration, make_store
from ponte.db import bulk_counts
from ponte.db.bulk_counts import Known
from ponte.db.filters import Filters
from ponte.db.narrowing import narrowed
from ponte.db.scope import Scope
from ponte.domain.fingerprint import fingerprint

pytestmark = pytest.mark.django_db
STATES = ("error", "error", "alert", "success", "success", "queued", "processing", "waiting")
QUERIES = ({}, {"status": "error"}, {"canal": "amz"}, {"periodo": "7"}, {"periodo": "7", "canal": "mlb"})


@pytest.fixture
def scope():
    store = make_store()
    for code in ("mlb", "amz"):
        channel = make_channel(store, code, code)
        for number, state in enumerate(STATES):
            make_integration(channel, str(number), state, ago=timedelta(days=number * 2))
        make_integration(channel, "gone", "error", removed=True)
    make_integration(make_channel(make_store("outraloja")), "1", "error")
    return Scope(store.pk)


def filters_of(query):
    filters = Filters.from_query(query)
    assert isinstance(filters, Filters)
    return filters


def rows_by_group(scope, filters):
    """Count the rows themselves."""
    return Counter(narrowed(scope, filters).values_list("channel_id", "status", "phase"))


def told_by_group(groups):
    return {(group.channel_id, group.status, group.phase): group.count for group in groups}


@pytest.mark.parametrize("verb", ["reprocess", "remove"])
@pytest.mark.parametrize("query", QUERIES)
def test_a_filter_of_status_channel_and_days_is_known_in_groups(scope, verb, query):
    filters = filters_of(query)
    assert told_by_group(bulk_counts.whole(scope, verb, filters)) == rows_by_group(scope, filters)


def test_of_very_many_only_what_would_be_touched_is_known_in_groups(scope, monkeypatch):
    monkeypatch.setattr(bulk_counts, "MOST", 8)
    filters = filters_of({"periodo": "30"})
    touched = {"error", "alert", "pending"}
    told = told_by_group(bulk_counts.whole(scope, "reprocess", filters))
    assert told == {
        key: count
        for key, count in rows_by_group(scope, filters).items()
        if key[1] in touched and key[2] not in {"queued", "processing"}
    }
    assert bulk_counts.whole(scope, "remove", filters) is None
    assert bulk_counts.total(scope, "remove", filters) == (16, Known.EXACT)
    monkeypatch.setattr(bulk_counts, "FAR", 10)
    assert bulk_counts.total(scope, "remove", filters) == (10, Known.MORE_THAN)


def test_removed_records_are_known_by_channel(scope):
    told = bulk_counts.whole(scope, "restore", filters_of({"removidos": "1"}))
    assert [(group.removed, group.count) for group in told] == [(True, 1), (True, 1)]


@pytest.mark.parametrize("query", [{"marca": "Acme"}, {"q": "x"}, {"causa": fingerprint(MISSING)}, {"sku": ["1"]}])
def test_what_narrows_further_is_not_known_in_groups(scope, query):
    assert bulk_counts.whole(scope, "reprocess", filters_of(query)) is None


def test_a_cause_is_known_by_its_figures_and_at_most_so_while_a_queue_has_some(scope):
    filters = filters_of({"causa": fingerprint(CUT)})
    assert bulk_counts.total(scope, "remove", filters) == (2, Known.EXACT)
    assert bulk_counts.total(scope, "reprocess", filters) == (2, Known.AT_MOST)
    assert bulk_counts.total(scope, "reprocess", filters_of({"marca": "Acme"})) is None
    quiet = make_channel(make_store("quieta"))
    make_integration(quiet, "1", "alert")
    assert bulk_counts.total(Scope(quiet.store_id), "reprocess", filters) == (1, Known.EXACT)


@pytest.mark.parametrize(
    ("verb", "selection"),
    [
        ("reprocess", {"ids": [1]}),
        ("reprocess", {"filter": {}, "changed_only": True}),
        ("remove", {"filter": {"x": 1}}),
    ],
)
def test_what_is_no_plain_filter_has_none(verb, selection):
    assert bulk_counts.filters_of(verb, selection) is None


def test_a_filter_to_restore_is_one_of_removed_records():
    assert bulk_counts.filters_of("restore", {"filter": {}}) == Filters(removed=True)
