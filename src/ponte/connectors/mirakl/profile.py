"""What one operator's marketplace calls things: columns of its product file, columns of its reports, its identifiers.

Every operator of the platform has its own attributes. Which of them is the title, the EAN or the main picture is told
by the channel's settings; a preset fills them for a known operator.
"""

from __future__ import annotations

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
