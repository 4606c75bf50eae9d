"""From a refusal's body to problems, by the table in errors.toml. Never raises, whatever the body is.

The shapes met (Mercado Livre developers' pages "validations" and "errors", captured 2026-06): `cause` is absent, [],
a list of sentences or of objects; an object carries `cause_id`, `code` or both; `error` is a code, a sentence or "".
A cause of type "warning" never blocks.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from ponte.connectors.mercadolivre import shape
from ponte.connectors.mercadolivre.texts import plain_text, sendable
from ponte.domain.message import JSON, Response, Unreadable
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage

MAX_PROBLEMS = 500
MAX_MESSAGE = 4_000
MAX_HTML = 20_000
CODE = re.compile(r"[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*")
ATTRIBUTE_IDS = re.compile(r"\[([A-Z][A-Z0-9_]*(?:\s*,\s*[A-Z][A-Z0-9_]*)*)\]")
FIELD_NAMES = re.compile(r"\[([a-z][a-z0-9_.]*(?:\s*,\s*[A-Za-z][A-Za-z0-9_.]*)*)\]")
CATEGORY_LIKE = re.compile(r"ML[A-Z][0-9]+")
# These name no cause: problems that carry nothing better are told apart by their words.
GENERIC = frozenset({"validation_error", "bad_request", "bad.request", "error", "invalid_parameter"})
IDENTIFIERS = frozenset({"GTIN", "EAN", "EMPTY_GTIN_REASON"})
MAX_SUBJECTS = 50


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: a class and the field it is about ("ids": read from the message)."""

    kind: ProblemClass
    subject: str = ""
    pattern: re.Pattern[str] | None = None
    code: str = ""

    def says(self, text: str) -> bool:
        return self.pattern is not None and self.pattern.search(text) is not None


@dataclass(frozen=True, slots=True)
class Rulebook:
    states: tuple[Rule, ...]
    by_code: dict[str, Rule]
    by_id: dict[int, Rule]
    families: tuple[Rule, ...]
    texts: tuple[Rule, ...]
    moderations: tuple[Rule, ...]

    def find(self, code: str, cause_id: int | None, message: str) -> Rule | None:
        """Return the first rule that fits, in the order that errors.toml states."""
        state = _first(self.states, message)
        if state:
            return state
        known = self.by_code.get(code.casefold()) or (self.by_id.get(cause_id) if cause_id is not None else None)
        return known or (_first(self.families, code.casefold()) if code else None) or _first(self.texts, message)


def _first(rules: tuple[Rule, ...], text: str) -> Rule | None:
    return next((rule for rule in rules if rule.says(text)), None)


def _read_rulebook() -> Rulebook:
    source = files("ponte.connectors.mercadolivre").joinpath("errors.toml").read_text(encoding="utf-8")
    data = tomllib.loads(source)
    coded = [(row, _rule(row)) for row in data["code"]]
    return Rulebook(
        states=_rules(data["state"]),
        by_code={code: rule for row, rule in coded for code in row.get("codes", ())},
        by_id={cause_id: rule for row, rule in coded for cause_id in row.get("ids", ())},
        families=_rules(data["family"]),
        texts=_rules(data["text"]),
        moderations=_rules(data["moderation"]),
    )


def _rules(lines: list[dict[str, Any]]) -> tuple[Rule, ...]:
    return tuple(_rule(row) for row in lines)


def _rule(row: dict[str, Any]) -> Rule:
    pattern = re.compile(row["pattern"], re.IGNORECASE) if "pattern" in row else None
    return Rule(ProblemClass[row["class"]], row.get("subject", ""), pattern, row.get("code", ""))


RULEBOOK = _read_rulebook()


def problems_of(response: Response, stage: Stage) -> tuple[Problem, ...]:
    """Return every problem of a refusal, at least one of them blocking."""
    body = response.json()
    if isinstance(body, Unreadable):
        found = [_unknown(words_of(response), stage)]
    else:
        found = list(_of_body(body, stage))[:MAX_PROBLEMS]
    if not any(problem.blocking for problem in found):
        # A refusal has a reason even when everything it lists is called a warning.
        found.append(_unknown(message_of(body) or words_of(response), stage))
    return tuple(replace(problem, http_status=response.status) for problem in found)


def warnings_of(item: dict[str, JSON], stage: Stage) -> tuple[Problem, ...]:
    """Return the warnings that come with a success."""
    rows = shape.tables(item.get("warnings"))[:MAX_PROBLEMS]
    return tuple(problem.as_warning() for row in rows for problem in _of_cause(row, stage))


def words_of(response: Response) -> str:
    """Return the words of a body that is no JSON (a proxy's page), short."""
    return _cap(" ".join(plain_text(response.body[:MAX_HTML].decode("utf-8", errors="replace")).split())[:500])


