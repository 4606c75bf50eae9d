"""What is said above the list about channels that do not run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from ponte.db.models import LaneState
from ponte.db.queries import ChannelState
from ponte.web.clock import brief
from ponte.web.products.values import Notice


def notices_of(states: Sequence[ChannelState], now: datetime) -> tuple[Notice, ...]:
    """Say in words which channels do not run; those in pause together, or the list would begin off the screen."""
    paused = [state.channel.name for state in states if state.state is LaneState.PAUSED]
    text = _("%(channels)s estão em pausa: os envios esperam na fila.") % {"channels": ", ".join(paused)}
    one_by_one = [state for state in states if len(paused) < 2 or state.state is not LaneState.PAUSED]
    told = [notice for state in one_by_one if (notice := notice_of(state, now))]
    return (*told, *([Notice(text, serious=False)] if len(paused) > 1 else []))


def notice_of(state: ChannelState, now: datetime) -> Notice | None:
    """Say in words that a channel does not run, None when it does."""
    name = {"channel": state.channel.name}
    if state.state is LaneState.DISCONNECTED:
        text = _("%(channel)s está desconectado: reconecte a conta. Nada se perde, os envios esperam na fila.")
        return Notice(text % name, serious=True, href=f"/canais/{state.channel.code}")
    if state.state is LaneState.PAUSED:
        return Notice(_("%(channel)s está em pausa: os envios esperam na fila.") % name, serious=False)
    if state.breaker_until is not None:
        until = datetime.fromtimestamp(state.breaker_until, tz=now.tzinfo)
        text = (
            _("%(channel)s pediu menos requisições. O Ponte volta a enviar às %(time)s, sozinho.")
            if state.throttled
            else _("%(channel)s não está respondendo. O Ponte tenta de novo às %(time)s, sozinho.")
        )
        icon = "hourglass" if state.throttled else "alert"
        return Notice(text % {**name, "time": brief(until, now)}, serious=False, icon=icon)
    return None
