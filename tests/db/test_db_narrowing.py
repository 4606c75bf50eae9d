"""A filter gives the same rows whether its records are few or many, in every order, forth and back."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factories import CUT, MISSING, make_channel, make_integration, make_store
from ponte.db import facets, queries, totals
from ponte.db.filters import Bucket, FilterErrors, Filters, Period
from ponte.db.models import Integration, SkuList
from ponte.db.narrowing import BUCKETS, narrowed
from ponte.db.queries import BadCursor, Sort
from ponte.db.scope import Scope
from ponte.domain.fingerprint import fingerprint
from ponte.domain.problem import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return make_store()


@pytest.fixture
def scope(store):
    """A store with two channels and twelve records of all kinds, and another store's that must never show."""
    mlb, amz = make_channel(store), make_channel(store, "amz", "Amazon")
    values = [
        (mlb, "100", "error", {"category": "TVs", "brand": "Acme", "stock_value": 500}),
        (mlb, "101", "error", {"category": "TVs", "brand": "Beta", "stock_value": 900}),
        (amz, "100", "error", {"category": "Fones", "brand": "Acme", "stock_value": 900}),
        (amz, "102", "alert", {"category": "TVs", "brand": "Acme", "stock_value": 100}),
        (mlb, "103", "alert", {"category": "Fones", "brand": "", "stock_value": 0}),
        (mlb, "104", "success", {"category": "TVs", "brand": "Acme", "listing_id": "MLB123456"}),
        (amz, "105", "success", {"category": "TVs", "brand": "Beta", "listing_id": "MLB123999"}),
        (amz, "106", "queued", {"category": "Fones", "brand": "Acme"}),
        (mlb, "107", "processing", {"category": "", "brand": "Acme"}),
        (mlb, "108", "waiting", {"category": "TVs", "brand": "Gama"}),
    ]
    for minutes, (channel, sku, state, more) in enumerate(values):
        make_integration(channel, sku, state, ago=timedelta(minutes=minutes + 1), **more)
    make_integration(mlb, "109", "error", removed=True, category="TVs", brand="Acme")
    other = make_channel(make_store("outraloja"))
    make_integration(other, "100", "error", category="TVs", brand="Acme", listing_id="MLB123456")
    return Scope(store.pk)


def shown(scope, sort=Sort.RECENT, size=3, **query):
    """Walk to the end and back to the start; return the SKUs with their channels."""
    filters = Filters.from_query(query)
    assert isinstance(filters, Filters)
    found, after, page, told = [], None, None, []
    while page is None or page.next:
        page = queries.page(scope, filters, after=after, size=size, sort=sort)
        assert page.first == len(found) + 1
        found += page.rows
        told.append(page.told.total)
        after = page.next
    back = [*page.rows]
    while page.previous:
        page = queries.page(scope, filters, before=page.previous, size=size, sort=sort)
        back = [*page.rows, *back]
    assert [one.pk for one in back] == [one.pk for one in found]
    assert {*told} <= {None, len(found)}
    assert page.first == 1
    return [f"{one.sku}{one.channel.code[0]}" for one in found]


QUERIES = {
    "all": ({}, "100m 101m 100a 102a 103m 104m 105a 106a 107m 108m"),
    "category": ({"category": "TVs"}, "100m 101m 102a 104m 105a 108m"),
    "brand": ({"marca": "Acme"}, "100m 100a 102a 104m 106a 107m"),
    "category and brand": ({"categoria": "TVs", "brand": "Acme"}, "100m 102a 104m"),
    "category in errors": ({"category": "TVs", "status": "error"}, "100m 101m"),
    "stage": ({"stage": "marketplace"}, "100m 101m 100a"),
    "stage of a channel": ({"etapa": "validation", "canal": "amz"}, "102a"),
    "code": ({"codigo": MISSING.code}, "100m 101m 100a"),
    "code and stage that exclude each other": ({"code": MISSING.code, "stage": CUT.stage.value}, ""),
    "channel": ({"channel": "amz"}, "100a 102a 105a 106a"),
    "channel and brand": ({"channel": "amz", "brand": "Acme"}, "100a 102a 106a"),
    "pending": ({"status": "pending"}, "106a 107m 108m"),
    "pending of a channel": ({"status": "pending", "channel": "mlb"}, "107m 108m"),
    "pending of a category": ({"status": "pending", "category": "TVs"}, "108m"),
    "pending under a cause": ({"status": "pending", "code": MISSING.code}, ""),
    "listing, whole": ({"q": "MLB123456"}, "104m"),
    "listing, its beginning": ({"q": "mlb-1234"}, ""),
    "listing, a longer beginning": ({"q": "mlb-12345"}, "104m"),
    "SKUs": ({"sku": ["100", "104", "none"]}, "100m 100a 104m"),
    "removed": ({"removed": "1"}, "109m"),
    "removed by category": ({"removidos": "1", "category": "TVs"}, "109m"),
}


