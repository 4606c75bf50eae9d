"""What a caller reads: explanations and messages in their language, about one record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.http import HttpRequest

from ponte.api.language import language_of
from ponte.connectors import Broken, get
from ponte.db.models import Channel, Integration
from ponte.domain.problem import Problem
from ponte.explain import Explanation, explain

MESSAGES: Mapping[str, Mapping[str, str]] = {
    "queued": {
        "pt-BR": "Entrou na fila de ações; o resultado aparece quando terminar.",
        "en": "It entered the queue of actions; the result shows when it ends.",
        "es": "Entró en la cola de acciones; el resultado aparece al terminar.",
    },
    "already": {
        "pt-BR": "Já está em processamento.",
        "en": "It is already being processed.",
        "es": "Ya está en proceso.",
    },
}


@dataclass(frozen=True, slots=True)
class Words:
    """The language, and what is known about the record that is told of."""

    language: str
    context: Mapping[str, str] = field(default_factory=dict)

    def about(self, row: Integration) -> Words:
        """Return the words for a record; its channel must have been read with it."""
        context = {
            "marketplace": marketplace(row.channel),
            "sku_id": row.sku,
            "product_id": row.product_id,
            "category": row.category,
        }
        return replace(self, context=context)

    def on(self, channel: Channel) -> Words:
        """Return the words for a channel."""
        return replace(self, context={"marketplace": marketplace(channel)})

    def explain(self, problem: Problem) -> Explanation:
        return explain(problem, self.language, self.context)

    def say(self, name: str) -> str:
        return MESSAGES[name][self.language]


def words_of(request: HttpRequest) -> Words:
    return Words(language_of(request))


def marketplace(channel: Channel) -> str:
    """Return the marketplace's name; the channel's own when its connector is not installed here."""
    connector = get(channel.connector)
    return channel.name if isinstance(connector, Broken) else connector.manifest.name
