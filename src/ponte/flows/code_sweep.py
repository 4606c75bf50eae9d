"""What workers do after a rule for codes changed: class anew what stands, some problems a step.

Each step is one transaction with its cursor, so a worker that dies loses nothing, and any may go on.
"""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from ponte.db.code_rules import Anew, channels_of, class_anew, own_rule, problems_of, rules_for, told_after
from ponte.db.counts import Moves
from ponte.db.integrations import Place, places_by_id
from ponte.db.models import Channel, CodeRule
from ponte.domain.code_rules import OwnRule
from ponte.domain.problem import Problem
from ponte.flows.classes import problem_under_rules

CHUNK: Final = 1_000
"""Problems that one step looks at."""


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
        _go_on(rule)
    return True


def _go_on(rule: CodeRule) -> None:
    told = told_after(rule.sweep_at, rule.sweep_until, CHUNK)
    channels = {channel.pk: channel for channel in channels_of(rule)}
    own = own_rule(rule)
    hit = {
        integration_id
        for _, integration_id, channel_id, code, message in told
        if channel_id in channels and own.says(code, message)
    }
    rule.swept += _class_anew(hit, channels)
    rule.sweep_at = told[-1][0] if told else rule.sweep_until
    rule.sweeping = len(told) == CHUNK
    rule.save(update_fields=["swept", "sweep_at", "sweeping"])


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