@pytest.mark.parametrize("few", [0, 2, 5_000])
@pytest.mark.parametrize("name", QUERIES)
def test_rows_are_the_same_whether_a_filter_has_few_records_or_many(scope, monkeypatch, name, few):
    monkeypatch.setattr("ponte.db.picking.FEW", few)
    monkeypatch.setattr("ponte.db.slicing.FEW", few)
    query, found = QUERIES[name]
    assert " ".join(shown(scope, **query)) == found


@pytest.mark.parametrize("few", [0, 5_000])
@pytest.mark.parametrize(
    ("sort", "query", "found"),
    [
        (Sort.OLDEST, {}, "108m 107m 106a 105a 104m 103m 102a 100a 101m 100m"),
        (Sort.OLDEST, {"stage": "marketplace"}, "100a 101m 100m"),
        (Sort.SKU, {}, "100m 100a 101m 102a 103m 104m 105a 106a 107m 108m"),
        (Sort.SKU, {"status": "error"}, "100m 100a 101m"),
        (Sort.SKU, {"status": "pending"}, "106a 107m 108m"),
        (Sort.OLDEST, {"status": "pending"}, "108m 107m 106a"),
        (Sort.SKU, {"channel": "amz", "brand": "Acme"}, "100a 102a 106a"),
        (Sort.VALUE, {"status": "error"}, "100a 101m 100m"),
        (Sort.VALUE, {"code": MISSING.code, "category": "TVs"}, "101m 100m"),
        (Sort.VALUE, {"channel": "mlb", "status": "alert"}, "103m"),
    ],
)
def test_every_order_is_the_same_whether_few_or_many(  # noqa: PLR0917 -- fixtures and a table
    scope, monkeypatch, few, sort, query, found
):
    monkeypatch.setattr("ponte.db.picking.FEW", few)
    monkeypatch.setattr("ponte.db.slicing.FEW", few)
    assert " ".join(shown(scope, sort, size=2, **query)) == found


@pytest.mark.parametrize("query", [{}, {"stage": "marketplace"}, {"category": "TVs"}, {"brand": "Acme"}])
def test_whoever_is_limited_to_a_channel_sees_no_other(scope, store, monkeypatch, query):
    amazon = store.pk, (Integration.objects.get(sku="102").channel_id,)
    for few in (0, 5_000):
        monkeypatch.setattr("ponte.db.picking.FEW", few)
        for sort in Sort:
            found = shown(Scope(*amazon), sort, **query)
            assert found
            assert all(one.endswith("a") for one in found)


def test_more_causes_than_parts_are_walked(scope, monkeypatch):
    monkeypatch.setattr("ponte.db.narrowing.MAX_PARTS", 1)
    monkeypatch.setattr("ponte.db.picking.FEW", 0)
    assert " ".join(shown(scope, stage="marketplace")) == "100m 101m 100a"


def test_an_action_s_records_are_listed(scope):
    Integration.objects.filter(sku__in=("100", "104")).update(action_id=7)
    assert " ".join(shown(scope, acao="7")) == "100m 100a 104m"
    assert shown(scope, action="8") == []


