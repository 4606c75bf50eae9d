"""What one operator's marketplace calls things: columns of its product file, columns of its reports, its identifiers.

Every operator of the platform has its own attributes. Which of them is the title, the EAN or the main picture is told
by the channel's settings; a preset fills them for a known operator.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ponte.domain.connector import Rules

DEFAULTS: Mapping[str, str] = {
    "operator": "",
    "shop_id": "",
    "hierarchy": "",
    "product_id_type": "EAN",
    "mcm": "false",
    "column_category": "category",
    "column_sku": "shop_sku",
    "column_ean": "ean",
    "column_title": "product_title",
    "column_brand": "brand",
    "column_description": "description",
    "column_group": "variant_group_code",
    "column_images": "main_image, image_2, image_3, image_4, image_5",
    "report_sku": "shop_sku",
    "report_errors": "errors, error",
    "report_warnings": "warnings, warning",
}
TRUE = frozenset({"true", "yes", "sim", "si", "sí", "1"})
# The roles that stand for one column each, by the end of the setting's name.
ROLES = ("category", "sku", "ean", "title", "brand", "description", "group")

# What operators call their columns, where the channel's settings do not say: the role by the name alone.
BY_NAME: Mapping[str, tuple[str, ...]] = {
    "ean": (
        r"ean[ _-]?(13)?",
        r"gtin[ _-]?(13|14)?",
        "upc",
        "barcode",
        r"c[óo]digo[ _-]de[ _-]barras",
        r"product[ _-]id",
    ),
    "image": (
        r"(\w{1,20}[ _-])?(image|imagem|imagen|foto|picture|photo)s?[ _-]?(url|principal|main)?[ _-]?[0-9]{0,2}",
        r"(main|other|secondary)image\w{0,20}",
    ),
    "title": (
        r"((product|produto|producto)[ _-]?)?(title|t[íi]tulo|name|nome|nombre)",
        r"(nome|nombre|t[íi]tulo)[ _-](do|del|de)[ _-](produto|producto)",
    ),
    "description": (
        r"((long|short|product)[ _-]?)?(description|descri[çc][ãa]o|descripci[óo]n)",
        r"(descri[çc][ãa]o|descripci[óo]n)[ _-]?(longa|curta|larga|corta)\w{0,20}",
    ),
    "brand": (r"(product[ _-]?)?(brand|marca|marque)([ _-]?(name|nome))?",),
    "category": (r"(product[ _-]?)?(category|categor[íi]a|hierarchy)([ _-]?(code|codigo|id))?",),
}
_CALLED = tuple(
    (role, re.compile(pattern, re.IGNORECASE)) for role, patterns in BY_NAME.items() for pattern in patterns
)


def role_by_name(name: str) -> str:
    """Return the role that a column's name alone tells ("gtin": ean), "" where it tells none."""
    return next((role for role, called in _CALLED if called.fullmatch(name[:60])), "")


@dataclass(frozen=True, slots=True)
class Profile:
    """One channel's settings, read. `columns` holds the attribute's code by role; one that is empty is not sent."""

    operator: str
    shop_id: str
    hierarchy: str
    product_id_type: str
    mcm: bool
    columns: Mapping[str, str]
    images: tuple[str, ...]
    report_sku: tuple[str, ...]
    report_errors: tuple[str, ...]
    report_warnings: tuple[str, ...]

    def role_of(self, column: str) -> str:
        """Return the role of a column ("title", "image" ...), "" for all others."""
        if column in self.images:
            return "image"
        return next((role for role, name in self.columns.items() if name == column), "")


def profile_of(rules: Rules) -> Profile:
    def told(name: str) -> str:
        return rules.settings.get(name, DEFAULTS[name]).strip()

    shop_id = told("shop_id")
    return Profile(
        operator=told("operator").casefold(),
        shop_id=shop_id if shop_id.isascii() and shop_id.isdigit() else "",
        hierarchy=told("hierarchy"),
        product_id_type=told("product_id_type") or "EAN",
        mcm=told("mcm").casefold() in TRUE,
        columns={role: name for role in ROLES if (name := told(f"column_{role}"))},
        images=_listed(told("column_images")),
        report_sku=_listed(told("report_sku")) or ("shop_sku",),
        report_errors=_listed(told("report_errors")) or ("errors", "error"),
        report_warnings=_listed(told("report_warnings")) or ("warnings", "warning"),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in text.split(",") if (name := part.strip())))
