"""Every connector and its fake against the marketplace's own document; plants in those very runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from specs.__main__ import main
from specs.boxes import kinds
from specs.documents import BESIDE, known
from specs.judge import Judge, Kind
from specs.run import Run, played
from specs.used import endpoints
from specs.wire import Exchange

shared = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not BESIDE.is_dir(), reason="the folder ../shared with the marketplaces' OpenAPI documents is absent"
    ),
]


def test_an_endpoint_that_leads_to_others_is_not_one_itself() -> None:
    found = endpoints("vtex")
    assert "POST /api/sku-binding/pvt/skuseller/activate/{seller}/{sku}" in found
    assert not [one for one in found if "{verb}" in one or "{part}" in one]
    assert "PUT /items/{id}/description" in endpoints("mercadolivre")


def test_without_the_documents_it_says_where_they_are_to_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["specs", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(str(ended.value.code)), capsys.readouterr().out

    code, words = run(str(tmp_path / "nowhere"))
    assert code == 2
    assert "github.com/amzn/selling-partner-api-models" in words
    monkeypatch.setenv("PONTE_DATA", str(tmp_path))
    code, words = run(str(tmp_path), "--only", "mirakl")
    assert code == 1
    assert words.startswith("mirakl: NOT JUDGED, mirakl-mmp-seller-openapi.json, mirakl-mcm-seller-openapi.json")


@cache
def run_of(code: str) -> Run:
    return played(known()[code], BESIDE)


@pytest.mark.parametrize("code", sorted(known()))
class TestOfficial:
    pytestmark = shared

    def test_everything_is_asked_and_nothing_breaks_the_marketplaces_own_document(self, code: str) -> None:
        told = run_of(code).verdict
        assert told.holds, "\n".join(told.lines())
        assert told.judged >= 100

    @pytest.mark.parametrize("plant", ["a wrong body asked", "a wrong body told", "a wrong status"])
    def test_a_plant_in_that_very_run_is_found(self, code: str, plant: str) -> None:
        spoil, kind = SPOILT[plant]
        judge = Judge(known()[code].read(BESIDE))
        passed = [one for one in run_of(code).exchanges if judge.operation(one.method, one.path)]
        sound = [one for one in passed if one.status in {200, 201, 202} and spoil(one) != one]
        found = {kind in kinds(judge, spoil(one)) for one in sound[:100]}
        assert True in found
        assert plant != "a wrong status" or False not in found


def _asked(one: Exchange) -> Exchange:
    is_json = one.asked_headers.get("content-type") == "application/json"
    return replace(one, asked=b'["nothing"]') if one.asked and is_json and not one.is_spoilt else one


SPOILT: dict[str, tuple[Callable[[Exchange], Exchange], Kind]] = {
    "a wrong body asked": (_asked, Kind.ASKED),
    "a wrong body told": (lambda one: replace(one, told=b'"nothing"') if one.told else one, Kind.TOLD),
    "a wrong status": (lambda one: replace(one, status=299), Kind.STATUS),
}


class TestAmazonsParameters:
    pytestmark = shared

    def test_a_missing_parameter_is_found_in_every_request(self) -> None:
        judge = Judge(known()["amazon"].read(BESIDE))
        asked = [one for one in run_of("amazon").exchanges if judge.operation(one.method, one.path)]
        for one in asked:
            if one.is_spoilt:
                continue
            left = tuple((name, value) for name, value in one.query if name != "marketplaceIds")
            assert Kind.MISSING_PARAMETER in kinds(judge, replace(one, query=left))
        assert len(asked) > 100
