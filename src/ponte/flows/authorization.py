"""First connection of a marketplace account (OAuth): the address to open, and the exchange of its code."""

from __future__ import annotations

import secrets
from typing import Protocol, runtime_checkable

from ponte.config import config
from ponte.connectors import Broken, get
from ponte.db.models import Channel
from ponte.domain.connector import Rules
from ponte.domain.mapping import Mapping
from ponte.domain.message import Conversation
from ponte.domain.outcome import Blocked, Postponed, Tokens
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.flows.context import marketplace_line
from ponte.flows.offline import Database
from ponte.flows.tokens import keep_tokens
from ponte.net.converse import Party, Record, converse
from ponte.net.pace import Pace
from ponte.net.transport import Transport

NOT_BY_OAUTH = Problem(ProblemClass.AUTH_CLIENT, Stage.SEND, code="no_oauth")


@runtime_checkable
class Authorizes(Protocol):
    """What a connector with the capability "oauth" can do besides."""

    def authorize_url(self, rules: Rules, *, redirect_uri: str, state: str, code_challenge: str = "") -> str: ...

    def exchange(
        self, rules: Rules, code: str, *, redirect_uri: str, code_verifier: str = ""
    ) -> Conversation[Tokens | Postponed | Blocked]: ...


def address(channel_id: int, redirect_uri: str) -> str | Problem:
    """Return the page where the account's owner lets Ponte in."""
    channel = Channel.objects.get(pk=channel_id)
    connector = get(channel.connector)
    if isinstance(connector, Broken) or not isinstance(connector, Authorizes):
        return NOT_BY_OAUTH
    rules = Rules(Mapping(), channel.settings)
    return connector.authorize_url(rules, redirect_uri=redirect_uri, state=secrets.token_urlsafe(16))


async def exchange(channel_id: int, code: str, redirect_uri: str) -> Problem | None:
    """Turn the code into tokens and keep them; returns why not."""
    database = Database()
    try:
        channel = await database.read(Channel.objects.get, pk=channel_id)
        connector = get(channel.connector)
        if isinstance(connector, Broken) or not isinstance(connector, Authorizes):
            return NOT_BY_OAUTH
        line = marketplace_line(connector, channel.base_url, channel.secrets())
        conversation = connector.exchange(Rules(Mapping(), channel.settings), code, redirect_uri=redirect_uri)
        async with Transport(config().private_hosts) as transport:
            party = Party("marketplace", transport, line, Pace(1.0, 1))
            answer = await converse(conversation, party, Record())
        if not isinstance(answer, Tokens):
            return answer.problem
        await database.write(keep_tokens, channel_id, answer)
        return None
    finally:
        database.close()
