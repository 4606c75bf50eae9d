"""Administrators' rules as tables: which hold for a channel, what stands under a code, and classing it anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from ponte.db.counts import Moves
from ponte.db.integrations import Place
from ponte.db.models import Cause, Channel, CodeRule, Integration
from ponte.db.records import problem_from_json, problem_to_json
from ponte.db.results import dumps
from ponte.db.scope import Scope
from ponte.db.sql import fetch, ids_given, run_many
from ponte.domain.code_rules import FIX, HEARD, TITLE, Match, OwnRule
from ponte.domain.fingerprint import fingerprint
from ponte.domain.problem import Problem, ProblemClass, headline_first

MAX_RULES = 500
_ORDER = (Match.CODE, Match.PREFIX, Match.WORDS)


@dataclass(frozen=True, slots=True)
class Anew:
    """A record whose problems are classed otherwise now; `before` and `after` in the same order."""

    place: Place
    before: tuple[Problem, ...]
    after: tuple[Problem, ...]


def rules_for(channel: Channel) -> tuple[OwnRule, ...]:
    """Return the rules that hold for a channel, the narrower first; one query."""
    rows = CodeRule.objects.filter(store_id=channel.store_id, connector=channel.connector, active=True)
    own = rows.filter(Q(channel=None) | Q(channel=channel)).order_by("id")[:MAX_RULES]
    return tuple(own_rule(row) for row in sorted(own, key=_narrowness))


def own_rule(row: CodeRule) -> OwnRule:
    """Return a row as the domain knows it; a class that this version does not know leaves things as they are."""
    kind = ProblemClass.__members__.get(row.problem_class, ProblemClass.UNKNOWN)
    titles = {f"{TITLE}{language}": str(text) for language, text in row.titles.items() if text}
    fixes = {f"{FIX}{language}": str(text) for language, text in row.fixes.items() if text}
    return OwnRule(row.pk, Match(row.match), row.pattern, kind, row.subject, {**titles, **fixes})


def _narrowness(row: CodeRule) -> tuple[bool, int, int, int]:
    return row.channel_id is None, _ORDER.index(Match(row.match)), -len(row.pattern), row.pk


def rules_in(scopes: Collection[Scope]) -> list[CodeRule]:
    """Return the rules in sight, the newest change first: who sees some channels only sees what is about those."""
    own = Q(pk__in=())
    for scope in scopes:
        own |= Q(store_id=scope.store_id) & _about(scope)
    rows = CodeRule.objects.filter(own).select_related("channel", "store", "created_by")
    return list(rows.order_by("-changed_at", "-id")[:MAX_RULES])


def _about(scope: Scope) -> Q:
    if scope.channel_ids is None:
        return Q()
    connectors = scope.channels().values("connector")
    return Q(channel__in=scope.channel_ids) | Q(channel=None, connector__in=connectors)


def channels_of(rule: CodeRule) -> QuerySet[Channel]:
    """Return the channels that a rule is about."""
    found = Channel.objects.filter(store_id=rule.store_id, connector=rule.connector, archived_at=None)
    return found if rule.channel_id is None else found.filter(pk=rule.channel_id)


def heard_causes(channels: QuerySet[Channel], since: datetime | None = None, *, most: int) -> list[Cause]:
    """Return causes that records have and that a marketplace told of, those of most records first."""
    rows = Cause.objects.filter(channel__in=channels, count__gt=0, stage__in=[str(stage) for stage in HEARD])
    if since is not None:
        rows = rows.filter(last_at__gte=since)
    return list(rows.select_related("channel__store").order_by("-count", "-id")[:most])


def records_of(causes: Iterable[Cause], *, most: int) -> list[Integration]:
    """Return some records of causes, with their channel; one query."""
    marks: dict[int, list[str]] = {}
    for cause in causes:
        marks.setdefault(cause.channel_id, []).append(cause.fingerprint)
    if not marks:
        return []
    where = Q()
    for channel_id, found in marks.items():
        where |= Q(channel_id=channel_id, fingerprint__in=found)
    return list(Integration.objects.filter(where, removed_at=None).select_related("channel")[:most])


def told_after(place: int, until: int, most: int) -> list[tuple[int, int, int, str, str]]:
    """Return (problem, integration, channel, code, message) of the problems behind a place, by their ids."""
    return [
        (int(number), int(integration_id), int(channel_id), str(code), str(message))
        for number, integration_id, channel_id, code, message in fetch(
            """SELECT id, integration_id, channel_id, code, message FROM db_problem
               WHERE id > %s AND id <= %s ORDER BY id LIMIT %s""",
            [place, until, most],
        )
    ]


def last_problem() -> int:
    """Return the newest problem's id."""
    return int(fetch("SELECT COALESCE(MAX(id), 0) FROM db_problem")[0][0])


def problems_of(ids: Collection[int]) -> dict[int, tuple[Problem, ...]]:
    """Return the problems of records. They are locked already."""
    rows = Integration.objects.filter(pk__in=ids_given(ids)).values_list("pk", "problems")
    return {number: tuple(problem_from_json(one) for one in kept) for number, kept in rows}


def class_anew(changes: Sequence[Anew], moves: Moves) -> None:
    """Write the new classes of records that are locked, and what they change in the counts of causes."""
    ordered = [(change, headline_first(change.after)) for change in changes]
    run_many(
        """UPDATE db_integration SET headline_class = %s, headline_subject = %s, headline_code = %s,
               headline_stage = %s, fingerprint = %s, problems = %s WHERE id = %s""",
        [
            (
                first.kind.name,
                first.subject[:200],
                first.code[:120],
                first.stage.value,
                fingerprint(first),
                dumps([problem_to_json(problem) for problem in problems]),
                change.place.id,
            )
            for change, problems in ordered
            for first in problems[:1]
        ],
    )
    run_many(
        """UPDATE db_problem SET problem_class = %s, subject = %s, fingerprint = %s
           WHERE integration_id = %s AND fingerprint = %s""",
        [row for change in changes for row in _changed_problems(change)],
    )
    for change, problems in ordered:
        _count(moves, change.place, problems[0])


def _changed_problems(change: Anew) -> Iterable[tuple[str, str, str, int, str]]:
    for before, after in zip(change.before, change.after, strict=True):
        if fingerprint(before) != fingerprint(after):
            mark = fingerprint(after)
            yield after.kind.name, after.subject[:200], mark, change.place.id, fingerprint(before)


def _count(moves: Moves, place: Place, first: Problem) -> None:
    mark = fingerprint(first)
    if place.removed or mark == place.fingerprint:
        return
    moves.cause(place.channel_id, place.fingerprint, -1, -place.stock_value)
    moves.cause(place.channel_id, mark, 1, place.stock_value)
    moves.name(place.channel_id, first)
