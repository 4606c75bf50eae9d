"""Which conditional attributes a SKU lacks, so that Mercado Livre is asked about them; and the question itself."""

from __future__ import annotations

from ponte.connectors.mercadolivre.answers import classify
from ponte.connectors.mercadolivre.asking import not_learnt
from ponte.connectors.mercadolivre.attributes import lacks
from ponte.connectors.mercadolivre.deciding import CONDITIONAL, body_of, fact_of, has_conditions, key_of
from ponte.connectors.mercadolivre.facts import category_of
from ponte.connectors.mercadolivre.source import source_of
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Conversation, Request
from ponte.domain.outcome import Blocked, Postponed, Rejected
from ponte.domain.sku import Sku

ENDPOINT = "POST /categories/{id}/attributes/conditional"


def needs(sku: Sku, rules: Rules) -> tuple[str, ...]:
    """Return the key of what must be asked: none while the sheet is not known, or when nothing conditional lacks."""
    line = rules.mapping.category(sku)
    category = category_of(line.sent, rules) if line else None
    if category is None or not has_conditions(category):
        return ()
    source = source_of(sku, rules, category.id)
    key = key_of(source) if lacks(source, category, CONDITIONAL) else ""
    return (key,) if key else ()


def learn(key: str) -> Conversation[JSON | Postponed | Blocked]:
    """Ask what a category demands of these values. What Mercado Livre does not answer properly is None: not known."""
    asked = body_of(key)
    if asked is None:
        return None
    category, item = asked
    answer = yield from ask(Request("POST", f"/categories/{category}/attributes/conditional", ENDPOINT, json=item))
    if isinstance(answer, Postponed):
        return answer
    if answer.status == 200:
        return fact_of(answer.json())
    return None if isinstance(classify(ENDPOINT, answer), Rejected) else not_learnt(ENDPOINT, answer)
