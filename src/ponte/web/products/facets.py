"""The choices of a filter with their counts, each an address of the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.db import facets
from ponte.db.facets import Column
from ponte.db.scope import Scope
from ponte.domain.problem import Stage
from ponte.web.causes.rows import explained_of
from ponte.web.labels import STAGES
from ponte.web.products.asked import Asked

FACETS: Mapping[str, str | Promise] = {
    "causa": _("Causa"),
    "etapa": _("Etapa"),
    "categoria": _("Categoria"),
    "marca": _("Marca"),
}
COLUMNS: Final[Mapping[str, Column]] = {"categoria": "category", "marca": "brand"}
NAMES: Final = {"causa": "cause", "etapa": "stage", **COLUMNS}


@dataclass(frozen=True, slots=True)
class Option:
    """A choice in words; `detail` is a second line, `or_more` tells that counting stopped."""

    text: str | Promise
    detail: str
    count: int
    or_more: bool
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter's choices; `cleared` is the address without it."""

    key: str
    name: str | Promise
    options: tuple[Option, ...]
    cleared: str
    chosen: bool


def facet_of(key: str, scope: Scope, asked: Asked) -> Facet:
    """Return the choices of a filter of `FACETS` beside the other filters asked for."""
    options = {"causa": _causes, "etapa": _stages}.get(key, _values)(key, scope, asked)
    name = NAMES[key]
    return Facet(key, FACETS[key], tuple(options), asked.without(name), bool(asked.values.get(name)))


def _causes(_key: str, scope: Scope, asked: Asked) -> list[Option]:
    return [
        Option(
            text=explained_of(cause).title,
            detail=f"{cause.channel.name} · {cause.code}" if cause.code else cause.channel.name,
            count=cause.count,
            or_more=False,
            href=asked.with_(cause=cause.fingerprint, channel=cause.channel.code),
            current=asked.filters.cause == cause.fingerprint,
        )
        for cause in facets.causes(scope, asked.filters)
    ]


def _stages(_key: str, scope: Scope, asked: Asked) -> list[Option]:
    counted = facets.stages(scope, asked.filters)
    return [
        Option(
            text=STAGES[stage],
            detail="",
            count=counted.get(stage, 0),
            or_more=False,
            href=asked.with_(stage=stage),
            current=asked.filters.stage is stage,
        )
        for stage in Stage
    ]


def _values(key: str, scope: Scope, asked: Asked) -> list[Option]:
    column = COLUMNS[key]
    return [
        Option(
            text=found.value,
            detail="",
            count=found.count,
            or_more=found.or_more,
            href=asked.with_(**{column: found.value}),
            current=getattr(asked.filters, column) == found.value,
        )
        for found in facets.values(scope, column)
    ]
