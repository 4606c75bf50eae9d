"""Everything a drain needs to know of its channel, read once at the beginning of each lease."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ponte.connectors import Broken, get
from ponte.db.code_rules import rules_for
from ponte.db.models import Channel
from ponte.db.sql import fetch
from ponte.domain.code_rules import OwnRule
from ponte.domain.connector import Connector, Rules
from ponte.domain.mapping import Mapping as ChannelMapping
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.message import Secret, parse_json
from ponte.flows.pipeline.tokens import Credentials
from ponte.net.transport import Line

VTEX_BURST = 100
Revision: TypeAlias = "tuple[object, ...]"
"""What a context was read from, to be compared with what stands now."""


@dataclass(frozen=True, slots=True)
class Context:
    """A channel, ready to be worked on."""

    channel_id: int
    store_id: int
    account: str
    trade_policy: str
    affiliate_id: str
    connector: Connector
    mapping: ChannelMapping
    settings: dict[str, str]
    adopts: bool
    credentials: Credentials
    marketplace: Line
    vtex: Line
    vtex_per_second: float
    requests_per_second: float
    burst: int
    concurrency: int
    code_rules: tuple[OwnRule, ...] = ()
    revision: Revision = ()

    @property
    def rules(self) -> Rules:
        return Rules(self.mapping, self.settings)


@dataclass(frozen=True, slots=True)
class Unready:
    """Why a channel cannot be worked on at all; one word and the detail."""

    reason: str
    detail: str


def read_context(channel_id: int, *, without_mapping: bool = False) -> Context | Unready:
    """Read a channel with its store, secrets and mapping. Raises `WrongKeyError`."""
    revision = revision_of(channel_id)  # first: what changes while the rest is read is noticed
    channel = Channel.objects.select_related("store").get(pk=channel_id)
    connector = get(channel.connector)
    if isinstance(connector, Broken):
        return Unready("connector", connector.reason)
    parsed = parse_mapping(channel.mapping_text) if channel.mapping_text and not without_mapping else None
    if parsed and parsed.mapping is None:
        return Unready("mapping", f"line {parsed.errors[0].line}")
    manifest = connector.manifest
    secrets = channel.secrets()
    keys = channel.store.secrets()
    return Context(
        channel_id=channel.pk,
        store_id=channel.store_id,
        account=channel.store.account,
        trade_policy=channel.trade_policy,
        affiliate_id=channel.affiliate_id,
        connector=connector,
        mapping=parsed.mapping if parsed and parsed.mapping else ChannelMapping(),
        settings={name: str(value) for name, value in channel.settings.items()},
        adopts=channel.adopts,
        credentials=Credentials(secrets, channel.token_version, channel.token_until_ms, dict(channel.settings)),
        marketplace=marketplace_line(connector, channel.base_url, secrets, channel.settings),
        vtex=Line(
            channel.store.base_url,
            {"X-VTEX-API-AppKey": Secret("app_key"), "X-VTEX-API-AppToken": Secret("app_token")},
            keys,
        ),
        vtex_per_second=channel.store.requests_per_second,
        requests_per_second=channel.requests_per_second or manifest.limits.requests_per_second,
        burst=manifest.limits.burst,
        concurrency=channel.concurrency or manifest.limits.concurrency,
        code_rules=rules_for(channel),
        revision=revision,
    )


def revision_of(channel_id: int) -> Revision:
    """Return what differs as soon as a person changes how a channel is worked on. One query.

    Tokens, and what comes with them, are not in it: a drain renews them by itself. A rule's version only grows, and
    rules are never deleted.
    """
    [(connector, settings, *rest)] = fetch(
        """SELECT connector, CAST(settings AS text), mapping_version, mapping_at, adopts, affiliate_id, trade_policy,
               base_url, requests_per_second, concurrency,
               (SELECT COALESCE(SUM(rule.version), 0) FROM db_coderule rule
                WHERE rule.store_id = channel.store_id AND rule.connector = channel.connector)
           FROM db_channel channel WHERE id = %s""",
        [channel_id],
    )
    given = parse_json(settings.encode())
    return (*rest, *(f"{name}={given[name]}" for name in sorted(given) if _is_entered(name, connector)))


def _is_entered(name: str, code: str) -> bool:
    """True for a setting that a person enters; others came with a token."""
    connector = get(code)
    declared = () if isinstance(connector, Broken) else connector.manifest.settings
    return name.startswith("host_") or any(one.name == name for one in declared)


def marketplace_line(
    connector: Connector, base_url: str, secrets: dict[str, str], settings: Mapping[str, object]
) -> Line:
    """Return where a channel's requests go and with which token."""
    manifest = connector.manifest
    hosts = {name: str(settings.get(f"host_{name}") or address) for name, address in manifest.hosts.items()}
    line = Line(base_url or manifest.base_url, hosts=hosts)
    with_token(line, connector, secrets)
    return line


def with_token(line: Line, connector: Connector, secrets: dict[str, str]) -> None:
    """Put a new token on a line; every request from now on uses it."""
    manifest = connector.manifest
    line.secrets = secrets
    line.headers = {manifest.token_header: manifest.token_prefix + secrets.get(manifest.token_secret, "")}
