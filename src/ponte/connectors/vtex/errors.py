"""From a refusal's body to problems, by the table in errors.toml. Never raises, whatever the body is.

VTEX publishes the codes of a suggestion's errors and no schema of the body that carries them: an object, a list of
objects or of sentences, messages by field (`ModelState`, `errors`), a bare sentence. Names are read without regard to
case, the number or the name of the error wherever one stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.rulebook import read_rulebook
from ponte.connectors.texts import plain_text, sendable
from ponte.connectors.transport import is_garbled
from ponte.connectors.words import of_any
from ponte.domain.message import JSON, Response, Unreadable
from ponte.domain.problem import Problem, ProblemClass, Stage

RULEBOOK = read_rulebook("ponte.connectors.vtex", last=of_any)
MAX_PROBLEMS = 100
MAX_WORDS = 2_000
MAX_HTML = 20_000
LISTS = ("errors", "validationerrors", "modelstate", "messages", "details", "results")
NUMBERS = ("errorcode", "code", "number", "status_code")
NAMES = ("error", "errorname", "errorcode", "code", "key", "name", "type")
WORDS = ("message", "errormessage", "error_description", "description", "detail", "reason", "error", "title")
FIELDS = ("field", "fieldname", "property", "propertyname", "path", "member", "target")
# What says nothing: NotSpecifiedError and the two numbers of errors of communication with the catalogue.
SILENT = frozenset({0, 99, 999})
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.:\-]{1,99}")
# "SkuImagesAreRequired", "10 - EanOrRefIdAreRequired": the table's own names inside a sentence.
CAMEL = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+){1,12}\b")


def problems_of(response: Response, stage: Stage) -> tuple[Problem, ...]:
    """Return every problem of a refusal, at least one."""
    body = response.json()
    if is_garbled(response):
        return (replace(_unknown(words_of(response), stage), http_status=response.status),)
    rows = [{"message": words_of(response)}] if isinstance(body, Unreadable) else list(_rows(body))[:MAX_PROBLEMS]
    found = tuple(_problem(row, stage) for row in rows) or (_unknown("", stage),)
    return tuple(replace(one, http_status=response.status) for one in found)


def problems_in(rows: JSON, stage: Stage) -> tuple[Problem, ...]:
    """Return the problems of a list of errors that stands in an answer."""
    return tuple(_problem(row, stage) for row in list(_rows(rows))[:MAX_PROBLEMS])


def tells_of_error(body: JSON) -> bool:
    """True for a refusal that came with a 2xx status."""
    top = shape.lowered(body)
    return bool(top.get("error") or any(top.get(name) for name in ("errors", "validationerrors", "modelstate")))


def words_of(response: Response) -> str:
    """Return the words of a body that is no JSON (a proxy's page, a sentence), short."""
    return _cap(" ".join(plain_text(response.body[:MAX_HTML].decode("utf-8", errors="replace")).split())[:500])


def _rows(body: JSON) -> Iterator[Mapping[str, JSON]]:
    if isinstance(body, str):
        yield {"message": body}
        return
    for row in shape.rows(body) or [body]:
        if isinstance(row, str):
            yield {"message": row}
            continue
        top = shape.lowered(row)
        inner = next((found for name in LISTS if (found := list(_listed(top.get(name))))), None)
        if inner is not None:
            yield from inner
        elif top:
            yield shape.lowered(top["error"]) if isinstance(top.get("error"), dict) else top


def _listed(value: JSON) -> Iterator[Mapping[str, JSON]]:
    """Yield errors that stand in a list, or by the field they are about: {"ProductName": ["too long"]}."""
    for one in shape.rows(value):
        yield shape.lowered(one) if isinstance(one, dict) else {"message": shape.word(one)}
    for field, told in shape.table(value).items():
        for words in (told,) if isinstance(told, str) else shape.texts(told):
            yield {"field": field, "message": words}


def _problem(row: Mapping[str, JSON], stage: Stage) -> Problem:
    number = next((found for name in NUMBERS if (found := _number(row.get(name))) is not None), None)
    words = _cap(next((text for key in WORDS if (text := shape.text(row.get(key)).strip())), ""))
    name = next((text for key in NAMES if _is_name(text := shape.text(row.get(key)).strip())), "")
    name = name or ("" if number is not None else _named(words))
    places = _places(row)
    about = (*places, *CAMEL.findall(words))
    rule = RULEBOOK.classify(name, words, number=None if number in SILENT else number, names=about)
    code = name or (str(number) if number is not None else "") or (rule.code if rule else "")
    kind, subject = (rule.kind, rule.subject) if rule else (ProblemClass.UNKNOWN, "")
    return Problem(kind, stage, sendable(subject or (places[0] if places else "")), code[:200], words)


def _is_name(text: str) -> bool:
    return CODE.fullmatch(text) is not None and not text.isdigit()


def _named(words: str) -> str:
    """Return the error's name that a sentence holds, "" when the table knows none of its words."""
    return next((one for one in CAMEL.findall(words) if RULEBOOK.knows(one)), "")


def _places(row: Mapping[str, JSON]) -> tuple[str, ...]:
    """Return the parts of the field an error is about, the innermost first: "Pricing.SalePrice"."""
    told = next((text for key in FIELDS if (text := shape.text(row.get(key)))), "")[:200]
    return tuple(part for part in reversed(re.split(r"[.\[\]/$]", told)) if part and not part.isdigit())


def _number(value: JSON) -> int | None:
    word = shape.word(value).strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 6 else None


def _unknown(words: str, stage: Stage) -> Problem:
    return Problem(ProblemClass.UNKNOWN, stage, message=words)


def _cap(text: str) -> str:
    return sendable(text[:MAX_WORDS].replace("\n", " "))
