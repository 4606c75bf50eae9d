"""Search by words: what is kept for a record, and how a person's text is looked up in it.

A person's text never becomes query syntax: it is broken into words of letters and digits first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields import BooleanField

from ponte.db.models import Integration
from ponte.domain.mapping import plain

WORD = re.compile(r"[^\W_]+")
MAX_WORDS = 10
COMMON = 5_000
"""More matches than this, and it is quicker to walk the list and look at each row than to collect and sort."""

SQLITE_MATCHES = "SELECT rowid FROM db_integration_search WHERE db_integration_search MATCH %s"
POSTGRESQL_MATCH = (
    "to_tsvector('simple'::regconfig, db_integration.search_text) @@ to_tsquery('simple'::regconfig, %s)"
)


def words(text: str) -> list[str]:
    """Return the words of a text without accents and case: runs of letters and digits."""
    return WORD.findall(plain(text))


def searchable(parts: Iterable[str], limit: int = 4_000) -> str:
    """Return what `Integration.search_text` keeps of these texts: their words, each once, in their order."""
    return " ".join(dict.fromkeys(word for part in parts for word in words(part)))[:limit]


def matching(rows: QuerySet[Integration], text: str) -> QuerySet[Integration]:
    """Narrow to the records that have words beginning with each word of the text; none for a text without words."""
    asked = words(text)[:MAX_WORDS]
    if not asked:
        return rows.none()
    if connection.vendor == "sqlite":
        return _on_sqlite(rows, asked)
    query = " & ".join(f"'{word}':*" for word in asked)
    matches = RawSQL(POSTGRESQL_MATCH, (query,), output_field=BooleanField())  # noqa: S611 -- a parameter
    return rows.filter(matches)


def _on_sqlite(rows: QuerySet[Integration], asked: list[str]) -> QuerySet[Integration]:
    query = " ".join(f'"{word}"*' for word in asked)
    if not _is_common(query):
        return rows.filter(pk__in=RawSQL(SQLITE_MATCHES, (query,)))  # noqa: S611 -- the words are a parameter
    condition = Q()
    for word in asked:
        # `searchable` keeps single blanks between words, so a word begins the text or follows a blank.
        condition &= Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")
    return rows.filter(condition)


def _is_common(query: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({SQLITE_MATCHES} LIMIT {COMMON + 1})", [query])
        (found,) = cursor.fetchone()
    return bool(found > COMMON)
