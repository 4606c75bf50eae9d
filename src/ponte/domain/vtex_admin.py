"""Where things are mended in the VTEX Admin: the paths of its pages, to which an id is put.

VTEX's developer guide "sent offers integration" (read 2026-08).
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

MAX_ID: Final = 40
SKU_FORM: Final = "/admin/Site/SkuForm.aspx?idSku="
PRODUCT_FORM: Final = "/admin/Site/ProdutoForm.aspx?id="
PRICES: Final = "/admin/pricing/#/prices/?productId="
INVENTORY: Final = "/admin/inventory/?skuId="


def page_of(path: str, number: str) -> str:
    """Return a page's path with its id, "" for one that no link may hold: empty or longer than `MAX_ID`."""
    return f"{path}{quote(number, safe='', errors='replace')}" if 0 < len(number) <= MAX_ID else ""
