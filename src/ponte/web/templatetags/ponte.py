"""What templates need beyond Django's own: icons, numbers, moments, addresses of assets."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ponte.config import config
from ponte.explain import listing_state as in_words
from ponte.web import assets, clock
from ponte.web.explained import language
from ponte.web.numbers import percent as percent_of

register = template.Library()


@register.simple_tag
def asset(short: str) -> str:
    """Return the address of one of our files."""
    return assets.address(short)


@register.simple_tag
def kept_days(what: str) -> int:
    """Return for how many days something is kept ("exchanges", "attempts", "removed"); 0 is for ever."""
    settings = config()
    return {
        "exchanges": settings.keep_exchanges_days,
        "attempts": settings.keep_attempts_days,
        "removed": settings.keep_removed_days,
    }[what]


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Return an icon of the sheet; it says nothing to a screen reader, a word beside it does."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', extra, assets.address("icons.svg"), name
    )


@register.filter
def number(value: int) -> str:
    """Return a whole number with the language's separators: 12.431."""
    return str(formats.number_format(value, 0, use_l10n=True, force_grouping=True))


@register.filter
def percent(hundredths: float) -> str:
    """Return so many of a hundred as the language writes them: 93%."""
    return percent_of(hundredths / 100)


@register.filter
def listing_state(state: str) -> str:
    """Return what a marketplace calls a listing's state in words."""
    return in_words(state, language())


@register.filter
def day(value: date) -> str:
    """Return a day in words: "23 de novembro de 2026"; Portuguese writes months small, Django's names are large."""
    text = formats.date_format(value, "DATE_FORMAT")
    return text.lower() if (get_language() or "").startswith("pt") else text


@register.simple_tag
def moment(value: datetime | None, *, seconds: bool = False) -> SafeString | str:
    """Return a moment in the store's time zone, with the whole of it on hover."""
    if value is None:
        return ""
    text = clock.brief(value, timezone.now(), seconds=seconds)
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), clock.full(value), text)


@register.simple_tag
def since(value: datetime | None) -> SafeString | str:
    """Return how long ago; the page's script keeps it true."""
    if value is None:
        return ""
    text = clock.ago(value, timezone.now())
    return format_html('<time datetime="{}" data-ago>{}</time>', value.isoformat(), text)


@register.filter
def ids(text: str) -> list[str]:
    """Return the ids that a message carries for its undo."""
    return [part for part in text.split(",") if part.isdecimal()]
