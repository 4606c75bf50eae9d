"""The origin of every field: what VTEX had, which rule applied, what was sent, and what was said about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ponte.db.models import Integration
from ponte.domain.code_rules import HEARD
from ponte.domain.mapping import plain
from ponte.domain.message import JSON
from ponte.domain.problem import Problem
from ponte.explain.naming import field_name, name_of
from ponte.web.explained import language, told
from ponte.web.labels import Label
from ponte.web.record.values import read_value

MAX_LINES = 200
FIRST = 12
"""How many lines are shown when nobody asked for all."""
SPECIFICATION = "specification"
SAME_NAME, UNMAPPED, MISSING = "same name", "category.unmapped", "_MISSING"
_UNIT = re.compile("_(cm|g)$")
REFUSED = Label(gettext_lazy("Recusado"), "error", "err")
WRONG = Label(pgettext_lazy("status", "Erro"), "error", "err")
DOUBTED = Label(gettext_lazy("Alerta"), "alert", "wrn")

RULES: Mapping[str, str | Promise] = {
    "as read": gettext_lazy("Como está na VTEX"),
    "source": gettext_lazy("Copiado do campo"),
    "specification": gettext_lazy("Copiado da especificação"),
    "category map": gettext_lazy("Mapa de categorias"),
    "default": gettext_lazy("Valor padrão"),
    "option": gettext_lazy("Opção do mapeamento"),
    "cut": gettext_lazy("Cortado para caber"),
    "template": gettext_lazy("Montado pelo modelo"),
    "value map": gettext_lazy("Traduzido pelo mapa de valores"),
    "brand map": gettext_lazy("Traduzido pelo mapa de marcas"),
    "unit": gettext_lazy("Convertido de unidade"),
    "markup": gettext_lazy("Com o acréscimo do canal"),
    "reserve or cap": gettext_lazy("Com a reserva do canal"),
    "plain text": gettext_lazy("Sem formatação"),
    "https": gettext_lazy("Endereço seguro"),
    "standard": gettext_lazy("Regra padrão do conector"),
    "same name": gettext_lazy("Especificação de mesmo nome"),
    "own path": gettext_lazy("Categoria de mesmo caminho"),
    "list": gettext_lazy("Lista de especificações"),
}


class Show(StrEnum):
    """Which lines are asked for."""

    FIRST = ""
    PROBLEMS = "problema"
    ALL = "todos"


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the offer; `reason` is the problem that names it.

    `found` and `sent` are as they passed, `read` and `shown` the same for people.
    """

    name: str
    source: str
    found: str
    rule: str | Promise
    line: int
    sent: str
    verdict: Label | None
    reason: str = ""
    empty: bool = True
    """Where nothing was found or sent: that is the trouble, or is at least so; False where nothing is known of it."""
    read: str = ""
    shown: str = ""

    @property
    def bad(self) -> bool:
        return self.verdict is REFUSED or self.verdict is WRONG

    @property
    def doubtful(self) -> bool:
        return self.verdict is DOUBTED

    @property
    def changed(self) -> bool:
        return self.found != self.sent


@dataclass(frozen=True, slots=True)
class Fields:
    """The lines asked for; `problems` and `total` are of all there are."""

    show: Show
    lines: tuple[Line, ...]
    problems: int
    total: int

    @property
    def hidden(self) -> int:
        return self.total - len(self.lines)


def fields_of(
    found: Integration,
    provenance: Sequence[Mapping[str, JSON]],
    problems: Iterable[Problem],
    *,
    otherwise: Label | None,
    show: Show = Show.FIRST,
) -> Fields:
    """Return the lines, what is wrong first. `otherwise` is the verdict on fields that nobody complained of."""
    said = _Said(found, problems)
    lines = [_line(one, said, otherwise) for one in provenance[:MAX_LINES]]
    lines = [*said.unsaid(), *lines]
    lines.sort(key=_rank)
    flawed = [line for line in lines if line.bad or line.doubtful]
    match show:
        case Show.PROBLEMS:
            shown = flawed
        case Show.ALL:
            shown = lines
        case Show.FIRST:
            shown = lines[: max(FIRST, len(flawed))]
    return Fields(show, tuple(shown), len(flawed), len(lines))


