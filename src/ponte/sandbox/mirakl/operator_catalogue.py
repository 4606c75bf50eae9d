"""The operator's own catalogue, made for the sandbox shop: tree (H11), attributes (PM11), lists of values (VL11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ponte.sandbox.catalogue.families import FAMILIES, Family
from ponte.sandbox.catalogue.slug import slug

MAX_TITLE = 80
MIN_PICTURE = 500
MAX_DESCRIPTION = 4_000
IMAGES = ("main_image", "image_2", "image_3", "image_4", "image_5")


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute. `values` are (code, label); a column without is free text."""

    code: str
    label: str
    required: bool = False
    kind: str = "TEXT"
    hierarchy: str = ""
    variant: bool = False
    values: tuple[tuple[str, str], ...] = ()
    longest: int | None = None

    @property
    def list_code(self) -> str:
        return f"{self.hierarchy}-{self.code}" if self.values else ""


@dataclass(frozen=True, slots=True)
class OperatorCatalogue:
    """`leaves`: code by the leaf's name in the shop. `tree`: (code, label, level, parent)."""

    tree: tuple[tuple[str, str, int, str], ...]
    leaves: dict[str, str]
    shared: tuple[Column, ...]
    own: dict[str, tuple[Column, ...]] = field(default_factory=dict)

    def columns(self, category: str) -> tuple[Column, ...]:
        return (*self.shared, *self.own.get(category, ()))


SHARED = (
    Column("category", "Categoria", required=True),
    Column("shop_sku", "SKU da loja", required=True),
    Column("ean", "EAN", required=True),
    Column("product_title", "Título do produto", required=True, longest=MAX_TITLE),
    Column("brand", "Marca", required=True, longest=60),
    Column("description", "Descrição", required=True, kind="LONG_TEXT", longest=MAX_DESCRIPTION),
    Column("variant_group_code", "Grupo de variações"),
    *(Column(name, f"Imagem {place}", required=place == 1, kind="MEDIA") for place, name in enumerate(IMAGES, 1)),
)


@cache
def operator_catalogue() -> OperatorCatalogue:
    departments = list(dict.fromkeys(family.department for family in FAMILIES))
    tree = [(_department(departments, name), name, 1, "") for name in departments]
    leaves: dict[str, str] = {}
    own: dict[str, tuple[Column, ...]] = {}
    for place, family in enumerate(FAMILIES, 1):
        code = f"C{place:03}"
        tree.append((code, family.leaf, 2, _department(departments, family.department)))
        leaves[family.leaf] = code
        own[code] = tuple(_columns(family, code))
    return OperatorCatalogue(tuple(tree), leaves, SHARED, own)


def _department(departments: list[str], name: str) -> str:
    return f"D{departments.index(name) + 1:02}"


def _columns(family: Family, code: str) -> list[Column]:
    axes = {name for name, _ in family.axes}
    choices = (*family.axes, *family.facts, ("Modelo", ("{line}",)))
    return [_column(name, values, family, code, variant=name in axes) for name, values in choices]


def _column(name: str, values: tuple[str, ...], family: Family, code: str, *, variant: bool) -> Column:
    free = any("{line}" in value for value in values) or name.startswith(("Número", "Registro"))
    listed = () if free else tuple((slug(value) or value, value) for value in values)
    kind = "LIST" if listed else "TEXT"
    return Column(slug(name).replace("-", "_"), name, name in family.required, kind, code, variant, listed)


def hierarchies() -> dict[str, Any]:
    rows = operator_catalogue().tree
    return {
        "hierarchies": [
            {
                "code": code,
                "label": label,
                "label_translations": _translated(label),
                "level": level,
                "parent_code": parent,
            }
            for code, label, level, parent in rows
        ]
    }


def _translated(label: str) -> list[dict[str, str]]:
    return [{"locale": "pt_BR", "value": label}]


def attributes(hierarchy: str) -> dict[str, Any]:
    """Return PM11: all attributes, or the shared ones and those of one category."""
    made = operator_catalogue()
    own = [column for code, columns in made.own.items() if hierarchy in {"", code} for column in columns]
    return {"attributes": [_attribute(column) for column in (*made.shared, *own)]}


def _attribute(column: Column) -> dict[str, Any]:
    parameters = [{"name": "LIST_CODE", "value": column.list_code}] if column.values else []
    if column.kind == "MEDIA":
        parameters = [{"name": "MAX_SIZE", "value": "5120"}, {"name": "MIN_WIDTH", "value": str(MIN_PICTURE)}]
    return {
        "channels": [],
        "code": column.code,
        "default_value": "",
        "description": "",
        "description_translations": [],
        "hierarchy_code": column.hierarchy,
        "label": column.label,
        "label_translations": _translated(column.label),
        "required": column.required,
        "requirement_level": "REQUIRED" if column.required else "OPTIONAL",
        "roles": [],
        "type": column.kind,
        "type_parameter": column.list_code,
        "type_parameters": parameters,
        "validations": f"MAX_LENGTH|{column.longest}" if column.longest else "",
        "values_list": column.list_code,
        "variant": column.variant,
    }


def values_lists(code: str) -> dict[str, Any]:
    columns = [column for own in operator_catalogue().own.values() for column in own if column.values]
    return {
        "values_lists": [
            {
                "code": column.list_code,
                "label": column.label,
                "label_translations": _translated(column.label),
                "values": [
                    {"code": value, "label": label, "label_translations": _translated(label)}
                    for value, label in column.values
                ],
            }
            for column in columns
            if code in {"", column.list_code}
        ]
    }
