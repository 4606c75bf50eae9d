"""Price and stock for a whole batch in one call, shared by its products."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import orjson

from ponte.domain.message import JSON, UNREADABLE, parse_json
from ponte.domain.outcome import Blocked, Postponed
from ponte.domain.sku import Availability
from ponte.net.converse import Party, Passed, Record, converse
from ponte.sources.vtex.read import simulate


class Reading:
    """The simulation of one batch: asked for at once, awaited by each product of the batch."""

    def __init__(self, skus: Sequence[str], trade_policy: str, affiliate_id: str, party: Party) -> None:
        self._record = Record()
        self._alone = len(skus) == 1
        self._excerpts: dict[str, JSON] | None = None
        conversation = simulate(tuple(skus), trade_policy, affiliate_id)
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
            replace(one, request_body=_asked_for(sku), response_body=orjson.dumps(self._excerpts[sku]).decode())
            for one in self._record.passed[:1]
            if sku in self._excerpts
        ]

    def _split(self) -> dict[str, JSON]:
        excerpts: dict[str, JSON] = {}
        for one in self._record.passed:
            answer = parse_json(one.response_body.encode())
            if answer is UNREADABLE or not isinstance(answer, dict):
                continue
            logistics = {
                part.get("itemIndex"): part for part in answer.get("logisticsInfo") or () if isinstance(part, dict)
            }
            for place, item in enumerate(answer.get("items") or ()):
                if isinstance(item, dict):
                    part = logistics.get(place)
                    excerpts[str(item.get("id"))] = {"items": [item], "logisticsInfo": [part] if part else []}
        return excerpts


def _asked_for(sku: str) -> str:
    return orjson.dumps({"items": [{"id": sku, "quantity": 1, "seller": "1"}]}).decode()
