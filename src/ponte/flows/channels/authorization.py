"""First connection of a marketplace account (OAuth): the address to open, and the exchange of its code."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from ponte.config import config
from ponte.connectors import Broken, get
from ponte.db.audit import note_one
from ponte.db.models import Channel
from ponte.domain.connector import Connector, Return, Rules
from ponte.domain.mapping import Mapping as ChannelMapping
from ponte.domain.message import Conversation
from ponte.domain.outcome import Blocked, Postponed, Tokens
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.channels.steer import reconnect
from ponte.flows.offline import Database
from ponte.flows.pipeline.context import marketplace_line
from ponte.flows.pipeline.tokens import keep_tokens
from ponte.net.converse import Party, Record, converse
from ponte.net.pace import Pace
from ponte.net.transport import Transport

MAX_CODE = 512
MAX_SETTING = 120
NOT_BY_OAUTH = Problem(ProblemClass.AUTH_CLIENT, Stage.SEND, code="no_oauth")


@runtime_checkable
class Authorizes(Protocol):
    """What a connector with the capability "oauth" can do besides."""

    def authorize_url(self, rules: Rules, *, redirect_uri: str, state: str, code_challenge: str = "") -> str: ...

    def exchange(
        self, rules: Rules, code: str, *, redirect_uri: str, code_verifier: str = ""
    ) -> Conversation[Tokens | Postponed | Blocked]: ...


@dataclass(frozen=True, slots=True)
class Begun:
    """A connection that was begun: where to send the person, and what must be known when they come back (PKCE)."""

    url: str
    state: str
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Connected:
    """The account is connected; `account` and `before` are its ids there, where the marketplace tells them."""

    account: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Back:
    """What a person came back with: the code, and settings that the marketplace told."""

    code: str
    settings: Mapping[str, str] = field(default_factory=dict)


def read_back(connector_code: str, told: Mapping[str, str]) -> Back:
    """Read the parameters of the way back as the connector's manifest names them; what is odd counts as missing."""
    connector = get(connector_code)
    names = Return() if isinstance(connector, Broken) else connector.manifest.comes_back
    settings = {setting: _fit(told.get(name, ""), MAX_SETTING) for name, setting in names.settings.items()}
    return Back(_fit(told.get(names.code, ""), MAX_CODE), {name: value for name, value in settings.items() if value})


def _fit(text: str, most: int) -> str:
    return text if len(text) <= most and text.isprintable() else ""


def authorizes(code: str) -> bool:
    """Say whether a connector's accounts are connected on a page of its marketplace."""
    return isinstance(get(code), Authorizes)


def begin(channel_id: int, redirect_uri: str) -> Begun | Problem:
    """Return the page where the account's owner lets Ponte in, with a fresh state and verifier."""
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    url = _address(channel_id, redirect_uri, state, challenge)
    return Begun(url, state, verifier) if isinstance(url, str) else url


def address(channel_id: int, redirect_uri: str) -> str | Problem:
    """Return the same page for somebody who will bring the code by hand (the command line)."""
    return _address(channel_id, redirect_uri, secrets.token_urlsafe(16), "")


def _address(channel_id: int, redirect_uri: str, state: str, challenge: str) -> str | Problem:
    channel = Channel.objects.get(pk=channel_id)
    connector = get(channel.connector)
    if isinstance(connector, Broken) or not isinstance(connector, Authorizes):
        return NOT_BY_OAUTH
    rules = Rules(ChannelMapping(), channel.settings)
    url = connector.authorize_url(rules, redirect_uri=redirect_uri, state=state, code_challenge=challenge)
    return _at(channel.base_url, url) if channel.base_url else url


def _at(base_url: str, url: str) -> str:
    """Return a page at the address that the channel has instead of the marketplace's (a sandbox)."""
    parts = urlsplit(url)
    return f"{base_url}{parts.path}?{parts.query}"


def finish(
    channel_id: int,
    code: str,
    *,
    redirect_uri: str,
    verifier: str,
    actor_id: int | None,
    told: Mapping[str, str] | None = None,
) -> Connected | Problem:
    """Exchange the code that the person brought back, and let the channel go on with the new tokens.

    `told` are settings that came with it: they fill what is empty, and change nothing that a person entered.
    """
    before = str(Channel.objects.get(pk=channel_id).settings.get("user_id", ""))
    problem = asyncio.run(exchange(channel_id, code, redirect_uri, verifier))
    if problem is not None:
        return problem
    with transaction.atomic():
        channel = Channel.objects.select_for_update(no_key=True).get(pk=channel_id)
        account, now = str(channel.settings.get("user_id", "")), timezone.now().isoformat()
        channel.secrets_at = {**(channel.secrets_at or {}), "access_token": now, "refresh_token": now}
        filled = {name: value for name, value in (told or {}).items() if not channel.settings.get(name)}
        channel.settings = {**channel.settings, **filled}
        channel.save(update_fields=["secrets_at", "settings"])
        reconnect(channel_id)
        note_one(
            "account connected",
            f"channel:{channel.code}",
            store_id=channel.store_id,
            actor_id=actor_id,
            detail={"account": account, "before": before, **filled},
        )
    return Connected(account, before)


async def exchange(channel_id: int, code: str, redirect_uri: str, verifier: str = "") -> Problem | None:
    """Turn the code into tokens and keep them; returns why not."""
    database = Database()
    try:
        channel = await database.read(Channel.objects.get, pk=channel_id)
        connector = get(channel.connector)
        if isinstance(connector, Broken) or not isinstance(connector, Authorizes):
            return NOT_BY_OAUTH
        rules = Rules(ChannelMapping(), channel.settings)
        conversation = connector.exchange(rules, code, redirect_uri=redirect_uri, code_verifier=verifier)
        return await _carry(conversation, channel, connector, database)
    finally:
        database.close()


async def _carry(
    conversation: Conversation[Tokens | Postponed | Blocked],
    channel: Channel,
    connector: Connector,
    database: Database,
) -> Problem | None:
    line = marketplace_line(connector, channel.base_url, channel.secrets(), channel.settings)
    async with Transport(config().private_hosts) as transport:
        answer = await converse(conversation, Party("marketplace", transport, line, Pace(1.0, 1)), Record())
    if not isinstance(answer, Tokens):
        return answer.problem
    await database.write(keep_tokens, channel.pk, answer)
    return None
