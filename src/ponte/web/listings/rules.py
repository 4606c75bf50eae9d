"""The page "Regras do marketplace" as values: each category's sheet with its version, age and last change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.connectors import Broken, get
from ponte.db.models import Channel, Fact, SheetCheck
from ponte.db.records import problem_from_json
from ponte.db.rules import MOST, Page
from ponte.domain.connector import Sheets
from ponte.domain.sheet import Need, Sheet
from ponte.explain import explain, summary
from ponte.web.explained import language
from ponte.web.listings.sheet_words import change_words
from ponte.web.record.timeline import name_of
from ponte.web.templatetags.ponte import number


@dataclass(frozen=True, slots=True)
class Example:
    """A product that would be refused now: its record, and why."""

    id: int
    sku: str
    text: str


@dataclass(frozen=True, slots=True)
class Check:
    """The last check of a category's products."""

    running: bool
    text: str
    trouble: str
    at: datetime
    who: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One category. `trouble` says why it could not be read anew, since `failed_at`."""

    key: str
    category: str
    name: str
    href: str
    known: bool
    required: int
    fields: int
    version: int
    learnt_at: datetime
    changed_at: datetime | None
    changes: tuple[str, ...]
    more_changes: str
    stale: bool
    trouble: str
    failed_at: datetime | None
    products: str
    check: Check | None


@dataclass(frozen=True, slots=True)
class MarketplaceRules:
    """The page; `has_sheets` is False for a connector that knows no sheets."""

    has_sheets: bool
    rules: tuple[Rule, ...]
    changed: bool
    next: str


def sheets_connector(channel: Channel) -> Sheets | None:
    """Return the channel's connector if it has sheets."""
    connector = get(channel.connector)
    return connector if not isinstance(connector, Broken) and isinstance(connector, Sheets) else None


def rules_of(
    channel: Channel,
    page: Page,
    counts: Mapping[str, int],
    checks: Mapping[str, SheetCheck],
    *,
    changed: bool,
) -> MarketplaceRules:
    """Put a channel's sheets into words."""
    connector = sheets_connector(channel)
    if connector is None:
        return MarketplaceRules(has_sheets=False, rules=(), changed=changed, next="")
    rules = tuple(_rule(channel, connector, fact, counts, checks.get(fact.key)) for fact in page.facts)
    return MarketplaceRules(True, rules, changed, _next(channel, page.next, changed=changed))


def _rule(
    channel: Channel, connector: Sheets, fact: Fact, counts: Mapping[str, int], check: SheetCheck | None
) -> Rule:
    category = fact.key.removeprefix(connector.sheet_key(""))
    sheet = _sheet(connector, category, fact.value)
    changes, more = _changes(connector, category, fact)
    left = ngettext("e mais %(count)d mudança", "e mais %(count)d mudanças", more) % {"count": more}
    return Rule(
        key=fact.key,
        category=category,
        name=sheet.name if sheet else "" if category else _("O catálogo inteiro"),
        href=f"/canais/{quote(channel.code)}/categorias/{quote(category, safe='')}" if category else "",
        known=sheet is not None or (not category and fact.value is not None),
        required=sum(field.need is Need.REQUIRED for field in sheet.fields) if sheet else 0,
        fields=len(sheet.fields) if sheet else 0,
        version=fact.version,
        learnt_at=fact.learnt_at,
        changed_at=fact.changed_at,
        changes=changes,
        more_changes=left if more else "",
        stale=fact.stale,
        trouble=explain(problem_from_json(fact.trouble), language()).title if fact.trouble else "",
        failed_at=fact.failed_at,
        products=_count(counts.get(fact.key, 0)),
        check=_check(channel, check) if check else None,
    )


def _sheet(connector: Sheets, category: str, value: object) -> Sheet | None:
    return None if value is None else connector.sheet(category, value)


def _changes(connector: Sheets, category: str, fact: Fact) -> tuple[tuple[str, ...], int]:
    if fact.changed_at is None:
        return (), 0
    if not category:  # one fact for all categories: which of them changed, their own pages tell
        return (_("O catálogo mudou"),), 0
    before, after = _sheet(connector, category, fact.previous), _sheet(connector, category, fact.value)
    if before is None:
        return (_("A categoria passou a existir no marketplace"),), 0
    if after is None:
        return (_("A categoria não existe mais no marketplace"),), 0
    words, more = change_words(before, after)
    return (words, more) if words else ((_("Mudou algo que não aparece na ficha (limites de preço, imagens)"),), 0)


def _count(count: int) -> str:
    if count >= MOST:
        return _("mais de %(count)s produtos") % {"count": number(MOST - 1)}
    return ngettext("%(count)s produto", "%(count)s produtos", count) % {"count": number(count)} if count else ""


def _check(channel: Channel, check: SheetCheck) -> Check:
    counts = {
        "looked": number(check.looked),
        "planned": number(check.planned or 0),
        "fine": number(check.fine),
        "worse": number(check.worse),
        "better": number(check.better),
    }
    running = check.ended_at is None
    if running:
        text = _("Verificando: %(looked)s de %(planned)s. Seriam recusados: %(worse)s.") % counts
    else:
        text = _(
            "Verificados %(looked)s: %(fine)s continuam bem, %(worse)s seriam recusados agora, %(better)s que "
            "estavam com erro passariam."
        )
        text = text % counts
    return Check(
        running,
        text,
        explain(problem_from_json(check.trouble), language()).title if running and check.trouble else "",
        check.ended_at or check.moved_at,
        name_of(check.actor) if check.actor else "",
        tuple(_example(channel, one) for one in check.examples),
    )


def _example(channel: Channel, kept: list[object]) -> Example:
    record, sku, problem = kept
    told = summary([problem_from_json(problem)], language(), {"marketplace": channel.name})  # type: ignore[arg-type]
    return Example(int(str(record)), str(sku), told)


def _next(channel: Channel, place: str, *, changed: bool) -> str:
    if not place:
        return ""
    query = {"depois": place} | ({"mudou": "1"} if changed else {})
    return f"/canais/{quote(channel.code)}/regras?{urlencode(query)}"
