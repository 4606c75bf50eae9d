"""One record as the list shows it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils import formats
from django.utils.translation import gettext as _

from ponte.db.filters import Bucket
from ponte.db.models import Channel, Integration, LaneState
from ponte.db.queries import ChannelState
from ponte.domain.lifecycle import Action, Hold, Status, actions
from ponte.domain.outcome import WINDOW
from ponte.web.clock import brief
from ponte.web.explained import summed_up
from ponte.web.labels import BUCKETS, HOLDS, REMOVED, Label, bucket_of

TINTS = 6
UNSETTLED = frozenset({Bucket.QUEUED, Bucket.PROCESSING, Bucket.WAITING})


@dataclass(frozen=True, slots=True)
class ChannelBadge:
    """A channel's name with its two letters and the number of its tint."""

    name: str
    short: str
    tint: int


@dataclass(frozen=True, slots=True)
class Row:
    """What a line of the list says. `version` changes whenever the line does, `cents` is the stock's value."""

    id: int
    sku: str
    name: str
    category: str
    ean: str
    reference: str
    brand: str
    cents: int
    channel: ChannelBadge
    bucket: Bucket
    label: Label
    reason: str
    at: datetime
    attempts: int
    removed: bool
    settled: bool
    version: str
    actions: tuple[Action, ...]
    hold: str = ""

    @property
    def key(self) -> str:
        """The id as text: templates put numbers into the language's form first, which takes long."""
        return str(self.id)

    @property
    def value(self) -> str:
        """The stock's value in words; most lists do not show it."""
        return in_reais(self.cents)

    @property
    def may_reprocess(self) -> bool:
        return Action.REPROCESS in self.actions

    @property
    def may_remove(self) -> bool:
        return Action.REMOVE in self.actions

    @property
    def may_restore(self) -> bool:
        return Action.RESTORE in self.actions


def row_of(found: Integration, lanes: Mapping[int, ChannelState], now: datetime, *, may_act: bool) -> Row:
    """Make the line of a record. `lanes` has the state of its channel by id."""
    removed = found.removed_at is not None
    there = found.channel.archived_at is None
    bucket = bucket_of(found.status, found.phase)
    return Row(
        id=found.pk,
        sku=found.sku,
        name=found.name,
        category=found.category,
        ean=found.ean,
        reference=found.reference,
        brand=found.brand,
        cents=found.stock_value,
        channel=badge(found.channel),
        bucket=bucket,
        label=_label(found, bucket),
        reason=reason_of(found, bucket, lanes.get(found.channel_id), now) if there else _("Canal removido"),
        at=found.processed_at or found.updated_at,
        attempts=found.attempts,
        removed=removed,
        settled=removed or bucket not in UNSETTLED,
        version=version_of(found),
        actions=_actions(found) if may_act and there else (),
        hold=found.hold,
    )


def _label(found: Integration, bucket: Bucket) -> Label:
    """Say how it stands; a wish about its listing comes before its status."""
    if found.removed_at is not None:
        return REMOVED
    ending = found.hold == Hold.ENDING and bucket in UNSETTLED
    rests = Hold(found.hold).at_rest and bucket not in UNSETTLED
    return HOLDS[found.hold] if ending or rests else BUCKETS[bucket]


def _actions(found: Integration) -> tuple[Action, ...]:
    removed = found.removed_at is not None
    return actions(Status(found.status), removed=removed, hold=Hold(found.hold))


def version_of(found: Integration) -> str:
    """Return a short text that differs when the record's line does."""
    moment = int(found.updated_at.timestamp() * 1000)
    return (
        f"{moment:x}{found.hold}{found.status[0]}{found.phase[0]}{'x' if found.removed_at else ''}{found.attempts:x}"
    )


def badge(channel: Channel) -> ChannelBadge:
    """Return a channel's badge: the first letters of its name's words."""
    return _badge(channel.name, channel.pk % TINTS)


@lru_cache(maxsize=1_000)
def _badge(name: str, tint: int) -> ChannelBadge:
    words = re.findall(r"[^\W_]+", name) or ["?"]
    letters = words[0][0] + words[1][0] if len(words) > 1 else words[0][:2]
    return ChannelBadge(name, letters.upper(), tint)


def reason_of(found: Integration, bucket: Bucket, lane: ChannelState | None, now: datetime) -> str:
    """Return one line on why the record stands as it does, "" when its status says all."""
    match bucket:
        case Bucket.ERROR | Bucket.ALERT:
            return summed_up(found.problems, found.channel.name)
        case Bucket.QUEUED:
            return _waiting_reason(found, lane, now)
        case Bucket.WAITING:
            return _("O resultado chega sozinho")
        case Bucket.PROCESSING:
            return _("Em envio")
        case _:
            return ""


def in_reais(cents: int) -> str:
    """Return an amount in reais without its cents, "" for nothing."""
    amount = formats.number_format(round(cents / 100), 0, force_grouping=True)
    return _("R$ %(amount)s") % {"amount": amount} if cents else ""


def lanes_by_id(states: Collection[ChannelState]) -> dict[int, ChannelState]:
    return {state.channel.pk: state for state in states}


def _waiting_reason(found: Integration, lane: ChannelState | None, now: datetime) -> str:
    if lane and lane.state is LaneState.PAUSED:
        return _("O canal está em pausa")
    if lane and lane.stopped:
        return _("Aguarda o canal voltar")
    if found.next_attempt_at and found.next_attempt_at > now:
        if found.headline_code == WINDOW:
            return _("Sai no próximo lote: %(time)s") % {"time": brief(found.next_attempt_at, now)}
        return _("Nova tentativa: %(time)s") % {"time": brief(found.next_attempt_at, now)}
    return ""
