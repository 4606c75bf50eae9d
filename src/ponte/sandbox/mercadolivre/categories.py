"""The category tree of the fake: settings, attributes, closed lists, all from `categories.json`.

The data are this project's own. Shapes after Mercado Livre developers' pages "Categorías y atributos" and
"Atributos", read 2026-06. Answers are written once when the file is read, so that a request costs no work.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import orjson

NOT_APPLICABLE = "-1"
CLOSED_TYPES = frozenset({"list", "boolean"})


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """What one category asks of one attribute's value. `values` holds id -> name, `ids` folded name -> id."""

    id: str
    name: str
    value_type: str
    max_length: int
    values: Mapping[str, str]
    ids: Mapping[str, str]
    units: frozenset[str]


@dataclass(frozen=True, slots=True)
class Category:
    """A leaf category. The `*_body` fields are the vendor's answers as bytes."""

    id: str
    name: str
    domain_id: str
    domain_name: str
    settings: Mapping[str, Any]
    rules: Mapping[str, AttributeRule]
    required: tuple[str, ...]
    conditional: tuple[str, ...]
    catalog: tuple[str, ...]
    keywords: tuple[str, ...]
    attributes_body: bytes
    technical_specs_body: bytes

    @property
    def listing_allowed(self) -> bool:
        return bool(self.settings["listing_allowed"])


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything the file knows. `category_bodies` also has the branches, in which nothing may be listed."""

    leaves: Mapping[str, Category]
    category_bodies: Mapping[str, bytes]
    roots_body: bytes
    migrated: Mapping[str, str]
    brands_needing_authorization: frozenset[str]
    identifiers: Mapping[str, Mapping[str, str]]

    def leaf(self, category_id: str) -> Category | None:
        """The leaf category, also by the number it had before it was moved."""
        return self.leaves.get(self.migrated.get(category_id, category_id))


def fold(text: str) -> str:
    """Lower case without accents: "Preto" and "PRETO" name one value."""
    if text.isascii():
        return text.strip().lower()
    plain = unicodedata.normalize("NFKD", text.strip())
    return "".join(mark for mark in plain if not unicodedata.combining(mark)).lower()


@lru_cache(maxsize=1)
def load_catalog() -> Catalog:
    """Read the tree that ships with the package."""
    raw = orjson.loads(resources.files(__package__).joinpath("categories.json").read_bytes())
    leaves = {leaf["id"]: _leaf(raw, leaf) for leaf in raw["categories"]}
    bodies = {category_id: orjson.dumps(body) for category_id, body in _tree(raw).items()}
    roots = [{"id": key, "name": branch["name"]} for key, branch in raw["parents"].items() if not branch["parent"]]
    return Catalog(
        leaves=leaves,
        category_bodies=bodies,
        roots_body=orjson.dumps(roots),
        migrated=raw["migrated"],
        brands_needing_authorization=frozenset(map(fold, raw["brands_needing_authorization"])),
        identifiers=raw["identifiers"],
    )


def _leaf(raw: Mapping[str, Any], leaf: Mapping[str, Any]) -> Category:
    bodies = [_attribute_body(raw, leaf, name) for name in _attribute_ids(raw, leaf)]
    return Category(
        id=leaf["id"],
        name=leaf["name"],
        domain_id=leaf["domain_id"],
        domain_name=leaf["domain_name"],
        settings={**raw["settings"], **leaf["settings"]},
        rules={body["id"]: _rule(body) for body in bodies},
        required=tuple(leaf["required"]),
        conditional=tuple(leaf["conditional"]),
        catalog=tuple(leaf["catalog"]),
        keywords=tuple(leaf["keywords"]),
        attributes_body=orjson.dumps(bodies),
        technical_specs_body=orjson.dumps(_technical_specs(bodies)),
    )


def _attribute_ids(raw: Mapping[str, Any], leaf: Mapping[str, Any]) -> list[str]:
    names = [*leaf["required"], *leaf["catalog"], *leaf["variation"], *leaf["conditional"]]
    return list(dict.fromkeys([*names, *leaf["optional"], *raw["common"]]))


def _attribute_body(raw: Mapping[str, Any], leaf: Mapping[str, Any], name: str) -> dict[str, Any]:
    known = raw["attributes"][name]
    body = {
        "id": name,
        "name": known["name"],
        "tags": _tags(leaf, name, known),
        "hierarchy": "PARENT_PK" if name in {"BRAND", "MODEL"} else "ITEM",
        "relevance": 1 if name in leaf["required"] else 2,
        "value_type": known["value_type"],
    }
    if values := leaf["values"].get(name, known.get("values")):
        body["values"] = values
    for key in ("value_max_length", "allowed_units", "default_unit"):
        if key in known:
            body[key] = known[key]
    group = "Principais" if known["group"] == "MAIN" else "Outros"
    return {**body, "attribute_group_id": known["group"], "attribute_group_name": group}


def _tags(leaf: Mapping[str, Any], name: str, known: Mapping[str, Any]) -> dict[str, bool]:
    tags = {
        "required": name in leaf["required"],
        "new_required": name in leaf["required"],
        "conditional_required": name in leaf["conditional"],
        "catalog_required": name in leaf["catalog"] or name in leaf["required"],
        "allow_variations": name in leaf["variation"],
        "variation_attribute": name in {"GTIN", "SELLER_SKU"},
        "hidden": known.get("hidden", False),
        "multivalued": known.get("multivalued", False),
    }
    return {tag: True for tag, holds in tags.items() if holds}


def _rule(body: Mapping[str, Any]) -> AttributeRule:
    values = {value["id"]: value["name"] for value in body.get("values", ())}
    return AttributeRule(
        id=body["id"],
        name=body["name"],
        value_type=body["value_type"],
        max_length=body.get("value_max_length", 255),
        values=values,
        ids={fold(name): value_id for value_id, name in values.items()},
        units=frozenset(unit["id"] for unit in body.get("allowed_units", ())),
    )


def _technical_specs(bodies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    groups = []
    for group_id, label in (("MAIN", "Características principais"), ("OTHERS", "Outros")):
        components = [
            {"component": _component(body), "label": body["name"], "attributes": [body]}
            for body in bodies
            if body["attribute_group_id"] == group_id and "hidden" not in body["tags"]
        ]
        groups.append({"id": group_id, "label": label, "relevance": 1, "components": components})
    return {"groups": groups}


def _component(body: Mapping[str, Any]) -> str:
    match body["value_type"]:
        case "list":
            return "COMBO"
        case "boolean":
            return "BOOLEAN_INPUT"
        case "number_unit":
            return "NUMBER_UNIT_INPUT"
        case "number":
            return "NUMBER_INPUT"
        case _:
            return "TEXT_INPUT"


def _tree(raw: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Branches and leaves in the shape of GET /categories/{id}."""
    bodies = {}
    for key, branch in raw["parents"].items():
        settings = {**raw["settings"], "listing_allowed": False}
        bodies[key] = _category_body(raw, key, branch["name"], _ancestors(raw, branch["parent"]), settings)
    for leaf in raw["categories"]:
        settings = {**raw["settings"], **leaf["settings"]}
        body = _category_body(raw, leaf["id"], leaf["name"], _ancestors(raw, leaf["path"][-1]), settings)
        bodies[leaf["id"]] = {**body, "settings": {**settings, "catalog_domain": leaf["domain_id"]}}
    return bodies


def _ancestors(raw: Mapping[str, Any], category_id: str | None) -> list[dict[str, str]]:
    path: list[dict[str, str]] = []
    while category_id:
        branch = raw["parents"][category_id]
        path.insert(0, {"id": category_id, "name": branch["name"]})
        category_id = branch["parent"]
    return path


def _category_body(
    raw: Mapping[str, Any], key: str, name: str, above: list[dict[str, str]], settings: Mapping[str, Any]
) -> dict[str, Any]:
    children = [{"id": child, "name": one["name"]} for child, one in raw["parents"].items() if one["parent"] == key]
    children += [{"id": leaf["id"], "name": leaf["name"]} for leaf in raw["categories"] if leaf["path"][-1] == key]
    return {
        "id": key,
        "name": name,
        "picture": None,
        "permalink": None,
        "total_items_in_this_category": 0,
        "path_from_root": [*above, {"id": key, "name": name}],
        "children_categories": children,
        "attribute_types": "attributes",
        "settings": dict(settings),
        "channels_settings": [],
        "meta_categ_id": None,
        "attributable": False,
        "date_created": "2018-04-25T08:12:56.000Z",
    }
