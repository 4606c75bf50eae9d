"""Price and stock of a SKU that exists: made the first time, changed later.

Both have addresses of their own. Until the SKU exists there they answer 404; while it is being worked on, 409. Then
they stay owed, and the newest of each is what is sent later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ponte.connectors.magalu import names
from ponte.connectors.magalu.answers import classify, is_taken, trace_of
from ponte.connectors.magalu.calls import calling
from ponte.connectors.magalu.memory import PRICE, STOCK, Memory
from ponte.connectors.transport import ask
from ponte.domain.message import JSON, Conversation, Response
from ponte.domain.outcome import Blocked, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass

PATHS = {PRICE: names.PRICES_PATH, STOCK: names.STOCKS_PATH}
NOT_YET = frozenset({ProblemClass.DEPENDENCY_PENDING, ProblemClass.STATE_CONFLICT})


@dataclass(frozen=True, slots=True)
class Paid:
    """What became of it: what was refused for good, why something waits, what hindered the rest."""

    memory: Memory
    problems: tuple[Problem, ...] = ()
    waits: Problem | None = None
    hindered: Postponed | Blocked | None = None


def pay(sku: str, bodies: Mapping[str, JSON], memory: Memory) -> Conversation[Paid]:
    """Send price and stock; what cannot be said yet is owed."""
    paid = Paid(replace(memory, owed={}))
    for part, body in bodies.items():
        if paid.hindered is not None:
            paid = replace(paid, memory=_owing(paid.memory, part, body))
            continue
        paid = yield from _pay_one(sku, part, body, paid)
    return paid


def _pay_one(sku: str, part: str, body: JSON, paid: Paid) -> Conversation[Paid]:
    told = yield from _tell(sku, part, body, paid.memory)
    if isinstance(told, Response):
        return replace(paid, memory=paid.memory.taken(part, body, trace_of(told)))
    owing = _owing(paid.memory, part, body)
    match told:
        case Rejected(problems):
            # Nothing of it is kept: the next send brings another, or the same again.
            return replace(paid, memory=paid.memory.forgetting(part), problems=(*paid.problems, *problems))
        case Postponed(problem) if problem.kind in NOT_YET:
            return replace(paid, memory=owing, waits=problem)
        case Postponed() | Blocked():
            return replace(paid, memory=owing, hindered=told)
        case _:
            return replace(paid, memory=owing)


def _owing(memory: Memory, part: str, body: JSON) -> Memory:
    return replace(memory, owed={**memory.owed, part: body})


def _tell(sku: str, part: str, body: JSON, memory: Memory) -> Conversation[Response | Outcome]:
    """Change it where it was made before, else make it; when that was a mistake, the other way once."""
    first, second = ("PATCH", "POST") if part in memory.has else ("POST", "PATCH")
    told = yield from _ask(first, sku, part, body, memory)
    if isinstance(told, Response) or not _is_other_way(told, first):
        return told
    other = yield from _ask(second, sku, part, body, memory)
    # Neither there nor to be made: the SKU itself is not there yet.
    return other if isinstance(other, Response) or not _is_other_way(other, second) else told


def _is_other_way(told: Outcome, method: str) -> bool:
    match told:
        case Rejected(problems) if method == "POST":
            return any(problem.kind is ProblemClass.DUPLICATE for problem in problems)
        case Postponed(problem) if method == "PATCH":
            return problem.kind is ProblemClass.DEPENDENCY_PENDING
        case _:
            return False


def _ask(method: str, sku: str, part: str, body: JSON, memory: Memory) -> Conversation[Response | Outcome]:
    endpoint = f"{method} {PATHS[part]}/{{sku}}"
    answer = yield from ask(calling(endpoint, tenant=memory.tenant, sku=sku, body=body))
    if isinstance(answer, Postponed):
        return answer
    return answer if is_taken(answer) else classify(endpoint, answer)
