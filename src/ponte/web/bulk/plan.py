"""A plan in words: what an action on many would do, before anything is done."""

from __future__ import annotations

from collections import Counter as Sums
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.connectors import Broken, get
from ponte.db import bulk as reading
from ponte.db import bulk_counts, bulk_queue, queries
from ponte.db import selection as selecting
from ponte.db.bulk import Group
from ponte.db.bulk_counts import Known
from ponte.db.models import Channel, LaneState
from ponte.db.queries import ChannelState
from ponte.db.selection import Frozen, freeze
from ponte.domain.lifecycle import Phase, Status
from ponte.flows.bulk.limits import CEILINGS, TRIAL, TRIAL_FROM, TYPED_ABOVE
from ponte.web.access import Visit
from ponte.web.bulk.form import Chosen, salt_of, seal
from ponte.web.bulk.words import Names, ceiling_words, counted, lasting, named
from ponte.web.causes.rows import explained_of
from ponte.web.products.rows import ChannelBadge, badge

REQUESTS_PER_PRODUCT: Final = 3.0
"""What a product costs at a marketplace, where nothing was measured yet."""
TOP_CAUSES: Final = 4


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """What goes into one channel, and how long it takes there."""

    badge: ChannelBadge
    count: int
    time: str
    stopped: bool


@dataclass(frozen=True, slots=True)
class CauseLine:
    """How many have one cause; `same` of them have not changed since."""

    title: str
    channel: str
    count: int
    same: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the plan's page says. `flaw` is what was wrong with the form when it came back.

    Causes, and what has not changed, are told of `looked` records where that is not 0: those that were looked at.
    Where `split` is false, the channels are told of them too.
    """

    verb: str
    title: str
    about: str
    sealed: str
    count: int
    button: str
    looked: int
    split: bool
    channels: tuple[ChannelLine, ...]
    causes: tuple[CauseLine, ...]
    apart: tuple[str, ...]
    same: int
    changed: int
    stopped: str
    ceiling: str
    ask_number: bool
    offer_trial: bool
    trial: int
    trial_chosen: bool
    back: str
    filter: str
    flaw: str = ""

    @property
    def possible(self) -> bool:
        return self.count > 0 and not self.ceiling

    @property
    def offers_pace(self) -> bool:
        return self.verb == "reprocess" and self.offer_trial


def plan(visit: Visit, chosen: Chosen, back: str, *, frozen: Frozen | None = None, flaw: str = "") -> Plan:
    """Look through the selection and say what would happen."""
    frozen = frozen or freeze()
    found = reading.grouping(visit.scope, chosen.verb, chosen.selection, frozen)
    filters = bulk_counts.filters_of(chosen.verb, chosen.selection)
    whole = bulk_counts.whole(visit.scope, chosen.verb, filters) if found.more and filters else None
    groups = [group for group in found.groups if _applies(chosen.verb, group)]
    every = groups if whole is None else [group for group in whole if _applies(chosen.verb, group)]
    split = not found.more or whole is not None
    met, count = _sum(groups), _sum(every)
    known = Known.EXACT
    if not split:
        count, known = _total(visit, chosen, count, frozen)
    same = sum(group.count for group in groups if group.unchanged) if chosen.verb == "reprocess" else 0
    states = {state.channel.pk: state for state in queries.channels(visit.scope)}
    lines = _channels(every, states, visit, timed=chosen.verb == "reprocess" and split)
    ceiling = CEILINGS[visit.role]
    selection = chosen.selection.get("filter")
    return Plan(
        verb=chosen.verb,
        title=named(chosen.verb, count, known),
        about=Names(visit.scope, [chosen.selection]).told(chosen.selection),
        sealed=seal(chosen, frozen, count, salt_of(visit.store.pk, visit.user.pk), known),
        count=count,
        button=_button(chosen.verb, count, known),
        looked=reading.MOST if found.more else 0,
        split=split,
        channels=lines,
        causes=_causes(groups),
        apart=_apart(chosen.verb, found.groups if whole is None else whole),
        same=same,
        changed=max(0, met - same),
        stopped=_stopped(every, states) if chosen.verb == "reprocess" else "",
        ceiling=ceiling_words(visit.role) if ceiling is not None and count > ceiling else "",
        ask_number=chosen.verb == "remove" and count > TYPED_ABOVE,
        offer_trial=chosen.verb == "reprocess" and count > TYPED_ABOVE,
        trial=TRIAL,
        trial_chosen=count >= TRIAL_FROM,
        back=back,
        filter=_query(selection) if selection else "",
        flaw=flaw,
    )


def _applies(verb: str, group: Group) -> bool:
    """Say whether a group's records would be acted on now: not a success, nor what waits in the queue already."""
    if verb == "restore":
        return group.removed
    if group.removed:
        return False
    if verb == "remove":
        return True
    return group.status != Status.SUCCESS and not _in_queue(group)


def _in_queue(group: Group) -> bool:
    return group.status == Status.PENDING and group.phase != Phase.WAITING


