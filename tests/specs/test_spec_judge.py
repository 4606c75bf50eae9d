"""The judge and its verdict: what is planted in an exchange is found, and an excuse must be met."""

from __future__ import annotations

from dataclasses import replace

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from specs.boxes import GOOD, JSON, OPENAPI, SWAGGER, document, headers, kinds
from specs.documents import Excuse, Sources
from specs.judge import Judge, Kind
from specs.verdict import Verdict, verdict
from specs.wire import Exchange


@pytest.fixture(params=[SWAGGER, OPENAPI], ids=["Swagger 2.0", "OpenAPI 3.1"])
def judge(request: pytest.FixtureRequest) -> Judge:
    return Judge([document(request.param)], closed=True)


def test_what_the_document_has_is_no_violation(judge: Judge) -> None:
    assert judge.judged(GOOD) == ()


PLANTS: dict[str, tuple[Exchange, Kind]] = {
    "a wrong field asked": (replace(GOOD, asked=b'{"size": "three"}'), Kind.ASKED),
    "a missing field asked": (replace(GOOD, asked=b'{"colour": "red"}'), Kind.ASKED),
    "an unknown field asked": (replace(GOOD, asked=b'{"size": 3, "sise": 4}'), Kind.UNKNOWN_FIELD),
    "no body": (replace(GOOD, asked=b""), Kind.ASKED),
    "a wrong field told": (replace(GOOD, told=b'{"size": null}'), Kind.TOLD),
    "a missing field told": (replace(GOOD, told=b"{}"), Kind.TOLD),
    "an unknown field told": (replace(GOOD, told=b'{"size": 3, "sise": 4}'), Kind.UNKNOWN_FIELD),
    "no JSON told": (replace(GOOD, told=b"{"), Kind.TOLD),
    "another type told": (
        replace(GOOD, told_headers=headers("text/html")),
        Kind.TOLD,
    ),
    "a wrong status": (replace(GOOD, status=204), Kind.STATUS),
    "a missing parameter": (replace(GOOD, query=()), Kind.MISSING_PARAMETER),
    "a wrong parameter": (replace(GOOD, query=(("place", "pt"),)), Kind.PARAMETER),
    "an unknown parameter": (replace(GOOD, query=(("place", "br"), ("plaec", "br"))), Kind.UNKNOWN_PARAMETER),
    "another method": (replace(GOOD, method="POST"), Kind.NO_OPERATION),
    "another path": (replace(GOOD, path="/api/boxes"), Kind.NO_OPERATION),
}


@pytest.mark.parametrize("name", PLANTS)
def test_a_plant_is_found_as_what_it_is(judge: Judge, name: str) -> None:
    exchange, kind = PLANTS[name]
    assert kinds(judge, exchange) == {kind}


def test_what_was_spoilt_on_purpose_is_judged_by_its_answer_alone(judge: Judge) -> None:
    asked, told = replace(GOOD, asked=b"{}", is_spoilt=True), replace(GOOD, told=b"{}", is_spoilt=True)
    assert judge.judged(asked) == ()
    assert kinds(judge, told) == {Kind.TOLD}


def test_an_answer_that_never_came_is_not_judged(judge: Judge) -> None:
    lost = replace(GOOD, status=0, told=b"", told_headers=CIMultiDictProxy(CIMultiDict()))
    assert judge.judged(lost) == ()
    assert kinds(judge, replace(lost, query=())) == {Kind.MISSING_PARAMETER}


def test_unknown_fields_are_let_pass_where_the_document_is_not_whole() -> None:
    judge = Judge([document(SWAGGER)])
    assert judge.judged(PLANTS["an unknown field asked"][0]) == ()


def test_a_form_is_read_by_its_words() -> None:
    judge = Judge([document(OPENAPI)], closed=True)

    def form(**fields: str) -> Exchange:
        parts = "".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{one}\r\n' for name, one in fields.items()
        )
        told = headers("multipart/form-data; boundary=b")
        return Exchange("POST", "/api/files", (), told, f"{parts}--b--\r\n".encode(), 201, JSON, b"{}")

    assert judge.judged(form(file="a;b", whole="true")) == ()
    assert kinds(judge, form(file="a;b", whole="perhaps")) == {Kind.ASKED}
    assert kinds(judge, form(whole="true")) == {Kind.ASKED}


SOURCES = Sources("boxes", "", (), closed=True, outside=(), undeclared=(), never=())
LABEL = "PUT /api/boxes/{box}"


def of_boxes(
    *exchanges: Exchange, used: frozenset[str] = frozenset({LABEL}), **excuses: tuple[Excuse, ...]
) -> Verdict:
    return verdict(replace(SOURCES, **excuses), [document(SWAGGER)], exchanges, used)


def test_a_run_holds_that_asked_everything_and_broke_nothing() -> None:
    told = of_boxes(GOOD)
    assert told.holds
    assert next(told.lines()) == (
        "boxes: 1 of 1 operations exercised, 1 exchanges, 1 judged (0 of them by the answer alone), "
        "1 of 1 declared answers met, 0 violations, 0 undeclared by contract"
    )


def test_an_operation_that_was_never_asked_fails() -> None:
    told = of_boxes(GOOD, used=frozenset({LABEL, "DELETE /api/boxes/{box}"}))
    assert not told.holds
    assert "  never asked: DELETE /api/boxes/{box}" in told.lines()


def test_a_violation_fails_unless_the_contract_excuses_it_and_an_excuse_must_be_met() -> None:
    odd = replace(GOOD, status=418)
    excuse = Excuse("teapots", kind=Kind.STATUS, operation="PUT *", status=(418,))
    assert not of_boxes(odd).holds
    assert of_boxes(odd, undeclared=(excuse,)).holds
    assert not of_boxes(odd, undeclared=(replace(excuse, status=(500,)),)).holds
    assert not of_boxes(replace(GOOD, told=b"{}"), undeclared=(excuse,)).holds
    assert of_boxes(GOOD, undeclared=(excuse,)).stale == (excuse,)


def test_what_no_document_has_fails_unless_it_is_named_as_outside() -> None:
    outside = Excuse("OAuth", asks="POST /token/{id}")
    token = replace(GOOD, method="POST", path="/token/7")
    assert not of_boxes(GOOD, token).holds
    told = of_boxes(GOOD, token, outside=(outside,))
    assert told.holds
    assert (told.exchanges, told.judged) == (2, 1)


def test_what_is_said_to_be_never_asked_must_be_known_and_not_asked() -> None:
    never = Excuse("", asks="DELETE /api/boxes/{box}")
    both = frozenset({LABEL, never.asks})
    assert of_boxes(GOOD, used=both, never=(never,)).holds
    assert of_boxes(GOOD, never=(never,)).stale == (never,)
