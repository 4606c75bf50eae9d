"""The marketplace's rules: what it refuses at once, how its matcher scores, what it denies.

Codes and names: VTEX's help page "Returns from API for entering SKUs in the Suggestion module" (read 2026-11). How
the scores come about is VTEX's secret; these do by the EAN, and names with odd characters score 50, as VTEX's known
issue 736164 tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ponte.domain.identifiers import gtin_flaw
from ponte.sandbox.vtexmarket.settings import Settings

MAX_NAME = 150
MAX_FIELD = 1_000
SIDES = (("Height", 5), ("Weight", 6), ("Length", 7), ("Width", 8))
ODD = frozenset("<>{}$%;\\\u202e")
NAMES = {
    0: "NotSpecifiedError",
    1: "MatchCategoryIdIsEmpty",
    2: "MatchBrandIdIsEmpty",
    3: "ProductNameIsEmpty",
    4: "SkuNameIsRequired",
    5: "SkuHeightIsRequired",
    6: "SkuWeightIsRequired",
    7: "SkuLengthIsRequired",
    8: "SkuWidthIsRequired",
    9: "SkuImagesAreRequired",
    10: "EanOrRefIdAreRequired",
    11: "SkuImageUrlIsInvalid",
    12: "ProductOrSkuHasInvalidSpecificationLength",
    16: "SuggestionNotFound",
    19: "MatchBrandIdIsInvalid",
    20: "MatchCategoryIdIsInvalid",
    23: "SellerIdAndSellerSkuIdAlreadyExists",
}


@dataclass(frozen=True, slots=True)
class Error:
    """One reason, by its number."""

    number: int
    words: str = ""

    def as_json(self) -> dict[str, Any]:
        name = NAMES[self.number]
        return {"errorCode": self.number, "error": name, "message": self.words or name}


def at_once(body: Mapping[str, Any]) -> Iterator[Error]:
    """Yield what is wrong with a suggestion's body."""
    for field, number in (("CategoryFullPath", 1), ("BrandName", 2), ("ProductName", 3), ("SkuName", 4)):
        if not _filled(body.get(field)):
            yield Error(number)
    if len(str(body.get("ProductName") or "")) > MAX_NAME:
        yield Error(0, f"ProductName must have at most {MAX_NAME} characters")
    yield from (Error(number) for side, number in SIDES if not _positive(body.get(side)))
    yield from _images(body.get("Images"))
    if not _filled(body.get("EAN")) and not _filled(body.get("RefId")):
        yield Error(10)
    fields = [*_rows(body.get("SkuSpecifications")), *_rows(body.get("ProductSpecifications"))]
    if any(not _is_field(one) for one in fields):
        yield Error(12)


def score(body: Mapping[str, Any], settings: Settings) -> float:
    """Return how sure the matcher is."""
    if str(body.get("BrandName")) in settings.unknown_brands:
        return 20.0
    if ODD & set(str(body.get("ProductName")) + str(body.get("SkuName"))):
        return 50.0
    return 91.0 if gtin_flaw(str(body.get("EAN") or "")) is None else 61.0


def denied(body: Mapping[str, Any], settings: Settings, categories: frozenset[str]) -> tuple[Error, ...]:
    """Return why the matcher denies it for good, whatever the score of the rest."""
    found = []
    if categories and str(body.get("CategoryFullPath")) not in categories:
        found.append(Error(20))
    if str(body.get("BrandName")) in settings.unknown_brands:
        found.append(Error(19))
    return tuple(found)


def people_take(body: Mapping[str, Any]) -> bool:
    """Say whether a person accepts what the matcher left open: nobody sells a name with markup in it."""
    return "<" not in str(body.get("ProductName")) + str(body.get("SkuName"))


def _images(images: object) -> Iterator[Error]:
    rows = _rows(images)
    if not rows:
        yield Error(9)
    elif any(not str(one.get("imageUrl", "")).startswith("https://") for one in rows):
        yield Error(11)


def _rows(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _is_field(one: Mapping[str, Any]) -> bool:
    values = one.get("fieldValues")
    texts = [one.get("fieldName"), *(values if isinstance(values, list) else [None])]
    return len(texts) > 1 and all(_filled(text) and len(str(text)) <= MAX_FIELD for text in texts)


def _filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
