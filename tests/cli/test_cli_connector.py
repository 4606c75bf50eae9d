from __future__ import annotations

import json
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[2] / "../shared/marketplaces/specs/mercadolivre/fixtures.json"


def told(result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def line(**values: object) -> str:
    return json.dumps({"endpoint": "POST /items", "status": 400, "headers": {}, "body": {}, **values})


def test_connectors_are_listed(cli):
    assert "mercadolivre" in cli("connector", "list").stdout


def test_an_answer_is_told_with_its_headline_first(cli):
    body = {
        "message": "Validation error",
        "error": "validation_error",
        "status": 400,
        "cause": [
            {"code": "item.title.length", "type": "error", "message": "title"},
            {"code": "item.attributes.missing_required", "type": "error", "message": "[BRAND] are required"},
        ],
    }
    [one] = told(cli("connector", "classify", "mercadolivre", said=line(body=body)))
    assert one["outcome"] == "rejected"
    assert {"class", "subject", "retry", "code", "title", "fix"} <= set(one["problems"][0])
    assert one["problems"][0]["class"] == "ATTRIBUTE_MISSING"
    assert one["problems"][0]["title"]


def test_answers_come_from_a_file_one_a_line_blank_lines_left_out(cli, tmp_path):
    file = tmp_path / "answers.jsonl"
    file.write_text(f"{line(status=503)}\n\n{line(status=429, headers={'Retry-After': '5'})}\n", encoding="utf-8")
    assert [one["outcome"] for one in told(cli("connector", "classify", "mercadolivre", file))] == ["postponed"] * 2


@pytest.mark.parametrize(
    "body",
    [None, "", "<html>", "\x00", [], 7, True, {"message": "\ud800"}, {"cause": [None, [], 7]}, {"a": float("nan")}],
)
def test_any_body_gets_one_line(cli, body):
    [one] = told(cli("connector", "classify", "mercadolivre", said=line(body=body)))
    assert one["outcome"] in {"accepted", "rejected", "postponed", "blocked", "pending"}


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        "7",
        "null",
        "{}",
        '{"endpoint": "POST /items"}',
        line(status="many"),
        line(status=None),
        line(headers=[1]),
        "[" * 100_000,
    ],
)
def test_what_is_no_answer_is_one_sentence_with_its_line(refused, text):
    assert "Line 2" in refused("connector", "classify", "mercadolivre", said=f"{line()}\n{text}\n")


def test_bytes_that_are_no_text_are_no_crash(refused):
    assert "Line 1" in refused("connector", "classify", "mercadolivre", said=b"\xff\xfe\x00\n")


def test_a_connector_that_is_not_there_is_one_sentence(refused):
    assert "not installed" in refused("connector", "classify", "nobody", said="")


@pytest.mark.shared
def test_every_documented_answer_gets_its_class(cli):
    if not FIXTURES.exists():
        pytest.skip("the folder ../shared with the contract's fixtures is absent")
    cases = json.loads(FIXTURES.read_text(encoding="utf-8"))["cases"]
    lines = "\n".join(
        line(
            endpoint=case["endpoint"], status=case["status"], headers=case.get("headers") or {}, body=case.get("body")
        )
        for case in cases
    )
    answers = told(cli("connector", "classify", "mercadolivre", said=lines))
    assert len(answers) == len(cases) > 20
    wrong = [
        (case["id"], case["expected_class"], answer)
        for case, answer in zip(cases, answers, strict=True)
        if case["expected_class"] != (answer["problems"][0]["class"] if answer["problems"] else None)
    ]
    assert wrong == []
