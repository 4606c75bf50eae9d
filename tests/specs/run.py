"""One marketplace's tour, played and judged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from specs.documents import Sources
from specs.tours import play
from specs.used import endpoints
from specs.verdict import Verdict, verdict
from specs.wire import Exchange


@dataclass(frozen=True, slots=True)
class Run:
    exchanges: list[Exchange]
    verdict: Verdict


def played(sources: Sources, folder: Path) -> Run:
    """Play a tour and judge it by the documents of a folder."""
    exchanges = play(sources.code)
    return Run(exchanges, verdict(sources, sources.read(folder), exchanges, endpoints(sources.code)))
