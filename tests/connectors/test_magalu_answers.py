"""What Magalu's answers mean, one by one, in every envelope that was met."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from ponte.connectors.exam.bench import problems_in
from ponte.connectors.magalu import Magalu
from ponte.connectors.magalu.oauth import subject
from ponte.domain.message import Request, Response
from ponte.domain.outcome import Accepted, Blocked, Pending, Postponed, Rejected

MG = Magalu()
BASE = "/seller/v1/portfolios"
CREATE, READ = f"POST {BASE}/skus", f"GET {BASE}/skus/{{sku}}"
BLOCKERS, TRACE = f"{READ}/validation-info", "GET /v0/traces/{id}"
PRICE = f"POST {BASE}/prices/{{sku}}"


def answer(status: int, body: Any = None, **headers: str) -> Response:
    raw = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def meant(endpoint: str, response: Response) -> list[str]:
    outcome = MG.classify(endpoint, response)
    return [f"{one.kind.name} {one.subject}".strip() for one in problems_in(outcome)]


def line(message: str, severity: str = "ERROR", code: str = "422") -> dict[str, Any]:
    return {
        "results": [{"code": code, "message": message, "severity": severity, "created_at": "2026-01-01T00:00:00Z"}]
    }


SENTENCES = [
    ("Ficha técnica obrigatória não preenchida: Cor principal", "ATTRIBUTE_MISSING Cor principal"),
    ("datasheet: campo obrigatório 'Voltagem' não informado", "ATTRIBUTE_MISSING Voltagem"),
    ("datasheet: Caracteres inválidos não são permitidos", "ATTRIBUTE_INVALID datasheet"),
    ("'Cor' com valor fora da lista de opções (atributo)", "ATTRIBUTE_MAPPING Cor"),
    ("title: String should have at most 150 characters", "TITLE_INVALID title"),
    ("A descrição deve ter no máximo 7000 caracteres", "DESCRIPTION_INVALID description"),
    ("EAN inválido", "IDENTIFIER_INVALID identifiers"),
    ("EAN obrigatório para a categoria", "IDENTIFIER_MISSING identifiers"),
    ("O EAN já existe em outro produto", "DUPLICATE_IDENTIFIER identifiers"),
    ("images: List should have at least 1 item after validation, not 0", "IMAGE_MISSING images"),
    ("Imagem com resolução baixa", "IMAGE_INVALID images"),
    ("images: could not download https://a.example/x.jpg", "IMAGE_UNREACHABLE https://a.example/x.jpg"),
    ("Peso deve ser maior que zero", "DIMENSIONS_INVALID dimensions"),
    ("Categoria não encontrada", "CATEGORY_MAPPING category"),
    ("Marca não permitida", "BRAND_MAPPING brand"),
    ("O preço deve ser maior que zero", "PRICE_INVALID price"),
    ("Estoque negativo", "STOCK_INVALID stock"),
    ("NCM deve ter 8 dígitos", "ATTRIBUTE_INVALID ncm"),
    ("Homologação da Anatel obrigatória: Registro Anatel", "COMPLIANCE Registro Anatel"),
    ("Zebra crossing", "UNKNOWN"),
]


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES)
@pytest.mark.parametrize(
    "envelope",
    [
        lambda text: (CREATE, answer(422, {"errors": [text]})),
        lambda text: (CREATE, answer(422, {"errors": [{"message": text}]})),
        lambda text: (CREATE, answer(422, {"detail": [{"msg": text, "loc": ["body"]}]})),
        lambda text: (CREATE, answer(422, {"detail": text})),
        lambda text: (CREATE, answer(422, {"message": text})),
        lambda text: (CREATE, answer(422, [text])),
        lambda text: (BLOCKERS, answer(200, {"errors": [text]})),
        lambda text: (TRACE, answer(200, line(text))),
    ],
)
def test_a_sentence_means_the_same_in_every_envelope(sentence, expected, envelope):
    assert meant(*envelope(sentence)) == [expected]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"loc": ["body", "dimensions", 0, "height"], "msg": "Field required"}, "DIMENSIONS_INVALID dimensions"),
        ({"field": "datasheet[2].value", "message": "Field required"}, "ATTRIBUTE_MISSING datasheet"),
        ({"field": "channel", "message": "Field required"}, "PAYLOAD_INVALID channel"),
        ({"field": "group.id", "message": "too long"}, "VARIATION_INVALID group"),
        ({"code": "MISSING_EAN"}, "IDENTIFIER_MISSING identifiers"),
        ({"code": "MISSING_PRICE", "message": "x"}, "VTEX_PRICE_MISSING price"),
    ],
)  # fmt: skip
def test_a_named_field_decides(entry, expected):
    assert meant(CREATE, answer(422, {"errors": [entry]})) == [expected]


def test_every_reason_of_one_answer_is_told_the_headline_first():
    body = {"errors": {"images": ["Field required"], "title": ["too long"], "identifiers": "EAN inválido"}}
    assert meant(CREATE, answer(422, body)) == [
        "IDENTIFIER_INVALID identifiers",
        "IMAGE_MISSING images",
        "TITLE_INVALID title",
    ]


@pytest.mark.parametrize(
    ("endpoint", "response", "kind", "expected"),
    [
        (CREATE, answer(401, {"message": "Unauthorized"}), Postponed, "AUTH_EXPIRED"),
        (CREATE, answer(402, {"message": "x"}), Blocked, "ACCOUNT_BLOCKED"),
        (CREATE, answer(403, "<html>no</html>"), Blocked, "AUTH_FORBIDDEN"),
        (CREATE, answer(409, {"message": "SKU already exists"}), Rejected, "DUPLICATE"),
        (CREATE, answer(409, {"message": "SKU 1 is being processed"}), Postponed, "STATE_CONFLICT"),
        (PRICE, answer(409, {"code": "PRICE_ALREADY_EXISTS", "message": "x"}), Rejected, "DUPLICATE"),
        (PRICE, answer(404, {"message": "Resource Not Found"}), Postponed, "DEPENDENCY_PENDING"),
        (READ, answer(404, {"message": "Resource Not Found"}), Rejected, "LISTING_NOT_FOUND"),
        (TRACE, answer(200, line("Internal error", "CRITICAL", "504")), Rejected, "MARKETPLACE_OUTAGE"),
        (TRACE, answer(200, line("Forbidden", "ERROR", "403")), Blocked, "AUTH_FORBIDDEN"),
        (CREATE, answer(413, ""), Rejected, "PAYLOAD_INVALID"),
        (CREATE, answer(400, {"message": "Invalid JSON"}), Rejected, "PAYLOAD_INVALID"),
        (CREATE, answer(202, {"errors": ["Categoria não encontrada"]}), Rejected, "CATEGORY_MAPPING category"),
        (READ, answer(200, {"sku": "1", "status": "UNDER_REVIEW"}), Pending, "DEPENDENCY_PENDING"),
        (READ, answer(200, {"sku": "1", "status": "BLOCKED"}), Rejected, "POLICY_MODERATION status"),
        (READ, answer(200, {"sku": "1", "status": "VANISHED"}), Rejected, "UNKNOWN status"),
        (READ, answer(200, {"status": "PUBLISHED"}), Postponed, f"RESPONSE_UNREADABLE {READ}"),
    ],
)
def test_an_answer_means(endpoint, response, kind, expected):
    assert isinstance(MG.classify(endpoint, response), kind)
    assert meant(endpoint, response) == [expected]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "30", "x_ratelimit_reset": "5"}, 30),
        ({"x_ratelimit_reset": "45"}, 45),
        ({"x_ratelimit_reset": "1795435200"}, None),
        ({"ratelimit_reset": "0"}, None),
        ({}, None),
    ],
)
def test_a_throttled_request_waits_as_long_as_any_header_asks(headers, seconds):
    outcome = MG.classify(CREATE, answer(429, {"message": "Too Many Requests"}, **headers))
    assert isinstance(outcome, Postponed)
    assert outcome.retry_in == seconds


def test_a_warning_of_a_trace_does_not_block():
    outcome = MG.classify(TRACE, answer(200, line("images: resolução baixa", "WARNING", "200")))
    assert isinstance(outcome, Accepted)
    assert [one.blocking for one in outcome.warnings] == [False]
    assert MG.classify(TRACE, answer(200, line("OK", "INFO", "200"))) == Accepted(None)


def test_only_an_authorized_request_has_a_token_to_renew():
    gone = answer(401, {"message": "Unauthorized"})
    request = Request("GET", "/x", "GET /x")
    assert MG.is_expired_token(request, gone)
    assert not MG.is_expired_token(Request("POST", "/x", "POST /x", authorized=False), gone)
    assert not MG.is_expired_token(request, answer(403))


def test_the_account_is_read_from_the_openid_token():
    def token(claims: object) -> str:
        return f"e30.{urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.x"

    assert subject(token({"sub": "lojamodelo"})) == "lojamodelo"
    for odd in ("", "a.b", "a.%%%.c", "e30.é.x", token([1]), token({"sub": {"a": 1}}), token({"sub": "x" * 900})):
        assert subject(odd) == ""


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ({"topic": "portfolios_price", "data": {"params": {"sku": "7"}}}, ("7",)),
        ({"topic": "portfolios_sku", "data": [{"params": {"sku": 7}}, {"params": {"sku": "8"}}, {}]}, ("7", "8")),
        ({"topic": "orders", "data": {"params": {"sku": "7"}}}, ()),
        ({"topic": "portfolios_sku", "data": {"params": {"sku": "x" * 51}}}, ()),
        ({"topic": ["portfolios_sku"], "data": 1}, ()),
    ],
)
def test_what_is_posted_names_skus(post, expected):
    assert MG.heard(json.dumps(post).encode()) == expected


def test_the_table_of_refusals_is_told():
    codes = {one.code.casefold(): one.kind.name for one in MG.refusals()}
    assert codes["price_already_exists"] == "DUPLICATE"
    assert codes["missing_datasheet"] == "ATTRIBUTE_MISSING"
