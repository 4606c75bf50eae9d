"""The reference cases, where the folder beside the repository is there."""

import json
from pathlib import Path

import pytest

from connectors.mk_cast import MK, answer, classed
from ponte.domain.message import Response
from ponte.domain.outcome import Accepted

SHARED = Path(__file__).parents[2] / "../shared"
FIXTURES = SHARED / "marketplaces/specs/mirakl/fixtures.json"
MESSAGES = SHARED / "data/marketplace-errors/mirakl_messages.jsonl"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FIXTURES.exists(), reason="the reference folder ../shared is not beside this repository"),
]


def cases():
    return json.loads(FIXTURES.read_text())["cases"] if FIXTURES.exists() else []


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_every_reference_case_has_its_class(case):
    body = case["body"]
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    outcome = MK.classify(case["endpoint"], Response(case["status"], case.get("headers", {}), raw))
    expected = case["expected_class"]
    if expected is None:
        assert isinstance(outcome, Accepted)
    else:
        assert classed(outcome)[0] == expected


def test_every_message_that_sellers_quote_has_a_class_of_its_own():
    told = [json.loads(line) for line in MESSAGES.read_text().splitlines()]
    got = [
        classed(MK.classify("any", answer({"message": one["message"]}, one.get("http_status") or 400)))[0]
        for one in told
    ]
    assert [kind for kind in got if kind in {"UNKNOWN", "PAYLOAD_INVALID"}] == []
