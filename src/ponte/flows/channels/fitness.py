"""What may be wrong with how a store or a channel is described, and the check of addresses that people type."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum

from yarl import URL

from ponte.config import config
from ponte.connectors.oauth import REFRESH_TOKEN
from ponte.domain.connector import Manifest
from ponte.net.guard import PORTS, is_public, may_call

CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
AFFILIATE = re.compile(r"[A-Za-z]{1,3}")
POLICY = re.compile(r"[0-9]{1,12}")
RESERVED = frozenset({"novo", "vtex"})  # pages of their own beside the channels'
NOBODY = ".invalid"
"""How a connector's usual address ends when each account has one of its own."""
MAX_NAME, MAX_ADDRESS, MAX_VALUE = 80, 300, 4_096
LEAST_RATE, MOST_RATE = 0.1, 1_000.0
MOST_AT_ONCE = 200
NAME_SECONDS = 3.0


class Unfit(StrEnum):
    """Why one field cannot be kept."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    UNPRINTABLE = "unprintable"
    CODE = "code"
    CODE_TAKEN = "code_taken"
    AFFILIATE = "affiliate"
    POLICY = "policy"
    RATE = "rate"
    AT_ONCE = "at_once"
    NOT_AN_ADDRESS = "not_an_address"
    NOT_HTTPS = "not_https"
    PORT = "port"
    INWARD = "inward"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Described:
    """How a channel is called and how fast it goes; None leaves the pace to the connector."""

    name: str
    affiliate_id: str = ""
    trade_policy: str = "1"
    requests_per_second: float | None = None
    concurrency: int | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """How a channel reaches its marketplace account. Secrets that are absent or empty stay as they are."""

    base_url: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


def unfit_description(given: Described) -> dict[str, Unfit]:
    """Return what is wrong, by field."""
    rate, at_once = given.requests_per_second, given.concurrency
    found = {
        "name": _unfit_text(given.name, MAX_NAME),
        "affiliate_id": Unfit.AFFILIATE
        if given.affiliate_id and not AFFILIATE.fullmatch(given.affiliate_id)
        else None,
        "trade_policy": None if POLICY.fullmatch(given.trade_policy) else Unfit.POLICY,
        "requests_per_second": None if rate is None or LEAST_RATE <= rate <= MOST_RATE else Unfit.RATE,
        "concurrency": None if at_once is None or 1 <= at_once <= MOST_AT_ONCE else Unfit.AT_ONCE,
    }
    return {name: flaw for name, flaw in found.items() if flaw}


def unfit_access(given: Access, manifest: Manifest, kept: Mapping[str, str]) -> dict[str, Unfit]:
    """Return what is wrong, by field; `kept` are the secrets that are there already."""
    nowhere = Unfit.MISSING if manifest.base_url.endswith(NOBODY) else None
    found: dict[str, Unfit | None] = {"base_url": address_flaw(given.base_url) if given.base_url else nowhere}
    later = told_by_connecting(manifest) if not _has_token(given, kept) else frozenset()
    for setting in manifest.settings:
        own, before = (given.secrets, kept) if setting.secret else (given.settings, {})
        value = own.get(setting.name, "")
        filled = value or before.get(setting.name) or setting.default or not setting.required or setting.name in later
        found[setting.name] = (_unfit_text(value, MAX_VALUE) if value else None) if filled else Unfit.MISSING
    for host in manifest.hosts:
        address = given.settings.get(f"host_{host}", "")
        found[f"host_{host}"] = address_flaw(address) if address else None
    return {name: flaw for name, flaw in found.items() if flaw}


def told_by_connecting(manifest: Manifest) -> frozenset[str]:
    """Return the settings that the marketplace tells on the way back from its page: nobody has to type them."""
    return frozenset(manifest.comes_back.settings.values())


def _has_token(given: Access, kept: Mapping[str, str]) -> bool:
    """True for an account that needs no connecting on the marketplace's page (any more)."""
    return bool(given.secrets.get(REFRESH_TOKEN.name) or kept.get(REFRESH_TOKEN.name))


def address_flaw(text: str) -> Unfit | None:
    """Say why Ponte may not call an address that a person typed; what it leads to is looked at again at each use."""
    if len(text) > MAX_ADDRESS:
        return Unfit.TOO_LONG
    try:
        url = URL(text)
        host, port = url.host, url.port
    except ValueError:
        return Unfit.NOT_AN_ADDRESS
    if url.scheme not in {"http", "https"} or not host or url.user or url.query_string or url.fragment:
        return Unfit.NOT_AN_ADDRESS
    private_hosts = config().private_hosts
    if not may_call(url, private_hosts):
        return _why_not(url)
    return Unfit.INWARD if f"{host}:{port}" not in private_hosts and _leads_inward(host, port or 443) else None


def leads_elsewhere(before: str, after: str) -> bool:
    """True for addresses of two origins: a secret that was entered for one must not go to the other.

    Else who may change an address could read, at a server of their own, secrets that no page shows.
    """
    try:
        return _origin(before) != _origin(after)
    except ValueError:
        return True


def moves(base_url: str, settings: Mapping[str, object], given: Access, manifest: Manifest) -> bool:
    """True when something of a channel at this address, with these settings, would be sent elsewhere."""
    places = [(base_url or manifest.base_url, given.base_url or manifest.base_url)]
    for host, usual in manifest.hosts.items():
        before = str(settings.get(f"host_{host}") or usual)
        places.append((before, given.settings.get(f"host_{host}") or before))
    return any(leads_elsewhere(before, after) for before, after in places)


def _origin(address: str) -> tuple[str, str | None, int | None]:
    url = URL(address)
    return url.scheme, url.host, url.port


def _why_not(url: URL) -> Unfit:
    if url.scheme != "https":
        return Unfit.NOT_HTTPS
    return Unfit.INWARD if url.port in PORTS else Unfit.PORT


def _leads_inward(host: str, port: int) -> bool:
    """True when the name is known and leads into a private network. A name that does not resolve now may later."""
    pool = ThreadPoolExecutor(1, "ponte-name")
    try:
        found = pool.submit(socket.getaddrinfo, host, port).result(NAME_SECONDS)
    except (OSError, TimeoutError, UnicodeError):
        return False
    finally:
        pool.shutdown(wait=False)
    return not all(is_public(str(one[4][0])) for one in found)


def _unfit_text(text: str, most: int) -> Unfit | None:
    if not text.strip():
        return Unfit.MISSING
    if len(text) > most:
        return Unfit.TOO_LONG
    return None if text.isprintable() else Unfit.UNPRINTABLE