def _sum(groups: Sequence[Group]) -> int:
    return sum(group.count for group in groups)


def _total(visit: Visit, chosen: Chosen, met: int, frozen: Frozen) -> tuple[int, Known]:
    """Return how many there are beyond those met, and how well that is known. A ceiling is always counted to."""
    filters = bulk_counts.filters_of(chosen.verb, chosen.selection)
    told = bulk_counts.total(visit.scope, chosen.verb, filters) if filters else None
    ceiling = CEILINGS[visit.role]
    if told and (ceiling is None or told[0] <= ceiling or told[1] is Known.EXACT):
        return max(met, told[0]), told[1]
    if ceiling is None:
        return met, Known.MORE_THAN
    count = selecting.count(visit.scope, chosen.verb, chosen.selection, frozen, most=ceiling + 1)
    return count, Known.MORE_THAN if count > ceiling else Known.EXACT


def _button(verb: str, count: int, known: Known) -> str:
    text = counted(count, known)
    match verb:
        case "reprocess":
            return _("Reprocessar %(count)s") % {"count": text}
        case "remove":
            return ngettext("Remover %(count)s log", "Remover %(count)s logs", count) % {"count": text}
        case _:
            return _("Restaurar %(count)s") % {"count": text}


def _apart(verb: str, groups: Sequence[Group]) -> tuple[str, ...]:
    """Say in a line each what stays out, and why."""
    if verb != "reprocess":
        return ()
    waiting = sum(group.count for group in groups if _in_queue(group) and not group.removed)
    well = sum(group.count for group in groups if group.status == Status.SUCCESS and not group.removed)
    gone = sum(group.count for group in groups if group.removed)
    lines = []
    if waiting:
        text = ngettext("%(count)s já está na fila.", "%(count)s já estão na fila.", waiting)
        lines.append(text % {"count": counted(waiting)})
    if well:
        text = ngettext(
            "%(count)s deu certo nesse meio-tempo e fica de fora.",
            "%(count)s deram certo nesse meio-tempo e ficam de fora.",
            well,
        )
        lines.append(text % {"count": counted(well)})
    if gone:
        text = ngettext("%(count)s foi removido e fica de fora.", "%(count)s foram removidos e ficam de fora.", gone)
        lines.append(text % {"count": counted(gone)})
    return tuple(lines)


def _channels(
    groups: Sequence[Group], states: Mapping[int, ChannelState], visit: Visit, *, timed: bool
) -> tuple[ChannelLine, ...]:
    sums: Sums[int] = Sums()
    for group in groups:
        sums[group.channel_id] += group.count
    speeds = bulk_queue.speeds(list(sums)) if timed else {}
    return tuple(
        ChannelLine(
            badge(states[number].channel),
            count,
            _time(states[number], count, speeds[number].products, visit) if timed else "",
            _halted(states[number], visit),
        )
        for number, count in sums.most_common()
        if number in states
    )


def _time(state: ChannelState, count: int, measured: float, visit: Visit) -> str:
    if visit.store.paused:
        return _("quando a loja retomar")
    if state.state is LaneState.PAUSED:
        return _("quando sair da pausa")
    if state.stopped:
        return _("quando o canal voltar")
    return lasting(60 * count / max(measured, capacity(state.channel)))


def capacity(channel: Channel) -> float:
    """Return how many products a minute a channel's limit allows, about."""
    connector = get(channel.connector)
    limit = 1.0 if isinstance(connector, Broken) else connector.manifest.limits.requests_per_second
    return 60 * (channel.requests_per_second or limit) / REQUESTS_PER_PRODUCT


def _halted(state: ChannelState, visit: Visit) -> bool:
    return state.stopped or visit.store.paused


def _stopped(groups: Sequence[Group], states: Mapping[int, ChannelState]) -> str:
    """Say how many go into channels that do not run: they wait there, nothing is lost."""
    held = [group for group in groups if group.channel_id in states and states[group.channel_id].stopped]
    count = sum(group.count for group in held)
    if not count:
        return ""
    names = sorted({states[group.channel_id].channel.name for group in held})
    text = ngettext(
        "%(count)s espera na fila até o canal voltar: %(channels)s.",
        "%(count)s esperam na fila até o canal voltar: %(channels)s.",
        count,
    )
    return text % {"count": counted(count), "channels": ", ".join(names)}


def _causes(groups: Sequence[Group]) -> tuple[CauseLine, ...]:
    every: Sums[tuple[int, str]] = Sums()
    same: Sums[tuple[int, str]] = Sums()
    for group in groups:
        if group.fingerprint:
            every[group.channel_id, group.fingerprint] += group.count
            same[group.channel_id, group.fingerprint] += group.count if group.unchanged else 0
    top = every.most_common(TOP_CAUSES)
    known = reading.causes_of([pair for pair, _ in top])
    return tuple(
        CauseLine(explained_of(known[pair]).title, known[pair].channel.name, count, same[pair])
        for pair, count in top
        if pair in known
    )


def _query(query: Mapping[str, object]) -> str:
    return urlencode(query, doseq=True)
