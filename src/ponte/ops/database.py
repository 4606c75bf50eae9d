"""The database's tables and the check word of the secret key."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from ponte.db.models import Installation
from ponte.db.sealed import seal, unseal

CHECK_WORD = "ponte"
ROW, FIELD = "installation", "key_check"


def migrate() -> None:
    """Bring the tables up to date, and seal the check word on first use."""
    call_command("migrate", verbosity=0, interactive=False)
    if not Installation.objects.exists():
        Installation.objects.create(key_check=seal(CHECK_WORD, row=ROW, field=FIELD))


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


def check_key() -> None:
    """Open the check word. Raises `WrongKeyError` when the secret key is another one."""
    row = Installation.objects.first()
    if row is not None:
        unseal(row.key_check, row=ROW, field=FIELD)
