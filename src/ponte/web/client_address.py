"""Where a request comes from: what a client says of itself counts for nothing, what our own proxies say counts."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address as the outermost of our proxies saw it; without proxies the connection's."""
    count: int = settings.TRUSTED_PROXIES
    said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if count and len(said) >= count and said[-count]:
        return said[-count]
    return str(request.META.get("REMOTE_ADDR", ""))
