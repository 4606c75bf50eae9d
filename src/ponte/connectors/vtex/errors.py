"""From a refusal's body to problems, by the table in errors.toml. Never raises, whatever the body is.

VTEX publishes the codes of a suggestion's errors and no schema of the body that carries them: an object or a list of
objects is read, names without regard to case, the number or the name of the error wherever one stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.rulebook import read_rulebook
from ponte.connectors.texts import plain_text, sendable
from ponte.domain.message import JSON, Response, Unreadable
from ponte.domain.problem import Problem, ProblemClass, Stage

RULEBOOK = read_rulebook("ponte.connectors.vtex")
MAX_PROBLEMS = 100
MAX_WORDS = 2_000
MAX_HTML = 20_000
LISTS = ("errors", "validationerrors", "messages")
NUMBERS = ("errorcode", "code", "number")
NAMES = ("error", "errorname", "code", "key", "name", "type")
WORDS = ("message", "errormessage", "description", "detail", "title")
# What says nothing: NotSpecifiedError and the two numbers of errors of communication with the catalogue.
SILENT = frozenset({0, 99, 999})


def lowered(value: JSON) -> dict[str, JSON]:
    """Return an object with its names in small letters: VTEX writes them in several ways."""
    return {str(name).casefold(): one for name, one in shape.table(value).items()}


def problems_of(response: Response, stage: Stage) -> tuple[Problem, ...]:
    """Return every problem of a refusal, at least one."""
    body = response.json()
    rows = [] if isinstance(body, Unreadable) else list(_rows(body))[:MAX_PROBLEMS]
    found = tuple(_problem(row, stage) for row in rows) or (_unknown(words_of(response), stage),)
    return tuple(replace(one, http_status=response.status) for one in found)


def problems_in(rows: JSON, stage: Stage) -> tuple[Problem, ...]:
    """Return the problems of a list of errors that stands in an answer."""
    return tuple(_problem(row, stage) for row in list(_rows(rows))[:MAX_PROBLEMS])


def words_of(response: Response) -> str:
    """Return the words of a body that is no JSON (a proxy's page, a sentence), short."""
    return _cap(" ".join(plain_text(response.body[:MAX_HTML].decode("utf-8", errors="replace")).split())[:500])


def _rows(body: JSON) -> Iterator[Mapping[str, JSON]]:
    if isinstance(body, str):
        yield {"message": body}
        return
    for row in shape.rows(body) or [body]:
        top = lowered(row)
        inner = next((found for name in LISTS if (found := shape.rows(top.get(name)))), None)
        if inner is not None:
            yield from (lowered(one) if isinstance(one, dict) else {"message": shape.word(one)} for one in inner)
        elif top:
            yield lowered(top["error"]) if isinstance(top.get("error"), dict) else top


def _problem(row: Mapping[str, JSON], stage: Stage) -> Problem:
    number = next((found for name in NUMBERS if (found := _number(row.get(name))) is not None), None)
    name = next((text for key in NAMES if (text := shape.text(row.get(key)).strip()) and not text.isdigit()), "")
    words = _cap(next((text for key in WORDS if (text := shape.text(row.get(key)).strip())), ""))
    rule = RULEBOOK.classify(name, words, number=None if number in SILENT else number)
    code = name or (str(number) if number is not None else "")
    kind, subject = (rule.kind, rule.subject) if rule else (ProblemClass.UNKNOWN, "")
    return Problem(kind, stage, subject, code[:200], words)


def _number(value: JSON) -> int | None:
    word = shape.word(value).strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 6 else None


def _unknown(words: str, stage: Stage) -> Problem:
    return Problem(ProblemClass.UNKNOWN, stage, message=words)


def _cap(text: str) -> str:
    return sendable(text[:MAX_WORDS].replace("\n", " "))
