"""The pages that `ponte bench screens` asks for: a row more is one more measurement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from ponte.bench.screens_rows import Big
    from ponte.db.models import Cause

BRAND, CATEGORY = "Jatobá", "Departamento 5 › Categoria 14 › Folha 59"


@dataclass(frozen=True, slots=True)
class Page:
    """What is measured; `limited`: asked for by somebody who sees some channels only."""

    name: str
    url: str
    limited: bool = False


def pages(big: Big) -> Iterator[Page]:
    """Yield everything; Django must be set up."""
    yield from _lists(big)
    yield from _narrowed(big)
    yield from _searches(big)
    yield from _beside(big)
    yield from _plans(big)
    yield Page("some channels: list", "/produtos", limited=True)
    yield Page("some channels: errors", _list(status="error"), limited=True)
    yield Page("some channels: deep page", _list(depois=_place(big, 45)), limited=True)
    yield Page("some channels: last 7 days", _list(period="7"), limited=True)
    yield Page("some channels: causes", "/causas", limited=True)
    yield Page("some channels: overview", "/", limited=True)


def _lists(big: Big) -> Iterator[Page]:
    yield Page("list, first page", _list())
    yield Page("list, deep page", _list(depois=_place(big, 45)))
    yield Page("list, last page", _list(depois=_place(big, 90)))
    yield Page("list, oldest first", _list(ordem="antigos"))
    yield Page("list, by stock value", _list(ordem="valor"))
    yield Page("list, by SKU", _list(ordem="sku"))
    yield Page("errors", _list(status="error"))
    yield Page("errors, deep page", _list(status="error", depois=_place(big, 45)))
    yield Page("errors, last page", _list(status="error", depois=_place(big, 90)))
    yield Page("errors by stock value", _list(status="error", ordem="valor"))
    yield Page("errors of a large channel", _list(status="error", channel="mlb"))
    yield Page("errors of a small channel", _list(status="error", channel="mlb-nova"))
    yield Page("processing", _list(status="processing"))
    yield Page("removed", _list(removidos="1"))
    yield Page("removed, deep page", _list(removidos="1", depois=_place(big, 45, removidos="1")))
    yield Page("removed of last 30 days", _list(removidos="1", period="30"))


def _narrowed(big: Big) -> Iterator[Page]:
    top, rare = _causes(big)
    yield Page("last 7 days", _list(period="7"))
    yield Page("last 7 days of a channel", _list(period="7", channel="mlb-full"))
    yield Page("errors of last 30 days", _list(status="error", period="30"))
    yield Page("a day long ago", _list(**{"from": _day(60), "to": _day(60)}))
    yield Page("a frequent cause", _list(cause=top.fingerprint))
    yield Page("a frequent cause, deep page", _list(cause=top.fingerprint, depois=_place(big, 45)))
    yield Page("a rare cause", _list(cause=rare.fingerprint))
    yield Page("a rare cause of a channel", _list(cause=rare.fingerprint, channel="mlb"))
    yield Page("a code", _list(codigo=top.code))
    yield Page("a stage", _list(etapa="mapping"))
    yield Page("a category", _list(categoria=CATEGORY))
    yield Page("a brand", _list(marca=BRAND))
    yield Page("a brand, errors", _list(status="error", marca=BRAND))
    yield Page("a brand, errors, by stock value", _list(status="error", marca=BRAND, ordem="valor"))
    many = {"status": "error", "channel": "mlb", "period": "30", "etapa": "validation", "marca": BRAND}
    yield Page("five filters together", _list(**many))
    yield Page("a pasted list of 5,000", _list(lista=str(big.around.pasted)))
    yield Page("a pasted list, errors", _list(lista=str(big.around.pasted), status="error"))


def _searches(big: Big) -> Iterator[Page]:
    from ponte.db.models import Integration  # noqa: PLC0415 -- once Django is set up

    sku = Integration.objects.values_list("sku", flat=True).get(pk=big.around.long)
    yield Page("search: a SKU", _list(q=sku))
    yield Page("search: rare words", _list(q="modelo 4321 azul"))
    yield Page("search: a common word", _list(q="tenis"))
    yield Page("search: common words, errors", _list(q="camiseta preto", status="error"))
    yield Page("search: common, rare, errors", _list(q="camiseta 4321", status="error"))
    yield Page("search: nothing", _list(q="xyzzy"))


def _beside(big: Big) -> Iterator[Page]:
    top, _ = _causes(big)
    number = big.around.long
    yield Page("look for news", f"/produtos/linhas?{urlencode({'linhas': f'{number}:0', 'contas': '', 'desde': ''})}")
    yield Page("an open row", f"/produtos/{number}/origem")
    yield Page("a record", f"/produtos/{number - 1}")
    yield Page("a record of 200 tries", f"/produtos/{number}")
    yield Page("choices: cause", "/produtos/opcoes/causa")
    yield Page("choices: stage", "/produtos/opcoes/etapa")
    yield Page("choices: category", "/produtos/opcoes/categoria")
    yield Page("choices: brand", "/produtos/opcoes/marca")
    yield Page("causes", "/causas")
    yield Page("causes by value", "/causas?ordem=valor")
    yield Page("causes, a search", "/causas?q=gtin")
    yield Page("a cause", f"/causas/{top.pk}")
    yield Page("history", "/historico")
    yield Page("history of a day", f"/historico?dia={_day(45)}")
    yield Page("history of a day, errors", f"/historico?dia={_day(45)}&resultado=erro&canal=mlb")
    yield Page("history of a SKU", f"/historico?sku={2_000_000 + number - 1}")
    yield Page("queue", "/fila")
    yield Page("queue: strip", "/fila/tira")
    yield Page("actions", "/fila/acoes")
    yield Page("channels", "/canais")
    yield Page("a channel", "/canais/mlb")
    yield Page("audit", "/auditoria")
    yield Page("audit of a SKU", "/auditoria?alvo=2000000")
    yield Page("codes", "/codigos")
    yield Page("overview", "/")


def _plans(big: Big) -> Iterator[Page]:
    top, _ = _causes(big)
    plan = {"every error": {"status": "error"}, "a cause": {"causa": top.fingerprint}, "everything": {}}
    days = {"last 30 days": {"periodo": "30"}, "a brand": {"marca": BRAND}, "a word": {"q": "tenis"}}
    for name, query in {**plan, **days}.items():
        yield Page(f"plan: reprocess {name}", f"/produtos/plano?{urlencode({'verb': 'reprocess', **query})}")
    yield Page("plan: remove everything", "/produtos/plano?verb=remove")
    yield Page("plan: remove a brand", f"/produtos/plano?{urlencode({'verb': 'remove', 'marca': BRAND})}")
    yield Page("count of every error", "/produtos/selecao?verb=reprocess&status=error")


def _causes(big: Big) -> tuple[Cause, Cause]:
    """Return the most frequent cause and the rarest."""
    from ponte.db.models import Cause  # noqa: PLC0415 -- once Django is set up

    known = Cause.objects.filter(channel__store=big.store, count__gt=0)
    return known.order_by("-count", "pk")[0], known.order_by("count", "pk")[0]


def _list(**values: str) -> str:
    return f"/produtos?{urlencode(values)}" if values else "/produtos"


def _place(big: Big, days: int, **values: str) -> str:
    """Return a place in a list so many days ago, or before its last rows: a cursor knows its list, not its filter."""
    from ponte.db import queries  # noqa: PLC0415 -- once Django is set up
    from ponte.db.ordering import Sort, order_of  # noqa: PLC0415 -- likewise
    from ponte.db.scope import Scope  # noqa: PLC0415 -- likewise

    ends = {} if days >= 90 else {"to": _day(days)}
    filters = queries.Filters.from_query({**values, **ends})
    assert isinstance(filters, queries.Filters)
    scope = Scope(big.store.pk)
    if ends:
        return queries.page(scope, filters).next or ""
    row = queries.page(scope, filters, size=20, sort=Sort.OLDEST).rows[-1]
    order = order_of(Sort.RECENT, removed=filters.removed)
    return order.place(row, 1).sealed(queries.seal_of(scope, filters, Sort.RECENT))


def _day(ago: int) -> str:
    from django.utils import timezone  # noqa: PLC0415 -- once Django is set up

    return (timezone.localdate() - timedelta(days=ago)).isoformat()
