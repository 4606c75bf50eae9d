"""What is read about a marketplace's rules: the categories' sheets that a channel has learnt, with their versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.core import signing
from django.db.models import QuerySet

from ponte.db.models import Fact, SheetCheck
from ponte.db.sql import fetch

SIZE: Final = 50
MOST: Final = 1_000
MAX_CURSOR: Final = 400


@dataclass(frozen=True, slots=True)
class Page:
    """Some facts in the order of their keys; `next` is the place to go on at, "" at the end."""

    facts: Sequence[Fact]
    next: str = ""


def page(channel_id: int, prefix: str, *, changed: bool = False, after: str = "") -> Page:
    """Return sheets whose keys begin with a prefix; with `changed` only those that differ from an earlier version."""
    facts: QuerySet[Fact] = Fact.objects.filter(channel_id=channel_id, key__startswith=prefix)
    if changed:
        facts = facts.filter(changed_at__isnull=False)
    if place := _opened(after, channel_id):
        facts = facts.filter(key__gt=place)
    found = list(facts.order_by("key")[: SIZE + 1])
    return Page(found[:SIZE], _sealed(found[SIZE - 1].key, channel_id) if len(found) > SIZE else "")


def fact_of(channel_id: int, key: str) -> Fact | None:
    """Return one fact."""
    return Fact.objects.filter(channel_id=channel_id, key=key).first()


def products_of(channel_id: int, keys: Sequence[str]) -> dict[str, int]:
    """Return how many records of the channel were checked last by each of these sheets, counted to `MOST` each."""
    if not keys:
        return {}
    head = """SELECT * FROM (SELECT sheet FROM db_integration
        WHERE channel_id = %s AND sheet = %s AND NOT (sheet = '') AND removed_at IS NULL LIMIT %s) AS head"""
    heads = " UNION ALL ".join([head] * len(keys))
    params = [value for key in keys for value in (channel_id, key, MOST)]
    rows = fetch(f"SELECT sheet, count(*) FROM ({heads}) AS found GROUP BY sheet", params)
    return {sheet: int(count) for sheet, count in rows}


def last_checks(channel_id: int, keys: Sequence[str]) -> dict[str, SheetCheck]:
    """Return the newest check of each of these sheets."""
    checks = SheetCheck.objects.filter(channel_id=channel_id, sheet__in=keys).select_related("actor")
    return {check.sheet: check for check in checks.order_by("id")}


def _sealed(key: str, channel_id: int) -> str:
    return signing.Signer(salt=f"ponte.rules:{channel_id}").sign(key).replace(":", "~")


def _opened(text: str, channel_id: int) -> str:
    head, _, mark = text[:MAX_CURSOR].rpartition("~")
    try:
        return signing.Signer(salt=f"ponte.rules:{channel_id}").unsign(f"{head}:{mark}") if head else ""
    except signing.BadSignature:
        return ""
