"""Moments in words: the store's time zone, and how long ago."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago a moment was: "agora", "há 4 min", "há 2 h", "há 3 dias"."""
    seconds = int((now - moment).total_seconds())
    if seconds < 0:
        return ahead(moment, now)
    if seconds < 60:
        return _("agora")
    if seconds < 3_600:
        return _("há %(count)d min") % {"count": seconds // 60}
    if seconds < 86_400:
        return _("há %(count)d h") % {"count": seconds // 3_600}
    days = seconds // 86_400
    return ngettext("há %(count)d dia", "há %(count)d dias", days) % {"count": days}


def ahead(moment: datetime, now: datetime) -> str:
    """Return how long until a moment: "em 4 min"."""
    seconds = int((moment - now).total_seconds())
    if seconds < 60:
        return _("em instantes")
    if seconds < 3_600:
        return _("em %(count)d min") % {"count": seconds // 60}
    if seconds < 86_400:
        return _("em %(count)d h") % {"count": seconds // 3_600}
    days = seconds // 86_400
    return ngettext("em %(count)d dia", "em %(count)d dias", days) % {"count": days}


def brief(moment: datetime, now: datetime, *, seconds: bool = False) -> str:
    """Return the time of today's moments, "ontem" or "amanhã" with it, day and time of the others; local time."""
    here, today = timezone.localtime(moment), timezone.localtime(now).date()
    clock = f"{here:%H:%M:%S}" if seconds else f"{here:%H:%M}"
    if here.date() == today:
        return clock
    if here.date() == today - timedelta(days=1):
        return _("ontem, %(time)s") % {"time": clock}
    if here.date() == today + timedelta(days=1):
        return _("amanhã, %(time)s") % {"time": clock}
    return _("%(day)s, %(time)s") % {"day": _day(here.date(), get_language()), "time": clock}


@lru_cache(maxsize=1_000)
def _day(day: date, _language: str | None) -> str:
    """Return a day as the language of the moment writes it; a page has the same few many times."""
    return str(formats.date_format(day, "SHORT_DATE_FORMAT"))


def short_day(day: date) -> str:
    """Return a day of this year in figures, as the language orders them: 10/11, 11/10 in English."""
    order = "n/j" if (get_language() or "").startswith("en") else "j/n"
    return str(formats.date_format(day, order, use_l10n=False))


def full(moment: datetime) -> str:
    """Return day, time with seconds and the zone: "11/06/2026 14:09:00 (America/Sao_Paulo)"."""
    here = timezone.localtime(moment)
    return f"{_day(here.date(), get_language())} {here:%H:%M:%S} ({timezone.get_current_timezone_name()})"


def took(start: datetime, end: datetime) -> str:
    """Return a duration: "340 ms", "1,2 s", "2 min"."""
    return lasted(int((end - start).total_seconds() * 1000))


def lasted(milliseconds: int) -> str:
    if milliseconds < 1_000:
        return f"{max(0, milliseconds)} ms"
    if milliseconds < 60_000:
        return f"{formats.number_format(milliseconds / 1000, 1)} s"
    return f"{milliseconds // 60_000} min"
