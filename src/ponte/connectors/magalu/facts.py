"""What must be learnt from Magalu before a SKU can be checked: the account, and what a category asks for."""

from __future__ import annotations

from dataclasses import dataclass, field

from ponte.connectors import shape
from ponte.connectors.learnt import read_once
from ponte.connectors.magalu import names
from ponte.domain.connector import Rules
from ponte.domain.mapping import plain
from ponte.domain.message import JSON
from ponte.domain.sheet import Need, Sheet, SheetField
from ponte.domain.sku import Sku

ACCOUNT = "account"
CATEGORY_PREFIX = "category/"
MAX_CATEGORY = 80
MAX_FIELDS = 500
MAX_CHOICES = 2_000
TENANT_SETTING = "tenant_id"


@dataclass(frozen=True, slots=True)
class Account:
    """The seller's tenant, and the channel that his SKUs are for."""

    tenant: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field that a category asks for. `choices` (name by plain name) is filled for closed lists only."""

    name: str
    required: bool = False
    choices: dict[str, str] = field(default_factory=dict)
    example: str = ""
    in_sheet: bool = True
    """It goes into the technical sheet; the others are the attributes by which variations differ."""

    @property
    def place(self) -> str:
        return names.SHEET if self.in_sheet else names.SHEET_ATTRIBUTES


@dataclass(frozen=True, slots=True)
class Category:
    id: str
    name: str = ""
    fields: tuple[Field, ...] = ()


def needs(sku: Sku, rules: Rules) -> tuple[str, ...]:
    """Return the facts' keys for this SKU: the account, and its category when it is mapped."""
    mapped = rules.mapping.category(sku)
    return (ACCOUNT, CATEGORY_PREFIX + mapped.sent) if mapped else (ACCOUNT,)


def account_of(rules: Rules) -> Account:
    """Return the account as set or learnt; empty where nobody said."""
    fact = shape.table(rules.facts.get(ACCOUNT))
    tenant = rules.settings.get(TENANT_SETTING, "").strip() or shape.text(fact.get("tenant"))
    return Account(tenant, shape.text(fact.get("channel")))


def account_fact(body: JSON) -> dict[str, JSON] | None:
    """Return what is kept of GET /portfolios/me; None when it names no channel."""
    top = shape.table(body)
    ids = {name: shape.word(shape.table(top.get(name)).get(names.ID)) for name in (names.TENANT, names.CHANNEL)}
    seller = shape.table(top.get(names.SELLER))
    if not ids[names.CHANNEL]:
        return None
    return {
        "tenant": ids[names.TENANT],
        "channel": ids[names.CHANNEL],
        "seller": shape.text(seller.get(names.NAME))[:120],
    }


def is_unknown(category_id: str, rules: Rules) -> bool:
    """True when Magalu was asked for the category and has none of that id."""
    key = CATEGORY_PREFIX + category_id
    return key in rules.facts and rules.facts[key] is None


def category_of(category_id: str, rules: Rules) -> Category | None:
    """Return what a category asks for, None when it was not learnt or does not exist."""
    fact = rules.facts.get(CATEGORY_PREFIX + category_id)
    return _category(category_id, fact) if isinstance(fact, dict) else None


def _read_category(category_id: str, fact: dict[str, JSON]) -> Category:
    fields = (_read_field(row) for row in shape.tables(fact.get("fields")))
    return Category(category_id, shape.text(fact.get("name")), tuple(one for one in fields if one.name))


_category = read_once(_read_category)


def _read_field(fact: dict[str, JSON]) -> Field:
    choices = shape.texts(fact.get("choices"))
    return Field(
        shape.text(fact.get("name")),
        required=fact.get("required") is True,
        choices={plain(choice): choice for choice in reversed(choices)},
        example=shape.text(fact.get("example")),
        in_sheet=fact.get("sheet") is not False,
    )


def category_fact(name: str, attributes: list[JSON], datasheet: list[JSON]) -> JSON:
    """Return what is kept of a category: its name and its fields, those of the sheet last."""
    fields = [_field_fact(row, in_sheet=False) for row in shape.tables(attributes)]
    fields += [_field_fact(row, in_sheet=True) for row in shape.tables(datasheet)]
    return {"name": name[:200], "fields": [one for one in fields if one["name"]][:MAX_FIELDS]}


def _field_fact(row: dict[str, JSON], *, in_sheet: bool) -> dict[str, JSON]:
    required = row.get(names.REQUIRED)
    fact: dict[str, JSON] = {
        "name": shape.text(row.get(names.NAME)).strip()[:200],
        # Shown as a boolean in one place, as the word of the filter in another (?).
        "required": required is True or shape.text(required).casefold() in {"true", "required", "obrigatório"},
        "example": shape.text(row.get(names.EXAMPLE))[:200],
        "choices": _choices(row.get(names.CHOICES)),
    }
    return fact if in_sheet else {**fact, "sheet": False}


def _choices(value: JSON) -> list[str]:
    """Return the closed list: sentences, or objects with a name or value (?)."""
    found = []
    for row in shape.rows(value)[:MAX_CHOICES]:
        table = shape.table(row)
        text = shape.word(row) or shape.word(table.get(names.NAME)) or shape.word(table.get(names.VALUE))
        if text.strip():
            found.append(text.strip())
    return found


def sheet(category_id: str, fact: JSON) -> Sheet | None:
    """Return a category's fact in the shape that is shown for all marketplaces."""
    if not isinstance(fact, dict):
        return None
    category = _category(category_id, fact)
    ordered = sorted(category.fields, key=lambda one: not one.required)
    return Sheet(category_id, category.name, tuple(_sheet_field(one) for one in ordered))


def _sheet_field(one: Field) -> SheetField:
    return SheetField(
        one.name,
        one.name,
        need=Need.REQUIRED if one.required else Need.OPTIONAL,
        kind="list" if one.choices else "text",
        values=tuple((choice, choice) for choice in reversed(one.choices.values())),
        variation=not one.in_sheet,
        hint=one.example,
    )