def test_a_pasted_list_is_the_store_s_own(scope, store):
    kept = SkuList.objects.create(store=store, digest="d", skus=["104", "100", "zzz"], used_at=timezone.now())
    assert " ".join(shown(scope, lista=str(kept.pk))) == "100m 100a 104m"
    other = Integration.objects.exclude(store=store).get().store_id
    assert shown(Scope(other), list=str(kept.pk)) == []


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 10),
        ({"status": "error"}, 3),
        ({"status": "pending"}, 3),
        ({"removed": "1"}, 1),
        ({"stage": "marketplace"}, 3),
        ({"stage": "marketplace", "status": "error"}, 3),
        ({"category": "TVs"}, 6),
        ({"causa": fingerprint(MISSING), "canal": "mlb", "status": "error"}, 2),
        ({"from": "2001-01-01"}, 10),
    ],
)
def test_totals_are_known_without_reading_every_row(scope, query, count):
    filters = Filters.from_query(query)
    assert isinstance(filters, Filters)
    assert totals.total(scope, filters, queries.counts(scope)) == totals.Total(count)


def test_a_total_that_would_take_long_is_not_given(scope, monkeypatch):
    monkeypatch.setattr("ponte.db.picking.FEW", 1)
    monkeypatch.setattr("ponte.db.totals.MOST", 4)
    counted = queries.counts(scope)
    assert totals.total(scope, Filters(category="TVs"), counted) == totals.UNKNOWN
    days = Filters.from_query({"de": "2001-01-01"})
    assert isinstance(days, Filters)
    assert totals.total(scope, days, counted) == totals.Total(4, or_more=True)


PLAIN = (
    {},
    {"status": "error"},
    {"status": "queued", "channel": "amz"},
    {"status": "pending"},
    {"period": "7"},
    {"from": "2001-01-01", "channel": "mlb", "status": "success"},
    {"to": "2001-01-01"},
)


@pytest.mark.parametrize("query", PLAIN)
@pytest.mark.parametrize("limited", [False, True])
@pytest.mark.parametrize("gone", [False, True])
def test_a_plain_filter_is_counted_by_the_index_as_its_rows_are(scope, store, query, limited, gone):
    mlb, amz = store.channels.order_by("pk")
    if gone:
        mlb.archived_at = timezone.now()
        mlb.save()
    scope = Scope(store.pk, (mlb.pk, amz.pk)[:1]) if limited else scope
    filters = Filters.from_query(query)
    assert isinstance(filters, Filters)
    rows = narrowed(scope, filters)
    assert totals.count_plain(scope, filters, 100) == rows.count()
    groups = totals.plain_groups(scope, filters)
    columns = rows.values_list("channel_id", "status", "phase")
    assert groups == dict(Counter(columns))
    assert totals.at_least(scope, filters, 1) is bool(groups)


def test_counting_by_the_index_ends_where_it_is_told_to(scope):
    assert totals.count_plain(scope, Filters(), 4) == 4
    assert totals.at_least(scope, Filters(), 10)
    assert not totals.at_least(scope, Filters(), 11)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL decides by the rows it expects")
def test_sqlite_is_told_by_which_index_to_count(scope):
    """Where its statistics say that nearly all records match, it would read all the rows for ten thousand of them."""
    with CaptureQueriesContext(connection) as asked:
        totals.count_plain(scope, Filters(period=Period.WEEK), 100)
        totals.plain_groups(scope, Filters(period=Period.WEEK))
    counted = [one["sql"] for one in asked if "count(*)" in one["sql"]]
    assert len(counted) == 2
    assert all("INDEXED BY integration_channel_list" in sql for sql in counted)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL merges limited parts as it goes")
