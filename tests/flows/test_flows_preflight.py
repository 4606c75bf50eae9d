"""What the pre-flight of Mercado Livre is worth: the fake judges every offer by its own rules, beside our check."""

from __future__ import annotations

import pytest
from pipeline_stage import Stage, play

from ponte.db.models import Fact
from ponte.domain.message import Request
from ponte.flows.pipeline.channel import ChannelLine
from ponte.flows.pipeline.context import read_context
from ponte.flows.pipeline.integrate import look
from ponte.net.converse import Record, converse
from ponte.net.pace import Pace
from ponte.sandbox.catalogue import make_catalogue

pytestmark = pytest.mark.django_db(transaction=True)


UNCONDITIONAL = {"Camisetas", "Vestidos", "Calças", "Sofás", "Cadeiras de escritório", "Cadeiras"}


def under_a_condition(stage: Stage) -> str:
    """Return a healthy SKU of a category that asks for a barcode under a condition."""
    skus = stage.shop.catalogue.skus
    return next(one for one in stage.healthy if not UNCONDITIONAL & {*skus[one].body["ProductCategories"].values()})


def ask(request: Request):
    return (yield request)


async def judged(stage: Stage, line: ChannelLine, sku: str) -> tuple[list[str], list[str]]:
    """Return our blocking problems, and the codes that the marketplace itself would refuse with."""
    _, offer, problems = await look(sku, line)
    ours = [f"{problem.code} {problem.subject}" for problem in problems if problem.blocking]
    body = offer.payload["item"]
    answer = await converse(
        ask(Request("POST", "/items/validate", "POST /items/validate", json=body)), line.marketplace, Record()
    )
    return ours, [] if answer.status == 204 else refusals(answer.json())


def refusals(body) -> list[str]:
    causes = [one for one in body.get("cause") or [] if isinstance(one, dict)]
    return [one["code"] for one in causes if one["type"] == "error"] or [f"{body['error']}: {body['message']}"]


async def line_of(stage: Stage) -> ChannelLine:
    line = ChannelLine(
        await stage.do(read_context, stage.channel.pk), stage.transport, stage.database, Pace(5_000, 500)
    )
    await line.prepare()
    return line


def test_the_preflight_catches_what_the_marketplace_would_refuse_and_hinders_nothing_else():
    async def scene(stage: Stage) -> None:
        line = await line_of(stage)
        caught, missed, alarms = [], [], []
        for sku in stage.shop.catalogue.skus:
            ours, theirs = await judged(stage, line, sku)
            if theirs:
                (caught if ours else missed).append((sku, theirs))
            elif ours and not any("sku_inactive" in one for one in ours):  # VTEX's wish, not the marketplace's
                alarms.append((sku, ours))
        assert (missed, alarms) == ([], [])
        assert len(caught) > 40

    play(scene, catalogue=make_catalogue(300, 7))


def without_ean(stage: Stage, brand: str) -> str:
    """Take the barcode from a SKU of a category that asks for one under a condition, and name its brand."""
    sku = under_a_condition(stage)
    body = stage.shop.catalogue.skus[sku].body
    reference = body["AlternateIds"]["RefId"]
    body["AlternateIds"] = {"RefId": reference}
    body["AlternateIdValues"] = [reference]
    body["BrandName"] = brand
    return sku


@pytest.mark.parametrize(("brand", "wanted"), [("Artesanal", []), ("Marca Conhecida", ["gtin.missing GTIN"])])
def test_what_is_asked_for_under_a_condition_is_judged_by_the_marketplaces_own_answer(brand, wanted):
    async def scene(stage: Stage) -> None:
        sku = without_ean(stage, brand)
        line = await line_of(stage)
        ours, theirs = await judged(stage, line, sku)
        assert ours == wanted
        assert bool(theirs) == bool(wanted)
        route = "POST /categories/{id}/attributes/conditional"
        assert stage.sent(route) == 1
        await judged(stage, await line_of(stage), sku)
        assert stage.sent(route) == 1
        kept = await stage.do(lambda: Fact.objects.get(key__startswith="conditional/").value)
        assert kept == {"required": ["GTIN"] if wanted else []}

    play(scene)


def test_a_product_that_has_what_the_condition_asks_for_costs_no_question():
    async def scene(stage: Stage) -> None:
        await judged(stage, await line_of(stage), under_a_condition(stage))
        assert stage.sent("POST /categories/{id}/attributes/conditional") == 0

    play(scene)
