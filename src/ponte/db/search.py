"""Search by words: what is kept for a record, and how a person's text is looked up in it.

A person's text never becomes query syntax: it is broken into words of letters and digits first. Rare words are looked
up in the index of words; common ones are quicker seen on the rows themselves, while the list is walked in its order.
Neither database tells the two apart well by itself, so it is done here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from ponte.db.models import Integration
from ponte.domain.mapping import plain

WORD = re.compile(r"[^\W_]+")
MAX_WORDS = 10
COMMON = 5_000
"""More records than this make a word common."""

SKUS = "SELECT 1 FROM db_integration WHERE store_id = %s AND sku >= %s AND sku < %s"
EANS = "SELECT 1 FROM db_integration WHERE store_id = %s AND ean >= %s AND ean < %s AND NOT (ean = '')"
SQLITE_MATCHES = "SELECT rowid FROM db_integration_search WHERE db_integration_search MATCH %s"
# A plan without a LIMIT is the only one in which PostgreSQL always uses the index of words; rows are still only
# taken as they are asked for.
POSTGRESQL_MATCHES = """WITH found AS MATERIALIZED (
    SELECT id FROM db_integration WHERE to_tsvector('simple'::regconfig, search_text) @@ to_tsquery('simple', %s))
    SELECT id FROM found"""
POSTGRESQL_FREQUENCY = """SELECT coalesce(sum(seen.part), 0)
        * (SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'db_integration'::regclass)
    FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS seen(word, part)
    WHERE tablename = 'integration_search' AND seen.word LIKE %s"""


def words(text: str) -> list[str]:
    """Return the words of a text without accents and case: runs of letters and digits."""
    return WORD.findall(plain(text))


def searchable(parts: Iterable[str], limit: int = 4_000) -> str:
    """Return what `Integration.search_text` keeps of these texts: their words, each once, in their order."""
    return " ".join(dict.fromkeys(word for part in parts for word in words(part)))[:limit]


def matching(rows: QuerySet[Integration], text: str, store_id: int) -> QuerySet[Integration]:
    """Narrow a store's records to those with words that begin with each word of the text; to none without a word."""
    asked = words(text)[:MAX_WORDS]
    if not asked:
        return rows.none()
    rare = [word for word in asked if not _is_common(word, store_id)]
    found = _with_rare(rows, rare) if rare else None
    if found is None:
        return rows.filter(_has_words(asked))
    return found.filter(_has_words([word for word in asked if word not in rare]))


def _with_rare(rows: QuerySet[Integration], rare: list[str]) -> QuerySet[Integration] | None:
    """Narrow by the index of words; None when together they are common after all."""
    if connection.vendor == "sqlite":
        query = " ".join(f'"{word}"*' for word in rare)
        if len(_first(SQLITE_MATCHES, query)) > COMMON:
            return None
        return rows.filter(pk__in=RawSQL(SQLITE_MATCHES, (query,)))  # noqa: S611 -- the words are a parameter
    ids = _first(POSTGRESQL_MATCHES, " & ".join(f"'{word}':*" for word in rare))
    return rows.filter(pk__in=ids) if len(ids) <= COMMON else None


def _has_words(asked: Iterable[str]) -> Q:
    condition = Q()
    for word in asked:
        # `searchable` keeps single blanks between words, so a word begins the text or follows a blank.
        condition &= Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")
    return condition


def _is_common(word: str, store_id: int) -> bool:
    """Say whether very many records have the word, or a number beginning with it, without reading them all."""
    if connection.vendor == "sqlite":
        # The index gives the records of one whole word one by one, but those of a beginning only all together.
        often = len(_first(SQLITE_MATCHES, f'"{word}"')) > COMMON
    else:
        often = _first(POSTGRESQL_FREQUENCY, f"{word}%")[0] > COMMON
    if often or not (word.isascii() and word.isdigit()):
        return often
    return any(len(_first(numbers, store_id, word, word + "9" * 20)) > COMMON for numbers in (SKUS, EANS))


def _first(statement: str, *values: str | int) -> list[int]:
    """Return the first column of a statement's first rows: one more than `COMMON` at most."""
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} LIMIT {COMMON + 1}", values)
        return [row[0] for row in cursor.fetchall()]
