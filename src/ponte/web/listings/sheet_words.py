"""What changed in a category's sheet, in words: "GTIN passou a ser obrigatório"."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.domain.sheet import Sheet
from ponte.domain.sheet_difference import Change, FieldChange, differences

MOST = 12
MAX_VALUES = 120

WORDS: Mapping[Change, str | Promise] = {
    Change.ADDED: gettext_lazy("%(name)s é um campo novo"),
    Change.REMOVED: gettext_lazy("%(name)s não existe mais"),
    Change.REQUIRED: gettext_lazy("%(name)s passou a ser obrigatório"),
    Change.NOT_REQUIRED: gettext_lazy("%(name)s deixou de ser obrigatório"),
    Change.CONDITIONAL: gettext_lazy("%(name)s passou a ser obrigatório em alguns casos"),
    Change.RENAMED: gettext_lazy("%(before)s agora se chama %(after)s"),
    Change.KIND: gettext_lazy("%(name)s mudou de tipo: era %(before)s, agora é %(after)s"),
    Change.LEAF: gettext_lazy("A categoria passou a aceitar anúncios"),
    Change.NOT_LEAF: gettext_lazy("A categoria foi dividida e não aceita mais anúncios"),
}


def change_words(before: Sheet, after: Sheet) -> tuple[tuple[str, ...], int]:
    """Return the changes in words, what asks for more first, and how many are left out."""
    found = differences(before, after)
    return tuple(sentence(one) for one in found[:MOST]), max(0, len(found) - MOST)


def sentence(one: FieldChange) -> str:
    """Say one change."""
    names = {"name": one.name or one.id, "before": _cut(one.before), "after": _cut(one.after)}
    match one.change:
        case Change.ADDED if one.required:
            return _("%(name)s é um campo novo, e obrigatório") % names
        case Change.VALUES:
            return _values(names)
        case Change.UNITS:
            return _("%(name)s mudou de unidades: agora %(after)s") % names
        case Change.LENGTH:
            return _length(names)
        case _:
            return str(WORDS[one.change]) % names


def _values(names: Mapping[str, str]) -> str:
    if names["before"] and names["after"]:
        return _("%(name)s mudou de valores: entraram %(after)s; saíram %(before)s") % names
    if names["after"]:
        return _("%(name)s aceita valores novos: %(after)s") % names
    return _("%(name)s não aceita mais: %(before)s") % names


def _length(names: Mapping[str, str]) -> str:
    if not names["after"]:
        return _("%(name)s não tem mais limite de tamanho") % names
    if not names["before"]:
        return _("%(name)s passou a aceitar até %(after)s caracteres") % names
    return _("%(name)s aceita até %(after)s caracteres; antes, %(before)s") % names


def _cut(text: str) -> str:
    return text if len(text) <= MAX_VALUES else f"{text[:MAX_VALUES]}…"
