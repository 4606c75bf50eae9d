"""`/codigos` as values: lines of the inbox, rules, and what the address asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.connectors import Broken, installed
from ponte.db import cause_days
from ponte.db.code_inbox import Line, inbox
from ponte.db.code_rules import rules_in
from ponte.db.models import CodeRule
from ponte.db.records import cause_problem
from ponte.domain.code_rules import Match
from ponte.domain.problem import ProblemClass
from ponte.explain.catalogue import entries
from ponte.explain.messages import suggest
from ponte.web.access import Visit
from ponte.web.causes.rows import products_query
from ponte.web.explained import language
from ponte.web.products.rows import ChannelBadge, badge

MAX_WORDS = 400


class Tab(StrEnum):
    """The values are the words of the address."""

    UNKNOWN = "sem-regra"
    GENERAL = "regra-geral"
    RULES = "regras"


TABS: Mapping[Tab, str | Promise] = {
    Tab.UNKNOWN: _("Sem regra"),
    Tab.GENERAL: _("Só pela regra geral"),
    Tab.RULES: _("Suas regras"),
}
MATCHES: Mapping[Match, str | Promise] = {
    Match.CODE: _("Código igual a"),
    Match.PREFIX: _("Código começa com"),
    Match.WORDS: _("Mensagem tem as palavras"),
}


@dataclass(frozen=True, slots=True)
class TabLink:
    href: str
    text: str | Promise
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code or one message without a rule. `now` is the class it has, `hint` the one that its words suggest."""

    cause: int
    store: str
    connector: str
    code: str
    words: str
    records: int
    times: int
    first_at: datetime | None
    last_at: datetime | None
    channels: tuple[ChannelBadge, ...]
    products: str
    now: str
    hint: str
    may_rule: bool


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule as the list shows it."""

    number: int
    store: str
    connector: str
    channel: ChannelBadge | None
    match: str | Promise
    pattern: str
    kind: str
    own_text: bool
    note: str
    active: bool
    sweeping: bool
    swept: int
    changed_at: datetime
    may_change: bool


@dataclass(frozen=True, slots=True)
class CodesPage:
    tab: Tab
    tabs: tuple[TabLink, ...]
    rows: tuple[CodeRow, ...]
    rules: tuple[RuleRow, ...]
    whole: bool
    many_stores: bool
    may_rule: bool
    days: int = cause_days.DAYS


def managed(visit: Visit) -> list[Visit]:
    """Return the visits in the stores whose codes this person looks after."""
    found = (visit.at(membership.store_id) for membership in visit.memberships)
    return [there for there in found if there.may_manage]


def codes_page(visit: Visit, tab: Tab, now: datetime) -> CodesPage:
    """Read what the page shows; the number of queries does not depend on the rows."""
    there = managed(visit)
    found = inbox([one.scope for one in there])
    rules = rules_in([one.scope for one in there])
    admins = {one.store.pk for one in there if one.may_admin}
    counts = {Tab.UNKNOWN: len(found.unknown), Tab.GENERAL: len(found.general), Tab.RULES: len(rules)}
    lines = {Tab.UNKNOWN: found.unknown, Tab.GENERAL: found.general, Tab.RULES: ()}[tab]
    return CodesPage(
        tab=tab,
        tabs=tuple(TabLink(f"/codigos?aba={one}", TABS[one], counts[one], one is tab) for one in Tab),
        rows=_rows(lines, visit, admins, now),
        rules=tuple(_rule_row(rule, admins) for rule in rules) if tab is Tab.RULES else (),
        whole=found.whole,
        many_stores=len(there) > 1,
        may_rule=bool(admins),
    )


def _rows(lines: Sequence[Line], visit: Visit, admins: set[int], now: datetime) -> tuple[CodeRow, ...]:
    times = cause_days.days([number for line in lines for number in line.causes], now)
    return tuple(_row(line, times, visit, admins) for line in lines)


def _row(line: Line, times: Mapping[int, Sequence[int]], visit: Visit, admins: set[int]) -> CodeRow:
    problem = cause_problem(line.cause)
    found = suggest(line.words, line.code)
    here = line.store.pk == visit.store.pk
    return CodeRow(
        cause=line.cause.pk,
        store=line.store.name,
        connector=connector_name(line.connector),
        code=line.code,
        words=line.words[:MAX_WORDS],
        records=line.records,
        times=sum(sum(times.get(number, ())) for number in line.causes),
        first_at=line.first_at,
        last_at=line.last_at,
        channels=tuple(badge(channel) for channel in line.channels.values()),
        products=products_query(line.cause) if here and len(line.causes) == 1 else "",
        now="" if problem.kind is ProblemClass.UNKNOWN else class_name(problem.kind.name),
        hint=class_name(found.kind.name) if found and found.kind is not problem.kind else "",
        may_rule=line.store.pk in admins,
    )


def _rule_row(rule: CodeRule, admins: set[int]) -> RuleRow:
    return RuleRow(
        number=rule.pk,
        store=rule.store.name,
        connector=connector_name(rule.connector),
        channel=badge(rule.channel) if rule.channel else None,
        match=MATCHES[Match(rule.match)],
        pattern=rule.pattern,
        kind=class_name(rule.problem_class),
        own_text=bool(rule.titles or rule.fixes),
        note=rule.note,
        active=rule.active,
        sweeping=rule.sweeping,
        swept=rule.swept,
        changed_at=rule.changed_at,
        may_change=rule.store_id in admins,
    )


def connector_name(code: str) -> str:
    found = installed().get(code)
    return code if found is None or isinstance(found, Broken) else found.manifest.name


def class_name(name: str) -> str:
    """Return a class as people read it: the plainest title of its texts."""
    known = entries(language()).get(name)
    return known.title[-1] if known else name
