"""The page of suggestions: a line per gap, with candidates and why; and the form that comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ponte.db.gaps import Gap, Lack
from ponte.db.models import Channel
from ponte.domain.mapping_advice import Choice, FillAttribute, MapCategory, TranslateValue, is_origin
from ponte.explain.naming import path_of
from ponte.flows.mapping.suggestions import Advice, Candidate, Why, leaf_of
from ponte.web.mapping.targets import page_of

FIELDS: Final[Mapping[str, str | Promise]] = {
    "brand": gettext_lazy("Marca"),
    "reference": gettext_lazy("Código de referência"),
    "ean": gettext_lazy("Código de barras (EAN)"),
    "name": gettext_lazy("Nome completo"),
    "product_name": gettext_lazy("Nome do produto"),
    "sku_name": gettext_lazy("Nome do SKU"),
    "sku_id": gettext_lazy("Código do SKU"),
    "product_id": gettext_lazy("Código do produto"),
}
MAX_OPTIONS: Final = 500
MAX_CHOICE: Final = 300


@dataclass(frozen=True, slots=True)
class Offered:
    """A candidate as it is shown; `said` is what it writes, in words."""

    choice: str
    said: str
    why: str
    checked: bool


@dataclass(frozen=True, slots=True)
class GapLine:
    """One gap with its candidates; `free` is what was typed instead."""

    key: str
    lack: Lack
    title: str
    detail: str
    blocks: str
    candidates: tuple[Offered, ...]
    options: tuple[tuple[str, str], ...]
    chosen: bool
    free: str
    free_label: str
    cause: int
    products: str
    pages: tuple[tuple[str, str], ...]
    asked: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Gaps of one kind."""

    lack: Lack
    title: str | Promise
    lines: tuple[GapLine, ...]


GROUPS: Final[Mapping[Lack, str | Promise]] = {
    Lack.CATEGORY: gettext_lazy("Categorias sem destino"),
    Lack.ATTRIBUTE: gettext_lazy("Atributos sem valor"),
    Lack.VALUE: gettext_lazy("Valores fora da lista"),
}


def groups_of(
    advice: Iterable[Advice], form: QueryDict | None, channel: Channel, *, only: str = ""
) -> tuple[Group, ...]:
    """Return the lines by kind. `form` is what the person chose; without one the likeliest is offered, unticked."""
    found: dict[Lack, list[GapLine]] = {lack: [] for lack in Lack}
    for one in advice:
        found[one.gap.lack].append(_line(one, form, channel, only=only))
    return tuple(Group(lack, GROUPS[lack], tuple(lines)) for lack, lines in found.items() if lines)


def _line(one: Advice, form: QueryDict | None, channel: Channel, *, only: str) -> GapLine:
    gap = one.gap
    picked = form.get(f"alvo.{gap.key}", "") if form else (one.best.choice if one.best else "")
    return GapLine(
        key=gap.key,
        lack=gap.lack,
        title=_title(gap),
        detail=_detail(gap),
        blocks=_blocks(gap),
        candidates=tuple(_offered(found, gap, found.choice == picked) for found in one.candidates),
        options=one.options[:MAX_OPTIONS],
        chosen=gap.key in form.getlist("usar") if form else bool(only and one.best and gap.fingerprint == only),
        free=form.get(f"livre.{gap.key}", "")[:MAX_CHOICE] if form else "",
        free_label=_free_label(gap),
        cause=gap.cause,
        products=urlencode({"causa": gap.fingerprint, "canal": channel.code}),
        pages=tuple((name, page_of(channel, name)) for name in gap.categories[:3]),
        asked=one.asked,
    )


def _title(gap: Gap) -> str:
    match gap.lack:
        case Lack.CATEGORY:
            return path_of(gap.name) or gap.subject
        case Lack.ATTRIBUTE:
            return gap.name
        case _:
            return f"{gap.name}: “{gap.value}”"


