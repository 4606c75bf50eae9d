"""Price and stock of a batch: each product keeps its own part of the answer, however long the whole is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from ponte.domain.message import Answer, Request, Response
from ponte.flows.pipeline.reading import Reading
from ponte.net.converse import Party, Passed
from ponte.net.pace import Pace
from ponte.net.redact import MAX_BODY
from ponte.net.transport import Line

SKUS = [str(number) for number in range(50)]
SECRET = "a-secret-of-the-store"


class Simulation:
    """A VTEX that says much of every SKU."""

    def __init__(self, note: str) -> None:
        self._note = note

    async def ask(self, request: Request, line: Line, may_go: Callable[[], bool]) -> Answer:
        items = [
            {"id": sku, "seller": "1", "sellingPrice": 1990, "availability": "available", "note": self._note}
            for sku in SKUS
        ]
        logistics = [{"itemIndex": place, "stockBalance": place} for place in range(len(SKUS))]
        body = json.dumps({"items": items, "logisticsInfo": logistics}).encode()
        assert len(body) > MAX_BODY
        return Response(200, {}, body)


def passed(note: str, sku: str) -> list[Passed]:
    async def read() -> list[Passed]:
        line = Line("https://shop.example", secrets={"app_token": SECRET})
        reading = Reading(SKUS, "1", "MLB", Party("vtex", Simulation(note), line, Pace(1_000, 100)))
        found: Any = await reading.availability(sku)
        assert found.stock == int(sku)
        return reading.passed(sku)

    return asyncio.run(read())


def test_a_product_keeps_its_own_part_of_an_answer_that_is_too_long_to_be_kept_whole():
    [told] = passed("x" * 2_000, "41")
    body = json.loads(told.response_body)
    assert [item["id"] for item in body["items"]] == ["41"]
    assert body["logisticsInfo"] == [{"itemIndex": 41, "stockBalance": 41}]


@pytest.mark.parametrize("note", [f"{SECRET} " * 100, "\ud83d " * 700, "\0 " * 900], ids=["secret", "half", "nul"])
def test_what_may_not_be_kept_is_not_in_the_part(note):
    [told] = passed(note, "41")
    assert SECRET not in told.response_body
    told.response_body.encode()
    assert json.loads(told.response_body)["items"][0]["id"] == "41"
