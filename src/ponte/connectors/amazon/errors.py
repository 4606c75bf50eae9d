"""From an answer's issues and errors to problems, by the table in errors.toml. Never raises, whatever the body is.

The shapes met: issues of a listing or a feed's report (`issues`), errors of a whole request (`errors`, once a bare
list), an older feed's XML, and mere words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ponte.connectors import shape
from ponte.connectors.rulebook import IDS, Rule, read_rulebook
from ponte.connectors.texts import plain_text, sendable
from ponte.connectors.transport import is_garbled
from ponte.connectors.words import of_any, of_attribute, of_topic
from ponte.domain.message import JSON, Response, Unreadable
from ponte.domain.problem import Problem, ProblemClass, Severity, Stage

MAX_PROBLEMS = 500
MAX_SUBJECTS = 50
MAX_MESSAGE = 4_000
MAX_WORDS = 20_000
EXEMPT = frozenset({"EXEMPT", "EXEMPT_UNTIL_EXPIRY_DATE"})
# What Amazon does to a listing that breaks its rules; an attribute alone that is left out is another matter.
TAKEN_DOWN = frozenset({"LISTING_SUPPRESSED", "CATALOG_ITEM_REMOVED", "SEARCH_SUPPRESSED"})
XML_CODE = re.compile(r"<ResultMessageCode>\s*([0-9]{1,12})\s*<")
XML_WORDS = re.compile(r"<ResultDescription>([^<]{1,4000})<")
# 'The following ... conflict with the catalog values: "footwear_size" (Seller: ...': the first name in quotes.
ATTRIBUTE = re.compile(r"[\"'“‘\[]([a-z][a-z0-9_]{2,60})(?:[#?.][^\"'”’\]]{0,60})?[\"'”’\]]")
CONFLICT = re.compile(
    r"([a-z][a-z0-9_]{2,60})[\"”]? \((?:Merchant|Seller|Vendedor): ?([^/()]{1,200}) / Amazon: ?([^()]{1,200})\)"
)
# "SKU X, Missing Attributes color, size. SKU X doesn't match any ASINs": what is missing, in the words alone.
MISSING = re.compile(
    r"(?:missing attributes?|atributos ausentes|atributos? que faltan?):? {1,3}"
    r"([a-z0-9_]{3,60}(?:, ?[a-z0-9_]{3,60}){0,20})",
    re.IGNORECASE,
)
ASIN = re.compile(r"\bASIN ?([A-Z0-9]{10})\b")

RULEBOOK = read_rulebook("ponte.connectors.amazon", last=of_any)


def issue_problems(body: JSON, stage: Stage, *, live: bool = False) -> tuple[Problem, ...]:
    """Return the issues of a listing or a report. What Amazon exempts for now is a warning while it is on sale."""
    rows = shape.tables(shape.table(body).get("issues"))[:MAX_PROBLEMS]
    return tuple(problem for row in rows for problem in _of_issue(row, stage, live=live))[:MAX_PROBLEMS]


def problems_of(response: Response, stage: Stage) -> tuple[Problem, ...]:
    """Return every problem of a refusal, at least one of them blocking."""
    body = response.json()
    found = list(_of_body(body, response, stage))[:MAX_PROBLEMS]
    if not any(problem.blocking for problem in found):
        # A refusal has a reason even when everything it lists is called a warning.
        found.append(Problem(ProblemClass.UNKNOWN, stage, message=said(response)))
    return tuple(replace(problem, http_status=response.status) for problem in found)


def told_problems(response: Response, stage: Stage) -> tuple[Problem, ...]:
    """Return what a body says beyond doubt whatever its status: its issues, or words that the table knows."""
    body = response.json()
    if isinstance(body, dict):
        return issue_problems(body, stage)
    found = _of_words(said(response), response, stage)
    return tuple(problem for problem in found if problem.kind is not ProblemClass.UNKNOWN)


def said(response: Response) -> str:
    """Return what an answer says: the message in its JSON, or its words where it is none.

    Other JSON is not quoted: who knows what is in it.
    """
    body = response.json()
    if isinstance(body, Unreadable):
        return words_of(response)
    return _cap(body[:1_000]) if isinstance(body, str) else message_of(body)


def words_of(response: Response) -> str:
    """Return the words of a body that is no JSON (a proxy's page), short."""
    text = plain_text(response.body[:MAX_WORDS].decode("utf-8", errors="replace"))
    return _cap(" ".join(text.split())[:1_000])


def errors_of(body: JSON) -> list[dict[str, JSON]]:
    """Return the errors of a whole request; one operation sends the bare list."""
    return shape.tables(body if isinstance(body, list) else shape.table(body).get("errors"))[:MAX_PROBLEMS]


def message_of(body: JSON) -> str:
    """Return what the first error says: its message, and the details where they say more."""
    for row in errors_of(body):
        return _message(row)
    top = shape.table(body)
    parts = (shape.text(top.get(name)).strip() for name in ("error_description", "message"))
    return _cap(" | ".join(part for part in parts if part))


def code_of(body: JSON) -> str:
    """Return the first error's code, or the code of Login with Amazon's errors."""
    for row in errors_of(body):
        return shape.word(row.get("code")).strip()[:200]
    return shape.text(shape.table(body).get("error")).strip()[:200]


def _of_body(body: JSON, response: Response, stage: Stage) -> Iterator[Problem]:
    issues = issue_problems(body, stage)
    if issues:
        yield from issues
        return
    rows = errors_of(body)
    for row in rows:
        yield from _of_error(row, stage)
    if not rows:
        yield from _of_words(said(response), response, stage)


def _of_issue(row: dict[str, JSON], stage: Stage, *, live: bool) -> Iterator[Problem]:
    code, message = shape.word(row.get("code")).strip()[:200], _cap(shape.text(row.get("message")))
    names = _names(row)
    rule = RULEBOOK.classify(code, message, categories=shape.texts(row.get("categories")), names=names)
    if rule is None and not TAKEN_DOWN.intersection(_actions(row)):
        rule = (of_attribute(message) if names else None) or of_topic(message)
    params = _params(row) | _conflict(message)
    severity = _severity(row, rule, live=live)
    otherwise = ProblemClass.POLICY_MODERATION if TAKEN_DOWN.intersection(_actions(row)) else ProblemClass.UNKNOWN
    for subject in _subjects(rule, names, message):
        kind = RULEBOOK.narrowed(rule.kind, subject) if rule else otherwise
        yield Problem(kind, stage, subject, code or (rule.code if rule else ""), message, severity, params)


def _names(row: dict[str, JSON]) -> tuple[str, ...]:
    listed = shape.texts(row.get("attributeNames")) or (shape.text(row.get("attributeName")),)
    return tuple(dict.fromkeys(sendable(name)[:200] for name in listed if name))[:MAX_SUBJECTS]


def _subjects(rule: Rule | None, names: tuple[str, ...], message: str) -> tuple[str, ...]:
    """Return the attributes an issue is about: those it names, else the rule's, else the one in its words."""
    if names:
        return names
    if rule and rule.subject not in {"", IDS}:
        return (rule.subject,)
    if rule and (missing := MISSING.search(message)):
        return tuple(dict.fromkeys(name.strip() for name in missing[1].split(",")))
    found = CONFLICT.search(message) or (ATTRIBUTE.search(message) if rule else None)
    return (found[1],) if found else ("",)


def _severity(row: dict[str, JSON], rule: Rule | None, *, live: bool) -> Severity:
    if shape.text(row.get("severity")).upper() in {"WARNING", "INFO"}:
        return Severity.WARNING
    exemption = shape.text(shape.table(shape.table(row.get("enforcements")).get("exemption")).get("status"))
    if live and exemption in EXEMPT:
        return Severity.WARNING
    return (rule.severity if rule else None) or Severity.ERROR


def _params(row: dict[str, JSON]) -> dict[str, str]:
    enforcements = shape.table(row.get("enforcements"))
    until = shape.text(shape.table(enforcements.get("exemption")).get("expiryDate"))
    found = {"actions": ", ".join(_actions(row)), "until": until[:40]}
    return {name: sendable(value)[:300] for name, value in found.items() if value}


def _actions(row: dict[str, JSON]) -> dict[str, None]:
    """Return what Amazon did to the listing because of an issue, in its order."""
    rows = shape.tables(shape.table(row.get("enforcements")).get("actions"))[:10]
    return dict.fromkeys(action for one in rows if (action := shape.text(one.get("action"))))


def _conflict(message: str) -> dict[str, str]:
    """Return what the seller says, what Amazon's catalogue says, and the product they speak of."""
    found, asin = CONFLICT.search(message), ASIN.search(message)
    values = {"value": _unquoted(found[2]), "found": _unquoted(found[3])} if found else {}
    return values | ({"asin": asin[1]} if asin else {})


def _unquoted(text: str) -> str:
    return text.strip(" \"'“”‘’")


def _of_error(row: dict[str, JSON], stage: Stage) -> Iterator[Problem]:
    code, message = shape.word(row.get("code")).strip()[:200], _message(row)
    rule = RULEBOOK.classify(code, message)
    kind = rule.kind if rule else ProblemClass.UNKNOWN
    subject = rule.subject if rule and rule.subject != IDS else ""
    yield Problem(kind, stage, subject, code, message)


def _message(row: dict[str, JSON]) -> str:
    message, details = shape.text(row.get("message")).strip(), shape.text(row.get("details")).strip()
    return _cap(f"{message} | {details}" if details and details != message else message)


def _of_words(words: str, response: Response, stage: Stage) -> Iterator[Problem]:
    """Read mere words, or the XML that an older feed's report is."""
    raw = response.body[:MAX_WORDS].decode("utf-8", errors="replace")
    coded, described = XML_CODE.search(raw), XML_WORDS.search(raw)
    message = _cap(" ".join((described[1] if described else words).split()))
    code = coded[1] if coded else ""
    # A page of somebody else may speak of anything: only Amazon's own sentences count there.
    rule = RULEBOOK.classify(code, message, own=is_garbled(response))
    for subject in _subjects(rule, (), message):
        kind = RULEBOOK.narrowed(rule.kind, subject) if rule else ProblemClass.UNKNOWN
        yield Problem(kind, stage, subject, code or (rule.code if rule else ""), message, params=_conflict(message))


def _cap(text: str) -> str:
    capped = text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + "…"
    return capped if capped.isprintable() else sendable(capped.replace("\n", " "))
