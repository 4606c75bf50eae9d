"""The form of an action on many: what was chosen comes in, a sealed plan goes out and comes back.

A plan is sealed, so that what runs is what the person read: verb, selection, the moment it was frozen, and a key that
makes a form sent twice one action.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from ponte.db.bulk_counts import Known
from ponte.db.filters import FilterErrors, Filters
from ponte.db.selection import Frozen, freeze
from ponte.domain.message import JSON
from ponte.flows.bulk.limits import MAX_PER_SECOND

VERBS: Final = ("reprocess", "remove", "restore")
MAX_AGE_SECONDS: Final = 3_600
MAX_IDS: Final = 5_000
PAGING: Final = frozenset({"depois", "antes", "aberto", "ordem", "order", "tamanho", "ate-aqui"})
"""Parts of the list's address that narrow nothing."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person wants to act on."""

    verb: str
    selection: Mapping[str, JSON]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A plan as it came back; `key` makes it one action, `total` is the number the person read, `known` how well."""

    chosen: Chosen
    frozen: Frozen
    key: str
    total: int
    known: Known = Known.EXACT


def read(request: HttpRequest) -> Chosen | None:
    """Read verb and selection: `id`s and `ids` (with commas), or `filtro`, or the list's own names in the address.

    None when that is nothing one could act on.
    """
    given = request.POST if request.method == "POST" else request.GET
    verb = given.get("todos") or given.get("verb", "")
    if verb not in VERBS:
        return None
    ids = [] if given.get("todos") else _ids(given)
    if ids:
        return Chosen(verb, {"ids": ids})
    if "filtro" not in given and request.method == "POST":
        return None
    query = _filter(QueryDict(given["filtro"].lstrip("?")) if "filtro" in given else given)
    return None if query is None else Chosen(verb, {"filter": query})


def seal(chosen: Chosen, frozen: Frozen, total: int, salt: str, known: Known = Known.EXACT) -> str:
    """Return the plan as text for a hidden field."""
    plan = {
        "v": chosen.verb,
        "s": dict(chosen.selection),
        "at": frozen.at.isoformat(),
        "id": frozen.last_id,
        "k": secrets.token_urlsafe(16),
        "n": total,
        "e": known,
    }
    return signing.dumps(plan, salt=salt, compress=True)


def opened(text: str, salt: str) -> Sealed | None:
    """Read a sealed plan; None for one that is too old, cut, forged or another person's."""
    try:
        plan = signing.loads(text, salt=salt, max_age=MAX_AGE_SECONDS)
    except signing.BadSignature:
        return None
    frozen = Frozen(datetime.fromisoformat(plan["at"]), plan["id"])
    return Sealed(Chosen(plan["v"], plan["s"]), frozen, plan["k"], plan["n"], Known(plan["e"]))


def salt_of(store_id: int, user_id: int) -> str:
    return f"ponte.plan:{store_id}:{user_id}"


def sealed_plan(store_id: int, user_id: int, verb: str, selection: Mapping[str, JSON], total: int) -> str:
    """Seal a plan made now, as the plan's page would."""
    return seal(Chosen(verb, selection), freeze(), total, salt_of(store_id, user_id))


def pace_of(text: str) -> int | None:
    """Read a pace as a person types it; None for an empty or a wrong one."""
    given = text.strip()
    if not (given.isascii() and given.isdecimal() and len(given) < 6):
        return None
    return int(given) if 1 <= int(given) <= MAX_PER_SECOND else None


def pace_words() -> str:
    """Return what is said of a wrong pace."""
    return _("O ritmo é um número inteiro de 1 a %(most)d por segundo.") % {"most": MAX_PER_SECOND}


def _ids(given: QueryDict) -> list[int]:
    texts = [*given.getlist("id"), *given.get("ids", "").split(",")]
    return sorted({int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19})[:MAX_IDS]


def _filter(query: QueryDict) -> dict[str, JSON] | None:
    """Return the filter as it is frozen: only what narrows; None when it cannot be followed."""
    asked = {name: query.getlist(name) for name in query if name not in PAGING | {"verb", "todos", "filtro"}}
    known = {name: values if len(values) > 1 else values[0] for name, values in asked.items() if any(values)}
    checked = Filters.from_query(known)
    return None if isinstance(checked, FilterErrors) else known
