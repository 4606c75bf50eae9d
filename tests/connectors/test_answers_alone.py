"""Answers that are read by themselves, as `ponte connector classify` does: no conversation goes on from them."""

from __future__ import annotations

import json

import pytest

from ponte.connectors.amazon import Amazon
from ponte.connectors.magalu import Magalu
from ponte.connectors.mirakl import Mirakl
from ponte.domain.connector import Connector
from ponte.domain.message import Response
from ponte.domain.outcome import Accepted, Outcome, Pending, Rejected
from ponte.domain.problem import ProblemClass

PORTFOLIOS = "/seller/v1/portfolios"
STOCK = "GET /api/offers/stock/imports/{import}/error_report"
PRICES = "GET /api/offers/pricing/imports/{import}/error_report"


def told(connector: Connector, endpoint: str, body: object, status: int = 200) -> Outcome:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return connector.classify(endpoint, Response(status, {}, content))


@pytest.mark.parametrize(
    ("endpoint", "body", "status"),
    [
        (f"POST {PORTFOLIOS}/skus", {"trace_id": "t-1"}, 202),
        (f"PUT {PORTFOLIOS}/skus/{{sku}}", {"trace_id": "t-1"}, 202),
        ("GET /v0/traces/{id}", {"results": []}, 200),
    ],
)
def test_what_magalu_has_only_taken_is_no_success_yet(endpoint, body, status):
    outcome = told(Magalu(), endpoint, body, status)
    assert isinstance(outcome, Pending)
    assert outcome.problem.kind is ProblemClass.DEPENDENCY_PENDING


def test_a_trace_that_says_that_all_went_well_is_a_success():
    line = {"code": "200", "message": "ok", "severity": "INFO"}
    assert told(Magalu(), "GET /v0/traces/{id}", {"results": [line]}) == Accepted(None)


@pytest.mark.parametrize(
    ("endpoint", "reason", "kind"),
    [
        (STOCK, "The line cannot be taken", ProblemClass.STOCK_INVALID),
        (PRICES, "The line cannot be taken", ProblemClass.PRICE_INVALID),
        (PRICES, "The product does not exist", ProblemClass.DEPENDENCY_PENDING),
    ],
)
def test_miraks_reports_on_lines_are_read_by_what_they_are_about(endpoint, reason, kind):
    outcome = told(Mirakl(), endpoint, f'"line number";"reason"\n"2";"{reason}"\n')
    problem = outcome.problems[0] if isinstance(outcome, Rejected) else outcome.problem
    assert problem.kind is kind


def test_a_report_on_lines_without_a_reason_is_unreadable():
    outcome = told(Mirakl(), STOCK, "nothing")
    assert isinstance(outcome, Rejected)
    assert outcome.problems[0].kind is ProblemClass.REPORT_UNREADABLE


def test_amazons_restrictions_are_told_with_their_reason():
    reason = {"message": "You need approval to list this brand.", "reasonCode": "APPROVAL_REQUIRED"}
    outcome = told(Amazon(), "GET /listings/2021-08-01/restrictions", {"restrictions": [{"reasons": [reason]}]})
    assert isinstance(outcome, Rejected)
    assert (outcome.problems[0].kind, outcome.problems[0].code) == (
        ProblemClass.POLICY_RESTRICTED,
        "APPROVAL_REQUIRED",
    )
    assert told(Amazon(), "GET /listings/2021-08-01/restrictions", {"restrictions": []}) == Accepted(None)