def _rank(line: Line) -> tuple[bool, bool, bool, bool]:
    """What is wrong first, then what Ponte changed on the way; what VTEX has no part in comes last."""
    return not line.bad, not line.doubtful, not line.source, not line.changed


class _Said:
    """What the problems say about which field; those that name no field of the offer get a line of their own."""

    def __init__(self, found: Integration, problems: Iterable[Problem]) -> None:
        self._found = found
        self._problems = [problem for problem in problems if problem.subject and "://" not in problem.subject]
        self._told: set[int] = set()

    def about(self, field: str, source: str) -> Problem | None:
        """Return the first problem that names a field of the offer, or of VTEX where it came from."""
        for name in (field, source.rpartition(":")[2], _UNIT.sub("", source).rpartition(".")[2]):
            key = plain(name)
            for place, problem in enumerate(self._problems):
                if key and key in _names(problem):
                    self._told.add(place)
                    return problem
        return None

    def unsaid(self) -> list[Line]:
        rest = [problem for place, problem in enumerate(self._problems) if place not in self._told]
        seen: dict[str, Problem] = {}
        for problem in rest:
            seen.setdefault(plain(problem.subject), problem)
        return [
            Line(
                name=self._name(problem),
                source="",
                found=(value := self._value(problem)),
                rule="",
                line=0,
                sent="",
                verdict=_verdict(problem),
                reason=self.title(problem),
                empty=problem.kind.name.endswith(MISSING),
                read=value,
            )
            for problem in seen.values()
        ]

    def _name(self, problem: Problem) -> str:
        if problem.code == UNMAPPED:
            return field_name("category", language())
        return name_of(problem, language()) or problem.subject

    def _value(self, problem: Problem) -> str:
        """Return what VTEX has there, where the record itself knows."""
        if problem.code == UNMAPPED:
            return self._found.category
        return self._found.sku if problem.subject == "sku" else ""

    def title(self, problem: Problem) -> str:
        return told(problem, self._found).title


def _verdict(problem: Problem) -> Label:
    if not problem.blocking:
        return DOUBTED
    return REFUSED if problem.stage in HEARD else WRONG


def _names(problem: Problem) -> tuple[str, str]:
    """Return what a problem calls its field: as written, and the last step of a path."""
    return plain(problem.subject), plain(problem.subject.rpartition(".")[2])


def _line(one: Mapping[str, JSON], said: _Said, otherwise: Label | None) -> Line:
    field, source = str(one.get("field", "")), str(one.get("source", ""))
    problem = said.about(field, source)
    rule = str(one.get("rule", ""))
    found, sent = str(one.get("found", "")), str(one.get("sent", ""))
    return Line(
        name=_name(field, source, rule),
        source=_source(source),
        found=found,
        rule=RULES.get(rule, rule),
        line=int(one.get("line") or 0),
        sent=sent,
        verdict=_verdict(problem) if problem else otherwise,
        reason=said.title(problem) if problem else "",
        read=read_value(found, source),
        shown=read_value(sent, source),
    )


def _name(field: str, source: str, rule: str) -> str:
    """Name a field of the offer; one with no name of its own has that of the specification it was found by."""
    known = field_name(field, language())
    kind, _colon, name = source.partition(":")
    return name if known == field and rule == SAME_NAME and kind == SPECIFICATION and name else known


def _source(source: str) -> str:
    """Name the field of VTEX: "Especificação Cor", "Marca"; "" where the value is ours."""
    kind, _colon, name = source.partition(":")
    if kind == SPECIFICATION and name:
        return _("Especificação %(name)s") % {"name": name}
    return field_name(_UNIT.sub("", source), language()) if source else ""
