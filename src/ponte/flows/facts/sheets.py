"""What a marketplace's categories ask for, as far as it was learnt; nobody is asked."""

from __future__ import annotations

from ponte.connectors import Broken, get
from ponte.db.models import Channel, Fact
from ponte.domain.connector import Sheets
from ponte.domain.sheet import Sheet


def sheet_of(channel_id: int, category: str) -> Sheet | None:
    """Return the sheet of a category as last learnt, however old.

    None when it was never learnt, when the marketplace has no such category, or when its connector has no sheets.
    """
    connector = _sheets_of(channel_id)
    if connector is None:
        return None
    key = connector.sheet_key(category)
    value = Fact.objects.filter(channel_id=channel_id, key=key[:160]).values_list("value", flat=True).first()
    return None if value is None else connector.sheet(category, value)


def sheets_of(channel_id: int) -> tuple[Sheet, ...]:
    """Return every sheet that the channel has learnt, in the order of the categories' ids."""
    connector = _sheets_of(channel_id)
    prefix = connector.sheet_key("") if connector else ""
    if connector is None or not prefix:
        return ()
    facts = Fact.objects.filter(channel_id=channel_id, key__startswith=prefix).exclude(value=None).order_by("key")
    read = (connector.sheet(key.removeprefix(prefix), value) for key, value in facts.values_list("key", "value"))
    return tuple(sheet for sheet in read if sheet is not None)


def _sheets_of(channel_id: int) -> Sheets | None:
    connector = get(Channel.objects.values_list("connector", flat=True).get(pk=channel_id))
    return connector if not isinstance(connector, Broken) and isinstance(connector, Sheets) else None
