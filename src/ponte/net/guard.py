"""Which addresses may be called: public ones, and those that the engineer who runs Ponte has named.

Names are resolved here, once, and the connection goes to the address that was checked: a name that answers
differently the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

if TYPE_CHECKING:
    from yarl import URL

PORTS = frozenset({443, 8443})


class AddressRefusedError(OSError):
    """The name leads to an address that Ponte must not call."""


class GuardedResolver(AbstractResolver):
    """Resolves names and refuses what leads into private networks, unless `private_hosts` has host:port."""

    def __init__(self, private_hosts: frozenset[str]) -> None:
        self._private_hosts = private_hosts
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if f"{host}:{port}" in self._private_hosts:
            return found
        for result in found:
            if not is_public(result["host"]):
                raise AddressRefusedError(f"{host} leads to {result['host']}")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def may_call(url: URL, private_hosts: frozenset[str]) -> bool:
    """True when the scheme, port and literal address are allowed; names are checked when they resolve."""
    if url.host is None or url.user is not None:
        return False
    if f"{url.host}:{url.port}" in private_hosts:
        return True
    if url.scheme != "https" or url.port not in PORTS:
        return False
    return is_public(url.host) if _is_number(url.host) else True


def is_public(address: str) -> bool:
    """True for an address of the public internet: not loopback, private, link-local, shared, reserved, NAT64.

    An IPv4 address in an odd form (one number, octal, hexadecimal, fewer than four parts) is none.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if inner is not None:
        return is_public(str(inner))
    refused = ip.is_multicast or ip.is_reserved or getattr(ip, "is_site_local", False)
    return ip.is_global and not refused and not any(ip in network for network in _INWARD)


# NAT64 (RFC 6052, RFC 8215) may lead to any IPv4 address; segment routing (RFC 9602) stays inside a network. So does
# most of 192.0.0.0/24 (RFC 6890), where a cloud keeps its machines' credentials. Python 3.11 knows none of these, nor
# the later network for examples (RFC 9637).
_INWARD = tuple(
    ipaddress.ip_network(text)
    for text in ("64:ff9b::/96", "64:ff9b:1::/48", "5f00::/16", "192.0.0.0/24", "192.88.99.0/24", "3fff::/20")
)


def _is_number(host: str) -> bool:
    """True when the operating system would read this host as an address, in whatever form, without asking for it.

    As in WHATWG's URL standard, "ends in a number". aiohttp connects to such a host without its resolver.
    """
    last = host.rstrip(".").rpartition(".")[2].lower()
    return ":" in host or last.isdigit() or (last.startswith("0x") and _is_hexadecimal(last[2:] or "0"))


def _is_hexadecimal(text: str) -> bool:
    return all(char in "0123456789abcdef" for char in text)
