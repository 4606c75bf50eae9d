"""The rows of an exported list: which columns, and each record, try or cause as cells in somebody's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any, Final

from ponte.db.records import problem_from_json
from ponte.domain.lifecycle import AttemptResult, Phase, Status, Trigger
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage
from ponte.explain import explain, label, status_label
from ponte.explain.catalogue import choose_language, words
from ponte.explain.naming import name_of
from ponte.flows.export.cells import Cell, Column, Kind, Row

MAX_MESSAGE: Final = 4_000
EXPLAINED: Final = 4_096
"""So many different problems are kept explained: most of a list repeat a few."""

RECORDS: Final = {
    "sku": Kind.ID,
    "product_id": Kind.ID,
    "name": Kind.TEXT,
    "ean": Kind.WORD,
    "reference": Kind.WORD,
    "category": Kind.TEXT,
    "brand": Kind.WORD,
    "channel": Kind.WORD,
    "status": Kind.WORD,
    "problem_class": Kind.WORD,
    "code": Kind.WORD,
    "field": Kind.WORD,
    "title": Kind.TEXT,
    "fix": Kind.LONG,
    "message": Kind.LONG,
    "others": Kind.NUMBER,
    "attempts": Kind.NUMBER,
    "requested_at": Kind.MOMENT,
    "processed_at": Kind.MOMENT,
    "next_attempt_at": Kind.MOMENT,
    "listing_id": Kind.WORD,
    "id": Kind.NUMBER,
}
ATTEMPTS: Final = {
    "started_at": Kind.MOMENT,
    "ended_at": Kind.MOMENT,
    "sku": Kind.ID,
    "name": Kind.TEXT,
    "channel": Kind.WORD,
    "number": Kind.NUMBER,
    "trigger": Kind.TEXT,
    "actor": Kind.WORD,
    "result": Kind.WORD,
    "status": Kind.WORD,
    "http_status": Kind.NUMBER,
    "problem_class": Kind.WORD,
    "code": Kind.WORD,
    "field": Kind.WORD,
    "title": Kind.TEXT,
    "fix": Kind.LONG,
    "message": Kind.LONG,
    "others": Kind.NUMBER,
}
CAUSES: Final = {
    "title": Kind.TEXT,
    "channel": Kind.WORD,
    "count": Kind.NUMBER,
    "value": Kind.NUMBER,
    "state": Kind.WORD,
    "stage": Kind.WORD,
    "problem_class": Kind.WORD,
    "code": Kind.WORD,
    "field": Kind.WORD,
    "fix": Kind.LONG,
    "message": Kind.LONG,
    "first_at": Kind.MOMENT,
    "last_at": Kind.MOMENT,
    "returns": Kind.NUMBER,
}


class Words:
    """Makes rows in one language and one time zone."""

    def __init__(self, language: str, zone: tzinfo) -> None:
        self.language = language
        self._zone = zone
        self._titles = {name: text[0] for name, text in words(choose_language(language), "columns").items()}
        self._explained = lru_cache(EXPLAINED)(self._explain)

    def columns(self, kinds: Mapping[str, Kind]) -> list[Column]:
        """Return the columns with their headings."""
        return [Column(self._titles[name], kind) for name, kind in kinds.items()]

    def title(self, name: str) -> str:
        """Return a word of the file itself."""
        return self._titles[name]

    def record(self, row: Sequence[Any]) -> Row:
        """Make the cells (`RECORDS`) of a record's values (`db.exports.RECORD`)."""
        number, sku, product, name, ean, reference, category, brand, channel, policy, status, phase, removed = row[
            :13
        ]
        problems, attempts, requested, processed, following, listing = row[13:]
        said = self._said(problems, channel, policy, category)
        shown = self._titles["removed"] if removed else status_label(Status(status), Phase(phase), self.language)
        facts = (sku, product, name, ean, reference, category, brand, channel, shown)
        moments = (self._local(requested), self._local(processed), self._local(following))
        return (*facts, *said, max(0, len(problems) - 1), attempts, *moments, listing, number)

    def attempt(self, row: Sequence[Any]) -> Row:
        """Make the cells (`ATTEMPTS`) of a try's values (`db.exports.ATTEMPT`)."""
        (
            _,
            started,
            ended,
            sku,
            name,
            category,
            channel,
            policy,
            nth,
            trigger,
            actor,
            result,
            status,
            http,
            problems,
        ) = row
        return (
            self._local(started),
            self._local(ended),
            sku,
            name,
            channel,
            nth,
            label(Trigger(trigger), self.language),
            actor,
            label(AttemptResult(result), self.language),
            label(Status(status), self.language) if status else "",
            http,
            *self._said(problems, channel, policy, category),
            max(0, len(problems) - 1),
        )

    def cause(self, row: Sequence[Any]) -> Row:
        """Make the cells (`CAUSES`) of a cause's values (`db.exports.CAUSE`)."""
        _, channel, policy, kind, stage, severity, subject, code, message, count, value, state, first, last, again = (
            row
        )
        known = ProblemClass.__members__.get(kind, ProblemClass.UNKNOWN)
        problem = Problem(known, Stage(stage), subject, code, message, Severity(severity))
        name, _, field, title, fix, said = self._parts(problem, channel, policy, "")
        facts = (count, value / 100, self._titles[f"state_{state}"], label(Stage(stage), self.language))
        return (title, channel, *facts, name, code, field, fix, said, self._local(first), self._local(last), again)

    def _said(self, problems: Sequence[dict[str, Any]], channel: str, policy: str, category: str) -> Iterable[Cell]:
        if not problems:
            return ("", "", "", "", "", "")
        return self._parts(problem_from_json(problems[0]), channel, policy, category)

    def _parts(self, problem: Problem, channel: str, policy: str, category: str) -> tuple[str, ...]:
        """Return class, code, field, title, how to fix it, and the marketplace's message."""
        params = tuple(sorted((name, str(value)) for name, value in problem.params.items()))
        known = (problem.kind, problem.stage, problem.subject, problem.code, problem.severity, problem.http_status)
        field, title, fix = self._explained(known, params, (channel, policy, category))
        return problem.kind.name, problem.code, field, title, fix, problem.message[:MAX_MESSAGE]

    def _explain(
        self,
        known: tuple[ProblemClass, Stage, str, str, Severity, int | None],
        params: tuple[tuple[str, str], ...],
        about: tuple[str, str, str],
    ) -> tuple[str, str, str]:
        kind, stage, subject, code, severity, http_status = known
        problem = Problem(kind, stage, subject, code, "", severity, dict(params), http_status)
        context = dict(zip(("marketplace", "policy", "category"), about, strict=True))
        told = explain(problem, self.language, context)
        return name_of(problem, self.language), told.title, " ".join(told.fix)

    def _local(self, at: datetime | None) -> datetime | None:
        return at.astimezone(self._zone).replace(tzinfo=None) if at else None
