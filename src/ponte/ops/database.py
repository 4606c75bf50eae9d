"""The database's tables: bring them up to date, and tell what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from ponte.ops.health import keep_key_check


def migrate() -> None:
    """Bring the tables up to date, and seal the check word on first use."""
    with _own_name():
        call_command("migrate", verbosity=0, interactive=False)
    keep_key_check()


@contextmanager
def _own_name() -> Iterator[None]:
    """Work under a name of our own on PostgreSQL.

    A migration may take minutes in one transaction: workers that still run must not take it for one of theirs that
    was forgotten (`ponte.db.frozen`).
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET application_name = 'ponte-migrate'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET application_name")


def missing_migrations() -> list[str]:
    """Return the migrations that the code has and the database has not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def unknown_migrations() -> list[str]:
    """Return the migrations that the database has and the code has not: it is of a newer version."""
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    ours = {label for label, _ in known}
    applied = executor.loader.applied_migrations
    return sorted(f"{label}.{name}" for label, name in applied if label in ours and (label, name) not in known)
