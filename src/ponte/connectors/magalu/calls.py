"""Requests that carry the seller's tenant."""

from __future__ import annotations

from urllib.parse import quote

from ponte.connectors.magalu import names
from ponte.domain.message import JSON, Request


def calling(
    endpoint: str,
    *,
    tenant: str,
    sku: str = "",
    named: str = "",
    body: JSON = None,
    query: tuple[tuple[str, str], ...] = (),
) -> Request:
    """Return the request of an endpoint ("PUT /.../skus/{sku}") with its variable part in place."""
    method, _, path = endpoint.partition(" ")
    path = path.replace("{sku}", quote(sku, safe="")).replace("{id}", quote(named, safe=""))
    headers = ((names.TENANT_HEADER, tenant),) if is_sendable(tenant) else ()
    return Request(
        method, path, endpoint, query=query, json=body, headers=headers, changes=method not in {"GET", "HEAD"}
    )


def is_sendable(tenant: str) -> bool:
    """True for what may stand in a header."""
    return bool(tenant) and len(tenant) <= 100 and tenant.isascii() and tenant.isprintable() and " " not in tenant
