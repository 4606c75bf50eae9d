"""Which columns of the list a person wants to see, kept in a cookie."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

COOKIE: Final = "ponte_columns"
COLUMNS: Mapping[str, str | Promise] = {
    "ean": _("EAN"),
    "reference": _("Referência"),
    "category": _("Categoria"),
    "brand": _("Marca"),
    "value": _("Valor em estoque"),
    "channel": _("Canal"),
    "when": _("Processado"),
    "tries": _("Tentativas"),
}
USUAL: Final = frozenset({"channel", "when", "tries"})
ALWAYS: Final = 5
"""Actions, SKU, product, status and the button that opens."""


class Columns(frozenset[str]):
    """The columns shown besides those that always are."""

    @property
    def extra(self) -> bool:
        """True when the list is wider than usual."""
        return bool(self - USUAL)

    @property
    def span(self) -> int:
        """How many columns there are, but for the one of the boxes."""
        return ALWAYS + len(self)

    @property
    def choices(self) -> list[tuple[str, str | Promise, bool]]:
        return [(name, text, name in self) for name, text in COLUMNS.items()]


def columns_of(request: HttpRequest) -> Columns:
    """Return the columns a person chose; the usual ones before they did."""
    kept = request.COOKIES.get(COOKIE)
    return Columns(USUAL) if kept is None else Columns(set(kept.split("-")) & set(COLUMNS))


def kept_as(names: Collection[str]) -> str:
    """Return what the cookie keeps of the columns chosen."""
    return "-".join(name for name in COLUMNS if name in names)
