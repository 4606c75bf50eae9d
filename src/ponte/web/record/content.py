"""A product's content on its way: field by field, and as VTEX has it, as Ponte translates it, as was answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.db.models import Attempt, Exchange, Integration
from ponte.domain.lifecycle import AttemptResult, Status
from ponte.domain.message import JSON
from ponte.web.explained import problems_of
from ponte.web.labels import Label
from ponte.web.record.fields import Fields, Show, fields_of

VIEWS: Mapping[str, str | Promise] = {
    "comparar": _("Comparar"),
    "origem": _("Origem"),
    "traduzido": _("Traduzido"),
    "destino": _("Destino"),
}
READS_EXCHANGES = frozenset({"origem", "destino"})
MAX_TEXT = 64 * 1024
VTEX_SIDE = "vtex"
SENT = frozenset({AttemptResult.ACCEPTED, AttemptResult.UNCHANGED})


@dataclass(frozen=True, slots=True)
class Content:
    """The chosen view: `fields` for the comparison, else `text` (JSON where it is JSON)."""

    view: str
    fields: Fields | None = None
    text: str = ""


def content_of(
    found: Integration, tried: Attempt | None, passed: Sequence[Exchange], view: str, show: str = ""
) -> Content:
    """Return one view of the newest try's content. An unknown view is the comparison."""
    match view:
        case "origem":
            return Content(view, text=_answers(passed, of_vtex=True))
        case "traduzido":
            return Content(view, text=pretty(tried.offer) if tried and tried.offer else "")
        case "destino":
            return Content(view, text=_answers(passed, of_vtex=False))
        case _:
            return Content("comparar", _fields(found, tried, show))


def _fields(found: Integration, tried: Attempt | None, show: str) -> Fields:
    return fields_of(
        found,
        tried.provenance if tried else [],
        problems_of(found.problems),
        otherwise=_verdict(found, tried),
        show=Show(show) if show in set(Show) else Show.FIRST,
    )


def _verdict(found: Integration, tried: Attempt | None) -> Label | None:
    """Say what became of the fields nobody complained of."""
    if tried is None:
        return None
    if tried.result in SENT:
        return Label(_("Aceito"), "", "")
    if tried.result == AttemptResult.PENDING:
        return _answered_later(found)
    # With an answer of the marketplace the whole offer was before it.
    if tried.result == AttemptResult.REJECTED and tried.http_status and tried.http_status >= 400:
        return Label(_("Sem ressalva"), "", "")
    return Label(_("Não enviado"), "", "")


def _answered_later(found: Integration) -> Label:
    """Say what a later look told of a try that was sent; the record's status is the newest answer."""
    match found.status:
        case Status.SUCCESS | Status.ALERT:
            return Label(_("Aceito"), "", "")
        case Status.ERROR:
            return Label(_("Sem ressalva"), "", "")
        case _:
            return Label(_("Em análise"), "", "")


def _answers(passed: Sequence[Exchange], *, of_vtex: bool) -> str:
    bodies = [one for one in passed if (one.side == VTEX_SIDE) is of_vtex and one.response_body]
    return "\n\n".join(f"# {one.method} {one.endpoint}\n{_pretty_text(one.response_body)}" for one in bodies)[
        :MAX_TEXT
    ]


def _pretty_text(text: str) -> str:
    try:
        return pretty(json.loads(text))
    except (ValueError, RecursionError):
        return text


def pretty(value: JSON) -> str:
    """Return JSON as people read it, cut to what a page can hold."""
    return json.dumps(value, ensure_ascii=False, indent=2)[:MAX_TEXT]
