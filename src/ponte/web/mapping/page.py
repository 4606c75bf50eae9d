"""The mapping's page: the text with its errors, its versions, the difference of two, and what a trial found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.db.models import Channel, MappingSource, MappingVersion
from ponte.domain.mapping_errors import MappingError
from ponte.domain.mapping_file import minimal_example, parse_mapping
from ponte.domain.problem import Problem
from ponte.explain import explain, mapping_error_text
from ponte.flows.mapping.trial import Fate, Trial, Tried
from ponte.web.explained import language

MAX_DIFF = 400
MAX_GUTTER = 20_000
MAX_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Mark:
    """What is wrong, or doubtful, in a line."""

    line: int
    text: str
    serious: bool


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number in the gutter; `tone` is "err", "wrn" or ""."""

    number: int
    tone: str


@dataclass(frozen=True, slots=True)
class Editor:
    """A text with its line numbers and marks; `based_on` is the version that it was made from."""

    text: str
    based_on: int
    marks: tuple[Mark, ...]
    gutter: tuple[Numbered, ...]
    is_example: bool = False

    @property
    def errors(self) -> tuple[Mark, ...]:
        return tuple(mark for mark in self.marks if mark.serious)

    @property
    def warnings(self) -> tuple[Mark, ...]:
        return tuple(mark for mark in self.marks if not mark.serious)


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a difference: `sign` is "+", "-", " " or "@"."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Past:
    """A version in the history."""

    number: int
    author: str
    at: datetime
    current: bool
    source: str = ""


@dataclass(frozen=True, slots=True)
class Remaining:
    """Why products would stay in error, and how many."""

    title: str
    count: int
    example: int


@dataclass(frozen=True, slots=True)
class TrialTold:
    """The outcome of a trial in words."""

    headline: str
    sentences: tuple[str, ...]
    remaining: tuple[Remaining, ...]
    broken: tuple[Tried, ...]
    tone: str


def editor_of(channel: Channel) -> Editor:
    """Return the file in use; a channel without one begins with an example."""
    text = channel.mapping_text or minimal_example()
    return editor(text, channel.mapping_version, is_example=not channel.mapping_text)


def editor(text: str, based_on: int, *, is_example: bool = False) -> Editor:
    """Return a text with what is wrong with it."""
    parsed = parse_mapping(text)
    marks = (*_marks(parsed.errors, serious=True), *_marks(parsed.warnings, serious=False))
    tones = {mark.line: "wrn" for mark in marks} | {mark.line: "err" for mark in marks if mark.serious}
    count = min(text.count("\n") + 1, MAX_GUTTER)
    gutter = tuple(Numbered(number, tones.get(number, "")) for number in range(1, count + 1))
    return Editor(text, based_on, marks, gutter, is_example)


def difference(before: str, after: str) -> tuple[DiffLine, ...]:
    """Return what changed from one text to another, with some lines around; at most `MAX_DIFF`."""
    found = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    lines = [line for line in found if not line.startswith(("---", "+++"))]
    return tuple(DiffLine(line[:1], line[1:] if line[:1] != "@" else line.strip("@ ")) for line in lines[:MAX_DIFF])


def history(found: Sequence[MappingVersion], current: int) -> tuple[Past, ...]:
    return tuple(
        Past(
            row.number,
            row.author.username if row.author else "",
            row.at,
            row.number == current,
            source_words(row.source, row.note),
        )
        for row in found
    )


def undone(versions: Sequence[Past]) -> int | None:
    """Return the version before the one in use, None when there is none."""
    after = False
    for past in versions:
        if after:
            return past.number
        after = past.current
    return None


def source_words(source: str, note: str) -> str:
    """Say how a version came about; "" for one that was typed."""
    match source:
        case MappingSource.IMPORTED:
            return _("planilha %(name)s") % {"name": note}
        case MappingSource.SUGGESTED:
            count = int(note) if note.isdecimal() and len(note) < 7 else 0
            return ngettext("%(count)d sugestão aplicada", "%(count)d sugestões aplicadas", count) % {"count": count}
        case MappingSource.RESTORED:
            return _("volta à versão %(number)s") % {"number": note}
        case _:
            return ""


def told(trial: Trial, marketplace: str) -> TrialTold:
    """Put a trial into words."""
    solved, maybe = trial.of(Fate.SOLVED), trial.of(Fate.MAYBE)
    broken, fine, unread = trial.of(Fate.BROKEN), trial.of(Fate.FINE), trial.of(Fate.UNREAD)
    sentences = [_some_maybe(len(maybe))] if maybe else []
    if fine or broken:
        sentences.append(_broken(len(broken), len(fine) + len(broken)))
    if unread:
        sentences.append(_unread(len(unread)))
    return TrialTold(
        headline=_headline(len(solved), trial.errors_looked_at),
        sentences=tuple(sentences),
        remaining=_remaining(trial.of(Fate.STILL), marketplace),
        broken=broken[:MAX_SHOWN],
        tone="err" if broken else "suc" if solved else "",
    )


def _headline(solved: int, looked_at: int) -> str:
    if not looked_at:
        return _("Nenhum produto em erro para experimentar.")
    text = ngettext(
        "Resolve %(solved)d de %(all)d produto conferido.",
        "Resolve %(solved)d de %(all)d produtos conferidos.",
        looked_at,
    )
    return text % {"solved": solved, "all": looked_at}


def _some_maybe(count: int) -> str:
    text = ngettext(
        "%(count)d teria outro anúncio: só o marketplace dirá se aceita.",
        "%(count)d teriam outro anúncio: só o marketplace dirá se aceita.",
        count,
    )
    return text % {"count": count}


def _broken(broken: int, looked_at: int) -> str:
    text = ngettext(
        "%(broken)d passaria a falhar, de %(all)d conferidos que hoje estão bem.",
        "%(broken)d passariam a falhar, de %(all)d conferidos que hoje estão bem.",
        broken,
    )
    return text % {"broken": broken, "all": looked_at}


def _unread(count: int) -> str:
    text = ngettext("%(count)d não respondeu a tempo.", "%(count)d não responderam a tempo.", count)
    return text % {"count": count}


def _remaining(still: Sequence[Tried], marketplace: str) -> tuple[Remaining, ...]:
    by_cause: dict[tuple[str, str], list[Tried]] = {}
    for one in still:
        if one.problem:
            by_cause.setdefault((one.problem.kind.name, one.problem.subject), []).append(one)
    found = [
        Remaining(_title(some[0].problem, marketplace), len(some), some[0].id)
        for some in sorted(by_cause.values(), key=len, reverse=True)
    ]
    return tuple(found[:MAX_SHOWN])


def _title(problem: Problem | None, marketplace: str) -> str:
    return explain(problem, language(), {"marketplace": marketplace}).title if problem else ""


def _marks(errors: Sequence[MappingError], *, serious: bool) -> list[Mark]:
    return [Mark(error.line, mapping_error_text(error, language()), serious) for error in errors]


def decoded(content: bytes) -> str | None:
    """Read an uploaded file; None when it is not UTF-8 text."""
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
