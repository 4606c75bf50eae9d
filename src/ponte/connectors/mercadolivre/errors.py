"""From a refusal's body to problems, by the table in errors.toml. Never raises, whatever the body is.

The shapes met (Mercado Livre developers' pages "validations" and "errors", captured 2026-06): `cause` is absent, [],
a list of sentences or of objects; an object carries `cause_id`, `code` or both; `error` is a code, a sentence or "".
A cause of type "warning" never blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ponte.connectors import shape
from ponte.connectors.rulebook import IDS, Rule, read_rulebook
from ponte.connectors.texts import plain_text, sendable
from ponte.connectors.words import of_any, of_topic
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
CAUSES = ("cause", "causes", "errors", "error", "reasons", "details")
MAX_SUBJECTS = 50


RULEBOOK = read_rulebook("ponte.connectors.mercadolivre", last=of_any)


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
    return tuple(problem.as_warning() for row in rows for problem in _of_cause(shape.lowered(row), stage))


def failures_of(body: JSON, stage: Stage) -> tuple[Problem, ...]:
    """Return why parts of a task failed: the reasons of rows that say "failed", whatever their list is called."""
    lists = shape.table(body).values()
    failed = (row for rows in lists for row in shape.tables(rows) if shape.text(row.get("status")) == "failed")
    reasons = (reason for row in failed for reason in shape.tables(row.get("reasons")))
    return tuple(one for reason in reasons for one in _of_cause(shape.lowered(reason), stage))[:MAX_PROBLEMS]


def words_of(response: Response) -> str:
    """Return the words of a body that is no JSON (a proxy's page), short."""
    return _cap(" ".join(plain_text(response.body[:MAX_HTML].decode("utf-8", errors="replace")).split())[:500])


def message_of(body: JSON) -> str:
    """Return what the body says at its top: message, description and error, each once."""
    top = shape.lowered(body)
    parts = (shape.text(top.get(name)).strip() for name in ("message", "error_description", "error", "detail"))
    return _cap(" | ".join(dict.fromkeys(part for part in parts if part)))


def codes_of(body: JSON) -> tuple[str, ...]:
    """Return everything at the top of the body that looks like a code."""
    top = shape.lowered(body)
    found = (shape.word(top.get(name)).strip() for name in ("code", "message", "error"))
    return tuple(text for text in found if CODE.fullmatch(text))


def _of_body(body: JSON, stage: Stage) -> Iterator[Problem]:
    top = shape.lowered(body)
    told = next((found for name in CAUSES if (found := _listed(top.get(name)))), [])
    causes = body if isinstance(body, list) else told
    entries = [shape.lowered(cause) for cause in causes if isinstance(cause, dict)]
    for entry in entries:
        # An entry that is mere words is about what the whole answer names.
        yield from _of_cause({"code": _top_code(body), **entry}, stage)
    if not entries:
        yield from _of_top(body, [cause for cause in causes if isinstance(cause, str)], stage)


def _top_code(body: JSON) -> str:
    return next((code for code in codes_of(body) if code.casefold() not in GENERIC and RULEBOOK.classify(code)), "")


def _listed(value: JSON) -> list[JSON]:
    """Return causes as a list; a single one comes without."""
    return [value] if isinstance(value, dict) and value else shape.rows(value)


def _of_cause(cause: dict[str, JSON], stage: Stage) -> Iterator[Problem]:
    cause_id = _number(cause.get("cause_id"))
    code = shape.word(cause.get("code")).strip() or _code_of(shape.text(cause.get("error")))
    message = _cap(
        next((text for name in ("message", "error", "detail") if (text := shape.text(cause.get(name)))), "")
    )
    severity = Severity.WARNING if shape.text(cause.get("type")).casefold() == "warning" else Severity.ERROR
    # Older answers have the number in `code`.
    number = _number(code) if cause_id is None else cause_id
    rule = RULEBOOK.classify(code, message, number=number) or of_topic(message)
    told = _Told(code or (str(cause_id) if cause_id is not None else ""), message, stage, severity, _params(cause))
    yield from told.problems(rule)


def _number(value: JSON) -> int | None:
    """Return a cause's number, also one that is written as text."""
    word = shape.word(value).strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) < 9 else shape.whole(value)


def _code_of(text: str) -> str:
    return text if CODE.fullmatch(text) else ""


def _params(cause: dict[str, JSON]) -> dict[str, str]:
    found = {"references": ", ".join(shape.texts(cause.get("references"))[:20])}
    found |= {name: shape.word(cause.get(name)) for name in ("cause_id", "department")}
    return {name: _cap(value) for name, value in found.items() if value}


def _of_top(body: JSON, sentences: list[str], stage: Stage) -> Iterator[Problem]:
    message = message_of(body)
    if not message and not sentences:
        message = _cap(shape.text(body))
    known = [(code, rule) for code in codes_of(body) if (rule := RULEBOOK.classify(code, message))]
    telling = (code for code in codes_of(body) if code.casefold() not in GENERIC)
    code = known[0][0] if known and known[0][0].casefold() not in GENERIC else next(telling, "")
    rule = known[0][1] if known else RULEBOOK.classify(message=" ".join((message, *sentences)))
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
        elif rule.subject != IDS:
            yield self._one(rule.kind, rule.subject, self.code or rule.code)
        else:
            for subject in _subjects(self.message) or ("",):
                yield self._one(RULEBOOK.narrowed(rule.kind, subject), subject, self.code)

    def _one(self, kind: ProblemClass, subject: str, code: str) -> Problem:
        return Problem(kind, self.stage, subject, code[:200], self.message, self.severity, self.params)


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
