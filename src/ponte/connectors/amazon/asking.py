"""The questions: a product type's definition, product types for words, the listing of a SKU, are we let in."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from urllib.parse import quote

from ponte.connectors import outcomes, shape
from ponte.connectors.amazon import seller
from ponte.connectors.amazon.answers import classify, unreadable
from ponte.connectors.amazon.definition import fact_of, split_key
from ponte.connectors.amazon.manifest import SCHEMA, SEARCH, TYPE, TYPES
from ponte.connectors.amazon.standing import standing, summary_of
from ponte.connectors.texts import sendable
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Conversation, Request, Response, Unreadable
from ponte.domain.outcome import Accepted, Blocked, Listing, Outcome, Postponed, Rejected
from ponte.domain.problem import ProblemClass
from ponte.domain.sheet import Suggestion

MAX_PAGES = 5
MAX_SUGGESTED = 20
MAX_WORDS = 200


def learn(key: str, rules: Rules) -> Conversation[JSON | Postponed | Blocked]:
    """Learn a product type: its definition, and the schema that the definition leads to. None: there is no such."""
    asked = split_key(key)
    if asked is None:
        return None
    product_type, requirements = asked
    answer = yield from ask(_definition(product_type, requirements, rules))
    if isinstance(answer, Postponed):
        return answer
    if _names_no_type(answer):
        return None
    told = answer.json()
    link = shape.table(shape.table(told).get("schema"))
    address = shape.text(shape.table(link.get("link")).get("resource"))
    if answer.status != 200 or not address.startswith(("https://", "http://")) or len(address) > 4_000:
        return not_learnt(TYPE, answer)
    return (yield from _schema(told, address, shape.text(link.get("checksum"))))


def _definition(product_type: str, requirements: str, rules: Rules) -> Request:
    account = seller.seller_of(rules)
    query = (
        ("marketplaceIds", account.marketplace_id),
        ("sellerId", account.id),
        ("requirements", requirements),
        ("requirementsEnforced", "ENFORCED"),
        ("locale", account.place.language),
    )
    path = f"/definitions/2020-09-01/productTypes/{quote(product_type, safe='')}"
    return Request("GET", path, TYPE, query=query)


def _names_no_type(answer: Response) -> bool:
    """True when Amazon has no such product type: 404, or 400 about it (models, sandbox case "INVALID")."""
    if answer.status == 404:
        return True
    outcome = classify(TYPE, answer) if answer.status == 400 else None
    kinds = {ProblemClass.PAYLOAD_INVALID, ProblemClass.CATEGORY_MAPPING}
    return isinstance(outcome, Rejected) and outcome.problems[0].kind in kinds


def _schema(told: JSON, address: str, checksum: str) -> Conversation[JSON | Postponed | Blocked]:
    """Fetch the schema from the signed address it lies at, and see that it is the one that was named."""
    answer = yield from ask(Request("GET", address, SCHEMA, authorized=False))
    if isinstance(answer, Postponed):
        return answer
    schema = answer.json()
    if answer.status != 200 or not isinstance(schema, dict):
        return unreadable(SCHEMA, answer, "schema")
    if checksum and checksum not in _sums(answer.body):
        return unreadable(SCHEMA, answer, "checksum")
    return fact_of(told, schema, checksum[:100])


def _sums(body: bytes) -> tuple[str, str]:
    """Return the MD5 in Base64, as the guide has it, and in hexadecimal, as the samples show it."""
    digest = hashlib.md5(body, usedforsecurity=False)
    return b64encode(digest.digest()).decode(), digest.hexdigest()


def not_learnt(endpoint: str, answer: Response) -> Postponed | Blocked:
    """Return why a question was not answered; a plain refusal of a question is tried again."""
    return outcomes.not_learnt(classify(endpoint, answer), unreadable(endpoint, answer))


def suggest(words: str, rules: Rules) -> Conversation[tuple[Suggestion, ...] | Postponed | Blocked]:
    """Ask which product types suit a title; where the title helps nothing, by its words."""
    for name in ("itemName", "keywords"):
        found = yield from _types(name, words, rules)
        if not isinstance(found, tuple) or found:
            return found
    return ()


def _types(name: str, words: str, rules: Rules) -> Conversation[tuple[Suggestion, ...] | Postponed | Blocked]:
    account, text = seller.seller_of(rules), " ".join(sendable(words).split())[:MAX_WORDS]
    asked = ",".join(text.replace(",", " ").split()) if name == "keywords" else text
    language = account.place.language
    query = (
        ("marketplaceIds", account.marketplace_id),
        (name, asked),
        ("locale", language),
        ("searchLocale", language),
    )
    answer = yield from ask(Request("GET", "/definitions/2020-09-01/productTypes", TYPES, query=query))
    if isinstance(answer, Postponed):
        return answer
    rows = shape.table(answer.json()).get("productTypes")
    if answer.status == 404:
        return ()
    if answer.status != 200 or not isinstance(rows, list):
        return not_learnt(TYPES, answer)
    found = [(shape.text(row.get("name")), shape.text(row.get("displayName"))) for row in shape.tables(rows)]
    return tuple(Suggestion(one, sendable(shown)[:200] or one) for one, shown in found if one)[:MAX_SUGGESTED]


def find(sku: str, rules: Rules) -> Conversation[tuple[Listing, ...] | Postponed | Blocked]:
    """Return the listing of a SKU, as the search knows it."""
    found: list[Listing] = []
    page = ""
    for _ in range(MAX_PAGES):
        answer = yield from ask(seller.search(sku, rules, page))
        if isinstance(answer, Postponed):
            return answer
        body = shape.table(answer.json())
        if answer.status == 404:
            break
        if answer.status != 200 or not isinstance(body.get("items"), list):
            return not_learnt(SEARCH, answer)
        found += [_found(item, rules) for item in shape.tables(body["items"]) if item.get("sku") == sku]
        page = shape.text(shape.table(body.get("pagination")).get("nextToken"))
        if not page or found:
            break
    return tuple(found)


def _found(item: dict[str, JSON], rules: Rules) -> Listing:
    account = seller.seller_of(rules)
    summary = summary_of(item, account.marketplace_id)
    product_type = shape.text(summary.get("productType"))
    listing = Listing(item["sku"], memory={"product_type": product_type} if product_type else {})
    outcome = standing(item, listing, account)
    seen = outcome.listing or listing
    return Listing(seen.id, seen.url, seen.state, listing.memory)


def probe(rules: Rules) -> Conversation[Outcome]:
    """Ask for one listing of the account: it needs the token, the role and the right seller."""
    account = seller.seller_of(rules)
    query = (("marketplaceIds", account.marketplace_id), ("includedData", "summaries"), ("pageSize", "1"))
    path = f"/listings/2021-08-01/items/{quote(account.id, safe='')}"
    answer = yield from ask(Request("GET", path, SEARCH, query=query))
    if isinstance(answer, Postponed):
        return answer
    body = answer.json()
    if answer.status == 200 and isinstance(shape.table(body).get("items"), list):
        return Accepted(None)
    if answer.status == 200 or isinstance(body, Unreadable):
        return not_learnt(SEARCH, answer)
    return classify(SEARCH, answer)
