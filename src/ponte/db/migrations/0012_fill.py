"""What earlier migrations' columns and tables hold for records that were there already: filled slice by slice.

Not atomic, so that no slice waits for another's end nor holds its locks: millions of records take minutes, and the
program of before goes on meanwhile. Broken off, it begins anew and passes over what was filled.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SLICE = 5_000

# The causes that records have already; their words come from one of them.
CAUSES = """
    INSERT INTO db_cause (channel_id, fingerprint, problem_class, stage, severity, subject, code, message, count,
        value, first_at, last_at, state, state_at, returns)
    SELECT found.channel_id, found.fingerprint, one.headline_class, one.headline_stage,
        CASE WHEN one.status = 'alert' THEN 'warning' ELSE 'error' END, one.headline_subject, one.headline_code, '',
        found.count, 0, found.first_at, found.last_at, 'open', found.last_at, 0
    FROM (SELECT channel_id, fingerprint, count(*) AS count, min(updated_at) AS first_at, max(updated_at) AS last_at,
              max(id) AS newest
          FROM db_integration WHERE removed_at IS NULL AND NOT (fingerprint = '')
          GROUP BY channel_id, fingerprint) AS found
    JOIN db_integration AS one ON one.id = found.newest WHERE true ON CONFLICT DO NOTHING"""

ATTEMPT_CHANNELS = """
    UPDATE db_attempt SET channel_id = (SELECT channel_id FROM db_integration WHERE id = integration_id)
    WHERE channel_id IS NULL AND id > %s AND id <= %s"""

# The listings that records have already. Of one that two records hold, the older keeps it.
LINKS = """
    INSERT INTO db_listinglink (integration_id, channel_id, kind, listing_id, how, since, why)
    SELECT one.id, one.channel_id, one.kind, one.listing_id, 'sent', COALESCE(one.processed_at, one.updated_at), ''
    FROM db_integration AS one
    WHERE one.listing_id <> '' AND one.linked = '' AND one.id > %s AND one.id <= %s
    ORDER BY one.id ON CONFLICT DO NOTHING"""
LINKED = """
    UPDATE db_integration SET linked = 'sent' WHERE listing_id <> '' AND linked = '' AND id > %s AND id <= %s"""


def filling(table: str, *statements: str) -> Callable[[StateApps, BaseDatabaseSchemaEditor], None]:
    """Return what runs these statements for every slice of a table's ids, each slice in its own transaction."""

    def fill(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        connection = schema_editor.connection
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT max(id) FROM {table}")
            newest = cursor.fetchone()[0] or 0
        for start in range(0, newest, SLICE):
            with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement, [start, start + SLICE])

    return fill


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("db", "0011_sweeps")]
    operations = [
        migrations.RunSQL(CAUSES, migrations.RunSQL.noop),  # reads only, but for some rows of its own
        migrations.RunPython(filling("db_attempt", ATTEMPT_CHANNELS), migrations.RunPython.noop, atomic=False),
        migrations.RunPython(filling("db_integration", LINKS, LINKED), migrations.RunPython.noop, atomic=False),
    ]
