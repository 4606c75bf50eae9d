"""One problem, explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ponte.domain.problem import Problem
from ponte.explain.catalogue import Alternatives, entry_for
from ponte.explain.filling import fill
from ponte.explain.links import Link, links
from ponte.explain.naming import sentence, values_for
from ponte.explain.places import Where, place

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Explanation:
    """What to show of one problem. All texts are plain text: escape them.

    `title` is one line without a full stop; `meaning` one or two sentences; `fix` one to four steps in order.
    """

    title: str
    meaning: str
    fix: tuple[str, ...]
    where: Where
    links: tuple[Link, ...]


def explain(problem: Problem, language: str, context: Mapping[str, str] = NOTHING) -> Explanation:
    """Explain a problem in a language (another than ours becomes pt-BR). Never raises.

    `context` fills the texts and makes the links: `marketplace` (its name), `account`, `sku_id`, `product_id`,
    `listing_url`, `mapping_url`, `channel_url`, `category`, `category_id`, `policy`. All may be missing.
    """
    entry = entry_for(problem, language)
    values = values_for(problem, language, context)
    where = place(problem)

    def filled(alternatives: Alternatives) -> str:
        return sentence(fill(alternatives, values))

    return Explanation(
        title=filled(entry.title),
        meaning=filled(entry.meaning),
        fix=tuple(filled(step) for step in entry.fix),
        where=where,
        links=links(where, language, context),
    )
