"""Rules for codes: what is unfit in one, what it would change, keeping it, and switching it off. All audited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from ponte.connectors import Broken, installed
from ponte.db.audit import note_one
from ponte.db.code_rules import channels_of, heard_causes, own_rule, records_of
from ponte.db.models import Cause, Channel, CodeRule, Integration
from ponte.db.records import cause_problem
from ponte.domain.code_rules import CHOICES, Match, is_open_to_rules
from ponte.domain.message import JSON
from ponte.domain.pattern import Words
from ponte.domain.problem import ProblemClass
from ponte.explain import LANGUAGES

MAX_PATTERN = {Match.CODE: 120, Match.PREFIX: 120, Match.WORDS: 300}
MIN_LETTERS = {Match.CODE: 1, Match.PREFIX: 2, Match.WORDS: 4}
MAX_TITLE, MAX_FIX, MAX_SUBJECT, MAX_NOTE = 120, 600, 200, 300
MAX_PARTS = 6
LOOKED_AT = 2_000
EXAMPLES = 20
DAYS = 30


class Unfit(StrEnum):
    """What is wrong in a draft; the name of the field comes with it."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as somebody typed it. `channel` is a code, "" for every channel of the connector."""

    connector: str
    match: str
    pattern: str
    kind: str
    channel: str = ""
    subject: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    fixes: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What stands under a class now and would be classed anew; `same` when the class stays and only texts change."""

    kind: str
    records: int
    causes: int
    same: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What a rule would do to what is known of the last `days` days; `whole` unless there are too many causes."""

    days: int
    records: int
    changes: tuple[Change, ...]
    examples: tuple[Integration, ...]
    whole: bool


def flaws(store_id: int, draft: Draft, *, but: int | None = None) -> dict[str, Unfit]:
    """Return what is unfit, by field; `but` is the rule that is being changed."""
    found: dict[str, Unfit] = {}
    if isinstance(installed().get(draft.connector), Broken | None) and not _has_channels(store_id, draft.connector):
        found["connector"] = Unfit.UNKNOWN
    if draft.channel and _channel(store_id, draft) is None:
        found["channel"] = Unfit.UNKNOWN
    if draft.kind not in {kind.name for kind in CHOICES}:
        found["kind"] = Unfit.UNKNOWN if draft.kind else Unfit.MISSING
    if draft.match in set(Match):
        found |= _pattern_flaws(Match(draft.match), draft.pattern)
    else:
        found["match"] = Unfit.UNKNOWN
    found |= _text_flaws(draft)
    if not found and _same(store_id, draft).exclude(pk=but).exists():
        found["pattern"] = Unfit.TWICE
    return found


def _has_channels(store_id: int, connector: str) -> bool:
    return Channel.objects.filter(store_id=store_id, connector=connector, archived_at=None).exists()


def _pattern_flaws(match: Match, pattern: str) -> dict[str, Unfit]:
    if not pattern.strip():
        return {"pattern": Unfit.MISSING}
    if len(pattern) > MAX_PATTERN[match] or not pattern.isprintable():
        return {"pattern": Unfit.TOO_LONG}
    parts = Words.of(pattern).parts if match is Match.WORDS else (pattern,)
    if len(parts) > MAX_PARTS:
        return {"pattern": Unfit.TOO_LONG}
    letters = "".join(parts)
    return {"pattern": Unfit.TOO_SHORT} if sum(char.isalnum() for char in letters) < MIN_LETTERS[match] else {}


def _text_flaws(draft: Draft) -> dict[str, Unfit]:
    lengths = {
        "subject": (draft.subject, MAX_SUBJECT),
        "note": (draft.note, MAX_NOTE),
        **{f"title.{language}": (text, MAX_TITLE) for language, text in draft.titles.items()},
        **{f"fix.{language}": (text, MAX_FIX) for language, text in draft.fixes.items()},
    }
    found = {name: Unfit.TOO_LONG for name, (text, most) in lengths.items() if len(text) > most}
    strange = {*draft.titles, *draft.fixes} - set(LANGUAGES)
    return found | {f"title.{language}": Unfit.UNKNOWN for language in strange}


def _same(store_id: int, draft: Draft):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- a query set
    rows = CodeRule.objects.filter(store_id=store_id, connector=draft.connector, match=draft.match)
    rows = rows.filter(pattern__iexact=draft.pattern.strip())
    return rows.filter(channel__code=draft.channel) if draft.channel else rows.filter(channel=None)


def _channel(store_id: int, draft: Draft) -> Channel | None:
    found = Channel.objects.filter(store_id=store_id, code=draft.channel, archived_at=None)
    return found.filter(connector=draft.connector).first()


