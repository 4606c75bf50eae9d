"""An open cause: what happened, how and where to fix it, whom it hits, what was said and decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.db import cause_inside
from ponte.db.cause_inside import Group, Sample
from ponte.db.gaps import EVERY
from ponte.db.models import Audit, Cause, CauseState, Integration
from ponte.db.records import cause_problem
from ponte.domain.problem import Problem, Severity
from ponte.explain import Explanation, Link, explain
from ponte.web.causes.rows import STATES
from ponte.web.clock import brief
from ponte.web.explained import language, problems_of

CUT = 600
DECIDED: Mapping[str, str | Promise] = {
    f"cause {CauseState.OPEN}": gettext_lazy("Reaberta"),
    f"cause {CauseState.ACKNOWLEDGED}": gettext_lazy("Marcada como em andamento"),
    f"cause {CauseState.IGNORED}": gettext_lazy("Ignorada"),
    f"cause {CauseState.RESOLVED}": gettext_lazy("Resolvida fora"),
    "cause note": gettext_lazy("Anotação"),
}


@dataclass(frozen=True, slots=True)
class Share:
    """A category or brand: `part` of 100 of the sample."""

    name: str
    count: int
    part: int


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """A change of state in words; `by` is empty where nobody did it."""

    text: str | Promise
    detail: str
    by: str
    at: datetime
    icon: str


@dataclass(frozen=True, slots=True)
class Example:
    """A product that has the cause."""

    id: int
    sku: str
    name: str
    category: str


@dataclass(frozen=True, slots=True)
class Inside:
    """Everything that an open cause shows."""

    told: Explanation
    links: tuple[Link, ...]
    message: str
    cut: bool
    code: str
    sample: str
    categories: tuple[Share, ...]
    brands: tuple[Share, ...]
    examples: tuple[Example, ...]
    notes: tuple[Written, ...]
    events: tuple[Event, ...]
    suggestions: str = ""
    """Where the mapping's suggestions for this cause are; "" for a cause that no rule can close."""


def inside_of(cause: Cause, now: datetime) -> Inside:
    """Read what an open cause shows; `cause` was read with its channel and store."""
    found = cause_inside.sample(cause)
    problem = _fullest(cause, found)
    told = explain(problem, language(), _context(cause, found))
    return Inside(
        told=told,
        links=told.links,
        message=problem.message[:CUT],
        cut=len(problem.message) > CUT,
        code=cause.code,
        sample=_sampled(found),
        categories=_shares(found.categories, found.size),
        brands=_shares(found.brands, found.size),
        examples=tuple(Example(one.pk, one.sku, one.name, one.category) for one in found.examples),
        notes=tuple(
            Written(note.text, note.author.username if note.author else "", note.at)
            for note in cause_inside.notes(cause)
        ),
        events=_events(cause, cause_inside.changes(cause), now),
        suggestions=_suggestions(cause),
    )


def _suggestions(cause: Cause) -> str:
    closes = cause.problem_class in EVERY and cause.severity == Severity.ERROR
    path = f"/canais/{cause.channel.code}/mapeamento/sugestoes?causa={cause.fingerprint}"
    return path if closes else ""


def _fullest(cause: Cause, found: Sample) -> Problem:
    """Return the newest record's own problem, which has the values for the texts; else what the cause keeps."""
    newest = found.examples[0] if found.examples else None
    kept = problems_of(newest.problems[:1]) if newest else ()
    return kept[0] if kept else cause_problem(cause)


def _context(cause: Cause, found: Sample) -> dict[str, str]:
    """Return what the texts and links are made of; the links to VTEX open the newest record's product."""
    channel = cause.channel
    context = {
        "marketplace": channel.name,
        "account": channel.store.account,
        "policy": channel.trade_policy,
        "mapping_url": f"/canais/{channel.code}/mapeamento",
        "channel_url": f"/canais/{channel.code}",
    }
    return {**context, **_product(found.examples[0])} if found.examples else context


def _product(newest: Integration) -> dict[str, str]:
    return {"sku_id": newest.sku, "product_id": newest.product_id, "category": newest.category}


def _sampled(found: Sample) -> str:
    if found.whole:
        return ""
    return _("Contado nos %(count)d registros mais recentes.") % {"count": found.size}


def _shares(groups: Sequence[Group], size: int) -> tuple[Share, ...]:
    named = [Share(group.name, group.count, round(100 * group.count / size)) for group in groups if group.name]
    others = size - sum(share.count for share in named)
    if named and others:
        named.append(Share("", others, round(100 * others / size)))
    return tuple(named)


def _events(cause: Cause, changes: Sequence[Audit], now: datetime) -> tuple[Event, ...]:
    """Return who decided what, newest first, with what happened by itself where the cause still knows it."""
    decided = [change for change in changes if change.verb != "cause note"]
    events = [_event(change, now) for change in decided]
    alone = _by_itself(cause, decided[0].verb if decided else "")
    first = Event(_("Vista pela primeira vez"), "", "", cause.first_at, "star")
    return (*((alone,) if alone else ()), *events, first)


def _by_itself(cause: Cause, last_verb: str) -> Event | None:
    """Return what became of the cause without anybody after the last decision."""
    if last_verb == f"cause {cause.state}":
        return None
    match CauseState(cause.state):
        case CauseState.RESOLVED:
            text = _("Resolvida sozinha: nenhum produto a tem mais")
        case CauseState.OPEN if last_verb == f"cause {CauseState.IGNORED}":
            text = _("Reaberta sozinha: passou do prazo ou do número")
        case CauseState.OPEN if cause.returns:
            text = _("Reaberta sozinha: voltou a aparecer")
        case _:
            return None
    return Event(text, "", "", cause.state_at, STATES[CauseState(cause.state)].icon)


def _event(change: Audit, now: datetime) -> Event:
    state = change.verb.rpartition(" ")[2]
    icon = STATES[CauseState(state)].icon if state in CauseState.values else "note"
    by = change.actor.username if change.actor else ""
    return Event(DECIDED.get(change.verb, change.verb), _detail(change, now), by, change.at, icon)


def _detail(change: Audit, now: datetime) -> str:
    until, above = change.detail.get("until"), change.detail.get("above")
    if until:
        return _("até %(moment)s") % {"moment": brief(datetime.fromisoformat(until), now)}
    if above is not None:
        return _("até passar de %(count)d produtos") % {"count": above}
    return _("para sempre") if change.verb == f"cause {CauseState.IGNORED}" else ""
