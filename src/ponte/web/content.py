"""A product's content on its way: as VTEX has it, as Ponte translates it, as the marketplace took it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.db.models import Attempt, Exchange, Integration
from ponte.domain.lifecycle import AttemptResult
from ponte.domain.mapping import plain
from ponte.domain.message import JSON
from ponte.domain.problem import Problem
from ponte.explain.naming import field_name, name_of
from ponte.web.explained import language, problems_of, told
from ponte.web.labels import Label

VIEWS: Mapping[str, str | Promise] = {
    "comparar": _("Comparar"),
    "origem": _("Origem"),
    "traduzido": _("Traduzido"),
    "destino": _("Destino"),
}
MAX_LINES = 200
MAX_TEXT = 64 * 1024
VTEX_SIDE = "vtex"
SENT = frozenset({AttemptResult.ACCEPTED, AttemptResult.UNCHANGED})

RULES: Mapping[str, str | Promise] = {
    "category map": _("pelo mapa de categorias"),
    "default": _("valor padrão"),
    "cut": _("cortado para caber"),
    "template": _("montado pelo modelo"),
    "value map": _("traduzido pelo mapa de valores"),
    "markup": _("com o acréscimo do canal"),
    "reserve or cap": _("com a reserva do canal"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One field: what was found, what is sent, and what was said about it."""

    name: str | Promise
    found: str
    sent: str
    rule: str | Promise
    line: int
    verdict: Label | None
    bad: bool

    @property
    def doubtful(self) -> bool:
        return self.verdict is not None and self.verdict.tone == "wrn"

    @property
    def changed(self) -> bool:
        return self.found != self.sent


@dataclass(frozen=True, slots=True)
class Content:
    """The chosen view: `lines` for the comparison, else `text` (JSON where it is JSON)."""

    view: str
    lines: tuple[Line, ...] = ()
    text: str = ""


def content_of(found: Integration, tried: Attempt | None, passed: Sequence[Exchange], view: str) -> Content:
    """Return one view of the newest try's content. An unknown view is the comparison."""
    match view:
        case "origem":
            return Content(view, text=_answers(passed, of_vtex=True))
        case "traduzido":
            return Content(view, text=_pretty(tried.offer) if tried and tried.offer else "")
        case "destino":
            return Content(view, text=_answers(passed, of_vtex=False))
        case _:
            return Content("comparar", lines=tuple(_lines(found, tried, _verdict(tried, passed))))


def _lines(found: Integration, tried: Attempt | None, verdict: Label | None) -> list[Line]:
    problems = [problem for problem in problems_of(found.problems) if problem.subject]
    said = {plain(problem.subject): (problem, told(problem, found).title) for problem in reversed(problems)}
    provenance: Sequence[Mapping[str, JSON]] = tried.provenance if tried else []
    known = {plain(str(one.get("field", ""))) for one in provenance}
    absent = [key for key in said if key not in known and "://" not in key]
    lines = [_absent(*said[key]) for key in reversed(absent)]
    lines += [_line(one, said, verdict) for one in provenance[:MAX_LINES]]
    return sorted(lines, key=lambda line: (not line.bad, not line.doubtful, not line.changed))


def _absent(problem: Problem, title: str) -> Line:
    name = name_of(problem, language()) or problem.subject
    return Line(name, "", "", "", 0, _fault(problem, title), problem.blocking)


def _line(one: Mapping[str, JSON], said: Mapping[str, tuple[Problem, str]], verdict: Label | None) -> Line:
    field = str(one.get("field", ""))
    about = said.get(plain(field))
    return Line(
        name=field_name(field, language()),
        found=str(one.get("found", "")),
        sent=str(one.get("sent", "")),
        rule=RULES.get(str(one.get("rule", "")), ""),
        line=int(one.get("line") or 0),
        verdict=_fault(*about) if about else verdict,
        bad=bool(about and about[0].blocking),
    )


def _fault(problem: Problem, title: str) -> Label:
    return Label(title, "error", "err") if problem.blocking else Label(title, "alert", "wrn")


def _verdict(tried: Attempt | None, passed: Sequence[Exchange]) -> Label | None:
    """Say what became of the fields nobody complained of."""
    if tried is None:
        return None
    if tried.result in SENT:
        return Label(_("Aceito"), "", "")
    if tried.result == AttemptResult.REJECTED and any(one.side != VTEX_SIDE for one in passed):
        return Label(_("Sem ressalva"), "", "")
    return Label(_("Não enviado"), "", "")


def _answers(passed: Sequence[Exchange], *, of_vtex: bool) -> str:
    bodies = [one for one in passed if (one.side == VTEX_SIDE) is of_vtex and one.response_body]
    return "\n\n".join(f"# {one.method} {one.endpoint}\n{_pretty_text(one.response_body)}" for one in bodies)[
        :MAX_TEXT
    ]


def _pretty_text(text: str) -> str:
    try:
        return _pretty(json.loads(text))
    except (ValueError, RecursionError):
        return text


def _pretty(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)[:MAX_TEXT]
