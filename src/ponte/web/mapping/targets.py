"""The marketplace's categories that a channel's mapping leads to, each with its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from ponte.db.models import Channel
from ponte.domain.mapping_file import parse_mapping
from ponte.flows.facts.known_sheets import sheets_among

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Target:
    """A category of the marketplace; `name` is its number where its sheet was never learnt."""

    id: str
    name: str
    url: str


def targets_of(channel: Channel) -> tuple[Target, ...]:
    """Return the mapped categories in the order of the file, each once."""
    mapping = parse_mapping(channel.mapping_text).mapping
    if mapping is None:
        return ()
    rules = [*mapping.categories.values(), *([mapping.default_category] if mapping.default_category else [])]
    ids = list(dict.fromkeys(rule.target for rule in rules))[:MOST]
    sheets = sheets_among(channel.pk, ids)
    return tuple(Target(one, sheets[one].name if one in sheets else one, page_of(channel, one)) for one in ids)


def page_of(channel: Channel, category: str) -> str:
    """Return the address of a category's page."""
    return f"/canais/{quote(channel.code)}/categorias/{quote(category, safe='')}"
