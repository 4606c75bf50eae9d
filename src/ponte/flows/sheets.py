"""What a marketplace's category asks for, as far as it was learnt: a category's sheet, read without asking anybody."""

from __future__ import annotations

from ponte.connectors import Broken, get
from ponte.db.models import Channel, Fact
from ponte.domain.connector import Sheets
from ponte.domain.sheet import Sheet


def sheet_of(channel_id: int, category: str) -> Sheet | None:
    """Return the sheet of a category as last learnt, however old.

    None when it was never learnt, when the marketplace has no such category, or when its connector has no sheets.
    """
    code = Channel.objects.values_list("connector", flat=True).get(pk=channel_id)
    connector = get(code)
    if isinstance(connector, Broken) or not isinstance(connector, Sheets):
        return None
    key = connector.sheet_key(category)
    value = Fact.objects.filter(channel_id=channel_id, key=key[:160]).values_list("value", flat=True).first()
    return None if value is None else connector.sheet(category, value)
