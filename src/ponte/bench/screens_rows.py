"""A store as large as wanted, made by the database itself: a million records with causes, tries and counts.

A record's values follow from its number alone, so that two runs measure the same. When it last changed has nothing to
do with its number: a list never finds its rows side by side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ponte.bench import screens_around
from ponte.bench.screens_around import Around
from ponte.bench.screens_fill import insert, is_postgresql, numbers, run, unindexed

if TYPE_CHECKING:
    from ponte.db.models import Store, User

DAYS = 90
PRIME = 1_000_003
THINGS = ("Tênis", "Camiseta", "Calça", "Mochila", "Relógio", "Fone", "Caixa de som", "Panela", "Cadeira", "Garrafa")
BRANDS = ("Aurora", "Borealis", "Cobre", "Delta", "Estrela", "Faísca", "Granito", "Horizonte", "Ipê", "Jatobá")
COLOURS = ("preto", "branco", "azul", "vermelho", "verde", "cinza", "amarelo", "marrom")
CATEGORIES = tuple(f"Departamento {n % 6} › Categoria {n % 15} › Folha {n}" for n in range(60))
FOLDED = str.maketrans("êçóáíê", "ecoaie")
CAUSES = (
    ("ATTRIBUTE_MISSING", "GTIN", "validation"),
    ("IMAGE_INVALID", "pictures", "marketplace"),
    ("CATEGORY_MAPPING", "category", "mapping"),
    ("VTEX_PRICE_MISSING", "price", "vtex"),
    ("TITLE_INVALID", "title", "validation"),
    ("ATTRIBUTE_INVALID", "COLOR", "send"),
    ("POLICY_MODERATION", "", "marketplace"),
    ("IDENTIFIER_INVALID", "EAN", "validation"),
    ("SHIPPING_RULE", "shipping", "send"),
    ("MARKETPLACE_OUTAGE", "POST /items", "send"),
)
CHANNELS = (("mlb", 45), ("mlb-premium", 25), ("mlb-outlet", 12), ("mlb-full", 10), ("mlb-b2b", 5), ("mlb-nova", 3))


@dataclass(frozen=True, slots=True)
class Big:
    """What was made: the large store with its person and what is around its records, and a store of one record."""

    store: Store
    small: Store
    user: User
    around: Around


def known() -> Big | None:
    """Return what `make` made before in this database, None when it is empty."""
    from django.db import connection  # noqa: PLC0415 -- once Django is set up

    from ponte.db.models import Store, User  # noqa: PLC0415 -- likewise

    if Store._meta.db_table not in connection.introspection.table_names():  # noqa: SLF001 -- Django's public name
        return None
    stores = {store.account: store for store in Store.objects.all()}
    if not stores:
        return None
    user, store = User.objects.get(username="bench"), stores["grande"]
    return Big(store, stores["pequena"], user, screens_around.known(store))


def make(rows: int) -> Big:
    """Make everything in an empty database; Django must be set up."""
    from django.core.management import call_command  # noqa: PLC0415 -- once Django is set up
    from django.db import transaction  # noqa: PLC0415 -- likewise

    from ponte.db.models import Attempt, Integration, User  # noqa: PLC0415 -- likewise

    call_command("migrate", verbosity=0)
    user = User.objects.create(username="bench")
    store, small = _store("grande", CHANNELS, user), _store("pequena", CHANNELS[:1], user)
    with transaction.atomic(), unindexed(Integration), unindexed(Attempt):
        insert(
            Integration, numbers(rows), _record(rows, [*store.channels.order_by("pk").values_list("pk", flat=True)])
        )
        insert(
            Integration,
            numbers(1),
            {**_record(1, [small.channels.get().pk]), "id": str(rows + 1), "store_id": str(small.pk)},
        )
        insert(Attempt, "db_integration AS of", _attempt())
    _count()
    around = screens_around.make(store, user)
    _analyze()
    return Big(store, small, user, around)


def _store(account: str, channels: Sequence[tuple[str, int]], user: User) -> Store:
    from ponte.db.models import Channel, Lane, Membership, Role, Store  # noqa: PLC0415 -- once Django is set up

    digest = hashlib.sha256(account.encode()).hexdigest()
    store = Store.objects.create(
        account=account, name=account.title(), base_url="https://x.example", hook_digest=digest
    )
    Membership.objects.create(user=user, store=store, role=Role.ADMIN)
    for code, _ in channels:
        Lane.objects.create(
            channel=Channel.objects.create(store=store, code=code, name=code, connector="mercadolivre")
        )
    return store


# -- the values of one record, as SQL over its number `n`


def _drawn(salt: int) -> str:
    """Return an expression that is as good as random."""
    return f"((n * 7919 + {salt} * 104729) % {PRIME})"


def _picked(expression: str, values: Sequence[str]) -> str:
    cases = " ".join(f"WHEN {place} THEN '{value}'" for place, value in enumerate(values))
    return f"CASE {expression} % {len(values)} {cases} END"


def _weighed(expression: str, values: Sequence[int], weights: Sequence[int]) -> str:
    passed, cases = 0, ""
    for value, weight in zip(values, weights, strict=True):
        passed += weight
        cases += f" WHEN {expression} % 100 < {passed} THEN {value}"
    return f"CASE{cases} ELSE {values[0]} END"


def _moment(seconds: str) -> str:
    """Return the moment so many seconds ago."""
    if is_postgresql():
        return f"date_trunc('milliseconds', now()) - ({seconds}) * interval '1 second'"
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || ({seconds}) || ' seconds')"


def _hexadecimal(number: str) -> str:
    return f"lpad(to_hex({number}), 16, '0')" if is_postgresql() else f"printf('%016x', {number})"


def _text(expression: str) -> str:
    return f"CAST({expression} AS text)"


def _record(rows: int, channels: Sequence[int]) -> dict[str, str]:
    luck, cause = f"({_drawn(2)} % 1000)", f"({_drawn(3)} % 1000 * ({_drawn(3)} % 1000) / 2500)"
    weights = [weight for _, weight in CHANNELS][: len(channels)] if len(channels) > 1 else [100]
    in_trouble = f"{luck} >= 820 AND {luck} < 980"
    kinds, subjects, stages = ([one[place] for one in CAUSES] for place in range(3))
    name = _name(THINGS, BRANDS)
    told = {
        "headline_class": _picked(cause, kinds),
        "headline_subject": _picked(cause, subjects),
        "headline_code": f"'item.cause.' || {_text(cause)}",
        "headline_stage": _picked(cause, stages),
        "fingerprint": _hexadecimal(f"(81985529216486895 + {cause})"),
    }
    moment = _moment(f"(n * 7919 + 17) % {rows} * {DAYS * 86_400.0 / rows:.6f}")
    listed = f"CASE WHEN {luck} < 860 THEN 'MLB' || {_text('4000000000 + n')} ELSE '' END"
    return {
        "id": "n + 1",
        "store_id": "1",
        "channel_id": _weighed(_drawn(1), channels, weights),
        "kind": "'product'",
        "sku": _text("2000000 + n"),
        "product_id": _text("900000 + n / 4"),
        "name": name,
        "ean": _text("7890000000000 + n"),
        "reference": f"'REF-' || {_text('n')}",
        "category": _picked(_drawn(4), CATEGORIES),
        "brand": _picked("n / 7", BRANDS),
        "stock_value": f"{_drawn(6)} * 7",
        "status": f"CASE WHEN {luck} < 820 THEN 'success' WHEN {luck} < 860 THEN 'alert' WHEN {luck} < 980"
        " THEN 'error' ELSE 'pending' END",
        "phase": f"CASE WHEN {luck} < 980 THEN 'idle' WHEN {luck} < 995 THEN 'queued' WHEN {luck} < 996"
        " THEN 'processing' ELSE 'waiting' END",
        **{column: f"CASE WHEN {in_trouble} THEN {value} ELSE '' END" for column, value in told.items()},
        "problems": _problems(in_trouble, told),
        "attempts": "1",
        "requested_at": moment,
        "processed_at": moment,
        "updated_at": moment,
        "removed_at": f"CASE WHEN {_drawn(5)} % 100 = 0 THEN {moment} END",
        "listing_id": listed,
        "search_text": f"{_text('2000000 + n')} || ' ' || {_text('7890000000000 + n')} || ' ' || {_folded_name()}",
    }


def _name(things: Sequence[str], brands: Sequence[str]) -> str:
    parts = (_picked(_drawn(7), things), _picked("n / 7", brands), _picked(_drawn(8), COLOURS))
    return " || ' ' || ".join((*parts, _text("34 + n % 12"), f"'modelo ' || {_text('n % 5000')}"))


def _folded_name() -> str:
    return _name([one.lower().translate(FOLDED) for one in THINGS], [one.lower().translate(FOLDED) for one in BRANDS])


def _problems(in_trouble: str, told: Mapping[str, str]) -> str:
    parts = {
        "class": "headline_class",
        "stage": "headline_stage",
        "subject": "headline_subject",
        "code": "headline_code",
    }
    fields = " || ', ' || ".join(f"""'"{key}": "' || {told[column]} || '"'""" for key, column in parts.items())
    rest = """, "message": "The value is not accepted", "severity": "error", "params": {}, "http_status": 400}]"""
    made = f"CASE WHEN {in_trouble} THEN '[{{' || {fields} || '{rest}' ELSE '[]' END"
    return f"CAST({made} AS jsonb)" if is_postgresql() else made


def _attempt() -> dict[str, str]:
    return {
        "id": "of.id",
        "integration_id": "of.id",
        "channel_id": "of.channel_id",
        "number": "1",
        "trigger": "'notification'",
        "result": "CASE WHEN of.status = 'error' THEN 'rejected' ELSE 'accepted' END",
        "status": "of.status",
        "problems": "of.problems",
        "started_at": "of.updated_at",
        "ended_at": "of.updated_at",
        "runner": "'bench:1:a'",
    }


def _count() -> None:
    """Write down what is counted as the records come: buckets, causes, results by the hour."""
    bucket = "CASE WHEN removed_at IS NOT NULL THEN 'removed' WHEN status = 'pending' THEN phase ELSE status END"
    run(
        f"""INSERT INTO db_counter (channel_id, kind, bucket, count)
            SELECT channel_id, kind, {bucket}, count(*) FROM db_integration GROUP BY 1, 2, 3"""  # noqa: S608 -- constants
    )
    run(
        """INSERT INTO db_cause (channel_id, fingerprint, problem_class, stage, severity, subject, code, message,
               count, value, first_at, last_at, state, state_at, returns)
           SELECT channel_id, fingerprint, max(headline_class), max(headline_stage), 'error', max(headline_subject),
               max(headline_code), 'The value is not accepted', count(*), sum(stock_value), min(updated_at),
               max(updated_at), 'open', max(updated_at), 0
           FROM db_integration WHERE removed_at IS NULL AND NOT (fingerprint = '') GROUP BY channel_id, fingerprint"""
    )
    hour = "floor(extract(epoch FROM updated_at) / 3600)" if is_postgresql() else "unixepoch(updated_at) / 3600"
    for measure, where in (("status", "status <> 'pending'"), ("'cause:' || fingerprint", "NOT (fingerprint = '')")):
        run(
            f"""INSERT INTO db_tally (channel_id, kind, hour, measure, count)
                SELECT channel_id, kind, CAST({hour} AS integer), {measure}, count(*) FROM db_integration
                WHERE {where} GROUP BY 1, 2, 3, 4"""  # noqa: S608 -- constants
        )


def _analyze() -> None:
    run("VACUUM ANALYZE" if is_postgresql() else "ANALYZE")
