"""What a marketplace's category asks for, with what fills each field by the mapping, and where it is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.db.gaps import Missing
from ponte.db.models import Channel
from ponte.domain.mapping import Mapping as ChannelMapping
from ponte.domain.mapping import ValueRule, plain
from ponte.domain.mapping_advice import SPECIFICATION
from ponte.domain.sheet import Need, Sheet, SheetField
from ponte.web.labels import Label
from ponte.web.mapping.suggestions import FIELDS

SHOWN: Final = 40
FOUND: Final = 200
NEEDS: Final[Mapping[Need, Label]] = {
    Need.REQUIRED: Label(gettext_lazy("Obrigatório"), "alert", "err"),
    Need.CONDITIONAL: Label(gettext_lazy("Às vezes obrigatório"), "info", "wrn"),
    Need.RECOMMENDED: Label(gettext_lazy("Recomendado"), "star", "inf"),
    Need.OPTIONAL: Label(gettext_lazy("Opcional"), "list", "que"),
}
KINDS: Final[Mapping[str, str | Promise]] = {
    "text": gettext_lazy("texto"),
    "number": gettext_lazy("número"),
    "quantity": gettext_lazy("número com unidade"),
    "boolean": gettext_lazy("sim ou não"),
    "list": gettext_lazy("lista"),
    "date": gettext_lazy("data"),
    "image": gettext_lazy("imagem"),
}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field: what it is, what fills it, and how many products lack it."""

    id: str
    name: str
    need: Label
    kind: str
    facts: tuple[str, ...]
    filled: str
    line: int
    values: tuple[str, ...]
    count: int
    more: int
    missing: int
    products: str
    open: bool


def rows_of(
    sheet: Sheet, mapping: ChannelMapping, missing: Mapping[str, Missing], channel: Channel, wanted: str
) -> tuple[FieldRow, ...]:
    """Return the fields that a search leaves, the required first."""
    order = list(Need)
    fields = sorted(sheet.fields, key=lambda field: order.index(field.need))
    return tuple(
        _row(field, sheet.category, mapping, missing.get(field.id), channel, wanted)
        for field in fields
        if _has(field, wanted)
    )


def _has(field: SheetField, wanted: str) -> bool:
    if not wanted:
        return True
    return _in(wanted, field.name) or _in(wanted, field.id) or any(_in(wanted, name) for _, name in field.values)


def _in(wanted: str, text: str) -> bool:
    return plain(wanted) in plain(text)


def _row(  # noqa: PLR0917 -- a value's fields
    field: SheetField,
    category: str,
    mapping: ChannelMapping,
    missing: Missing | None,
    channel: Channel,
    wanted: str,
) -> FieldRow:
    names = [name for _id, name in field.values]
    hits = [name for name in names if wanted and _in(wanted, name)]
    shown = hits[:FOUND] if hits else names[:SHOWN]
    filled, line = filled_by(mapping, field.id, category)
    query = {"causa": missing.fingerprint, "canal": channel.code} if missing else {}
    return FieldRow(
        id=field.id,
        name=field.name,
        need=NEEDS[field.need],
        kind=str(KINDS.get(field.kind, field.kind)),
        facts=_facts(field),
        filled=filled,
        line=line,
        values=tuple(shown),
        count=len(names),
        more=max(0, (len(hits) if hits else len(names)) - len(shown)),
        missing=missing.count if missing else 0,
        products=urlencode(query),
        open=bool(hits),
    )


def _facts(field: SheetField) -> tuple[str, ...]:
    facts = []
    if field.units:
        facts.append(_("unidades: %(units)s") % {"units": ", ".join(field.units[:12])})
    if field.max_length is not None:
        facts.append(_("até %(count)d caracteres") % {"count": field.max_length})
    if field.several:
        facts.append(_("aceita vários valores"))
    if field.variation:
        facts.append(_("varia entre SKUs"))
    if field.hint:
        facts.append(field.hint[:200])
    return tuple(facts)


def filled_by(mapping: ChannelMapping, attribute: str, category: str) -> tuple[str, int]:
    """Say what fills a field by the mapping, and the line that says so; "" where the connector decides."""
    rule = mapping.rule_for(attribute, category)
    if rule is None or not rule.finds:
        return "", rule.line if rule else 0
    return _filled(rule), rule.line


def _filled(rule: ValueRule) -> str:
    if rule.ignore:
        return _("fica de fora")
    parts: list[str] = []
    if rule.template:
        parts.append(_("modelo %(template)s") % {"template": rule.template})
    parts += _sources(rule.sources)
    if rule.default is not None:
        parts.append(_("sempre “%(value)s”") % {"value": rule.default} if not parts else f"“{rule.default}”")
    return _(", senão ").join(parts)


def _sources(sources: Sequence[str]) -> list[str]:
    return [
        _("especificação “%(name)s”") % {"name": source.removeprefix(SPECIFICATION)}
        if source.startswith(SPECIFICATION)
        else str(FIELDS.get(source, source))
        for source in sources
    ]
