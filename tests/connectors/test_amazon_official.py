"""The connector against answers that Amazon publishes or its users met; its models judge in `tests/specs`."""

import json
from pathlib import Path

import pytest

from ponte.connectors.amazon import Amazon
from ponte.connectors.exam.bench import problems_in
from ponte.domain.message import Response
from ponte.domain.problem import ProblemClass

SHARED = Path(__file__).parents[2] / "../shared"
MODELS = SHARED / "marketplaces/specs/amazon-sp-api"
BODIES = SHARED / "data/marketplace-errors/amazon_bodies.jsonl"
ITEM = "/listings/2021-08-01/items/{sellerId}/{sku}"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not MODELS.is_dir(), reason="the folder ../shared with Amazon's models is absent"),
]


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
