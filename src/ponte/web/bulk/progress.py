"""An action on many while it runs, and after: how far it is, in words and as a bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.db import bulk as reading
from ponte.db import bulk_queue, queries
from ponte.db.bulk import Progress
from ponte.db.models import ActionState, BulkAction, Integration, Lane
from ponte.db.queries import ChannelState
from ponte.db.scope import Scope
from ponte.domain.lifecycle import Status
from ponte.flows.bulk.steer import TRIAL_FAILED, moves
from ponte.web.access import Visit
from ponte.web.bulk.figures import Figure, figures
from ponte.web.bulk.plan import capacity
from ponte.web.bulk.words import BLOCKED, STATES, WORKING, Names, counted, lasting, named
from ponte.web.clock import brief
from ponte.web.explained import summed_up
from ponte.web.labels import Label

ENOUGH: Final = 5
"""So many results tell how fast an action goes."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the bar, in percent; `tone` is the name of its colour."""

    tone: str
    start: str
    width: str


@dataclass(frozen=True, slots=True)
class Card:
    """An action as the queue's page, its own page and the strip show it. `moves` are what may be done with it now.

    `cause` is what the tries of its trial failed of, where it waits for a person to mend that.
    """

    id: int
    verb: str
    title: str
    about: str
    began: str
    label: Label
    live: bool
    percent: int
    segments: tuple[Segment, ...]
    figures: tuple[Figure, ...]
    says: str
    serious: bool
    moves: frozenset[str]
    per_second: int | None
    undone_by: int | None = None
    cause: int | None = None

    @property
    def brief(self) -> str:
        """One line for the strip."""
        return ", ".join(f"{counted(figure.count)} {figure.text}" for figure in self.figures if figure.count)


def card(visit: Visit, number: int) -> Card | None:
    """Return one action of the person's store."""
    found = reading.action(visit.scope, number)
    return cards(visit, [found])[0] if found else None


def cards(visit: Visit, found: Sequence[Progress]) -> list[Card]:
    """Make the cards; the queries do not grow with them, but for selections that name a cause or a channel."""
    lanes = _lanes(visit.scope, found)
    speeds = _capacities(lanes)
    names = Names(visit.scope, [one.action.selection for one in found])
    now = timezone.now()
    return [
        _card(visit, one, {lane: lanes[lane] for lane in one.lanes if lane in lanes}, speeds, names, now)
        for one in found
    ]


def _lanes(scope: Scope, found: Sequence[Progress]) -> dict[int, ChannelState]:
    """Return the state of the channel of each lane where something waits."""
    wanted = {lane for one in found for lane in one.lanes}
    if not wanted:
        return {}
    states = {state.channel.pk: state for state in queries.channels(scope)}
    rows = Lane.objects.filter(pk__in=wanted).values_list("pk", "channel_id")
    return {lane: states[channel] for lane, channel in rows if channel in states}


def _capacities(lanes: Mapping[int, ChannelState]) -> dict[int, float]:
    """Return how many products a minute each lane does."""
    measured = bulk_queue.speeds([state.channel.pk for state in lanes.values()]) if lanes else {}
    return {lane: max(measured[state.channel.pk].products, capacity(state.channel)) for lane, state in lanes.items()}


def _card(  # noqa: PLR0917 -- what every card is made of, read once for all
    visit: Visit,
    one: Progress,
    lanes: Mapping[int, ChannelState],
    speeds: Mapping[int, float],
    names: Names,
    now: datetime,
) -> Card:
    action = one.action
    halted = bool(lanes) and (visit.store.paused or all(state.stopped for state in lanes.values()))
    total = _total(one)
    failed = reading.failed(action.pk) if _stopped_at_trial(action) else []
    says, serious = _says(one, lanes, failed, halted=halted)
    return Card(
        id=action.pk,
        verb=action.verb,
        title=named(action.verb, total),
        about=names.told(action.selection),
        began=_began(action, now),
        label=_label(one, halted=halted),
        live=_is_live(one),
        percent=_percent(_ended(one), total),
        segments=_segments(one, total),
        figures=figures(one, total, _eta(one, total, speeds, halted=halted, now=now)),
        says=says,
        serious=serious,
        moves=_moves(one, visit),
        per_second=action.per_second,
        undone_by=one.undone_by,
        cause=reading.cause_of(failed[0]) if failed else None,
    )


def _is_live(one: Progress) -> bool:
    return one.action.state in {ActionState.RUNNING, ActionState.TRYING} or bool(one.lanes)


def _total(one: Progress) -> int:
    """Return of how many it is about: as planned, or as it turned out once all were met."""
    action = one.action
    if action.state == ActionState.DONE or action.planned is None:
        return max(action.done, one.settled)
    return max(action.planned, action.done, one.settled)


