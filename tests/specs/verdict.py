"""A run held against its documents: what was asked of what can be, and what is forbidden without an excuse."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from specs.documents import Excuse, Sources
from specs.judge import Judge, Operation, Violation
from specs.wire import Exchange


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says of one marketplace. `met`: of the answers that are `declared` for what was asked."""

    code: str
    exchanges: int
    judged: int
    spoilt: int
    declared: int
    met: int
    unmet: tuple[str, ...]
    used: frozenset[str]
    exercised: frozenset[str]
    violations: tuple[Violation, ...]
    excused: Counter[Excuse]
    stale: tuple[Excuse, ...]

    @property
    def unasked(self) -> frozenset[str]:
        """What the connector can ask and never asked."""
        return self.used - self.exercised

    @property
    def holds(self) -> bool:
        return not (self.violations or self.unasked or self.stale)

    def lines(self) -> Iterator[str]:
        """Say it in lines for a person."""
        excused = sum(number for one, number in self.excused.items() if one.kind)
        yield (
            f"{self.code}: {len(self.exercised & self.used)} of {len(self.used)} operations exercised, "
            f"{self.exchanges} exchanges, {self.judged} judged ({self.spoilt} of them by the answer alone), "
            f"{self.met} of {self.declared} declared answers met, "
            f"{len(self.violations)} violations, {excused} undeclared by contract"
        )
        for name in sorted(self.unasked):
            yield f"  never asked: {name}"
        for name in self.unmet:
            yield f"  a success that never came: {name}"
        for violation, number in Counter(self.violations).most_common():
            yield f"  {number} x {violation}"
        for one, number in self.excused.items():
            yield f"  {number} x {one.kind or 'outside'} {one.asks or one.operation}: {one.why}"
        for one in self.stale:
            yield f"  stale, take it out of marketplaces.toml: {one.asks or one.operation}: {one.why}"


def verdict(
    sources: Sources, documents: list[dict[str, Any]], exchanges: Iterable[Exchange], endpoints: frozenset[str]
) -> Verdict:
    """Judge a run. `endpoints`: what the connector can ask."""
    judge = Judge(documents, closed=sources.closed)
    passed = list(exchanges)
    used = frozenset(name for name in endpoints if not any(fnmatchcase(name, one.asks) for one in sources.never))
    excused: Counter[Excuse] = Counter()
    violations: list[Violation] = []
    judged = spoilt = 0
    seen: dict[Operation, set[int]] = {}
    for exchange in passed:
        operation = judge.operation(exchange.method, exchange.path)
        excuse = _outside(exchange, sources) if operation is None else None
        if excuse is not None:
            excused[excuse] += 1
            continue
        judged += 1
        if operation is not None:
            seen.setdefault(operation, set()).add(exchange.status)
        spoilt += exchange.is_spoilt
        for violation in judge.judged(exchange):
            found = next((one for one in sources.undeclared if covers(one, violation)), None)
            if found is None:
                violations.append(violation)
            else:
                excused[found] += 1
    exercised = frozenset(name for one in passed if (name := _endpoint(one, endpoints)))
    stale = [one for one in (*sources.outside, *sources.undeclared) if not excused[one]]
    for one in sources.never:
        known = {name for name in endpoints if fnmatchcase(name, one.asks)}
        stale += [one] if not known or known & exercised else []
    return Verdict(
        code=sources.code,
        exchanges=len(passed),
        judged=judged,
        spoilt=spoilt,
        declared=sum(len(one.declares) for one in seen),
        met=sum(len(one.declares & statuses) for one, statuses in seen.items()),
        unmet=tuple(
            sorted(
                f"{one.name} {status}"
                for one, statuses in seen.items()
                for status in one.declares - statuses
                if status < 400
            )
        ),
        used=used,
        exercised=exercised,
        violations=tuple(violations),
        excused=+excused,
        stale=tuple(stale),
    )


def _outside(exchange: Exchange, sources: Sources) -> Excuse | None:
    asked = f"{exchange.method} {exchange.path}"
    return next((one for one in sources.outside if fnmatchcase(asked, re.sub(r"\{[^}]*\}", "*", one.asks))), None)


def covers(excuse: Excuse, violation: Violation) -> bool:
    return (
        excuse.kind == violation.kind
        and fnmatchcase(violation.operation, excuse.operation)
        and (not excuse.status or violation.status in excuse.status)
        and re.search(excuse.words, violation.words) is not None
    )


def _endpoint(exchange: Exchange, endpoints: frozenset[str]) -> str:
    """Return the connector's own name of what was asked: of two that fit, the one with fewer names in it."""
    asked = f"{exchange.method} {exchange.path}"
    fitting = [one for one in endpoints if re.fullmatch(_expression(one), asked)]
    return min(fitting, key=lambda one: (one.count("{"), one), default="")


def _expression(endpoint: str) -> str:
    return re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(endpoint))
