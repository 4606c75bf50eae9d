"""What the operator finds wrong with a row of a product file, in its own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ponte.sandbox.mirakl.operator_catalogue import IMAGES, MIN_PICTURE, Column, operator_catalogue

TOO_SMALL = ("picture-too-small", "-90-90/")


def transformation_errors(row: Mapping[str, str]) -> list[str]:
    """Return what the platform itself finds (P47): "code|text" each."""
    made, category = operator_catalogue(), row.get("category", "")
    if category not in made.own:
        return [f"1001|Category {category} is unknown"]
    return [error for column in made.columns(category) for error in _cell_errors(column, row.get(column.code, ""))]


def _cell_errors(column: Column, cell: str) -> Iterator[str]:
    if not cell:
        if column.required:
            yield f"1000|The attribute '{column.code}' is required"
    elif column.values and cell not in {code for code, _ in column.values}:
        yield f"2004|O valor \"{cell[:40]}\" não está na lista do atributo '{column.code}'"
    elif column.longest and len(cell) > column.longest:
        yield f"2005|O atributo '{column.code}' tem mais de {column.longest} caracteres"


def integration_errors(row: Mapping[str, str]) -> list[str]:
    """Return what the operator's people and programs find (P44)."""
    found = []
    if not is_gtin(row.get("ean", "")):
        found.append(f"EAN inválido: {row.get('ean', '')[:40]}")
    if any(mark in row.get(name, "") for name in IMAGES for mark in TOO_SMALL):
        found.append(f"A imagem deve ter no mínimo {MIN_PICTURE} pixels")
    return found


def offer_error(line: Mapping[str, Any], *, dated: bool) -> str:
    """Return what the operator finds wrong with the prices of an offer (OF03), "" for nothing."""
    price, discount = line.get("price"), line.get("discount")
    if not _is_amount(price):
        return "The price must be greater than 0"
    if not isinstance(discount, dict):
        return ""
    if not _is_amount(discount.get("price")) or discount["price"] >= price:
        return "The discount price must be lower than the price"
    start, end = discount.get("start_date"), discount.get("end_date")
    if dated and not (start and end):
        return "The discount start date and end date are required"
    return "The discount end date must be after its start date" if start and end and end <= start else ""


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def is_gtin(text: str) -> bool:
    """True for a number with a right check digit; weights 3 and 1 from the right."""
    if not (text.isascii() and text.isdigit() and len(text) in {8, 12, 13, 14}):
        return False
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text)))
    return weighted % 10 == 0