def test_sqlite_takes_the_next_row_of_several_parts_without_reading_any_to_its_end(scope, monkeypatch):
    monkeypatch.setattr("ponte.db.picking.FEW", 0)
    asked = []

    def watch(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        assert len(queries.page(scope, Filters(stage=Stage.MARKETPLACE)).rows) == 3
    (sql, params) = next(one for one in asked if " UNION ALL " in one[0])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        plan = [row[-1] for row in cursor.fetchall()]
    assert "MERGE (UNION ALL)" in plan
    assert not [step for step in plan if "TEMP B-TREE" in step or "CO-ROUTINE" in step]


@pytest.mark.parametrize("sort", Sort)
def test_reading_a_page_of_few_tells_what_all_of_them_are(scope, sort):
    filters = Filters(category="TVs", status=Bucket.ERROR)
    told = queries.page(scope, filters, size=1, sort=sort).told
    assert told.total == 2
    assert told.buckets == totals.per_bucket(scope, filters, {})
    assert told.skus == {"100", "101", "102", "104", "105", "108"}
    gone = queries.page(scope, Filters(skus=("109",), removed=True), sort=sort).told
    assert (gone.total, gone.buckets) == (1, None)


def test_choices_are_counted_in_what_is_in_sight(scope, store):
    assert [(one.value, one.count) for one in facets.values(scope, "category")] == [("Fones", 3), ("TVs", 6)]
    assert [(one.value, one.count) for one in facets.values(scope, "brand")] == [
        ("Acme", 6),
        ("Beta", 2),
        ("Gama", 1),
    ]
    amazon = Scope(store.pk, (Integration.objects.get(sku="102").channel_id,))
    assert [(one.value, one.count) for one in facets.values(amazon, "brand")] == [("Acme", 3), ("Beta", 1)]
    assert facets.stages(scope, Filters()) == {"marketplace": 3, "validation": 2}
    assert facets.stages(amazon, Filters()) == {"marketplace": 1, "validation": 1}


def test_f15_a_place_of_one_order_is_none_in_another(scope):
    place = queries.page(scope, Filters(), size=2).next
    with pytest.raises(BadCursor):
        queries.page(scope, Filters(), after=place, sort=Sort.SKU)


@pytest.mark.parametrize(
    ("query", "flaw"),
    [
        ({"periodo": "8"}, {"period": "unknown"}),
        ({"periodo": "7", "de": "2026-01-01"}, {"period": "both"}),
        ({"canal": "mlb", "channel": "mlb"}, {"channel": "twice"}),
        ({"etapa": "x"}, {"stage": "unknown"}),
        ({"lista": "-1"}, {"list": "unknown"}),
        ({"acao": "9" * 40}, {"action": "unknown"}),
        ({"categoria": "x" * 301}, {"category": "too_long"}),
        ({"password": "x"}, {"password": "unknown"}),
    ],
)
def test_f16_values_that_cannot_be_are_named(query, flaw):
    found = Filters.from_query(query)
    assert isinstance(found, FilterErrors)
    assert found.flaws == flaw


def test_a_frozen_period_has_a_first_day():
    week = Filters.from_query({"periodo": "7"})
    assert isinstance(week, Filters)
    frozen = week.frozen()
    assert frozen.period is None
    assert frozen.since() == week.since()


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"channel": "amz"},
        {"q": "100"},
        {"status": "error", "brand": "Acme"},
        {"period": "7"},
        {"cause": fingerprint(MISSING)},
        {"cause": "0" * 16},
        {"sku": ["100", "105"]},
    ],
)
def test_the_buckets_of_a_filter_are_counted_as_its_rows_are(scope, query):
    filters = Filters.from_query(query)
    assert isinstance(filters, Filters)
    found = totals.per_bucket(scope, filters, _counted(scope, filters))
    rows = narrowed(scope, replace(filters, status=None)).values_list("status", "phase")
    assert found is not None
    assert {bucket: found[bucket] for bucket in Bucket} == {
        bucket: list(rows).count(states) for bucket, states in BUCKETS.items()
    }


def test_buckets_that_would_be_counted_one_by_one_are_not_told(scope, monkeypatch):
    monkeypatch.setattr(totals, "MOST", 4)
    assert totals.per_bucket(scope, Filters(period=Period.WEEK), {}) is None


def _counted(scope, filters):
    channel = scope.channels().filter(code=filters.channel).first()
    return queries.counts(scope, channel.pk if channel else None)
