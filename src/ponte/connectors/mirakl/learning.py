"""Learning an operator's catalogue: one question each for tree, values, conditions, attributes."""

from __future__ import annotations

from ponte.connectors import outcomes, shape
from ponte.connectors.mirakl.answers import classify, unreadable
from ponte.connectors.mirakl.asking import read
from ponte.connectors.mirakl.catalogue import (
    HIERARCHIES,
    VALUES,
    catalogue_fact,
    hierarchies_fact,
    states_fact,
    values_fact,
)
from ponte.connectors.mirakl.profile import profile_of
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import JSON, Conversation, Failure, Request, Response
from ponte.domain.outcome import Blocked, Outcome, Postponed


def learn(key: str, rules: Rules) -> Conversation[JSON | Postponed | Blocked]:
    """Learn one fact; a key that nobody knows is None."""
    match key:
        case "hierarchies":
            body = yield from _asked(_branch("/api/hierarchies", rules), "hierarchies")
            return body if isinstance(body, Postponed | Blocked) else hierarchies_fact(body)
        case "values":
            body = yield from _asked(read("/api/values_lists", rules), "values_lists")
            if _is_too_large(body):
                return {}
            return body if isinstance(body, Postponed | Blocked) else values_fact(body)
        case "catalogue":
            return (yield from _catalogue(rules))
    return None


def _catalogue(rules: Rules) -> Conversation[JSON | Postponed | Blocked]:
    """Ask for the attributes, and for tree and values only where they are not learnt yet."""
    parts: dict[str, JSON] = {}
    for key in (HIERARCHIES, VALUES):
        parts[key] = rules.facts[key] if key in rules.facts else (yield from learn(key, rules))
        if isinstance(parts[key], Postponed | Blocked):
            return parts[key]
    body = yield from _asked(_branch("/api/products/attributes", rules), "attributes")
    if isinstance(body, Postponed | Blocked):
        return body
    states = yield from _states(rules)
    return catalogue_fact(body, parts[HIERARCHIES], parts[VALUES], states)


def _states(rules: Rules) -> Conversation[JSON]:
    """Ask for the conditions of offers; [] when they are not told. Once a day at most: nothing waits for it."""
    body = yield from _asked(read("/api/offers/states", rules), "offer_states")
    return [] if isinstance(body, Postponed | Blocked) else states_fact(body)


def _is_too_large(body: JSON | Postponed | Blocked) -> bool:
    """True for lists beyond what is read of an answer.

    One by one they may not be asked for: once an hour is all (VL11). Without them values go as they are written, and
    the operator judges; with nothing learnt at all no product could go.
    """
    return isinstance(body, Postponed) and body.problem.code == Failure.TOO_LARGE.value


def _branch(path: str, rules: Rules) -> Request:
    hierarchy = profile_of(rules).hierarchy
    return read(path, rules, *((("hierarchy", hierarchy),) if hierarchy else ()))


def _asked(request: Request, wanted: str) -> Conversation[JSON | Postponed | Blocked]:
    answer = yield from ask(request)
    if isinstance(answer, Postponed):
        return answer
    body = answer.json()
    if answer.status == 200 and isinstance(shape.table(body).get(wanted), list):
        return body
    return not_learnt(request.endpoint, answer)


def not_learnt(endpoint: str, answer: Response) -> Postponed | Blocked:
    """Return why a question was not answered; a plain refusal of it is tried again."""
    return outcomes.not_learnt(classify(endpoint, answer), unreadable(endpoint, answer))


def probe(rules: Rules) -> Conversation[Outcome]:
    """Ask for the account: whose key it is, and whether the shop may sell."""
    request = read("/api/account", rules)
    answer = yield from ask(request)
    return answer if isinstance(answer, Postponed) else classify(request.endpoint, answer)
