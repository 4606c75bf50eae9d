"""What a category asks for, and which categories suit some words: both read from the operator's catalogue."""

from __future__ import annotations

from ponte.connectors.mirakl.catalogue import HIERARCHIES, Attribute, Catalogue, catalogue_in
from ponte.connectors.mirakl.learning import learn
from ponte.domain.connector import Rules
from ponte.domain.mapping import plain
from ponte.domain.message import JSON, Conversation
from ponte.domain.outcome import Blocked, Postponed
from ponte.domain.sheet import Need, Sheet, SheetField, Suggestion

NEEDS = {"REQUIRED": Need.REQUIRED, "RECOMMENDED": Need.RECOMMENDED}
KINDS = {
    "LIST": "list",
    "LIST_MULTIPLE_VALUES": "list",
    "BOOLEAN": "boolean",
    "INTEGER": "number",
    "DECIMAL": "number",
    "NUMERIC": "number",
    "MEASUREMENT": "quantity",
    "DATE": "date",
    "MEDIA": "image",
}
ORDER = (Need.REQUIRED, Need.CONDITIONAL, Need.RECOMMENDED, Need.OPTIONAL)
STEM = 4
MOST = 10


def sheet(category: str, fact: JSON) -> Sheet | None:
    """Return a category's sheet, None when the operator has no such category."""
    if not isinstance(fact, dict):
        return None
    catalogue = catalogue_in(fact)
    known = catalogue.categories.get(category)
    if known is None:
        return None
    fields = sorted((_field(one) for one in catalogue.columns(category)), key=lambda one: ORDER.index(one.need))
    return Sheet(category, known.label, tuple(fields), leaf=catalogue.is_leaf(category))


def _field(attribute: Attribute) -> SheetField:
    return SheetField(
        attribute.code,
        attribute.label or attribute.code,
        NEEDS.get(attribute.level, Need.OPTIONAL),
        KINDS.get(attribute.kind, "text"),
        attribute.names if attribute.closed else (),
        max_length=attribute.limit("MAX_LENGTH"),
        several=attribute.kind == "LIST_MULTIPLE_VALUES",
        variation=attribute.variant,
        hint=attribute.hint,
    )


def suggest(words: str, rules: Rules) -> Conversation[tuple[Suggestion, ...] | Postponed | Blocked]:
    """Return the categories whose names share words with these, the best first. The platform has no such question."""
    tree = rules.facts.get(HIERARCHIES)
    if not isinstance(tree, dict):
        tree = yield from learn(HIERARCHIES, rules)
    if isinstance(tree, Postponed | Blocked):
        return tree
    return _suited(words, catalogue_in({"hierarchies": tree}))


def _suited(words: str, catalogue: Catalogue) -> tuple[Suggestion, ...]:
    wanted = _stems(words)
    scored = [
        (score, code)
        for code in catalogue.categories
        if catalogue.is_leaf(code) and (score := _score(wanted, catalogue, code)) > 0
    ]
    scored.sort(key=lambda pair: (-pair[0], pair[1]))
    return tuple(_suggestion(code, score, catalogue) for score, code in scored[:MOST])


def _suggestion(code: str, score: float, catalogue: Catalogue) -> Suggestion:
    line = catalogue.line(code)
    return Suggestion(code, line[-1].label, tuple(one.label for one in line), round(score, 3))


def _score(wanted: frozenset[str], catalogue: Catalogue, code: str) -> float:
    """Return how much of the words the category's own name has; the names above it count a quarter."""
    line = catalogue.line(code)
    own = _stems(line[-1].label)
    above = frozenset().union(*(_stems(one.label) for one in line[:-1]))
    if not own or not wanted:
        return 0.0
    share = len(own & wanted) / len(own)
    return 0.8 * share + 0.2 * len(above & wanted) / max(len(above), 1) if share else 0.0


def _stems(text: str) -> frozenset[str]:
    """Return the beginnings of the words: "caixas" and "caixa" are one."""
    return frozenset(word[:STEM] for word in plain(text[:500]).split() if len(word) >= STEM - 1)
