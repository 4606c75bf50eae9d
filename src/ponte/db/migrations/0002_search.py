"""Full-text search over `integration.search_text`: FTS5 on SQLite, a GIN index on PostgreSQL."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = (
    """CREATE VIRTUAL TABLE db_integration_search USING fts5(
        search_text, content='db_integration', content_rowid='id', tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER db_integration_search_insert AFTER INSERT ON db_integration BEGIN
        INSERT INTO db_integration_search(rowid, search_text) VALUES (new.id, new.search_text); END""",
    """CREATE TRIGGER db_integration_search_delete AFTER DELETE ON db_integration BEGIN
        INSERT INTO db_integration_search(db_integration_search, rowid, search_text)
        VALUES ('delete', old.id, old.search_text); END""",
    """CREATE TRIGGER db_integration_search_update AFTER UPDATE OF search_text ON db_integration
        WHEN old.search_text <> new.search_text BEGIN
        INSERT INTO db_integration_search(db_integration_search, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
        INSERT INTO db_integration_search(rowid, search_text) VALUES (new.id, new.search_text); END""",
)
POSTGRESQL = (
    """CREATE INDEX integration_search ON db_integration
        USING gin (to_tsvector('simple'::regconfig, search_text)) WITH (fastupdate = on)""",
)


def add_search(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop_search(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "sqlite":
        schema_editor.execute("DROP INDEX integration_search")
        return
    for name in ("insert", "delete", "update"):
        schema_editor.execute(f"DROP TRIGGER db_integration_search_{name}")
    schema_editor.execute("DROP TABLE db_integration_search")


class Migration(migrations.Migration):
    dependencies = [("db", "0001_initial")]
    operations = [migrations.RunPython(add_search, drop_search)]
