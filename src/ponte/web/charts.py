"""Charts as values: lengths in the units of a drawing, made on the server, drawn by `overview/_*.html` as plain SVG.

A drawing stretches to its place (`preserveAspectRatio="none"`), so that a page of any width needs no script; words
stand beside it as text. Every chart has its numbers as a table too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils import formats
from django.utils.functional import Promise

HEIGHT: Final = 100
SLOT: Final = 10
GAP: Final = 2
NICE: Final = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart: what is counted, its name, the name of its colours."""

    key: str
    text: str | Promise
    tone: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle of a bar."""

    tone: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of pieces, the first at the bottom."""

    x: int
    width: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """The vertical scale: its top and middle in words."""

    top: float
    top_text: str
    middle_text: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A line with the ground under it; gaps stay gaps. `lines` and `areas` are lists of points."""

    lines: tuple[str, ...]
    areas: tuple[str, ...]
    dots: tuple[tuple[str, str], ...]


def scale_of(largest: float) -> Scale:
    """Return a scale whose top is a round number, at least the largest value."""
    unit = 1.0
    while unit * 10 < largest:
        unit *= 10
    top = next(unit * step for step in NICE if unit * step >= largest or step == NICE[-1])
    return Scale(top, short(top), short(top / 2))


def bars_of(counts: Sequence[Mapping[str, int]], series: Sequence[Series], top: float = 0) -> list[Bar]:
    """Return one bar for each set of counts, all on one scale: `top`, else the largest of them."""
    whole = top or max((sum(one.get(kind.key, 0) for kind in series) for one in counts), default=0) or 1
    return [
        Bar(place * SLOT + GAP // 2, SLOT - GAP, tuple(_pieces(one, series, whole)))
        for place, one in enumerate(counts)
    ]


def trend_of(values: Sequence[float | None], low: float, high: float, width: int) -> Trend:
    """Return a line through values between two limits; a value that is None is a gap, a lone one a dot."""
    step = width / max(1, len(values) - 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            share = (min(max(value, low), high) - low) / ((high - low) or 1)
            runs[-1].append((place * step, HEIGHT - share * HEIGHT))
    long = [run for run in runs if len(run) > 1]
    return Trend(
        lines=tuple(_points(run) for run in long),
        areas=tuple(_points([(run[0][0], HEIGHT), *run, (run[-1][0], HEIGHT)]) for run in long),
        dots=tuple((_length(x), _length(y)) for run in runs if len(run) == 1 for x, y in run),
    )


def short(value: float) -> str:
    """Return a number for an axis: "850", "1,2 mil" as the language writes thousands."""
    whole = value == int(value)
    return str(formats.number_format(value, 0 if whole else 1, use_l10n=True, force_grouping=True))


def _pieces(counts: Mapping[str, int], series: Sequence[Series], whole: float) -> list[Piece]:
    pieces = []
    floor = float(HEIGHT)
    for kind in series:
        height = HEIGHT * counts.get(kind.key, 0) / whole
        if height:
            floor -= height
            pieces.append(Piece(kind.tone, _length(floor), _length(height)))
    return pieces


def _points(run: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_length(x)},{_length(y)}" for x, y in run)


def _length(value: float) -> str:
    """Return a length as SVG writes it, whatever the language."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
