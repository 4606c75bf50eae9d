"""The texts of `ponte.explain` in the language of the page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.utils.translation import get_language

from ponte.db.models import Integration
from ponte.db.records import problem_from_json
from ponte.domain.message import JSON
from ponte.domain.problem import Problem
from ponte.explain import Explanation, explain, summary


def language() -> str:
    """Return the page's language; `ponte.explain` takes another than its own for pt-BR."""
    return {"en": "en", "es": "es"}.get(get_language() or "", "pt-BR")


def problems_of(kept: Sequence[Mapping[str, JSON]]) -> tuple[Problem, ...]:
    """Read the problems of a record or a try."""
    return tuple(problem_from_json(one) for one in kept)


def told(problem: Problem, found: Integration) -> Explanation:
    """Explain one problem of a record that was read whole, with its store (`queries.record`)."""
    listing = found.listing or {}
    context = {
        "marketplace": found.channel.name,
        "account": found.store.account,
        "sku_id": found.sku,
        "product_id": found.product_id,
        "category": found.category,
        "policy": found.channel.trade_policy,
        "listing_url": str(listing.get("url", "")),
        "mapping_url": f"/canais/{found.channel.code}/mapeamento",
        "channel_url": f"/canais/{found.channel.code}",
    }
    return explain(problem, language(), context)


def summed_up(kept: Sequence[Mapping[str, JSON]], marketplace: str) -> str:
    """Return one line about the problems of a record or a try, "" when there are none."""
    return _summed_up(json.dumps(kept), language(), marketplace) if kept else ""


@lru_cache(maxsize=2_000)
def _summed_up(kept: str, language: str, marketplace: str) -> str:
    """Put the line together; a list has many records with the same problem."""
    return summary(problems_of(json.loads(kept)), language, {"marketplace": marketplace})
