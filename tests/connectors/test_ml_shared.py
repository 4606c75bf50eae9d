"""The reference cases and the answers that others have met, where the folder beside the repository is there."""

import json
from collections import Counter
from pathlib import Path

import pytest

from connectors.ml_cast import ML, problems
from ponte.domain.message import Response
from ponte.domain.problem import ProblemClass, headline

SHARED = Path(__file__).parents[2] / "../shared"
FIXTURES = SHARED / "marketplaces/specs/mercadolivre/fixtures.json"
BODIES = SHARED / "data/marketplace-errors/mercadolivre_bodies.jsonl"
TABLE = SHARED / "data/marketplace-errors/mercadolivre_validation_table.jsonl"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FIXTURES.exists(), reason="the reference folder ../shared is not beside this repository"),
]


def cases():
    return json.loads(FIXTURES.read_text())["cases"] if FIXTURES.exists() else []


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def raw(body) -> bytes:
    return b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()


def wrapped(cause) -> dict:
    return {"message": "Validation error", "error": "validation_error", "status": 400, "cause": [cause]}


def classes(outcome) -> list[ProblemClass]:
    return [problem.kind for problem in problems(outcome)]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_a_reference_case_has_its_class_and_retry(case):
    response = Response(case["status"], case.get("headers", {}), raw(case["body"]))
    first = headline(problems(ML.classify(case["endpoint"], response)))
    found = (first.kind.name, first.kind.retry.value) if first else (None, None)
    assert found == (case["expected_class"], case["retry"])


def test_the_bodies_that_others_met_are_mostly_known():
    found = Counter()
    for line in lines(BODIES):
        body = wrapped(line["body"]) if line.get("cause_only") else line["body"]
        outcome = ML.classify("POST /items", Response(line["http_status"] or 400, {}, raw(body)))
        assert problems(outcome)
        found.update(kind.name for kind in classes(outcome))
    print(dict(found))
    # Two are warnings told alone as a refusal, the others come from other services (metrics, official stores).
    assert found["UNKNOWN"] <= 8
    assert sum(found.values()) >= 44


@pytest.mark.parametrize("row", lines(TABLE), ids=lambda row: f"{row['cause_id']}-{row['code']}")
def test_every_row_of_the_vendor_s_table_is_known(row):
    cause = {
        "cause_id": row["cause_id"],
        "type": row["type"],
        "code": row["code"],
        "message": row["message_template"],
    }
    outcome = ML.classify("POST /items", Response(400, {}, raw(wrapped(cause))))
    told = [problem for problem in problems(outcome) if problem.blocking is (row["type"] == "error")]
    assert told
    assert ProblemClass.UNKNOWN not in [problem.kind for problem in told]