def _ended(one: Progress) -> int:
    return one.settled if one.action.verb == "reprocess" else one.action.done


def _percent(part: int, total: int) -> int:
    return min(100, 100 * part // total) if total else 0


def _segments(one: Progress, total: int) -> tuple[Segment, ...]:
    parts = [("suc", one.outcomes.get(Status.SUCCESS, 0)), ("wrn", one.outcomes.get(Status.ALERT, 0))]
    parts += [("err", one.outcomes.get(Status.ERROR, 0))]
    if one.action.verb != "reprocess":
        parts = [("suc", one.action.done)]
    made: list[Segment] = []
    at = 0.0
    for tone, count in parts:
        width = min(100 - at, 100 * count / total) if total else 0
        if width:
            made.append(Segment(tone, f"{at:.2f}%", f"{width:.2f}%"))
        at += width
    return tuple(made)


def _label(one: Progress, *, halted: bool) -> Label:
    state = one.action.state
    if halted and state in {ActionState.RUNNING, ActionState.TRYING, ActionState.DONE}:
        return BLOCKED
    if one.action.verb == "reprocess" and state == ActionState.DONE and one.lanes:
        return WORKING
    return STATES[state]


def _stopped_at_trial(action: BulkAction) -> bool:
    return action.state == ActionState.PAUSED and action.reason == TRIAL_FAILED


def _says(
    one: Progress, lanes: Mapping[int, ChannelState], failed: Sequence[Integration], *, halted: bool
) -> tuple[str, bool]:
    """Return a sentence on what needs a person's attention, and whether it is serious."""
    action = one.action
    if _stopped_at_trial(action):
        return _trial_failed(action, failed), True
    if action.state == ActionState.PAUSED:
        return _("Em pausa: o que ainda não começou saiu da fila e volta quando você retomar."), False
    names = ", ".join(sorted({state.channel.name for state in lanes.values() if state.stopped}))
    if action.state == ActionState.TRYING:
        return _trying(one, names, halted=halted), halted
    if halted:
        text = _("Espera o canal voltar: %(channels)s. Nada se perde.") if names else _("Espera a loja ser retomada.")
        return text % {"channels": names}, False
    if action.state == ActionState.CANCELLED and one.lanes:
        return _("Cancelada: o que já estava sendo enviado termina, o resto está saindo da fila."), False
    return "", False


def _trying(one: Progress, names: str, *, halted: bool) -> str:
    """Say how the trial stands; one that gets no result says why."""
    first = {"count": one.action.trial}
    if halted and names:
        text = _(
            "Os %(count)d primeiros esperam: %(channels)s não está enviando. O resto segue quando eles terminarem."
        )
        return text % {**first, "channels": names}
    if halted:
        return _("Os %(count)d primeiros esperam: a loja está em pausa.") % first
    return _("Tentando os %(count)d primeiros; o resto segue se algum der certo.") % first


def _trial_failed(action: BulkAction, failed: Sequence[Integration]) -> str:
    why = summed_up(failed[0].problems, failed[0].channel.name) if failed else ""
    text = ngettext(
        "O primeiro falhou de novo: %(why)s. Corrija a causa, ou retome para enviar o resto mesmo assim.",
        "Os %(count)d primeiros falharam de novo: %(why)s. "
        "Corrija a causa, ou retome para enviar o resto mesmo assim.",
        action.trial,
    )
    return text % {"count": action.trial, "why": why or _("veja os erros")}


def _moves(one: Progress, visit: Visit) -> frozenset[str]:
    if not visit.may_act:
        return frozenset()
    return moves(one.action, waits=bool(one.lanes), undone=one.undone_by is not None)


def _eta(one: Progress, total: int, speeds: Mapping[int, float], *, halted: bool, now: datetime) -> str:
    """Return about how long the rest takes, by its own speed so far, else by the channels'; "" if nobody can say."""
    action = one.action
    left = total - one.settled
    if halted or left <= 0 or action.state in {ActionState.PAUSED, ActionState.CANCELLED} or not one.lanes:
        return ""
    seconds = (now - action.created_at).total_seconds()
    if one.settled >= ENOUGH and seconds > 0:
        own = 60 * one.settled / seconds
    else:
        own = sum(speeds.get(lane, 0.0) for lane in one.lanes)
    if action.per_second:
        own = min(own, 60.0 * action.per_second) if own else 60.0 * action.per_second
    return lasting(60 * left / own) if own else ""


def _began(action: BulkAction, now: datetime) -> str:
    """Say who began it and when, and when it ended."""
    values = {"when": brief(action.created_at, now)}
    if action.actor:
        began = _("Iniciada por %(who)s, %(when)s.") % {**values, "who": action.actor.username}
    else:
        began = _("Iniciada pela linha de comando, %(when)s.") % values
    return began