def message_of(body: JSON) -> str:
    """Return what the body says at its top: message, description and error, each once."""
    top = shape.table(body)
    parts = (shape.text(top.get(name)).strip() for name in ("message", "error_description", "error"))
    return _cap(" | ".join(dict.fromkeys(part for part in parts if part)))


def codes_of(body: JSON) -> tuple[str, ...]:
    """Return everything at the top of the body that looks like a code."""
    top = shape.table(body)
    found = (shape.word(top.get(name)).strip() for name in ("code", "message", "error"))
    return tuple(text for text in found if CODE.fullmatch(text))


def _of_body(body: JSON, stage: Stage) -> Iterator[Problem]:
    if isinstance(body, list):
        causes = body
    else:
        top = shape.table(body)
        causes = next((found for name in ("cause", "causes", "errors") if (found := shape.rows(top.get(name)))), [])
    entries = [cause for cause in causes if isinstance(cause, dict)]
    for entry in entries:
        yield from _of_cause(entry, stage)
    if not entries:
        yield from _of_top(body, [cause for cause in causes if isinstance(cause, str)], stage)


def _of_cause(cause: dict[str, JSON], stage: Stage) -> Iterator[Problem]:
    cause_id = shape.whole(cause.get("cause_id"))
    code = shape.word(cause.get("code")).strip()
    message = _cap(shape.text(cause.get("message")))
    severity = Severity.WARNING if shape.text(cause.get("type")).casefold() == "warning" else Severity.ERROR
    # Older answers have the number in `code`.
    number = int(code) if cause_id is None and code.isascii() and code.isdigit() and len(code) < 9 else cause_id
    rule = RULEBOOK.find(code, number, message)
    told = _Told(code or (str(cause_id) if cause_id is not None else ""), message, stage, severity, _params(cause))
    yield from told.problems(rule)


def _params(cause: dict[str, JSON]) -> dict[str, str]:
    found = {"references": ", ".join(shape.texts(cause.get("references"))[:20])}
    found |= {name: shape.word(cause.get(name)) for name in ("cause_id", "department")}
    return {name: _cap(value) for name, value in found.items() if value}


def _of_top(body: JSON, sentences: list[str], stage: Stage) -> Iterator[Problem]:
    message = message_of(body)
    if not message and not sentences:
        message = _cap(shape.text(body))
    known = [(code, rule) for code in codes_of(body) if (rule := RULEBOOK.find(code, None, message))]
    telling = (code for code in codes_of(body) if code.casefold() not in GENERIC)
    code = known[0][0] if known and known[0][0].casefold() not in GENERIC else next(telling, "")
    rule = known[0][1] if known else RULEBOOK.find("", None, " ".join((message, *sentences))[:MAX_MESSAGE])
    params = {"causes": _cap(", ".join(sentences[:20]))} if sentences else {}
    yield from _Told(code, message, stage, Severity.ERROR, params).problems(rule)


@dataclass(frozen=True, slots=True)
class _Told:
    """What one cause says, before it is known which class and field it is about."""

    code: str
    message: str
    stage: Stage
    severity: Severity
    params: dict[str, str]

    def problems(self, rule: Rule | None) -> Iterator[Problem]:
        if rule is None:
            yield self._one(ProblemClass.UNKNOWN, "", self.code)
        elif rule.subject != "ids":
            yield self._one(rule.kind, rule.subject, self.code or rule.code)
        else:
            for subject in _subjects(self.message) or ("",):
                yield self._one(_narrowed(rule.kind, subject), subject, self.code)

    def _one(self, kind: ProblemClass, subject: str, code: str) -> Problem:
        return Problem(kind, self.stage, subject, code[:200], self.message, self.severity, self.params)


def _narrowed(kind: ProblemClass, subject: str) -> ProblemClass:
    """Return the closer class where the attribute decides it."""
    if kind is ProblemClass.ATTRIBUTE_MISSING and subject in IDENTIFIERS:
        return ProblemClass.IDENTIFIER_MISSING
    if kind is ProblemClass.ATTRIBUTE_INVALID and subject in IDENTIFIERS:
        return ProblemClass.IDENTIFIER_INVALID
    if kind is ProblemClass.ATTRIBUTE_INVALID and subject == "BRAND":
        return ProblemClass.BRAND_MAPPING
    return kind


def _subjects(message: str) -> tuple[str, ...]:
    """Return the attribute ids in brackets, else the field names in brackets; no category ids."""
    for pattern in (ATTRIBUTE_IDS, FIELD_NAMES):
        found = [name.strip() for group in pattern.findall(message) for name in group.split(",")]
        names = [name for name in dict.fromkeys(found) if name and not CATEGORY_LIKE.fullmatch(name)]
        if names:
            return tuple(names[:MAX_SUBJECTS])
    return ()


def _unknown(message: str, stage: Stage) -> Problem:
    return Problem(ProblemClass.UNKNOWN, stage, message=message)


def _cap(text: str) -> str:
    short = text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + "…"
    return sendable(short.replace("\n", " ")) if not short.isprintable() else short
