"""What the audit's page shows: "Ana reprocessou 120 registros do canal Mercado Livre"."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.http import HttpRequest, QueryDict
from django.utils import formats, timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from ponte.db.audit_trail import REFUSED, Asked, Entry, Page, actors
from ponte.web.audit.refused import refused_sentence
from ponte.web.audit.words import ON_RECORDS, OTHERS, verb_names
from ponte.web.choice import Choice
from ponte.web.labels import ROLES

MAX_TEXT = 120
PATHS = {
    "integration": "/produtos/",
    "action": "/fila/",
    "channel": "/canais/",
    "cause": "/causas/",
    "user": "/pessoas/",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence, with a way to what it is about."""

    at: datetime
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """The page: filters with their values, and the days."""

    days: tuple[Day, ...]
    people: tuple[Choice, ...]
    verbs: tuple[Choice, ...]
    target: str
    day: str
    until: str
    next: str
    export: str
    narrowed: bool


def asked_in(request: HttpRequest) -> Asked:
    """Read the filters of an address; what cannot be read is as if it was not there."""
    query = request.GET
    person, verb = query.get("pessoa", ""), query.get("acao", "")
    return Asked(
        actor_id=int(person) if person.isdecimal() and len(person) < 19 else None,
        verb=verb if verb in verb_names() else "",
        target=query.get("alvo", "").replace("\x00", "").strip()[:MAX_TEXT],
        day=_day(query.get("de", "")),
        until=_day(query.get("ate", "")),
    )


def trail_of(store_id: int, asked: Asked, found: Page, next_cursor: str, *, opens_people: bool) -> Trail:
    """Put the page together."""
    lines = [line_of(entry, opens_people=opens_people) for entry in found.entries]
    days = groupby(lines, key=lambda line: timezone.localtime(line.at).date())
    query = _query(asked)
    chosen = "" if asked.actor_id is None else str(asked.actor_id)
    return Trail(
        days=tuple(Day(day, tuple(inside)) for day, inside in days),
        people=tuple(Choice(str(number), name, str(number) == chosen) for number, name in actors(store_id)),
        verbs=tuple(Choice(verb, name, verb == asked.verb) for verb, name in verb_names().items()),
        target=asked.target,
        day=asked.day.isoformat() if asked.day else "",
        until=asked.until.isoformat() if asked.until else "",
        next=f"/auditoria?{_with(query, 'depois', next_cursor)}" if next_cursor else "",
        export=f"/auditoria/exportar?{query.urlencode()}",
        narrowed=asked != Asked(),
    )


def line_of(entry: Entry, *, opens_people: bool) -> Line:
    kind = entry.target.partition(":")[0]
    rest = entry.target.partition(":")[2]
    opens = entry.count == 1 and kind in PATHS and (opens_people or kind != "user")
    return Line(entry.at, sentence(entry), f"{PATHS[kind]}{rest}" if opens else "")


def sentence(entry: Entry) -> str:
    """Return what was done as a sentence, in the language of the thread."""
    words: dict[str, object] = defaultdict(lambda: "?")
    words |= {key: str(value) for key, value in entry.detail.items()}
    words |= {
        name: str(ROLES.get(str(entry.detail[name]), "?")) for name in ("role", "before") if name in entry.detail
    }
    words |= {"who": entry.actor or _("O sistema"), "subject": entry.subject}
    if entry.verb in ON_RECORDS:
        return _on_records(entry, words)
    if entry.verb == REFUSED:
        return refused_sentence(entry, words)
    if entry.verb in OTHERS:
        return str(OTHERS[entry.verb].sentence) % words
    return f"{words['who']}: {entry.verb} {entry.subject}"


def _on_records(entry: Entry, words: dict[str, object]) -> str:
    known = ON_RECORDS[entry.verb]
    words["channel"] = ", ".join(entry.channels) or "?"
    words["count"] = formats.number_format(entry.count, 0, use_l10n=True, force_grouping=True)
    if entry.count == 1:
        return str(known.one) % words
    return str(known.many if len(entry.channels) < 2 else known.spread) % words


def _day(text: str) -> date | None:
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found and 2000 <= found.year <= 2100 else None


def _query(asked: Asked) -> QueryDict:
    query = QueryDict(mutable=True)
    given = {
        "pessoa": "" if asked.actor_id is None else str(asked.actor_id),
        "acao": asked.verb,
        "alvo": asked.target,
        "de": asked.day.isoformat() if asked.day else "",
        "ate": asked.until.isoformat() if asked.until else "",
    }
    query.update({name: value for name, value in given.items() if value})
    return query


def _with(query: QueryDict, name: str, value: str) -> str:
    changed = query.copy()
    changed[name] = value
    return changed.urlencode()
