"""What narrows the list, each in words with the address that takes it away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ponte.db.filters import Filters, Period, Together
from ponte.web.labels import STAGES, TABS
from ponte.web.products.asked import Asked
from ponte.web.templatetags.ponte import number

PERIODS: Mapping[Period, str | Promise] = {
    Period.TODAY: gettext_lazy("Hoje"),
    Period.WEEK: gettext_lazy("Últimos 7 dias"),
    Period.MONTH: gettext_lazy("Últimos 30 dias"),
}
LONGEST: Final = 60


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in words."""

    name: str | Promise
    text: str | Promise
    href: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the words of the filters need from the database; empty where the filter is not asked for."""

    channel: str = ""
    cause: str = ""
    listed: int = 0


def chips_of(asked: Asked, known: Known) -> tuple[Chip, ...]:
    """Return the chips in the order of the filters on the page."""
    return tuple(
        Chip(name, _cut(str(text)), asked.without(*taken)) for name, text, taken in _told(asked.filters, known)
    )


def days_of(filters: Filters) -> str:
    """Return the days asked for: "De 01/06/2026 a 03/06/2026", "" for none."""
    first, last = filters.first_day, filters.last_day
    if first and last:
        return _("De %(first)s a %(last)s") % {"first": _day(first), "last": _day(last)}
    if first:
        return _("Desde %(first)s") % {"first": _day(first)}
    return _("Até %(last)s") % {"last": _day(last)} if last else ""


def _told(filters: Filters, known: Known) -> Iterator[tuple[str, str | Promise, tuple[str, ...]]]:
    if filters.text:
        yield _("Busca"), filters.text, ("q",)
    if isinstance(filters.status, Together):  # no tab shows it
        yield _("Status"), TABS[filters.status], ("status",)
    if filters.channel:
        yield _("Canal"), known.channel or filters.channel, ("channel",)
    if filters.dated:
        days = PERIODS[filters.period] if filters.period else days_of(filters)
        yield _("Período"), days, ("period", "from", "to")
    if filters.stage:
        yield _("Etapa"), STAGES[filters.stage], ("stage",)
    if filters.cause:
        yield _("Causa"), known.cause or filters.cause, ("cause",)
    if filters.code:
        yield _("Código"), filters.code, ("code",)
    if filters.category:
        yield _("Categoria"), filters.category, ("category",)
    if filters.brand:
        yield _("Marca"), filters.brand, ("brand",)
    yield from _lists(filters, known)


def _lists(filters: Filters, known: Known) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if filters.skus:
        yield _("SKUs"), ", ".join(filters.skus), ("sku",)
    if filters.sku_list is not None:
        text = ngettext("%(count)s SKU colado", "%(count)s SKUs colados", known.listed)
        yield _("Lista"), text % {"count": number(known.listed)}, ("list",)
    if filters.action is not None:
        yield _("Ação em massa"), f"nº {filters.action}", ("action",)


def _day(day: date) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
