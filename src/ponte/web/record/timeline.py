"""The timeline of a record: what VTEX told, what people did and wrote, the tries, what the marketplace said later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ponte.db.models import Attempt, Audit, BulkAction, Integration, Note, User
from ponte.db.record_story import Event, Story, came_later, moment
from ponte.domain.lifecycle import Task, Trigger
from ponte.web.labels import Label
from ponte.web.record.tries import Try, try_of

DEEDS: Mapping[str, Label] = {
    "reprocess": Label(gettext_lazy("%(name)s pediu o reprocessamento"), "refresh", "que"),
    "remove": Label(gettext_lazy("%(name)s removeu o log"), "trash", "que"),
    "restore": Label(gettext_lazy("%(name)s restaurou o log"), "undo", "que"),
    "listing adopt": Label(gettext_lazy("%(name)s adotou um anúncio que já existia"), "link", "que"),
    "listing link": Label(gettext_lazy("%(name)s vinculou um anúncio"), "link", "que"),
    "listing unlink": Label(gettext_lazy("%(name)s desvinculou o anúncio"), "link", "que"),
    "listing end": Label(gettext_lazy("%(name)s pediu para encerrar o anúncio"), "x", "que"),
    "listing keep": Label(gettext_lazy("%(name)s desistiu de encerrar o anúncio"), "undo", "que"),
    "note deleted": Label(gettext_lazy("%(name)s apagou uma anotação"), "trash", "que"),
}
ACTIONS: Mapping[str, str | Promise] = {
    "reprocess": gettext_lazy("%(name)s reprocessou em massa"),
    "remove": gettext_lazy("%(name)s removeu em massa"),
    "restore": gettext_lazy("%(name)s restaurou em massa"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A note; `own` is true for whoever may delete it."""

    id: int
    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the timeline: a try, or a title with what belongs to it. `at` is None for "just before"."""

    title: str
    icon: str
    tone: str
    at: datetime | None
    hint: str = ""
    tried: Try | None = None
    note: Written | None = None
    action_id: int | None = None
    action_text: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """A part of the timeline, newest first; `next` goes into the address for the older part.

    `forgotten` says that it ends where older tries are not kept any more.
    """

    moments: tuple[Moment, ...]
    next: str
    forgotten: bool = False


def timeline_of(found: Integration, told: Story, *, reader: User) -> Timeline:
    """Put a story into words for one reader."""
    moments = tuple(entry for event in told.events for entry in _entries(event, found, reader))
    tried = [event.number for event in told.events if isinstance(event, Attempt)]
    forgotten = told.next is None and bool(tried) and min(tried) > 1
    return Timeline(moments, told.next.written() if told.next else "", forgotten)


def last_reprocess(events: Sequence[Event]) -> tuple[str, datetime] | None:
    """Return who asked for a reprocess last, and when, if the events tell."""
    for event in events:
        if isinstance(event, Audit | BulkAction) and event.verb == "reprocess":
            return name_of(event.actor), moment(event)
    return None


def name_of(user: User | None) -> str:
    """Return a person's name; a person who is gone is somebody."""
    return (user.get_full_name() or user.username) if user else _("Alguém")


def _entries(event: Event, found: Integration, reader: User) -> Iterator[Moment]:
    match event:
        case Attempt():
            yield _tried(event, found)
            if event.trigger == Trigger.NOTIFICATION and not came_later(event):
                yield _change(event, found)
        case BulkAction():
            yield _many(event)
        case Audit():
            yield _deed(event)
        case Note():
            yield _note(event, reader)


def _tried(event: Attempt, found: Integration) -> Moment:
    tried = try_of(event, found)
    if event.task == Task.END:
        title = _("Encerramento do anúncio (tentativa %(number)s)") % {"number": event.number}
    elif came_later(event):
        title = _("Resposta do marketplace (tentativa %(number)s)") % {"number": event.number}
    else:
        title = _("Tentativa %(number)s") % {"number": event.number}
    return Moment(title, tried.label.icon, tried.label.tone, event.started_at, tried=tried)


def _change(event: Attempt, found: Integration) -> Moment:
    """Tell of the change that asked for a try; its own moment is known of the last one only."""
    known = event.number == found.attempts and found.requested_at <= event.started_at
    hint = "" if known else _("pouco antes da tentativa %(number)s") % {"number": event.number}
    return Moment(_("O produto mudou na VTEX"), "box", "que", found.requested_at if known else None, hint)


def _deed(event: Audit) -> Moment:
    known = DEEDS.get(event.verb)
    name = {"name": name_of(event.actor)}
    if known is None:
        return Moment(f"{name['name']}: {event.verb}", "user", "que", event.at)
    return Moment(str(known.text) % name, known.icon, known.tone, event.at)


def _many(event: BulkAction) -> Moment:
    text = str(ACTIONS.get(event.verb, gettext_lazy("%(name)s fez uma ação em massa")))
    count = event.done
    told = ngettext("ação em massa de %(count)d registro", "ação em massa de %(count)d registros", count)
    return Moment(
        text % {"name": name_of(event.actor)},
        "layers",
        "que",
        event.created_at,
        action_id=event.pk,
        action_text=told % {"count": count},
    )


def _note(event: Note, reader: User) -> Moment:
    title = _("%(name)s anotou") % {"name": name_of(event.author)}
    return Moment(
        title, "note", "wrn", event.at, note=Written(event.pk, event.text, own=event.author_id == reader.pk)
    )
