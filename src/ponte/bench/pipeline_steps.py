"""The steps of the pipeline measurement that need the database: `prepare PLACES`, `wait`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import django


def prepare(places: dict[str, Any]) -> None:
    """Make the tables, a store and a channel without limits, and queue every SKU."""
    from django.db import connection  # noqa: PLC0415 -- Django is set up first

    from ponte.bench.pipeline import CONCURRENCY  # noqa: PLC0415 -- likewise
    from ponte.db.models import Channel, Store  # noqa: PLC0415 -- likewise
    from ponte.flows.channels.stores import Unusable, add_channel, add_store  # noqa: PLC0415 -- likewise
    from ponte.flows.sync import sync  # noqa: PLC0415 -- likewise
    from ponte.ops.database import migrate  # noqa: PLC0415 -- likewise

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    migrate()
    vtex, market = places["vtex"], places["mercadolivre"]
    keys = {"app_key": vtex["app_key"], "app_token": vtex["app_token"]}
    store, _ = add_store(vtex["account"], name="", base_url=vtex["base_url"], **keys)
    seller = market["sellers"][0]
    channel = add_channel(
        store,
        code="ml",
        name="",
        connector="mercadolivre",
        trade_policy=vtex["trade_policy"],
        base_url=market["base_url"],
        settings={"client_id": market["client_id"]},
        secrets={
            "client_secret": market["client_secret"],
            "access_token": seller["access_token"],
            "refresh_token": seller["refresh_token"],
        },
        mapping_text=places["mapping"],
    )
    if isinstance(channel, Unusable):
        sys.exit(channel.reason)
    Store.objects.update(requests_per_second=1_000_000)
    Channel.objects.update(requests_per_second=1_000_000, concurrency=CONCURRENCY)
    sync(channel.pk)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def wait() -> dict[str, Any]:
    """Wait until nothing is queued or running; return the rate over all first tries, and what was posted."""
    from django.db.models import Count, Max, Min  # noqa: PLC0415 -- Django is set up first

    from ponte.db.models import Attempt, Counter, Exchange, Integration  # noqa: PLC0415 -- likewise

    while Counter.objects.filter(bucket__in=["queued", "processing"], count__gt=0).exists():
        time.sleep(0.5)
    # Retries and later looks come after; the first tries are the run.
    span = Attempt.objects.filter(number=1).aggregate(Min("started_at"), Max("ended_at"))
    seconds = (span["ended_at__max"] - span["started_at__min"]).total_seconds()
    offers: dict[str, list[Any]] = {}
    posted = Exchange.objects.filter(attempt__number=1, side="marketplace", method="POST").order_by("id")
    for sku, endpoint, body in posted.values_list("attempt__integration__sku", "endpoint", "request_body"):
        place = offers.setdefault(sku, [None, None])
        place["description" in endpoint] = json.loads(body)
    statuses = dict(Integration.objects.values_list("status").annotate(Count("id")))
    return {
        "rate": Integration.objects.count() / seconds,
        "offers": {sku: pair for sku, pair in offers.items() if pair[0]},
        "statuses": statuses,
    }


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "prepare":
        prepare(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    else:
        sys.stdout.write(json.dumps(wait()) + "\n")
