"""The seller, the category and the answers that the Mercado Livre tests share."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ponte.connectors.exam.rehearsal import Played, first_then, play
from ponte.connectors.exam.samples import ORDINARY
from ponte.connectors.exam.troubles import LOST
from ponte.connectors.mercadolivre import MercadoLivre
from ponte.domain.connector import Rules
from ponte.domain.mapping import CategoryRule, Mapping, ValueRule
from ponte.domain.message import Answer, Response
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Pending, Postponed, Rejected
from ponte.domain.problem import Problem
from ponte.domain.sku import Sku

ML = MercadoLivre()
CATEGORY = "MLB1676"


def attribute(attribute_id: str, name: str, *tags: str, **more: Any) -> dict[str, Any]:
    usual = {"value_type": "string", "values": [], "max_length": 255, "units": []}
    return {"id": attribute_id, "name": name, "tags": list(tags), **usual, **more}


BRAND = attribute("BRAND", "Marca", "required")
MODEL = attribute("MODEL", "Modelo", "required", max_length=30)
COLOR = attribute("COLOR", "Cor", value_type="list", values=[["52049", "Preto"], ["52055", "Branco"]])
GTIN = attribute("GTIN", "Código universal de produto", "conditional_required")
REASON = attribute(
    "EMPTY_GTIN_REASON", "Motivo de GTIN vazio", value_type="list", values=[["17055160", "Não tem código"]]
)
POWER = attribute("POWER", "Potência", value_type="number_unit", units=["W", "kW"])


def sheet(*attributes: dict[str, Any], **settings: Any) -> dict[str, Any]:
    usual = {
        "name": "Caixas de som",
        "leaf": True,
        "listing_allowed": True,
        "max_title": 60,
        "max_description": 5_000,
        "max_pictures": 3,
        "minimum_price": 8,
        "maximum_price": None,
    }
    return {**usual, **settings, "attributes": list(attributes or (BRAND, MODEL, COLOR, GTIN))}


def rules(
    category: Any = None, *, user_products: bool = False, settings: dict[str, str] | None = None, **mapping: Any
) -> Rules:
    facts = {
        "account": {"user_id": "8035443", "user_products": user_products, "status_codes": []},
        f"category/{CATEGORY}": sheet() if category is None else category,
    }
    known = {"categories": {"123": CategoryRule(CATEGORY, 7)}, **mapping}
    return Rules(Mapping(**known), settings or {}, facts)


def from_default(value: str) -> ValueRule:
    return ValueRule(default=value, line=9)


def sku(**changes: Any) -> Sku:
    return replace(ORDINARY, **changes)


def answer(status: int, body: Any = None, **headers: str) -> Response:
    raw = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def item(item_id: str = "MLB4400112233", **changes: Any) -> dict[str, Any]:
    usual = {
        "id": item_id,
        "title": ORDINARY.name,
        "price": 199.9,
        "available_quantity": 12,
        "sold_quantity": 0,
        "permalink": "https://produto.mercadolivre.com.br/MLB-4400112233-_JM",
        "status": "active",
        "sub_status": [],
        "tags": [],
        "attributes": [{"id": "SELLER_SKU", "value_name": ORDINARY.id}],
    }
    return {**usual, **changes}


def cause(cause_id: int | None, code: str, message: str = "words", kind: str = "error") -> dict[str, Any]:
    return {"cause_id": cause_id, "code": code, "message": message, "type": kind, "references": ["item.x"]}


def refusal(*causes: Any, message: str = "Validation error", error: str = "validation_error") -> dict[str, Any]:
    return {"message": message, "error": error, "status": 400, "cause": list(causes)}


def send(*answers: Answer, link: Link | None = None, one: Sku = ORDINARY, by: Rules | None = None) -> Played:
    """Send a SKU to these answers; a request too many is refused a connection."""
    channel = by or rules()
    conversation = ML.send(ML.map(one, channel), link or Link(), channel)
    return play(conversation, first_then(answers, LOST["refused"]))


def follow(*answers: Answer, **memory: Any) -> Played:
    link = Link(Listing("MLB4400112233", memory=memory))
    return play(ML.follow(link, rules()), first_then(answers, LOST["refused"]))


def asked(played: Played) -> list[str]:
    return [request.endpoint for request in played.requests]


def problems(outcome: Outcome) -> tuple[Problem, ...]:
    match outcome:
        case Accepted(_, warnings):
            return warnings
        case Rejected(found):
            return found
        case Postponed(one) | Blocked(one) | Pending(_, one):
            return (one,)


def names(outcome: Outcome) -> list[str]:
    """Return "CLASS subject" of each blocking problem."""
    return [f"{one.kind.name} {one.subject}".strip() for one in problems(outcome) if one.blocking]


def found(one: Sku, by: Rules | None = None) -> dict[str, Problem]:
    """Return what check finds, by "subject code"."""
    return {f"{problem.subject} {problem.code}": problem for problem in ML.check(one, by or rules())}


KNOWN = Listing("MLB4400112233", state="active")


def sent_before(one: Sku = ORDINARY, by: Rules | None = None) -> Listing:
    """Return the listing as it is remembered after an ordinary create."""
    outcome = send(answer(201, item()), answer(201, {}), one=one, by=by).result
    assert isinstance(outcome, Accepted)
    assert outcome.listing is not None
    return outcome.listing
