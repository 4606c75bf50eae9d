"""What the templates of the causes need besides: amounts."""

from __future__ import annotations

from django import template

from ponte.web.causes.rows import money

register = template.Library()


@register.filter
def reais(cents: int) -> str:
    """Return an amount in reais without its cents."""
    return money(cents)
