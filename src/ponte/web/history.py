"""The history's page as one value: what was asked, the days with their totals, the tries of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ponte.db import history, queries
from ponte.db.filter_values import Values
from ponte.db.filters import CODE
from ponte.db.history import Asked, Came, Day, Page
from ponte.db.models import Attempt
from ponte.web.access import Visit
from ponte.web.charts import Bar, Series, bars_of
from ponte.web.choice import Choice
from ponte.web.clock import short_day
from ponte.web.labels import FLAWS, Label
from ponte.web.products.rows import ChannelBadge, badge
from ponte.web.record.tries import Try, try_of

PATH: Final = "/historico"
SIZE: Final = 50
DAYS: Final = 14
MAX_SKU: Final = 40
NAMES: Final = ("dia", "hora", "canal", "resultado", "sku", "antes")
RESULT_NAMES: Final = {
    "sucesso": Came.SUCCESS,
    "alerta": Came.ALERT,
    "erro": Came.ERROR,
    "repete": Came.AGAIN,
    "aguarda": Came.WAITING,
}
RESULT_TEXTS: Mapping[str, str | Promise] = {
    "sucesso": gettext_lazy("Sucesso"),
    "alerta": gettext_lazy("Alerta"),
    "erro": pgettext_lazy("status", "Erro"),
    "repete": gettext_lazy("Será tentado de novo"),
    "aguarda": gettext_lazy("Enviado, aguarda resposta"),
}
WITH_ALERT: Final = Label(gettext_lazy("Aceito com alerta"), "alert", "wrn")
SERIES: Final = (
    Series("success", gettext_lazy("Sucesso"), "suc"),
    Series("alert", gettext_lazy("Alerta"), "wrn"),
    Series("error", pgettext_lazy("status", "Erro"), "err"),
    Series("again", gettext_lazy("Será tentado de novo"), "que"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The address, read: `values` repeats it, `flaws` has the text for each wrong part."""

    asked: Asked
    values: Mapping[str, str]
    flaws: Mapping[str, str | Promise]
    below: int | None

    @property
    def query(self) -> str:
        """What an export of this list asks for."""
        return urlencode({name: value for name, value in self.values.items() if name != "antes"})


@dataclass(frozen=True, slots=True)
class DayLink:
    """A day to choose, with its totals and a small bar of them."""

    text: str
    href: str
    current: bool
    total: int
    errors: int
    bar: Bar


@dataclass(frozen=True, slots=True)
class Line:
    """One try in words, with its record; `href` opens it there."""

    tried: Try
    sku: str
    name: str
    channel: ChannelBadge
    href: str


@dataclass(frozen=True, slots=True)
class History:
    """Everything the page shows."""

    reading: Reading
    title: str
    counts: tuple[tuple[Series, int], ...]
    days: tuple[DayLink, ...]
    channels: tuple[Choice, ...]
    results: tuple[Choice, ...]
    lines: tuple[Line, ...]
    next: str
    cleared: str
    searching: bool

    @property
    def narrows(self) -> bool:
        return any(self.reading.values.get(name) for name in ("canal", "resultado", "sku", "hora"))


def read(request: HttpRequest) -> Reading:
    """Read the address. Names that are no part of it are flaws; nothing is silently ignored."""
    query = {name: request.GET.getlist(name) for name in request.GET}
    values = Values(query, NAMES, {})
    hour, result = values.number("hora"), values.one("resultado")
    asked = Asked(
        day=values.day("dia"),
        hour=hour if hour is None or hour < 24 else None,
        channel=values.code("canal", CODE),
        result=RESULT_NAMES.get(result),
        sku=values.text("sku", MAX_SKU),
    )
    below = values.number("antes")
    flaws: dict[str, str | Promise] = {name: FLAWS[flaw] for name, flaw in values.flaws.items()}
    if (result and asked.result is None) or (hour is not None and asked.hour is None):
        flaws["resultado" if result and asked.result is None else "hora"] = _("Este valor não existe aqui.")
    kept = {name: query[name][-1] for name in NAMES if query.get(name, [""])[-1]}
    return Reading(Asked() if flaws else asked, kept, flaws, below)


