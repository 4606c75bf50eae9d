"""How a record stands, in words: who asked last, its place in the queue, what comes next, who shares its cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.db.filters import Bucket
from ponte.db.models import Cause, Integration, LaneState
from ponte.db.queries import ChannelState
from ponte.db.record_place import MAX_AHEAD, Turn, cause_of, turn
from ponte.db.record_story import Event
from ponte.domain.lifecycle import Hold, Trigger
from ponte.domain.problem import Retry
from ponte.web.clock import brief
from ponte.web.explained import problems_of
from ponte.web.labels import bucket_of
from ponte.web.products.rows import UNSETTLED
from ponte.web.record.timeline import last_reprocess, name_of
from ponte.web.templatetags.ponte import number


@dataclass(frozen=True, slots=True)
class Word:
    """A sentence above the record. `tone` is that of the notices: "", "wrn" or "err"."""

    text: str
    icon: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """The cause a record shares with `others` (counted, never asked of the rows)."""

    others: int
    cause_href: str
    list_href: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next try that comes by itself. `at` is None where no moment is known; `can_hurry` offers "Tentar agora".

    `looks` says that nothing is sent: the marketplace is asked how the listing stands.
    """

    text: str
    at: datetime | None = None
    hint: str = ""
    can_hurry: bool = False
    looks: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands above and beside a record. `changed_at` is when VTEX told of a change that still waits its turn."""

    words: tuple[Word, ...]
    queue: str
    by: str
    next: Ahead
    shared: Shared | None
    live: bool
    changed_at: datetime | None


def standing_of(
    found: Integration, lane: ChannelState | None, events: Sequence[Event], *, may_reprocess: bool
) -> Standing:
    """Read what the queue and the causes say of a record, and put it into words."""
    bucket = bucket_of(found.status, found.phase)
    waits = turn(found.pk) if bucket in UNSETTLED or found.next_attempt_at else None
    return Standing(
        words=tuple(_words(found, bucket, lane, may_reprocess=may_reprocess)),
        queue=_queue(bucket, waits, lane),
        by=_by(waits, events),
        next=_next(found, bucket, waits, lane, may_reprocess=may_reprocess),
        shared=_shared(found, cause_of(found)),
        live=bucket in UNSETTLED,
        changed_at=found.requested_at if waits and _is_change(waits) else None,
    )


def _is_change(waits: Turn) -> bool:
    return waits.trigger == Trigger.NOTIFICATION and waits.due and not waits.running


def _words(found: Integration, bucket: Bucket, lane: ChannelState | None, *, may_reprocess: bool) -> list[Word]:
    words = []
    if found.removed_at:
        text = _("Este log foi removido: está fora da lista, guardado no histórico.")
        words.append(Word(text, "trash"))
        if bucket in UNSETTLED:
            text = _(
                "A tentativa em andamento vai até o fim e fica no histórico. Se terminar em erro, o registro volta "
                "para a lista."
            )
            words.append(Word(text, "info"))
    stopped = _stopped(lane)
    if stopped and (may_reprocess or bucket is Bucket.QUEUED):
        words.append(stopped)
    return words


def _stopped(lane: ChannelState | None) -> Word | None:
    if lane is None or not lane.stopped:
        return None
    match lane.state:
        case LaneState.DISCONNECTED:
            text = _("O canal está desconectado: o que for reprocessado espera na fila até a conta ser reconectada.")
            return Word(text, "plug", "err")
        case LaneState.PAUSED:
            text = _("O canal está em pausa: o que for reprocessado espera na fila até alguém retomar o canal.")
            return Word(text, "pause", "wrn")
        case _ if lane.throttled:
            text = _("O marketplace pediu menos requisições: os envios esperam na fila e seguem sozinhos em breve.")
            return Word(text, "pause", "wrn")
        case _:
            text = _("O marketplace não está respondendo: os envios esperam na fila e seguem sozinhos quando voltar.")
            return Word(text, "pause", "wrn")


def _queue(bucket: Bucket, waits: Turn | None, lane: ChannelState | None) -> str:
    if bucket is not Bucket.QUEUED or waits is None or waits.ahead is None:
        return ""
    if lane is not None and lane.stopped:
        return ""
    if waits.ahead > MAX_AHEAD:
        return _("Na fila, mais de %(count)s à frente") % {"count": number(MAX_AHEAD)}
    return _("Na fila, %(place)sº") % {"place": number(waits.ahead + 1)}


def _by(waits: Turn | None, events: Sequence[Event]) -> str:
    """Say who asked for a reprocess: the one that waits, else the last that is told of."""
    if waits is not None and waits.trigger == Trigger.PERSON and waits.actor:
        return _("Reprocessamento pedido por %(name)s") % {"name": name_of(waits.actor)}
    asked = last_reprocess(events)
    if asked is None:
        return ""
    words = {"name": asked[0], "time": brief(asked[1], timezone.now())}
    return _("Reprocessado por último por %(name)s: %(time)s") % words


def _next(
    found: Integration, bucket: Bucket, waits: Turn | None, lane: ChannelState | None, *, may_reprocess: bool
) -> Ahead:
    if found.removed_at:
        return Ahead(_("Nenhuma: o log foi removido"))
    if Hold(found.hold).at_rest and bucket not in UNSETTLED:
        return Ahead(_("Nenhuma, até alguém pedir"))
    return _next_by_itself(found, bucket, waits, lane, may_reprocess=may_reprocess)


def _next_by_itself(
    found: Integration, bucket: Bucket, waits: Turn | None, lane: ChannelState | None, *, may_reprocess: bool
) -> Ahead:
    if bucket is Bucket.PROCESSING:
        return Ahead(_("Agora"))
    later = waits.due_at if waits and not waits.due else found.next_attempt_at
    if later and later > timezone.now():
        looks = waits is not None and waits.trigger == Trigger.FOLLOW
        return Ahead("", later, _hint(found, bucket), can_hurry=may_reprocess, looks=looks)
    if bucket is Bucket.QUEUED:
        stopped = lane is not None and lane.stopped
        return Ahead(_("Quando o canal voltar") if stopped else _("Na fila, em instantes"))
    if bucket is Bucket.WAITING:
        return Ahead(_("Quando o marketplace responder"))
    return Ahead(_("Quando o produto mudar na VTEX"), hint=_hint(found, bucket))


def _hint(found: Integration, bucket: Bucket) -> str:
    """Say why it is so long, or what it waits for."""
    if bucket is not Bucket.ERROR or not found.problems:
        return ""
    match problems_of(found.problems)[0].kind.retry:
        case Retry.FIX:
            return _("Erro de cadastro não se resolve repetindo o envio: corrija a causa e reprocesse.")
        case Retry.NEVER:
            return _("Só o marketplace pode resolver: repetir o envio não ajuda.")
        case Retry.DEFERRED:
            return _("Depende de um acontecimento fora do Ponte, por isso o intervalo é longo.")
        case _:
            return _("O Ponte já tentou várias vezes e continua tentando, mais devagar.")


def _shared(found: Integration, cause: Cause | None) -> Shared | None:
    if cause is None:
        return None
    here = {"causa": found.fingerprint, "canal": found.channel.code}
    others = max(0, cause.count - (0 if found.removed_at else 1))
    return Shared(others, f"/causas/{cause.pk}", f"/produtos?{urlencode(here)}")


def shared_text(shared: Shared) -> str | Promise:
    """Return "Outros 3.283 produtos têm a mesma causa"."""
    if shared.others == 0:
        return _("Só este produto tem esta causa")
    text = ngettext(
        "Outro %(count)s produto tem a mesma causa", "Outros %(count)s produtos têm a mesma causa", shared.others
    )
    return text % {"count": number(shared.others)}