def _detail(gap: Gap) -> str:
    if gap.lack is Lack.CATEGORY:
        return _("categoria %(number)s da VTEX") % {"number": gap.subject}
    return gap.subject if gap.subject != gap.name else ""


def _blocks(gap: Gap) -> str:
    text = ngettext("%(count)d produto parado", "%(count)d produtos parados", gap.count) % {"count": gap.count}
    return _("pelo menos %(text)s") % {"text": text} if gap.sampled else text


def _free_label(gap: Gap) -> str:
    match gap.lack:
        case Lack.CATEGORY:
            return _("Outra categoria para %(name)s") % {"name": leaf_of(gap.name)}
        case Lack.ATTRIBUTE:
            return _("Outro campo ou um valor fixo para %(name)s") % {"name": gap.name}
        case _:
            return _("Outro valor para “%(name)s”") % {"name": gap.value}


def _offered(found: Candidate, gap: Gap, checked: bool) -> Offered:  # noqa: FBT001 -- a value's field
    return Offered(found.choice, _said(found, gap), _why(found), checked)


def _said(found: Candidate, gap: Gap) -> str:
    if gap.lack is Lack.CATEGORY:
        return f"{found.name} ({found.choice})" if found.name != found.choice else found.choice
    if gap.lack is Lack.VALUE:
        return found.name
    if found.choice in FIELDS:
        return str(FIELDS[found.choice])
    if is_origin(found.choice):
        return _("Especificação “%(name)s”") % {"name": found.name}
    return _("Sempre “%(value)s”") % {"value": found.name}


def _why(found: Candidate) -> str:
    match found.why:
        case Why.MARKETPLACE:
            return _("sugerida pelo marketplace para estes produtos")
        case Why.LIKE_CATEGORY:
            return _("nome parecido")
        case Why.LIKE_FIELD | Why.FITS_LIST:
            values = _("valores: %(values)s") % {"values": found.detail} if found.detail else ""
            like = _("nome parecido") if found.why is Why.LIKE_FIELD else _("os valores estão na lista")
            return f"{like}; {values}" if values else like
        case Why.STANDARD:
            return _("todo SKU tem")
        case Why.LIKE_VALUE:
            return _("valor parecido da lista")
        case Why.USUAL_VALUE:
            return _("valor usual da lista")


def choices_in(form: QueryDict, gaps: Sequence[Gap]) -> list[tuple[Gap, Choice]]:
    """Return what a form chose, gap by gap: the free choice where one was typed."""
    ticked = set(form.getlist("usar"))
    found = []
    for gap in gaps:
        if gap.key not in ticked:
            continue
        typed = form.get(f"livre.{gap.key}", "").strip() or form.get(f"alvo.{gap.key}", "").strip()
        if typed and (chosen := _choice(gap, typed[:MAX_CHOICE])):
            found.append((gap, chosen))
    return found


def _choice(gap: Gap, typed: str) -> Choice | None:
    match gap.lack:
        case Lack.CATEGORY:
            return MapCategory(gap.subject, _id_of(typed), leaf_of(gap.name))
        case Lack.ATTRIBUTE:
            own = gap.categories[0] if len(gap.categories) == 1 and not is_origin(typed) else ""
            return FillAttribute(gap.subject, typed, own)
        case _:
            origin = "brand" if gap.brand else f"specification:{gap.name}"
            return TranslateValue(gap.subject, gap.value, typed, origin, gap.brand)


def _id_of(typed: str) -> str:
    """Return the number of a category that was chosen by its name: "Tênis (MLB23332)"."""
    head, _paren, inner = typed.rpartition("(")
    return inner[:-1].strip() if head and inner.endswith(")") and inner[:-1].strip() else typed


def note_of(person: str) -> str:
    """Return what stands behind each line that is written: who, and when."""
    day = timezone.localdate().isoformat()
    name = "".join(char for char in person if char.isprintable() and char != "#")[:60]
    return _("sugestão aplicada por %(person)s em %(day)s") % {"person": name, "day": day}
