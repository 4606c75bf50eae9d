"""From a refusal's body to problems, by the table in errors.toml. Never raises, whatever the body is.

The envelope is not sure, so all that were met are read: `errors` and `results` with objects or sentences, FastAPI's
`detail` (`loc`, `msg`, `type`), a bare `message`, `error` with `error_description`, a list, a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ponte.connectors import shape
from ponte.connectors.magalu import names
from ponte.connectors.rulebook import IDS, Rule, read_rulebook
from ponte.connectors.texts import plain_text, sendable
from ponte.connectors.words import of_any
from ponte.domain.message import JSON, Response, Unreadable
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage

RULEBOOK = read_rulebook("ponte.connectors.magalu", last=of_any)
MAX_PROBLEMS = 200
MAX_MESSAGE = 2_000
MAX_CODE = 100
MAX_SUBJECT = 100
MAX_HTML = 20_000
LISTS = ("errors", "detail", "details", "results", "error")
QUOTED = re.compile(r"['‘’“”\"]([^'‘’“”\"]{1,100})['‘’“”\"]")
LEADING = re.compile(r"([a-z_]{2,30}): ?")
AFTER_COLON = re.compile(r": ?([^:/]{1,100})$")
URL = re.compile(r"https?://[^\s'\"<>]{1,400}")
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,99}")


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that an answer says: its code, the field it is about ("" when it names none), its words."""

    code: str
    field: str
    message: str
    severity: Severity = Severity.ERROR

    def problem(self, stage: Stage) -> Problem:
        rule = RULEBOOK.classify(self.code, self.message, names=self._names())
        kind = rule.kind if rule else ProblemClass.UNKNOWN
        severity = (rule.severity if rule else None) or self.severity
        return Problem(
            kind, stage, self._subject(rule), self.code or (rule.code if rule else ""), self.message, severity
        )

    def _names(self) -> tuple[str, ...]:
        return (self.field,) if self.field else ()

    def _subject(self, rule: Rule | None) -> str:
        if rule is None:
            return self.field
        if rule.kind is ProblemClass.IMAGE_UNREACHABLE and (found := URL.search(self.message)):
            return found[0].rstrip(".,;)")
        return rule.subject if rule.subject != IDS else _named(self.message) or self.field


def _named(message: str) -> str:
    """Return the sheet's field that a sentence names: in quotes, or behind its last colon."""
    quoted = QUOTED.search(message)
    if quoted:
        return quoted[1].strip()
    ended = AFTER_COLON.search(message)
    name = ended[1].strip(" .") if ended else ""
    return name if name and len(name.split()) <= MAX_WORDS and _is_title(name) else ""


MAX_WORDS = 6


def _is_title(name: str) -> bool:
    """True for "Potência" and "Cor principal", not for the sentence that follows "datasheet:"."""
    return name[0].isupper() and not re.search(r"\b(n[ãa]o|deve|is|should|s[ãa]o|must)\b", name, re.IGNORECASE)


def problems_of(response: Response, stage: Stage) -> tuple[Problem, ...]:
    """Return every problem of a refusal, at least one of them blocking."""
    found = list(told(response.json()))[:MAX_PROBLEMS]
    problems = [one.problem(stage) for one in found] or [
        Problem(ProblemClass.UNKNOWN, stage, message=words_of(response))
    ]
    if not any(problem.blocking for problem in problems):
        problems.append(Problem(ProblemClass.UNKNOWN, stage, message=words_of(response)))
    return tuple(replace(problem, http_status=response.status) for problem in problems)


def told(body: JSON) -> Iterator[Told]:
    """Yield everything that a body says, whichever envelope it has."""
    if isinstance(body, Unreadable):
        return
    rows = body if isinstance(body, list) else _rows(shape.table(body))
    if not rows:
        rows = [body] if isinstance(body, dict | str) and body else []
    for row in rows:
        if isinstance(row, str) and row.strip():
            yield from _sentence(row)
        elif isinstance(row, dict):
            yield from _entry(row)


def _rows(top: dict[str, JSON]) -> list[JSON]:
    for name in LISTS:
        value = top.get(name)
        if isinstance(value, list) and value:
            return value
        if isinstance(value, dict) and value:
            return _by_field(value)
    return []


def _by_field(table: dict[str, JSON]) -> list[JSON]:
    """Read {"title": ["too long"]} as rows; an object that is itself one error stays one."""
    if any(name in table for name in ("message", "msg", "code")):
        return [table]
    return [{"field": field, "message": text} for field, value in table.items() for text in _texts(value)]


def _texts(value: JSON) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else shape.texts(value)


def _sentence(text: str) -> Iterator[Told]:
    message = capped(text)
    yield Told("", _field_of(message), message)


def _entry(row: dict[str, JSON]) -> Iterator[Told]:
    message = capped(" | ".join(dict.fromkeys(_words(row))))
    code = _code(row)
    if not (message or code):
        return
    severity = shape.text(row.get(names.SEVERITY)).upper()
    warns = bool(severity) and severity not in names.BAD_SEVERITIES
    field = _located(row) or _field_of(message)
    yield Told(code, field, message, Severity.WARNING if warns else Severity.ERROR)


def _words(row: dict[str, JSON]) -> Iterator[str]:
    for name in ("message", "msg", "description", "error_description", "title", "detail", "error"):
        text = shape.text(row.get(name)).strip()
        if text:
            yield text


def _code(row: dict[str, JSON]) -> str:
    """Return what looks like a code; a bare HTTP status says nothing of its own."""
    for name in ("code", "error_code", "type", "error"):
        text = shape.text(row.get(name)).strip()
        if CODE.fullmatch(text):
            return text[:MAX_CODE]
    return ""


def _located(row: dict[str, JSON]) -> str:
    """Return the field of the body: of `field` ("dimensions.0.height") or `loc` (["body", "dimensions", 0])."""
    told_field = shape.text(row.get(names.FIELD)) or shape.text(row.get("path")) or shape.text(row.get("property"))
    places = [shape.word(place) for place in shape.rows(row.get("loc"))] or re.split(r"[.\[\]/]", told_field)
    named = [place for place in places if place and place != "body" and not place.isdigit()]
    return named[0][:MAX_SUBJECT] if named else ""


def _field_of(message: str) -> str:
    leading = LEADING.match(message)
    if leading:
        return leading[1]
    return next((field for field, words in names.FIELD_WORDS if words.search(message)), "")


def message_of(body: JSON) -> str:
    """Return what the body says at its top."""
    return capped(" | ".join(dict.fromkeys(_words(shape.table(body)))) or shape.text(body))


def code_of(body: JSON) -> str:
    return _code(shape.table(body))


def words_of(response: Response) -> str:
    """Return what a body says: of JSON its message, of anything else (a proxy's page) its words, short."""
    body = response.json()
    if not isinstance(body, Unreadable):
        return message_of(body)
    text = plain_text(response.body[:MAX_HTML].decode("utf-8", errors="replace"))
    return capped(" ".join(text.split())[:500])


def capped(text: str) -> str:
    short = text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + "…"
    return sendable(short.replace("\n", " ")).strip()
