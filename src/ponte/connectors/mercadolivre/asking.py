"""The questions: the account, a category, an item, the listings of a SKU, why an item was taken down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from ponte.connectors import outcomes, shape
from ponte.connectors.mercadolivre.aftermath import moderation_problems, picture_problems
from ponte.connectors.mercadolivre.answers import classify, unreadable
from ponte.connectors.mercadolivre.facts import ACCOUNT, CATEGORY_ID, CATEGORY_PREFIX, account_fact, category_fact
from ponte.connectors.mercadolivre.standing import ITEM_ID, item_of, seller_sku
from ponte.connectors.transport import ask
from ponte.domain.message import JSON, Conversation, Request, Response, Unreadable
from ponte.domain.outcome import Accepted, Blocked, Outcome, Postponed
from ponte.domain.problem import Problem

ME = Request("GET", "/users/me", "GET /users/me")
MAX_FOUND = 10
MAX_PICTURES_ASKED = 3
# The SKU of record is an attribute; sellers of old have it in a field of the item (`seller_custom_field`).
SKU_ATTRIBUTE, SKU_FIELD = "seller_sku", "sku"


def read_item(item_id: str) -> Request:
    query = (("include_attributes", "all"),)
    return Request("GET", f"/items/{quote(item_id, safe='')}", "GET /items/{id}", query=query)


def learn(key: str) -> Conversation[JSON | Postponed | Blocked]:
    """Learn one fact: "account" or "category/{id}". What Mercado Livre does not know is None."""
    if key == ACCOUNT:
        return (yield from _learn_account())
    if key.startswith(CATEGORY_PREFIX):
        return (yield from _learn_category(key.removeprefix(CATEGORY_PREFIX)))
    return None


def _learn_account() -> Conversation[JSON | Postponed | Blocked]:
    answer = yield from ask(ME)
    if isinstance(answer, Postponed):
        return answer
    fact = account_fact(answer.json())
    return fact if answer.status == 200 and fact["user_id"] else not_learnt(ME.endpoint, answer)


def _learn_category(category_id: str) -> Conversation[JSON | Postponed | Blocked]:
    if not CATEGORY_ID.fullmatch(category_id):
        return None
    settings = yield from _read(f"/categories/{category_id}", "GET /categories/{id}", dict)
    if settings is None or isinstance(settings, Postponed | Blocked):
        return settings
    endpoint = "GET /categories/{id}/attributes"
    attributes = yield from _read(f"/categories/{category_id}/attributes", endpoint, list)
    if attributes is None or isinstance(attributes, Postponed | Blocked):
        return attributes
    return category_fact(settings, attributes)


def _read(path: str, endpoint: str, shape_wanted: type) -> Conversation[JSON | Postponed | Blocked]:
    """Return the body of a question, None when there is no such thing."""
    answer = yield from ask(Request("GET", path, endpoint))
    if isinstance(answer, Postponed):
        return answer
    if answer.status == 404:
        return None
    body = answer.json()
    return body if answer.status == 200 and isinstance(body, shape_wanted) else not_learnt(endpoint, answer)


def not_learnt(endpoint: str, answer: Response) -> Postponed | Blocked:
    """Return why a fact could not be learnt; a plain refusal of a question is tried again."""
    return outcomes.not_learnt(classify(endpoint, answer), unreadable(endpoint, answer))


def probe() -> Conversation[Outcome]:
    """Ask who we are: the cheapest call that needs the token."""
    learnt = yield from _learn_account()
    return learnt if isinstance(learnt, Postponed | Blocked) else Accepted(None)


@dataclass(frozen=True, slots=True)
class Found:
    """The items of a SKU, the oldest first; `asked_at` is the marketplace's own time, if told.

    `items` still stand. `varied` do too, but are of several variations at once. `closed` ended.
    """

    items: tuple[dict[str, JSON], ...]
    asked_at: datetime | None
    varied: tuple[dict[str, JSON], ...] = ()
    closed: tuple[dict[str, JSON], ...] = ()


def find(user_id: str, sku: str, *, field: str = SKU_ATTRIBUTE) -> Conversation[Found | Outcome]:
    """Return the items of a SKU, as far as the search knows them.

    An outcome is returned when the question could not be answered. Only items that echo the SKU, or none, count.
    """
    asked: dict[str, JSON] | Outcome = {"id": user_id} if user_id else (yield from _who())
    if not isinstance(asked, dict):
        return asked
    path = f"/users/{quote(shape.word(asked['id']), safe='')}/items/search"
    endpoint = "GET /users/{id}/items/search"
    answer = yield from ask(Request("GET", path, endpoint, query=((field, sku),)))
    if isinstance(answer, Postponed):
        return answer
    results = shape.table(answer.json()).get("results")
    if answer.status != 200 or not isinstance(results, list):
        return not_learnt(endpoint, answer)
    items = yield from _items([one for one in shape.texts(results) if ITEM_ID.fullmatch(one)], sku)
    if not isinstance(items, list):
        return items
    return _sorted_out(sorted(items, key=_age), _time_there(answer))


def _sorted_out(items: list[dict[str, JSON]], asked_at: datetime | None) -> Found:
    standing = [item for item in items if item.get("status") != "closed"]
    varied = tuple(item for item in standing if shape.rows(item.get("variations")))
    single = tuple(item for item in standing if not shape.rows(item.get("variations")))
    return Found(single, asked_at, varied, tuple(item for item in items if item.get("status") == "closed"))


def made_at(item: dict[str, JSON]) -> datetime | None:
    try:
        made = datetime.fromisoformat(shape.text(item.get("date_created")))
    except ValueError:
        return None
    return made if made.tzinfo else None


def _age(item: dict[str, JSON]) -> datetime:
    """Return what sorts items by their making; one that tells no time comes last."""
    return made_at(item) or datetime.max.replace(tzinfo=UTC)


def _time_there(answer: Response) -> datetime | None:
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return told if told.tzinfo else None


def _who() -> Conversation[dict[str, JSON] | Outcome]:
    learnt = yield from _learn_account()
    return learnt if isinstance(learnt, Postponed | Blocked) else {"id": learnt["user_id"]}


def _items(item_ids: list[str], sku: str) -> Conversation[list[dict[str, JSON]] | Outcome]:
    found: list[dict[str, JSON]] = []
    for item_id in item_ids[:MAX_FOUND]:
        answer = yield from ask(read_item(item_id))
        if isinstance(answer, Postponed):
            return answer
        if answer.status == 404:
            continue
        item = item_of(answer.json())
        if answer.status != 200 or item is None:
            return not_learnt("GET /items/{id}", answer)
        if seller_sku(item) in {sku, ""}:
            found.append(item)
    return found


def why_moderated(item_id: str) -> Conversation[tuple[Problem, ...]]:
    """Return the moderation's own words; () when they could not be had (the state itself is told then)."""
    path = f"/moderations/last_moderation/{quote(item_id, safe='')}-ITM"
    answer = yield from ask(Request("GET", path, "GET /moderations/last_moderation/{id}"))
    if isinstance(answer, Postponed) or answer.status != 200:
        return ()
    return moderation_problems(answer.json()) or ()


def why_no_pictures(item: dict[str, JSON]) -> Conversation[tuple[Problem, ...]]:
    """Return what hinders the pictures of an item, as far as the site already knows."""
    found: list[Problem] = []
    for picture in shape.tables(item.get("pictures"))[:MAX_PICTURES_ASKED]:
        picture_id = shape.text(picture.get("id"))
        if picture_id:
            path = f"/pictures/{quote(picture_id, safe='')}/errors"
            answer = yield from ask(Request("GET", path, "GET /pictures/{id}/errors"))
            if isinstance(answer, Response) and answer.status == 200 and not isinstance(answer.json(), Unreadable):
                found += picture_problems(answer.json()) or ()
    return tuple(found)
