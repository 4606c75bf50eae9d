"""What stands around the records of a large store: their work, a long story, an audit, lists, views, actions."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ponte.bench.screens_fill import run

if TYPE_CHECKING:
    from ponte.db.models import Attempt, Integration, Store, User

TRIES: Final = 200
REQUESTS: Final = 4_000
AUDITED: Final = 5_000
LISTED: Final = 5_000
SEEN_CHANNELS: Final = 2
WORK: Final = """INSERT INTO db_work (integration_id, lane_id, task, priority, due_at_ms, generation, tries, deaths,
        "trigger", lease_epoch, queued_at_ms)
    SELECT record.id, lane.id, CASE record.phase WHEN 'waiting' THEN 'follow' ELSE 'send' END, 15,
        {now} + CASE record.phase WHEN 'waiting' THEN 600000 ELSE -60000 END + record.id % 50000, 1, 0, 0,
        'notification', CASE record.phase WHEN 'processing' THEN 1 ELSE 0 END, {now} - 90000
    FROM db_integration AS record JOIN db_lane AS lane ON lane.channel_id = record.channel_id
    WHERE record.status = 'pending' AND record.removed_at IS NULL"""
VERBS: Final = (
    "reprocess",
    "remove",
    "bulk reprocess",
    "channel paused",
    "channel resumed",
    "note",
    "mapping changed",
)


@dataclass(frozen=True, slots=True)
class Around:
    """`long` is a record with `TRIES` tries; `limited` sees some channels only; `pasted` is a list of SKUs."""

    long: int
    limited: User
    pasted: int


def known(store: Store) -> Around:
    """Return what `make` made before."""
    from ponte.db.models import Integration, SkuList, User  # noqa: PLC0415 -- once Django is set up

    of_long = Integration.objects.filter(attempts=TRIES, store=store)
    return Around(
        of_long.values_list("pk", flat=True)[0], User.objects.get(username="some"), SkuList.objects.get().pk
    )


def make(store: Store, user: User) -> Around:
    """Make it once the records are there."""
    now = datetime.now().astimezone()
    run(WORK.format(now=int(time.time() * 1000)))
    long = _long_story(store, now)
    _requests(now)
    _audit(store, user, now)
    _actions(store, user, now)
    return Around(long, _limited(store), _pasted(store, user, now))


def _long_story(store: Store, now: datetime) -> int:
    from ponte.db.models import Attempt, Exchange, Integration  # noqa: PLC0415 -- once Django is set up

    errors = Integration.objects.filter(store=store, status="error", removed_at=None).order_by("pk")
    record = errors[errors.count() // 2]
    first = _next(Attempt)
    tries = [_attempt(record, first + number, number, now) for number in range(2, TRIES + 1)]
    Attempt.objects.bulk_create(tries)
    passed = _next(Exchange)
    places = [(one, place) for one in tries for place in range(3)]
    Exchange.objects.bulk_create(
        [_exchange(one, passed + nth, place, one.started_at) for nth, (one, place) in enumerate(places)]
    )
    Integration.objects.filter(pk=record.pk).update(attempts=TRIES)
    return record.pk


def _attempt(record: Integration, key: int, number: int, now: datetime) -> Attempt:
    from ponte.db.models import Attempt  # noqa: PLC0415 -- once Django is set up

    began = now - timedelta(hours=TRIES - number)
    return Attempt(
        id=key,
        integration_id=record.pk,
        channel_id=record.channel_id,
        number=number,
        trigger="notification",
        result="rejected",
        status="error",
        problems=record.problems,
        started_at=began,
        ended_at=began + timedelta(milliseconds=700),
        runner="bench:1:a",
        offer={
            "title": record.name,
            "price": f"{number}.90",
            "attributes": {f"A{n}": f"value {n}" for n in range(30)},
        },
        provenance=[_provenance(number) for number in range(30)],
    )


def _provenance(number: int) -> dict[str, object]:
    told = {"field": f"attributes.A{number}", "source": "sku.spec", "rule": "same", "found": "value"}
    return {**told, "sent": f"value {number}", "line": number}


def _exchange(tried: Any, key: int, place: int, at: datetime) -> Any:
    from ponte.db.models import Exchange  # noqa: PLC0415 -- once Django is set up

    return Exchange(
        id=key,
        attempt_id=tried.pk,
        place=place,
        side="vtex" if place == 0 else "marketplace",
        method="POST",
        url="https://api.example/items",
        endpoint="POST /items",
        request_body='{"title": "x"}' * 20,
        status=400,
        response_body='{"message": "The value is not accepted"}' * 10,
        started_at=at,
        took_ms=120,
    )


def _requests(now: datetime) -> None:
    """Make the newest requests, as if the last minute was a busy one."""
    from ponte.db.models import Attempt, Exchange  # noqa: PLC0415 -- once Django is set up

    tries = list(Attempt.objects.order_by("-pk").only("pk")[: REQUESTS // 2])
    first = _next(Exchange)
    moments = [(one, place) for one in tries for place in (0, 1)]
    made = [
        _exchange(one, first + nth, place, now - timedelta(milliseconds=10 * (REQUESTS - nth)))
        for nth, (one, place) in enumerate(moments)
    ]
    Exchange.objects.bulk_create(made)


def _audit(store: Store, user: User, now: datetime) -> None:
    from ponte.db.models import Audit, Integration  # noqa: PLC0415 -- once Django is set up

    records = list(Integration.objects.filter(store=store).order_by("pk").values_list("pk", flat=True)[:AUDITED])
    Audit.objects.bulk_create([_deed(store, user, now, *one) for one in enumerate(records)])


def _deed(store: Store, user: User, now: datetime, number: int, record: int) -> Any:
    from ponte.db.models import Audit  # noqa: PLC0415 -- once Django is set up

    verb = VERBS[number // 3 % len(VERBS)]  # three at a moment are one entry
    target = "channel:mlb" if verb.startswith("channel") else f"integration:{record}"
    at = now - timedelta(minutes=7 * (number // 3))
    return Audit(store=store, actor=user, verb=verb, target=target, at=at)


def _actions(store: Store, user: User, now: datetime) -> None:
    from ponte.db.models import ActionCount, BulkAction, SavedView  # noqa: PLC0415 -- once Django is set up

    for number in range(30):
        action = BulkAction.objects.create(
            store=store,
            actor=user,
            verb="reprocess",
            selection={"filter": {"status": "error", "canal": "mlb"}},
            frozen_at=now,
            last_id=1,
            state="done" if number < 28 else "paused",
            done=1_000,
            queued=1_000,
            planned=1_000,
            ended_at=now if number < 28 else None,
        )
        ActionCount.objects.create(action=action, outcome="success", count=900)
        ActionCount.objects.create(action=action, outcome="error", count=100)
    for name in ("Erros do outlet", "Sem GTIN", "Hoje", "Caros"):
        SavedView.objects.create(store=store, owner=user, name=name, query="status=error&canal=mlb-outlet")


def _pasted(store: Store, user: User, now: datetime) -> int:
    """Keep a list of SKUs from all over the store; some are nowhere."""
    from ponte.db.models import Integration, SkuList  # noqa: PLC0415 -- once Django is set up

    last = Integration.objects.filter(store=store).order_by("-pk").values_list("pk", flat=True)[0]
    skus = list(_some_skus(max(1, last // LISTED)))
    digest = hashlib.blake2b("\n".join(skus).encode(), digest_size=16).hexdigest()
    return SkuList.objects.create(store=store, owner=user, digest=digest, skus=skus, used_at=now).pk


def _some_skus(step: int) -> Iterator[str]:
    for number in range(LISTED):
        yield f"none-{number}" if number % 50 == 0 else str(2_000_000 + number * step)


def _limited(store: Store) -> User:
    from ponte.db.models import Membership, Role, User  # noqa: PLC0415 -- once Django is set up

    some = User.objects.create(username="some")
    seen = list(store.channels.order_by("pk").values_list("pk", flat=True)[1 : 1 + SEEN_CHANNELS])
    Membership.objects.create(user=some, store=store, role=Role.MANAGER, channel_ids=seen)
    return some


def _next(model: Any) -> int:
    """Return an id beyond those that the records' own fill gave without asking the sequence."""
    from django.db.models import Max  # noqa: PLC0415 -- once Django is set up

    return int(model.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
