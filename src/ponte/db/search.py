"""Search by words: what is kept for a record, and how a person's text is looked up in it.

A person's text never becomes query syntax: it is broken into words of letters and digits first. Rare words are looked
up in the index of words; common ones are quicker seen on the rows themselves, while the list is walked in its order.
Neither database tells the two apart well by itself, so it is done here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from ponte.domain.mapping import plain

WORD = re.compile(r"[^\W_]+")
MAX_WORDS = 10
NOTHING = Q(pk__in=())
COMMON = 5_000
"""More records than this make a word common."""

LISTING = re.compile(r"[A-Za-z]{2,5}-?\d{5,40}", re.ASCII)
# The index knows no stores: so many ids beginning alike are looked at, whosever they are.
LISTINGS = """SELECT id FROM (SELECT id, store_id FROM db_integration
    WHERE listing_id >= %s AND listing_id < %s AND NOT (listing_id = '') LIMIT %s) AS alike WHERE store_id = %s"""
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


def matching(text: str, store_id: int) -> tuple[RawSQL | None, Q]:
    """Return what finds records with words that begin with each word of a text: few ids to go by, and a condition.

    A text without a word finds none. One that looks like a listing's id finds by that, too.
    """
    asked = words(text)[:MAX_WORDS]
    if not asked:
        return None, NOTHING
    listed = listing_ids(text, store_id)
    rare = [word for word in asked if not _is_common(word, store_id)]
    statement = _by_rare(rare) if rare else None
    if statement is None:
        return None, _has_words(asked) | (Q(pk__in=listed) if listed else Q())
    if listed:
        return _with(statement, listed), Q()
    return statement, _has_words(word for word in asked if word not in rare)


def listing_ids(text: str, store_id: int) -> list[int]:
    """Return the records whose listing's id begins with a text that looks like one ("MLB123456", "mlb-123456")."""
    if not LISTING.fullmatch(text.strip()):
        return []
    start = text.strip().upper().replace("-", "")
    return _first(LISTINGS, start, start + "\uffff", COMMON, store_id)


def _by_rare(rare: list[str]) -> RawSQL | None:
    """Return the ids that the index of words gives; None when together they are common after all."""
    if connection.vendor == "sqlite":
        query = " ".join(f'"{word}"*' for word in rare)
        return None if _exceeds(SQLITE_MATCHES, query) else RawSQL(SQLITE_MATCHES, (query,))  # noqa: S611 -- the words are a parameter
    ids = _first(POSTGRESQL_MATCHES, " & ".join(f"'{word}':*" for word in rare))
    return RawSQL("SELECT unnest(%s::bigint[])", (ids,)) if len(ids) <= COMMON else None


def _with(statement: RawSQL, ids: list[int]) -> RawSQL:
    more = ", ".join(str(int(number)) for number in ids)
    return RawSQL(f"{statement.sql} UNION ALL SELECT id FROM db_integration WHERE id IN ({more})", statement.params)  # noqa: S611 -- numbers


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
        often = _exceeds(SQLITE_MATCHES, f'"{word}"')
    else:
        often = _first(POSTGRESQL_FREQUENCY, f"{word}%")[0] > COMMON
    if often or not (word.isascii() and word.isdigit()):
        return often
    return any(_exceeds(numbers, store_id, word, word + "9" * 20) for numbers in (SKUS, EANS))


def _exceeds(statement: str, *values: str | int) -> bool:
    """Say whether a statement gives more than `COMMON` rows; none of them is brought here."""
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} LIMIT 1 OFFSET {COMMON}", values)
        return cursor.fetchone() is not None


def _first(statement: str, *values: str | int) -> list[int]:
    """Return the first column of a statement's first rows: one more than `COMMON` at most."""
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} LIMIT {COMMON + 1}", values)
        return [row[0] for row in cursor.fetchall()]
