"""What connectors learn from their marketplaces (a category's rules, the account's model): asked once, kept a day.

What is older is asked for again, and serves meanwhile; `refreshing` does so before anybody has to wait.
"""

from __future__ import annotations

import asyncio

from ponte.connectors import Broken, get
from ponte.db import facts as kept
from ponte.db.facts import Known, Learnt, keep_fact, read_facts
from ponte.db.models import Channel
from ponte.domain.connector import Connector, Rules, Sheets
from ponte.domain.message import JSON
from ponte.domain.outcome import Blocked, Postponed
from ponte.domain.sku import Sku
from ponte.flows.offline import Database
from ponte.net.converse import Party, Record, converse

ROUNDS = 3
KEEP_SECONDS = 0.02

__all__ = ["FactBook", "forget_facts", "keep_fact", "public_prefix", "read_facts"]


def public_prefix(connector: Connector) -> str:
    """Return how the keys of categories' sheets begin, "" for a connector without sheets."""
    return connector.sheet_key("") if isinstance(connector, Sheets) else ""


def forget_facts(channel_id: int) -> None:
    """Let the next product ask anew; a category's sheet keeps its history."""
    connector = get(Channel.objects.values_list("connector", flat=True).get(pk=channel_id))
    kept.forget_facts(channel_id, public="" if isinstance(connector, Broken) else public_prefix(connector))


class FactBook:
    """The facts of one channel for one drain; a fact that several products need at once is asked for once."""

    def __init__(self, channel_id: int, connector: Connector, database: Database) -> None:
        self._channel_id = channel_id
        self._connector = connector
        self._public = public_prefix(connector)
        self.database = database
        self._known: dict[str, JSON] = {}
        self._asked: dict[str, asyncio.Task[JSON | Postponed | Blocked]] = {}
        self._learnt: list[Learnt] = []
        self._keeping: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """Read what is young; what is older is looked up when it is needed."""
        self._known = await self.database.read(read_facts, self._channel_id)

    @property
    def known(self) -> dict[str, JSON]:
        return self._known

    async def get(self, keys: tuple[str, ...], rules: Rules, party: Party) -> dict[str, JSON] | Postponed | Blocked:
        """Return the facts of these keys, learning those that are missing or old."""
        for key in keys:
            if key in self._known:
                continue
            answer = await self._once(key, rules, party)
            if isinstance(answer, Postponed | Blocked):
                return answer
        return {key: self._known[key] for key in keys}

    async def informed(self, sku: Sku, rules: Rules, party: Party) -> Rules | Postponed | Blocked:
        """Return the rules with all facts that a SKU's check needs: what is learnt may tell what else is needed."""
        known = Rules(rules.mapping, rules.settings, self._known)
        keys = self._connector.needs(sku, known)
        if all(key in self._known for key in keys):
            return Rules(rules.mapping, rules.settings, {key: self._known[key] for key in keys})
        for _ in range(ROUNDS):
            keys = self._connector.needs(sku, rules)
            if all(key in rules.facts for key in keys):
                break
            facts = await self.get(keys, rules, party)
            if isinstance(facts, Postponed | Blocked):
                return facts
            rules = Rules(rules.mapping, rules.settings, facts)
        return rules

    def sheet_key(self, rules: Rules) -> str:
        """Return the key of the category's sheet among these facts, "" when there is none."""
        return next((key for key in rules.facts if self._is_public(key)), "")

    async def refresh(self, key: str, rules: Rules, party: Party) -> Postponed | Blocked | None:
        """Learn a fact anew, whatever is known; what hindered it is noted beside the old one, and returned."""
        answer = await self._learn(key, rules, party)
        if not isinstance(answer, Postponed | Blocked):
            return None
        await self.database.write(kept.note_trouble, self._channel_id, key, answer.problem)
        return answer

    async def _once(self, key: str, rules: Rules, party: Party) -> JSON | Postponed | Blocked:
        task = self._asked.get(key)
        if task is None:
            task = asyncio.create_task(self._find(key, rules, party))
            self._asked[key] = task
        try:
            return await asyncio.shield(task)
        finally:
            if task.done():
                self._asked.pop(key, None)

    async def _find(self, key: str, rules: Rules, party: Party) -> JSON | Postponed | Blocked:
        known, lent = await self.database.read(self._look_up, key)
        if known is not None and not known.use_noted:
            await self.database.write(kept.note_use, self._channel_id, key)
        if known is not None and known.fresh:
            self._known[key] = known.value
            return known.value
        if lent is not None:
            await self._keep(lent)
            return lent.value
        answer = await self._learn(key, rules, party)
        if isinstance(answer, Postponed | Blocked) and known is not None and self._is_public(key):
            # The old sheet serves on: better than no check, and its age is shown.
            await self.database.write(kept.note_trouble, self._channel_id, key, answer.problem)
            answer = self._known[key] = known.value
        return answer

    def _is_public(self, key: str) -> bool:
        return bool(self._public) and key.startswith(self._public)

    def _look_up(self, key: str) -> tuple[Known | None, Learnt | None]:
        """Return what is known; else a category's sheet as another channel learnt it from this marketplace today."""
        known = kept.fact(self._channel_id, key)
        return known, kept.borrowed(self._channel_id, key) if known is None and self._is_public(key) else None

    async def _keep(self, learnt: Learnt) -> None:
        """Keep a fact; those that are learnt in the same moment are one transaction."""
        self._known[learnt.key] = learnt.value
        self._learnt.append(learnt)
        if self._keeping is None or len(self._learnt) == 1:
            self._keeping = asyncio.create_task(self._keep_soon())
        await asyncio.shield(self._keeping)

    async def _keep_soon(self) -> None:
        await asyncio.sleep(KEEP_SECONDS)
        learnt, self._learnt = self._learnt, []
        await self.database.write(kept.keep_facts, self._channel_id, learnt)

    async def _learn(self, key: str, rules: Rules, party: Party) -> JSON | Postponed | Blocked:
        known = Rules(rules.mapping, rules.settings, self._known)
        answer = await converse(self._connector.learn(key, known), party, Record())
        if not isinstance(answer, Postponed | Blocked):
            await self._keep(Learnt(key, answer))
        return answer