def effect(store_id: int, draft: Draft, *, days: int = DAYS) -> Effect:
    """Say what a fit draft would change of what is known; reads causes, and up to `EXAMPLES` records."""
    row = _row(store_id, draft)
    since = timezone.now() - timedelta(days=days)
    causes = heard_causes(channels_of(row), since, most=LOOKED_AT)
    hit = [cause for cause in causes if _hits(row, cause)]
    return Effect(
        days,
        sum(cause.count for cause in hit),
        _changes(hit, draft.kind),
        tuple(records_of(hit, most=EXAMPLES)),
        len(causes) < LOOKED_AT,
    )


def _hits(row: CodeRule, cause: Cause) -> bool:
    return is_open_to_rules(cause_problem(cause)) and own_rule(row).says(cause.code, cause.message)


def _changes(hit: list[Cause], kind: str) -> tuple[Change, ...]:
    records: Counter[str] = Counter()
    causes: Counter[str] = Counter()
    for cause in hit:
        records[cause.problem_class] += cause.count
        causes[cause.problem_class] += 1
    return tuple(Change(name, count, causes[name], name == kind) for name, count in records.most_common())


def keep(store_id: int, draft: Draft, *, actor_id: int | None, number: int | None = None) -> CodeRule:
    """Keep a fit draft as a new rule or as the next version of one; what stands is classed anew by the workers."""
    row, before = _row(store_id, draft), None
    with transaction.atomic():
        if number is None:
            row.created_by_id = actor_id
        else:
            before = _succeed(row, CodeRule.objects.select_for_update().get(pk=number, store_id=store_id))
        _begin_sweep(row)
        row.save()
        detail: JSON = {"rule": described(row), "before": before}
        verb = "code rule changed" if before else "code rule added"
        note_one(verb, f"code_rule:{row.pk}", store_id=store_id, actor_id=actor_id, detail=detail)
    return row


def _succeed(row: CodeRule, old: CodeRule) -> dict[str, JSON]:
    """Make a row the next version of a rule. What a rule finds stays: for other problems there are other rules."""
    row.pk, row.version, row.active, row.created_by_id = old.pk, old.version + 1, old.active, old.created_by_id
    row.connector, row.channel_id, row.match, row.pattern = old.connector, old.channel_id, old.match, old.pattern
    return described(old)


def switch(store_id: int, number: int, *, active: bool, actor_id: int | None) -> CodeRule | None:
    """Switch a rule on or off; what it had classed goes back, or comes again. None when there is no such rule."""
    with transaction.atomic():
        row = CodeRule.objects.select_for_update().filter(pk=number, store_id=store_id).first()
        if row is None or row.active is active:
            return row
        row.active, row.version = active, row.version + 1
        _begin_sweep(row)
        row.save()
        verb = "code rule on" if active else "code rule off"
        detail: JSON = {"rule": described(row)}
        note_one(verb, f"code_rule:{row.pk}", store_id=store_id, actor_id=actor_id, detail=detail)
    return row


def _begin_sweep(row: CodeRule) -> None:
    row.changed_at = timezone.now()
    row.sweeping, row.sweep_at, row.sweep_until, row.swept = True, 0, 0, 0


def described(row: CodeRule) -> dict[str, JSON]:
    """Return a rule as the audit keeps it."""
    return {
        "connector": row.connector,
        "channel": row.channel.code if row.channel else "",
        "match": row.match,
        "pattern": row.pattern,
        "class": row.problem_class,
        "subject": row.subject,
        "titles": dict(row.titles),
        "fixes": dict(row.fixes),
        "active": row.active,
        "version": row.version,
    }


def _row(store_id: int, draft: Draft) -> CodeRule:
    match = Match(draft.match)
    return CodeRule(
        store_id=store_id,
        connector=draft.connector,
        channel=_channel(store_id, draft) if draft.channel else None,
        match=match,
        pattern=draft.pattern.strip(),
        problem_class=ProblemClass[draft.kind].name,
        subject=draft.subject.strip(),
        titles={language: text.strip() for language, text in draft.titles.items() if text.strip()},
        fixes={language: text.strip() for language, text in draft.fixes.items() if text.strip()},
        note=draft.note.strip(),
    )


def draft_of(row: CodeRule) -> Draft:
    """Return a kept rule as somebody could have typed it."""
    return Draft(
        row.connector,
        row.match,
        row.pattern,
        row.problem_class,
        row.channel.code if row.channel else "",
        row.subject,
        row.titles,
        row.fixes,
        row.note,
    )
