from __future__ import annotations

import pytest
from api_cast import Api

from factories import make_integration
from ponte.domain.problem import Problem, ProblemClass, Stage

pytestmark = pytest.mark.django_db


def test_codes_without_a_rule_come_with_what_was_said_and_what_it_suggests(ana):
    odd = Problem(ProblemClass.UNKNOWN, Stage.SEND, code="E-77", message="O EAN é inválido")
    make_integration(ana.channel, "1", problems=(odd,))
    make_integration(ana.channel, "2")
    [line] = Api(ana.viewer).get("/api/v1/codes").json()["items"]
    assert (line["why"], line["code"], line["message"], line["count"]) == ("unknown", "E-77", odd.message, 1)
    assert (line["suggestion"], line["channels"]) == ("IDENTIFIER_INVALID", [ana.channel.code])
    assert Api(ana.viewer).get("/api/v1/codes", page=2).status_code == 400
