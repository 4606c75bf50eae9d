"""The reports of an import, row by row: which SKU, what is said of it. The operator chooses the columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ponte.connectors.mirakl.csvfile import Sheet
from ponte.connectors.mirakl.profile import Profile

# The platform's own columns: transformation reports (P47), offer reports (OF03), stock and price reports.
LINE_COLUMNS = ("errors", "error")
OFFER_SKU = ("shop_sku", "sku", "offer-sku", "shop-sku", "offer_sku")
OFFER_ERROR = ("error-message", "error_message", "errors", "error")


@dataclass(frozen=True, slots=True)
class Told:
    """What a report says of one SKU."""

    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns a report has. `tells_success`: who stands in it was taken, whatever else is said."""

    sku: tuple[str, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    tells_success: bool = False

    @classmethod
    def of(cls, endpoint: str, profile: Profile) -> Layout:
        """Return the layout of a report by what it was asked with."""
        own = (profile.columns.get("sku", "shop_sku"), "shop_sku")
        if "/offers/" in endpoint:
            return cls(OFFER_SKU, OFFER_ERROR)
        if endpoint.endswith("transformation_error_report"):
            return cls(own, LINE_COLUMNS, ("warnings", "warning"))
        if endpoint.endswith("new_product_report"):
            return cls(profile.report_sku, profile.report_errors, profile.report_warnings, tells_success=True)
        return cls(profile.report_sku, profile.report_errors, profile.report_warnings)

    def texts_by_sku(self, sheet: Sheet) -> Mapping[str, Told] | None:
        """Return what is said of each SKU; None when the columns are not those of the layout."""
        sku, errors, warnings = (sheet.column(names) for names in (self.sku, self.errors, self.warnings))
        if not sku or not (errors or warnings or self.tells_success):
            return None
        found: dict[str, Told] = {}
        for row in sheet.rows:
            key = row.get(sku, "")
            if key:
                found[key] = _with(found.get(key, Told()), row.get(errors, ""), row.get(warnings, ""))
        return found


def _with(told: Told, error: str, warning: str) -> Told:
    return Told(
        (*told.errors, error) if error else told.errors, (*told.warnings, warning) if warning else told.warnings
    )
