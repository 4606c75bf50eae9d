"""The form that decides about causes, read: which, what state, and until when they are ignored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.db.models import CauseState
from ponte.flows.causes import FOR_EVER, Until

MAX_CHOSEN: Final = 200
MAX_RECORDS: Final = 10**9
LAST_YEAR: Final = 2100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form asks for; `flaw` says what is wrong with it."""

    numbers: tuple[int, ...]
    state: CauseState
    until: Until = FOR_EVER
    flaw: str = ""


def read(form: QueryDict, now: datetime) -> Wanted:
    """Read {id or cause: several, state, prazo, dia, acima}. Raises `Http404` for a state that there is not.

    `cause` is for the form of a line: it may go to the plan for the records too, where an `id` is a record.
    """
    texts = [text for text in (*form.getlist("id"), *form.getlist("cause")) if text.isdecimal() and len(text) < 19]
    numbers = tuple(int(text) for text in texts[:MAX_CHOSEN])
    state = form.get("state", "")
    if state not in CauseState.values:
        raise Http404
    if not numbers:
        return Wanted((), CauseState(state), flaw=_("Nenhuma causa selecionada."))
    if state != CauseState.IGNORED:
        return Wanted(numbers, CauseState(state))
    until = _until(form, now)
    if isinstance(until, str):
        return Wanted(numbers, CauseState.IGNORED, flaw=until)
    return Wanted(numbers, CauseState.IGNORED, until)


def _until(form: QueryDict, now: datetime) -> Until | str:
    match form.get("prazo", "24h"):
        case "24h":
            return Until(moment=now + timedelta(hours=24))
        case "dia":
            return _day(form.get("dia", ""), now)
        case "acima":
            return _number(form.get("acima", ""))
        case "sempre":
            return FOR_EVER
        case _:
            raise Http404


def _day(text: str, now: datetime) -> Until | str:
    """The day counts whole: the cause is open again when it is over."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return _("Esta data não existe.")
    if not timezone.localtime(now).date() <= day or day.year > LAST_YEAR:
        return _("Escolha um dia de hoje em diante.")
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_current_timezone())
    return Until(moment=midnight)


def _number(text: str) -> Until | str:
    plain = text.replace(".", "").replace(" ", "")
    if not (plain.isascii() and plain.isdigit()) or not 0 < int(plain[:12]) <= MAX_RECORDS:
        return _("Informe um número de produtos, só com algarismos.")
    return Until(records=int(plain))
