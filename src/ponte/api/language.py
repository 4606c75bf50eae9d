"""Which of our three languages a caller reads."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import get_language_from_request

DEFAULT = "pt-BR"
OURS = {"pt-br": "pt-BR", "pt": "pt-BR", "en": "en", "es": "es"}


def language_of(request: HttpRequest) -> str:
    """Return "pt-BR", "en" or "es" by Accept-Language; "pt-BR" when it asks for none of them."""
    return OURS.get(get_language_from_request(request).lower(), DEFAULT)
