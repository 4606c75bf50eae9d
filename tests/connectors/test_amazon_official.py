"""Connector and fake against what Amazon publishes: its API models, and answers that its users met."""

import json
from pathlib import Path

import pytest
from amazon_official import Judge
from amazon_talk import Talk, talk
from amazon_tour import asking, tour

from ponte.connectors.amazon import Amazon
from ponte.connectors.exam.bench import problems_in
from ponte.domain.message import Request, Response
from ponte.domain.problem import ProblemClass

SHARED = Path(__file__).parents[2] / "../shared"
MODELS = SHARED / "marketplaces/specs/amazon-sp-api"
BODIES = SHARED / "data/marketplace-errors/amazon_bodies.jsonl"
ITEM = "/listings/2021-08-01/items/{sellerId}/{sku}"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not MODELS.is_dir(), reason="the folder ../shared with Amazon's models is absent"),
]


def test_every_exchange_is_as_amazons_models_have_it():
    judge = Judge(MODELS)
    talk(tour, judge.look)
    assert judge.violations == []
    assert {name for name, _ in judge.judged} == {
        "putListingsItem",
        "patchListingsItem",
        "deleteListingsItem",
        "getListingsItem",
        "searchListingsItems",
        "searchDefinitionsProductTypes",
        "getDefinitionsProductType",
        "getListingsRestrictions",
    }
    assert {status for _, status in judge.judged} == {200, 400, 403, 404, 413, 415, 429, 500, 503}
    assert {one.partition("?")[0] for one in judge.outside} == {"GET /schemas/LUGGAGE/LISTING", "POST /auth/o2/token"}


def test_the_judge_sees_a_wrong_answer_and_a_wrong_request():
    judge = Judge(MODELS)

    async def scene(it: Talk) -> None:
        await it.learn()
        wrong = {"sku": "x", "status": "OK"}
        it.market.switchboard.arm({"kind": "status", "status": 200, "method": "PUT", "body": wrong})
        await it.send()
        path = "/listings/2021-08-01/items/A/b"
        await it.run(asking(Request("PUT", path, f"PUT {path}", json={"attributes": {}}, changes=True)))

    talk(scene, judge.look)
    words = " ".join(judge.violations)
    assert "'submissionId' is a required property" in words
    assert "'OK' is not one of" in words
    assert "'productType' is a required property" in words
    assert "marketplaceIds is missing" in words


def test_every_fixture_of_the_contract_is_classed_as_it_says():
    wrong = {}
    cases = json.loads((MODELS / "fixtures.json").read_text(encoding="utf-8"))["cases"]
    for case in cases:
        headers = {name.lower(): value for name, value in case.get("headers", {}).items()}
        response = Response(case["status"], headers, json.dumps(case["body"]).encode())
        told = [one.kind.name for one in problems_in(Amazon().classify(case["endpoint"], response)) if one.blocking]
        if told[:1] != ([case["expected_class"]] if case["expected_class"] else []):
            wrong[case["id"]] = told
    assert wrong == {}
    assert len(cases) >= 17


def test_answers_that_users_met_all_have_a_class_of_their_own():
    unknown = []
    lines = BODIES.read_text(encoding="utf-8").splitlines()
    for line in lines:
        body = json.loads(line)["body"]
        raw = body if isinstance(body, str) else json.dumps(body)
        is_error = isinstance(body, dict) and "errors" in body
        outcome = Amazon().classify(f"PUT {ITEM}", Response(400 if is_error else 200, {}, raw.encode()))
        kinds = [one.kind for one in problems_in(outcome)]
        if not kinds or ProblemClass.UNKNOWN in kinds or ProblemClass.RESPONSE_UNREADABLE in kinds:
            unknown.append(raw[:200])
    assert unknown == []
    assert len(lines) >= 13
