"""Accounts in trouble: one line each, however many records wait for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from ponte.db import causes
from ponte.db.models import Cause, Channel, Lane, LaneState
from ponte.db.queries import ChannelState
from ponte.db.scope import Scope
from ponte.web.causes.rows import products_query
from ponte.web.clock import brief
from ponte.web.products.rows import ChannelBadge, badge


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in trouble: one line, however many records wait for it."""

    channel: ChannelBadge
    title: str
    text: str
    waiting: int
    since: datetime | None
    href: str
    link: str
    icon: str
    serious: bool


def accounts(scope: Scope, states: Sequence[ChannelState], now: datetime) -> tuple[AccountLine, ...]:
    """Return one line per account that is in trouble or just out of it."""
    left = {cause.channel_id: cause for cause in reversed(causes.of_accounts(scope))}
    troubled = [state for state in states if state.stopped or state.channel.pk in left]
    waiting = causes.waiting(scope) if troubled else {}
    lines = [_account(state, left.get(state.channel.pk), waiting.get(state.channel.pk, 0), now) for state in troubled]
    return tuple(sorted(lines, key=lambda line: (not line.serious, -line.waiting)))


def _account(state: ChannelState, cause: Cause | None, waiting: int, now: datetime) -> AccountLine:
    channel = state.channel
    name, href, lane = {"channel": channel.name}, f"/canais/{channel.code}", next(iter(_lanes(channel)), None)
    since = lane.state_at if lane else None
    shown = badge(channel)
    if state.state is LaneState.DISCONNECTED:
        title, text = _("%(channel)s está desconectado") % name, _("Nada se perde: os envios esperam a conta voltar.")
        return AccountLine(shown, title, text, waiting, since, href, _("Reconectar"), "plug", serious=True)
    if state.state is LaneState.PAUSED:
        title, text = _("%(channel)s está em pausa") % name, _("Os envios esperam até alguém retomar o canal.")
        return AccountLine(shown, title, text, waiting, since, href, _("Ver o canal"), "pause", serious=False)
    if state.breaker_until is not None:
        title = _("%(channel)s pediu menos requisições") if state.throttled else _("%(channel)s não está respondendo")
        until = brief(datetime.fromtimestamp(state.breaker_until, UTC), now)
        text = _("O Ponte tenta de novo às %(time)s, sozinho.") % {"time": until}
        return AccountLine(
            shown, title % name, text, waiting, None, href, _("Ver o canal"), "hourglass", serious=False
        )
    assert cause is not None
    cause.channel = channel
    title = _("%(channel)s voltou: a fila anda") % name
    text = _("Estes produtos pararam pela conta e são enviados de novo.")
    address = f"/produtos?{products_query(cause)}"
    return AccountLine(
        shown, title, text, max(0, cause.count), None, address, _("Ver produtos"), "play", serious=False
    )


def _lanes(channel: Channel) -> Sequence[Lane]:
    """Return the lanes that `queries.channels` read with a channel, that of the products first."""
    known: Sequence[Lane] = channel.known_lanes  # type: ignore[attr-defined]
    return sorted(known, key=lambda lane: lane.kind != "product")
