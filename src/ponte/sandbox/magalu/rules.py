"""What Magalu asks of a SKU, as far as it is known: at once (422), in its trace, and before it may be published.

Written from the limits of the contract, without a look at any connector.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ponte.domain.identifiers import gtin_flaw
from ponte.domain.mapping import plain
from ponte.sandbox.magalu.categories import Category, load_categories

Body = Mapping[str, Any]
TEXTS = {"sku": 50, "title": 150, "description": 7_000, "brand": 100}
CONDITIONS = {"NEW", "USED", "REMANUFACTURED"}
SIDES = ("height", "width", "length", "weight")
TOO_SMALL = "picture-too-small"
FAILS = "picture-fails"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason: the field, what is wrong in a word, a sentence, and the code of validation-info."""

    field: str
    kind: str
    message: str
    code: str = ""


def at_once(body: Body, channel: str) -> Iterator[Refusal]:
    """Yield what a POST or PUT is refused for: the shape of its body."""
    yield from _texts(body)
    yield from _choices(body, channel)
    yield from _identifiers(body)
    yield from _dimensions(body)
    yield from _pictures(body)
    yield from _category(body)


def _texts(body: Body) -> Iterator[Refusal]:
    for field, limit in TEXTS.items():
        value = body.get(field)
        if value is None:
            yield Refusal(field, "missing", "Field required")
        elif not isinstance(value, str) or not value.strip():
            yield Refusal(field, "string_too_short", "String should have at least 1 character")
        elif len(value) > limit:
            yield Refusal(field, "string_too_long", f"String should have at most {limit} characters")


def _choices(body: Body, channel: str) -> Iterator[Refusal]:
    channels = body.get("channels")
    ids = [one.get("id") for one in channels if isinstance(one, dict)] if isinstance(channels, list) else []
    if not ids:
        yield Refusal("channels", "missing", "Field required")
    elif ids != [channel]:
        yield Refusal("channels", "value_error", "Channel not available for this tenant")
    if body.get("condition", "NEW") not in CONDITIONS:
        yield Refusal("condition", "enum", "Input should be 'NEW', 'USED' or 'REMANUFACTURED'")
    ncm = body.get("ncm")
    if ncm is not None and not (isinstance(ncm, str) and len(ncm) == 8 and ncm.isascii() and ncm.isdigit()):
        yield Refusal("ncm", "string_pattern_mismatch", "NCM deve ter 8 dígitos")
    if body.get("origin", "national") not in {"national", "imported"}:
        yield Refusal("origin", "enum", "Input should be 'national' or 'imported'")
    group = body.get("group")
    if isinstance(group, dict) and not 1 <= len(str(group.get("id", ""))) <= 50:
        yield Refusal("group", "string_too_long", "String should have at most 50 characters")
    if isinstance(body.get("extra_data"), list) and len(body["extra_data"]) > 20:
        yield Refusal("extra_data", "too_long", "List should have at most 20 items")


def _identifiers(body: Body) -> Iterator[Refusal]:
    rows = body.get("identifiers") or []
    if body.get("has_ean") and not rows:
        yield Refusal("identifiers", "missing", "Field required")
    for row in rows if isinstance(rows, list) else []:
        value = str(row.get("value", "")) if isinstance(row, dict) else ""
        if len(value) < 8 or gtin_flaw(value) is not None:
            yield Refusal("identifiers", "value_error", "EAN inválido")


def _dimensions(body: Body) -> Iterator[Refusal]:
    rows = body.get("dimensions")
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if {row.get("name") for row in rows} != {"package", "product"} or len(rows) != 2:
        message = f"List should have at least 2 items after validation, not {len(rows)}"
        yield Refusal("dimensions", "too_short", message)
        return
    for row in rows:
        for side in SIDES:
            measure = row.get(side)
            value = measure.get("value") if isinstance(measure, dict) else None
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                yield Refusal("dimensions", "greater_than", f"{side}: Input should be greater than 0")


def _pictures(body: Body) -> Iterator[Refusal]:
    rows = body.get("images")
    if not isinstance(rows, list) or not rows:
        yield Refusal("images", "too_short", "List should have at least 1 item after validation, not 0")
        return
    for row in rows:
        reference = str(row.get("reference", "")) if isinstance(row, dict) else ""
        if not reference.startswith(("https://", "http://")):
            yield Refusal("images", "url_parsing", "Input should be a valid URL")


def _category(body: Body) -> Iterator[Refusal]:
    if category_of(body) is None:
        yield Refusal("category", "value_error", "Categoria não encontrada")


def category_of(body: Body) -> Category | None:
    category = body.get("category")
    return load_categories().get(str(category.get("id"))) if isinstance(category, dict) else None


def in_trace(body: Body) -> Iterator[Refusal]:
    """Yield what a SKU is refused for while it is processed."""
    for row in _pairs(body, "datasheet"):
        if "/" in str(row.get("value", "")):
            yield Refusal("datasheet", "character", f"Caracteres inválidos não são permitidos: {row.get('name')}")
    for row in body.get("images", []):
        reference = str(row.get("reference", ""))
        if FAILS in reference:
            yield Refusal("images", "download", f"não foi possível baixar {reference}")


def before_publishing(body: Body) -> Iterator[Refusal]:
    """Yield what keeps a SKU a draft (validation-info)."""
    category = category_of(body)
    if category is None:
        return
    yield from _asked_for(body, "attributes", category.attributes)
    yield from _asked_for(body, "datasheet", category.datasheet)
    if category.ean_required and not body.get("identifiers"):
        yield Refusal("identifiers", "missing", f"EAN obrigatório para a categoria {category.name}", "MISSING_EAN")
    small = [row for row in body.get("images", []) if TOO_SMALL in str(row.get("reference", ""))]
    if small and len(small) == len(body["images"]):
        yield Refusal("images", "small", "Imagem menor que 500 x 500 pixels", "INVALID_IMAGE")


def _pairs(body: Body, place: str) -> list[Body]:
    rows = body.get(place)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _asked_for(body: Body, place: str, asked: tuple[Body, ...]) -> Iterator[Refusal]:
    given = {plain(str(row.get("name", ""))): str(row.get("value", "")).strip() for row in _pairs(body, place)}
    for field in asked:
        value, name = given.get(plain(field["name"]), ""), field["name"]
        if not value and field["required"]:
            what = (
                "Ficha técnica obrigatória não preenchida" if place == "datasheet" else "Atributo obrigatório ausente"
            )
            yield Refusal(place, "missing", f"{what}: {name}", "MISSING_DATASHEET")
        elif value and field["choices"] and value not in field["choices"]:
            message = f"'{name}' com valor fora da lista de opções"
            yield Refusal(place, "choice", message, "")
