"""The category tree, what a category asks, and the guess of a category from a title."""

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

from ponte.domain.identifiers import gtin_flaw
from ponte.sandbox.mercadolivre.answers import problem, ready, reply
from ponte.sandbox.mercadolivre.attribute_checks import brand_of, is_filled, missing_conditional
from ponte.sandbox.mercadolivre.bodies import objects, read_object
from ponte.sandbox.mercadolivre.categories import Category, fold
from ponte.sandbox.mercadolivre.marketplace import Marketplace
from ponte.sandbox.mercadolivre.settings import Account

_SALE_TERMS = orjson.dumps(
    [
        {
            "id": "WARRANTY_TYPE",
            "name": "Tipo de garantia",
            "value_type": "list",
            "values": [
                {"id": "2230280", "name": "Garantia do vendedor"},
                {"id": "2230279", "name": "Garantia de fábrica"},
                {"id": "6150835", "name": "Sem garantia"},
            ],
        },
        {
            "id": "WARRANTY_TIME",
            "name": "Tempo de garantia",
            "value_type": "number_unit",
            "allowed_units": [{"id": unit, "name": unit} for unit in ("anos", "dias", "meses")],
            "default_unit": "meses",
        },
    ]
)
_MOST_GUESSES = 8


class CategoryEndpoints:
    def __init__(self, market: Marketplace) -> None:
        self._market = market
        self._catalog = market.catalog

    def routes(self) -> list[web.RouteDef]:
        route = self._market.route
        return [
            route("GET", "/sites/MLB/categories", self.roots),
            route("GET", "/sites/MLB/domain_discovery/search", self.guess),
            route("GET", "/categories/{id}", self.category),
            route("GET", "/categories/{id}/attributes", self.attributes),
            route("POST", "/categories/{id}/attributes/conditional", self.conditional),
            route("GET", "/categories/{id}/technical_specs/input", self.technical_specs),
            route("GET", "/categories/{id}/sale_terms", self.sale_terms),
            route("GET", "/product-identifier/validator", self.identifier),
        ]

    async def roots(self, _request: web.Request, _account: Account) -> web.Response:
        return ready(self._catalog.roots_body)

    async def category(self, request: web.Request, _account: Account) -> web.Response:
        body = self._catalog.category_bodies.get(request.match_info["id"])
        return ready(body) if body else _unknown(request)

    async def attributes(self, request: web.Request, _account: Account) -> web.Response:
        leaf = self._leaf(request)
        if leaf:
            return ready(leaf.attributes_body)
        return ready(b"[]") if self._is_branch(request) else _unknown(request)

    async def technical_specs(self, request: web.Request, _account: Account) -> web.Response:
        leaf = self._leaf(request)
        if leaf:
            return ready(leaf.technical_specs_body)
        return ready(b'{"groups":[]}') if self._is_branch(request) else _unknown(request)

    async def sale_terms(self, request: web.Request, _account: Account) -> web.Response:
        return ready(_SALE_TERMS) if self._is_branch(request) else _unknown(request)

    async def conditional(self, request: web.Request, _account: Account) -> web.Response:
        """The conditional attributes that the listing in the body still needs."""
        leaf, body = self._leaf(request), await read_object(request)
        if leaf is None:
            return _unknown(request)
        if isinstance(body, web.Response):
            return body
        variations = objects(body.get("variations"))
        inner = [one for variation in variations for one in objects(variation.get("attributes"))]
        present = [*objects(body.get("attributes")), *inner]
        filled = [str(one.get("id")) for one in present if is_filled(one)]
        wanted = missing_conditional(leaf, filled, brand=brand_of(present))
        missing = [{"id": name, "name": leaf.rules[name].name} for name in wanted]
        return reply({"required_attributes": missing})

    async def identifier(self, request: web.Request, _account: Account) -> web.Response:
        code = request.query.get("product_identifier", "")
        kinds = {8: "EAN", 12: "UPC", 13: "EAN", 14: "GTIN14"}
        flaw = gtin_flaw(code)
        return reply({"product_identifier": code, "type": kinds.get(len(code)), "valid": flaw is None})

    async def guess(self, request: web.Request, _account: Account) -> web.Response:
        """Leaf categories whose words are in the title `q`, the one with the longest words first."""
        limit = request.query.get("limit", "4")
        if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:3]) <= _MOST_GUESSES):
            return problem(400, f"limit must be between 1 and {_MOST_GUESSES}", "bad_request")
        title = f" {fold(request.query.get('q', ''))} "
        scored = [(_score(title, leaf), leaf) for leaf in self._catalog.leaves.values()]
        best = sorted((one for one in scored if one[0]), key=lambda one: -one[0])
        return reply([_guess(title, leaf) for _score_of, leaf in best[: int(limit)]])

    def _leaf(self, request: web.Request) -> Category | None:
        return self._catalog.leaf(request.match_info["id"])

    def _is_branch(self, request: web.Request) -> bool:
        return request.match_info["id"] in self._catalog.category_bodies


def _unknown(request: web.Request) -> web.Response:
    return problem(404, f"Category not found: {request.match_info['id'][:60]}", "not_found")


def _score(title: str, leaf: Category) -> int:
    """Letters of the title that the category's words explain; a plural counts too."""
    return max((len(word) for word in leaf.keywords if f" {word} " in title or f" {word}s " in title), default=0)


def _guess(title: str, leaf: Category) -> Mapping[str, Any]:
    color = leaf.rules.get("COLOR")
    named = [(key, name) for key, name in color.values.items() if f" {fold(name)} " in title] if color else []
    attributes = [{"id": "COLOR", "name": "Cor", "value_id": key, "value_name": name} for key, name in named[:1]]
    return {
        "domain_id": leaf.domain_id,
        "domain_name": leaf.domain_name,
        "category_id": leaf.id,
        "category_name": leaf.name,
        "attributes": attributes,
    }
