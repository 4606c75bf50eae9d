"""What the record's page needs in its templates: its own address with one part changed."""

from __future__ import annotations

from django import template

from ponte.web.record.address import Here

register = template.Library()


@register.simple_tag
def go(here: Here, **changes: object) -> str:
    """Return the page's address with some values changed."""
    return here.href(**changes)


@register.simple_tag
def fragment(here: Here, name: str, **changes: object) -> str:
    """Return the address of a part of the page."""
    return here.fragment(name, **changes)
