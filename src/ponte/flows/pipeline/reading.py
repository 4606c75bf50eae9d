"""Price and stock for a whole batch in one call, shared by its products."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import orjson

from ponte.domain.message import JSON, UNREADABLE, Answer, Conversation, Response, parse_json
from ponte.domain.outcome import Blocked, Postponed
from ponte.domain.sku import Availability
from ponte.net.converse import Party, Passed, Record, converse
from ponte.net.redact import kept_body
from ponte.sources.vtex.read import simulate

T = TypeVar("T")


class Reading:
    """The simulation of one batch: asked for at once, awaited by each product of the batch."""

    def __init__(self, skus: Sequence[str], trade_policy: str, affiliate_id: str, party: Party) -> None:
        self._record = Record()
        self._alone = len(skus) == 1
        self._excerpts: dict[str, str] | None = None
        self._told: list[bytes] = []
        self._secrets = tuple(party.line.secrets.values())
        conversation = _noting(simulate(tuple(skus), trade_policy, affiliate_id), self._told)
        self._task = asyncio.create_task(converse(conversation, party, self._record))

    async def availability(self, sku: str) -> Availability | Postponed | Blocked:
        """Return one product's price and stock, or why VTEX did not tell."""
        found = await asyncio.shield(self._task)
        return found[sku] if isinstance(found, dict) else found

    def passed(self, sku: str) -> list[Passed]:
        """Return the exchange as kept with one product: its own part of the answer only."""
        if self._alone:
            return self._record.passed
        if self._excerpts is None:
            self._excerpts = self._split()
        return [
            replace(one, request_body=_asked_for(sku), response_body=self._excerpts[sku])
            for one in self._record.passed[:1]
            if sku in self._excerpts
        ]

    def _split(self) -> dict[str, str]:
        """Take the answers apart as they came: what is stored of a whole one is cut, and cannot be read."""
        excerpts: dict[str, str] = {}
        for told in self._told:
            answer = parse_json(told)
            if answer is UNREADABLE or not isinstance(answer, dict):
                continue
            logistics = {
                part.get("itemIndex"): part for part in answer.get("logisticsInfo") or () if isinstance(part, dict)
            }
            for place, item in enumerate(answer.get("items") or ()):
                if isinstance(item, dict):
                    part = logistics.get(place)
                    own = {"items": [item], "logisticsInfo": [part] if part else []}
                    excerpts[str(item.get("id"))] = kept_body(_written(own), self._secrets)
        self._told.clear()
        return excerpts


def _noting(conversation: Conversation[T], told: list[bytes]) -> Conversation[T]:
    """Note the body of every answer on its way into a conversation."""
    answer: Answer | None = None
    while True:
        try:
            request = next(conversation) if answer is None else conversation.send(answer)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        answer = yield request
        if isinstance(answer, Response):
            told.append(answer.body)


def _written(value: JSON) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # half characters
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _asked_for(sku: str) -> str:
    return orjson.dumps({"items": [{"id": sku, "quantity": 1, "seller": "1"}]}).decode()
