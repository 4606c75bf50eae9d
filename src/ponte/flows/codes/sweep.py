"""What workers do after a rule for codes changed: class anew what stands, some problems a step.

Each step is one transaction with its cursor, so a worker that dies loses nothing, and any may go on. A lane that was
being drained when the rule changed goes on a little by the rules before: the sweep waits for what it still writes.
"""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from ponte.db.clock import now_ms
from ponte.db.code_rules import (
    Anew,
    channels_of,
    class_anew,
    last_problem,
    own_rule,
    problems_of,
    rules_for,
    told_after,
)
from ponte.db.counts import Moves
from ponte.db.integrations import Place, places_by_id
from ponte.db.models import Channel, CodeRule, Lane
from ponte.domain.code_rules import OwnRule
from ponte.domain.problem import Problem
from ponte.flows.codes.classes import problem_under_rules

CHUNK: Final = 1_000
"""Problems that one step looks at."""
MARGIN_MS: Final = 5_000
"""Clocks differ, and a change is seen when its transaction ends."""


def step() -> bool:
    """Let one rule take a step; True when another could follow at once."""
    number = CodeRule.objects.filter(sweeping=True).order_by("id").values_list("pk", flat=True).first()
    if number is None:
        return False
    with transaction.atomic():
        free = CodeRule.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        rule = free.filter(pk=number, sweeping=True).first()
        if rule is None:
            return False
        return _go_on(rule)


def _go_on(rule: CodeRule) -> bool:
    if not rule.sweep_until and not _drained_since_before(rule):
        rule.sweep_until = max(1, last_problem())  # 0 says that the end is not known yet
    told = told_after(rule.sweep_at, rule.sweep_until or last_problem(), CHUNK)
    channels = {channel.pk: channel for channel in channels_of(rule)}
    own = own_rule(rule)
    hit = {
        integration_id
        for _, integration_id, channel_id, code, message in told
        if channel_id in channels and own.says(code, message)
    }
    rule.swept += _class_anew(hit, channels)
    rule.sweep_at = told[-1][0] if told else rule.sweep_at
    rule.sweeping = len(told) == CHUNK or not rule.sweep_until
    rule.save(update_fields=["swept", "sweep_at", "sweep_until", "sweeping"])
    return bool(told) or not rule.sweeping


def _drained_since_before(rule: CodeRule) -> bool:
    """True while somebody holds a lane of the rule's channels who may have read the rules before the change."""
    since = int(rule.changed_at.timestamp() * 1000) + MARGIN_MS
    held = Lane.objects.filter(lease_until_ms__gt=now_ms(), served_at_ms__lte=since)
    return held.filter(channel__in=channels_of(rule)).exists()


def _class_anew(ids: set[int], channels: dict[int, Channel]) -> int:
    """Class records anew under the rules of their channels; returns how many changed."""
    if not ids:
        return 0
    places = places_by_id(sorted(ids))
    met = {place.channel_id for place in places.values()} & channels.keys()
    rules = {number: rules_for(channels[number]) for number in met}
    kept = problems_of(places.keys())
    found = (_anew(place, kept[number], rules) for number, place in places.items() if number in kept)
    changes = [change for change in found if change is not None]
    moves = Moves()
    class_anew(changes, moves)
    moves.write(timezone.now())
    return len(changes)


def _anew(place: Place, before: tuple[Problem, ...], rules: dict[int, tuple[OwnRule, ...]]) -> Anew | None:
    after = tuple(problem_under_rules(problem, rules.get(place.channel_id, ())) for problem in before)
    return Anew(place, before, after) if after != before and after else None
