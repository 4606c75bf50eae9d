"""What migrations fill is filled in slices, each on its own, and filling once more changes nothing."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from factories import MISSING, make_attempt, make_channel, make_integration, make_store
from ponte.db.models import Attempt, Cause, Integration, ListingLink

fills = import_module("ponte.db.migrations.0012_fill")


@pytest.fixture
def filled(transactional_db, monkeypatch):
    """Do what the migration does, in slices of two; returns what was asked."""
    monkeypatch.setattr(fills, "SLICE", 2)

    def fill() -> list[str]:
        asked: list[str] = []

        def note(execute, sql, params, many, context):
            asked.append(sql)
            return execute(sql, params, many, context)

        # Outside of `schema_editor()`: entering it on SQLite ends foreign keys.
        editor = connection.SchemaEditorClass(connection, atomic=False)
        with connection.execute_wrapper(note):
            for operation in fills.Migration.operations:
                if isinstance(operation, migrations.RunPython):
                    operation.code(None, editor)
                else:
                    with connection.cursor() as cursor:
                        cursor.execute(operation.sql)
        return asked

    return fill


def test_listings_tries_and_causes_of_before_are_filled(filled):
    channel = make_channel(make_store())
    listed = [
        make_integration(channel, str(place), "success", listing_id=listing)
        for place, listing in enumerate(["MLB1", "", "MLB2", "MLB1", "MLB3"])
    ]
    chosen = make_integration(channel, "own", "success", listing_id="MLB9", linked="chosen")
    wrong = [make_integration(channel, f"e{place}") for place in range(3)]
    for one in (*listed, *wrong):
        make_attempt(one, channel_id=None)
    Cause.objects.all().delete()
    asked = filled()
    links = [(link.integration, link.listing_id, link.how) for link in ListingLink.objects.order_by("pk")]
    assert links == [(listed[0], "MLB1", "sent"), (listed[2], "MLB2", "sent"), (listed[4], "MLB3", "sent")]
    assert Integration.objects.filter(linked="sent").count() == 4
    assert Integration.objects.get(pk=chosen.pk).linked == "chosen"
    assert not Attempt.objects.filter(channel=None).exists()
    cause = Cause.objects.get()
    assert (cause.problem_class, cause.count) == (MISSING.kind.name, 3)
    assert sum("UPDATE db_attempt" in sql for sql in asked) >= 4
    assert sum("INSERT INTO db_listinglink" in sql for sql in asked) >= 4


def test_filling_once_more_changes_nothing(filled):
    channel = make_channel(make_store())
    one = make_integration(channel, "1", "success", listing_id="MLB1")
    make_integration(channel, "2")
    filled()
    ListingLink.objects.update(until=timezone.now(), why="unlinked")
    Integration.objects.filter(pk=one.pk).update(linked="chosen")
    Cause.objects.update(count=7)
    filled()
    assert (ListingLink.objects.count(), Cause.objects.get().count) == (1, 7)
    assert Integration.objects.get(pk=one.pk).linked == "chosen"


def test_no_migration_that_changes_tables_fills_rows_too():
    """It would hold the tables until the last row is filled."""
    loader = MigrationLoader(None)
    changing = [migration for (label, _), migration in loader.disk_migrations.items() if label == "db"]
    filling = {
        migration.name
        for migration in changing
        for one in migration.operations
        if isinstance(one, migrations.RunSQL) and str(one.sql).split()[0] in {"INSERT", "UPDATE", "DELETE"}
    }
    assert filling == {fills.__name__.rpartition(".")[2]}
    assert not fills.Migration.atomic
