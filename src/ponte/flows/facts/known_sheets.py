"""The sheets of a channel's categories that were learnt: for names, closed lists and what a category asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ponte.connectors import Broken, get
from ponte.db.models import Channel, Fact
from ponte.domain.connector import Sheets
from ponte.domain.sheet import Sheet

MOST: Final = 300


def sheets_connector(channel_id: int) -> Sheets | None:
    """Return a channel's connector when it has sheets."""
    code = Channel.objects.values_list("connector", flat=True).get(pk=channel_id)
    connector = get(code)
    return None if isinstance(connector, Broken) or not isinstance(connector, Sheets) else connector


def sheets_among(channel_id: int, categories: Iterable[str]) -> dict[str, Sheet]:
    """Return the known sheets of these categories; one query for all."""
    connector = sheets_connector(channel_id)
    if connector is None:
        return {}
    keys = {connector.sheet_key(category)[:160]: category for category in list(dict.fromkeys(categories))[:MOST]}
    return _read(connector, channel_id, keys)


def sheets_seen(channel_id: int) -> dict[str, Sheet]:
    """Return the sheets that were learnt last, whatever the mapping says."""
    connector = sheets_connector(channel_id)
    if connector is None:
        return {}
    prefix, _, rest = connector.sheet_key("\x00").partition("\x00")
    if not prefix or rest:
        return {}
    facts = Fact.objects.filter(channel_id=channel_id, key__startswith=prefix).order_by("-learnt_at")
    keys = {key: key.removeprefix(prefix) for key in facts.values_list("key", flat=True)[:MOST]}
    return _read(connector, channel_id, keys)


def _read(connector: Sheets, channel_id: int, keys: dict[str, str]) -> dict[str, Sheet]:
    facts = Fact.objects.filter(channel_id=channel_id, key__in=list(keys)).values_list("key", "value")
    found = {keys[key]: connector.sheet(keys[key], value) for key, value in facts if value is not None}
    return {category: sheet for category, sheet in found.items() if sheet is not None}
