"""Fresh access tokens: one refresh at a time per channel, over all processes.

A refresh token may be valid once only (Mercado Livre, developers' page "authentication and authorization", read
2026-06): two who use it at once cut the account off. So the right to refresh is taken in the database, the network is
asked outside any transaction, and the new tokens are kept before anyone uses them. A runner that dies between answer
and keeping leaves a token that is refused: the channel then asks for a person, and does not loop.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from django.db import transaction

from ponte.db.clock import now_ms
from ponte.db.models import Channel
from ponte.domain.connector import Connector, Rules
from ponte.domain.message import NoAnswer, Request
from ponte.domain.outcome import Blocked, Postponed, Tokens
from ponte.flows.failpoints import reach
from ponte.flows.offline import Database
from ponte.net.converse import Party, Record, converse
from ponte.net.transport import FENCED

REFRESH_SECONDS = 35.0
EARLY_SECONDS = 120.0
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Credentials:
    """A channel's secrets now; `version` tells whether somebody refreshed them meanwhile."""

    secrets: dict[str, str]
    version: int
    until_ms: int
    settings: dict[str, str]


def read_credentials(channel_id: int) -> Credentials:
    """Read and open a channel's secrets. Raises `WrongKeyError`."""
    channel = Channel.objects.get(pk=channel_id)
    return Credentials(channel.secrets(), channel.token_version, channel.token_until_ms, dict(channel.settings))


def is_stale(credentials: Credentials) -> bool:
    """True when the access token is about to end; one of unknown age is used until it is refused."""
    return 0 < credentials.until_ms < now_ms() + EARLY_SECONDS * 1000


def _may_refresh(channel_id: int, version: int) -> int | None:
    """Take the right to refresh; returns until when it is ours, which is its name too."""
    now = now_ms()
    until = now + int(REFRESH_SECONDS * 1000)
    free = Channel.objects.filter(pk=channel_id, token_version=version, refresh_until_ms__lt=now)
    return until if free.update(refresh_until_ms=until) else None


def _prolong(channel_id: int, version: int, right: int) -> int | None:
    """Take the right anew right before a request leaves: it may have waited long for its turn."""
    until = now_ms() + int(REFRESH_SECONDS * 1000)
    ours = Channel.objects.filter(pk=channel_id, token_version=version, refresh_until_ms=right)
    return until if ours.update(refresh_until_ms=until) else None


def keep_tokens(channel_id: int, tokens: Tokens, *, version: int | None = None) -> Credentials:
    """Keep what a refresh of `version` brought, or (None) a person; from now on it is the only valid pair.

    What a person or another refresh brought meanwhile is newer, and stays.
    """
    with transaction.atomic():
        channel = Channel.objects.select_for_update(no_key=True).get(pk=channel_id)
        if version is not None and channel.token_version != version:
            return read_credentials(channel_id)
        channel.keep_secrets(channel.secrets() | dict(tokens.secrets))
        channel.settings = {**channel.settings, **tokens.settings}
        channel.token_version += 1
        channel.token_until_ms = now_ms() + int(tokens.expires_in * 1000)
        channel.refresh_until_ms = 0
        channel.save(
            update_fields=["secrets_sealed", "settings", "token_version", "token_until_ms", "refresh_until_ms"]
        )
    return read_credentials(channel_id)


def _give_up_refresh(channel_id: int, version: int, right: int) -> None:
    ours = Channel.objects.filter(pk=channel_id, token_version=version, refresh_until_ms=right)
    ours.update(refresh_until_ms=0)


async def refresh(
    channel_id: int, version: int, *, connector: Connector, rules: Rules, party: Party, database: Database
) -> Credentials | Postponed | Blocked:
    """Return credentials newer than `version`: refreshed by us, or by whoever was first."""
    deadline = asyncio.get_running_loop().time() + REFRESH_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        current = await database.read(read_credentials, channel_id)
        if current.version != version:
            return current
        right = await database.write(_may_refresh, channel_id, version)
        if right is not None:
            ours = _Right(channel_id, version, right, database)
            answer = await converse(connector.refresh(rules), replace(party, gate=ours.holds), Record())
            if isinstance(answer, Tokens):
                reach("before_keep_tokens")
                return await database.write(keep_tokens, channel_id, answer, version=version)
            if not ours.lost:
                await database.write(_give_up_refresh, channel_id, version, ours.until_ms)
                return answer
        await asyncio.sleep(POLL_SECONDS)
    return await database.read(read_credentials, channel_id)


@dataclass(slots=True)
class _Right:
    """Our right to refresh, asked for once more by each request that is about to leave."""

    channel_id: int
    version: int
    until_ms: int
    database: Database
    lost: bool = False

    async def holds(self, _: Request) -> NoAnswer | None:
        until = await self.database.write(_prolong, self.channel_id, self.version, self.until_ms)
        if until is None:
            self.lost = True
            return FENCED
        self.until_ms = until
        return None