def history_of(visit: Visit, reading: Reading) -> History:
    """Read what the page shows: a day, unless a SKU is followed through all of them."""
    today = timezone.localdate()
    states = queries.channels(visit.scope)
    found = history.days(visit.scope, _last(reading, today), DAYS, reading.asked.channel)
    asked = reading.asked if reading.asked.sku and not reading.asked.day else _of_a_day(reading.asked, found, today)
    page = Page((), None) if reading.flaws else history.page(visit.scope, asked, below=reading.below, size=SIZE)
    chosen = next((day for day in found if day.day == asked.day), None)
    return History(
        reading=reading,
        title=_title(asked, today),
        counts=_counts(chosen) if chosen and asked.hour is None else (),
        days=_links(found, reading, asked.day, today),
        channels=_choices(reading, "canal", {state.channel.code: state.channel.name for state in states}),
        results=_choices(reading, "resultado", RESULT_TEXTS),
        lines=tuple(line_of(tried) for tried in page.rows),
        next=_address({**reading.values, "dia": _iso(asked.day), "antes": str(page.next)}) if page.next else "",
        cleared=_address({"dia": _iso(asked.day)}),
        searching=bool(page.next) and len(page.rows) < SIZE,
    )


def line_of(tried: Attempt) -> Line:
    """Return a try in words."""
    found = tried.integration
    told = try_of(tried, found)
    return Line(
        tried=replace(told, label=WITH_ALERT) if tried.status == Came.ALERT else told,
        sku=found.sku,
        name=found.name,
        channel=badge(found.channel),
        href=f"/produtos/{found.pk}?tentativa={tried.number}#t-{tried.number}",
    )


def day_text(day: date, today: date) -> str:
    """Return "hoje", "ontem" or the weekday with the date."""
    if day == today:
        return _("hoje")
    if day == today - timedelta(days=1):
        return _("ontem")
    weekday = formats.date_format(day, "l", use_l10n=False)[:3]  # Django's "D" is "Sab" in Portuguese
    return f"{weekday} {short_day(day)}"


def _last(reading: Reading, today: date) -> date:
    """Return the last day of the strip: today, unless a day before it is looked at."""
    day = reading.asked.day
    return today if day is None or today - timedelta(days=DAYS) < day <= today else day


def _of_a_day(asked: Asked, days: Sequence[Day], today: date) -> Asked:
    if asked.day:
        return asked
    newest = next((day.day for day in days if day.total), today)
    return Asked(newest, asked.hour, asked.channel, asked.result, asked.sku)


def _title(asked: Asked, today: date) -> str:
    if asked.day is None:
        return _("Todos os dias")
    text = formats.date_format(asked.day, "SHORT_DATE_FORMAT")
    if asked.day == today:
        text = _("Hoje, %(day)s") % {"day": text}
    if asked.hour is None:
        return text
    return _("%(day)s, das %(hour)d h às %(end)d h") % {"day": text, "hour": asked.hour, "end": asked.hour + 1}


def _counts(day: Day) -> tuple[tuple[Series, int], ...]:
    return tuple((series, day.counts.get(series.key, 0)) for series in SERIES)


def _links(days: Sequence[Day], reading: Reading, chosen: date | None, today: date) -> tuple[DayLink, ...]:
    kept = {name: value for name, value in reading.values.items() if name not in {"antes", "hora", "dia"}}
    bars = bars_of([day.counts for day in days], SERIES)
    return tuple(
        DayLink(
            text=day_text(day.day, today),
            href=_address({**kept, "dia": _iso(day.day)}),
            current=day.day == chosen,
            total=day.total,
            errors=day.counts.get("error", 0),
            bar=bar,
        )
        for day, bar in zip(days, bars, strict=True)
    )


def _choices(reading: Reading, name: str, texts: Mapping[str, str | Promise]) -> tuple[Choice, ...]:
    chosen = reading.values.get(name, "")
    return tuple(Choice(value, text, value == chosen) for value, text in texts.items())


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _address(values: Mapping[str, str]) -> str:
    query = {name: value for name, value in values.items() if value}
    return f"{PATH}?{urlencode(query)}" if query else PATH
