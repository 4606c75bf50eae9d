"""The questions: the account, a category, a SKU, a trace, what keeps a SKU from being published."""

from __future__ import annotations

from ponte.connectors import outcomes, shape
from ponte.connectors.magalu import names
from ponte.connectors.magalu.answers import classify, unreadable, url_of
from ponte.connectors.magalu.calls import calling
from ponte.connectors.magalu.facts import (
    ACCOUNT,
    CATEGORY_PREFIX,
    MAX_CATEGORY,
    MAX_FIELDS,
    account_fact,
    account_of,
    category_fact,
)
from ponte.connectors.texts import sendable
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Conversation, Response
from ponte.domain.outcome import Accepted, Blocked, Listing, Outcome, Postponed
from ponte.domain.sheet import Suggestion

MAX_PAGES = MAX_FIELDS // names.PAGE
MAX_SUGGESTIONS = 20
MAX_WORDS = 150
MAX_SENT_WORDS = 3


def learn(key: str, rules: Rules) -> Conversation[JSON | Postponed | Blocked]:
    """Learn one fact: "account" or "category/{id}". What Magalu does not know is None."""
    tenant = account_of(rules).tenant
    if key == ACCOUNT:
        return (yield from _learn_account(tenant))
    if key.startswith(CATEGORY_PREFIX):
        return (yield from _learn_category(key.removeprefix(CATEGORY_PREFIX), tenant))
    return None


def _learn_account(tenant: str) -> Conversation[JSON | Postponed | Blocked]:
    answer = yield from ask(calling(names.ME, tenant=tenant))
    if isinstance(answer, Postponed):
        return answer
    fact = account_fact(answer.json()) if answer.status == 200 else None
    return fact if fact is not None else not_learnt(names.ME, answer)


def _learn_category(category_id: str, tenant: str) -> Conversation[JSON | Postponed | Blocked]:
    if not category_id or len(category_id) > MAX_CATEGORY or not category_id.isprintable():
        return None
    found = yield from _rows(names.CATEGORY, tenant=tenant, query=((names.ID, category_id),))
    if not isinstance(found, list):
        return found
    category = next((row for row in shape.tables(found) if shape.word(row.get(names.ID)) == category_id), None)
    if category is None:
        return None
    attributes = yield from _rows(names.ATTRIBUTES, named=category_id, tenant=tenant)
    if isinstance(attributes, Postponed | Blocked):
        return attributes
    datasheet = yield from _rows(names.DATASHEET, named=category_id, tenant=tenant)
    if isinstance(datasheet, Postponed | Blocked):
        return datasheet
    return category_fact(shape.text(category.get(names.NAME)), attributes or [], datasheet or [])


def _rows(
    endpoint: str, *, tenant: str, named: str = "", query: tuple[tuple[str, str], ...] = ()
) -> Conversation[list[JSON] | Postponed | Blocked | None]:
    """Return the rows of a list, page by page; None when there is no such thing."""
    found: list[JSON] = []
    for page in range(MAX_PAGES):
        paging = ((names.LIMIT, str(names.PAGE)), (names.OFFSET, str(page * names.PAGE)))
        answer = yield from ask(calling(endpoint, tenant=tenant, named=named, query=(*query, *paging)))
        if isinstance(answer, Postponed):
            return answer
        if answer.status == 404:
            return None
        rows = _listed(answer)
        if rows is None:
            return not_learnt(endpoint, answer)
        found += rows
        if len(rows) < names.PAGE:
            break
    return found


def _listed(answer: Response) -> list[JSON] | None:
    """Return a list's rows: under `results`, or the bare list (?); None for anything else."""
    body = answer.json()
    rows = body if isinstance(body, list) else shape.table(body).get(names.RESULTS)
    return rows if answer.status == 200 and isinstance(rows, list) else None


def not_learnt(endpoint: str, answer: Response) -> Postponed | Blocked:
    """Return why a question was not answered; a plain refusal of a question is tried again."""
    return outcomes.not_learnt(classify(endpoint, answer), unreadable(endpoint, answer))


def probe(rules: Rules) -> Conversation[Outcome]:
    """Ask who we are: the cheapest call that needs the token."""
    learnt = yield from _learn_account(account_of(rules).tenant)
    return learnt if isinstance(learnt, Postponed | Blocked) else Accepted(None)


def read_sku(sku: str, tenant: str) -> Conversation[dict[str, JSON] | Postponed | Blocked | None]:
    """Return a SKU's body, None when there is none under this code."""
    answer = yield from ask(calling(names.READ, tenant=tenant, sku=sku))
    if isinstance(answer, Postponed):
        return answer
    if answer.status in {404, 410}:
        return None
    body = shape.table(answer.json())
    if answer.status == 200 and shape.word(body.get(names.SKU)) == sku and shape.text(body.get(names.STATUS)):
        return body
    return not_learnt(names.READ, answer)


def find(sku: str, rules: Rules) -> Conversation[tuple[Listing, ...] | Postponed | Blocked]:
    """Return the listing of a SKU, if there is one: the SKU's code is the key over there."""
    body = yield from read_sku(sku, account_of(rules).tenant)
    if isinstance(body, Postponed | Blocked):
        return body
    return (Listing(sku, url_of(body), shape.text(body.get(names.STATUS)).upper()),) if body else ()


def suggest(words: str, rules: Rules) -> Conversation[tuple[Suggestion, ...] | Postponed | Blocked]:
    """Return the categories whose name has these words; of a long title its first words are tried one by one."""
    tenant = account_of(rules).tenant
    found: dict[str, Suggestion] = {}
    for text in _phrases(words):
        answer = yield from ask(calling(names.CATEGORY, tenant=tenant, query=((names.NAME, text),)))
        if isinstance(answer, Postponed):
            return answer
        rows = _listed(answer)
        if rows is None:
            return not_learnt(names.CATEGORY, answer)
        for row in shape.tables(rows):
            one = _suggestion(row)
            if one is not None:
                found.setdefault(one.category, one)
        if found:
            break
    return tuple(found.values())[:MAX_SUGGESTIONS]


def _phrases(words: str) -> list[str]:
    """Return what is asked for: everything, then less of the beginning, which in Portuguese names the thing."""
    every = sendable(words[:MAX_WORDS]).split()
    lengths = dict.fromkeys((len(every), *range(min(MAX_SENT_WORDS, len(every)), 0, -1)))
    return [" ".join(every[:length]) for length in lengths if length]


def _suggestion(row: dict[str, JSON]) -> Suggestion | None:
    category, name = shape.word(row.get(names.ID)), shape.text(row.get(names.NAME))
    path = tuple(
        shape.text(shape.table(one).get(names.NAME)) or shape.text(one) for one in shape.rows(row.get("path"))
    )
    return Suggestion(category, name, tuple(one for one in path if one)) if category and name else None
