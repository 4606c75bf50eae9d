"""What connectors learn from their marketplaces (a category's rules, the account's model): asked once, kept a day."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from django.utils import timezone

from ponte.db.models import Fact
from ponte.domain.connector import Connector, Rules
from ponte.domain.message import JSON
from ponte.domain.outcome import Blocked, Postponed
from ponte.flows.offline import Database
from ponte.net.converse import Party, Record, converse

KEPT = timedelta(hours=24)


def read_facts(channel_id: int) -> dict[str, JSON]:
    """Return a channel's facts that are young enough."""
    since = timezone.now() - KEPT
    return dict(Fact.objects.filter(channel_id=channel_id, learnt_at__gt=since).values_list("key", "value"))


def keep_fact(channel_id: int, key: str, value: JSON) -> None:
    Fact.objects.update_or_create(
        channel_id=channel_id, key=key[:160], defaults={"value": value, "learnt_at": timezone.now()}
    )


def forget_facts(channel_id: int) -> None:
    """Forget everything learnt for a channel: the next product asks anew."""
    Fact.objects.filter(channel_id=channel_id).delete()


class FactBook:
    """The facts of one channel for one drain; a fact that several products need at once is asked for once."""

    def __init__(self, channel_id: int, connector: Connector, database: Database) -> None:
        self._channel_id = channel_id
        self._connector = connector
        self._database = database
        self._known: dict[str, JSON] = {}
        self._asked: dict[str, asyncio.Task[JSON | Postponed | Blocked]] = {}

    async def load(self) -> None:
        self._known = await self._database.read(read_facts, self._channel_id)

    @property
    def known(self) -> dict[str, JSON]:
        return self._known

    async def get(self, keys: tuple[str, ...], rules: Rules, party: Party) -> dict[str, JSON] | Postponed | Blocked:
        """Return the facts of these keys, learning those that are missing."""
        for key in keys:
            if key in self._known:
                continue
            answer = await self._learn(key, rules, party)
            if isinstance(answer, Postponed | Blocked):
                return answer
        return {key: self._known[key] for key in keys}

    async def _learn(self, key: str, rules: Rules, party: Party) -> JSON | Postponed | Blocked:
        task = self._asked.get(key)
        if task is None:
            task = asyncio.create_task(self._ask(key, rules, party))
            self._asked[key] = task
        try:
            return await asyncio.shield(task)
        finally:
            if task.done():
                self._asked.pop(key, None)

    async def _ask(self, key: str, rules: Rules, party: Party) -> JSON | Postponed | Blocked:
        known = Rules(rules.mapping, rules.settings, self._known)
        answer = await converse(self._connector.learn(key, known), party, Record())
        if not isinstance(answer, Postponed | Blocked):
            self._known[key] = answer
            await self._database.write(keep_fact, self._channel_id, key, answer)
        return answer
