"""What an action on many costs, with so many errors in the database.

`ponte bench bulk --rows 100000`, or `python -m ponte.bench.bulk ROWS` with a database of its own (`PONTE_DATA`, or
`PONTE_DATABASE_URL` of an empty one): makes the records, then measures what the browser waits for and what the worker
spends. CPU is this process's; on PostgreSQL its own processes are seen in `seconds` only.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client

    from ponte.db.models import BulkAction, Channel

CAUSES = 40
MADE_AT_ONCE = 5_000
LOOKS = 20


def run(rows: int, database_url: str = "") -> dict[str, Any]:
    """Measure in a process and a folder of its own; return the report."""
    with tempfile.TemporaryDirectory(prefix="ponte-bench-") as folder:
        environ = {**os.environ, "PONTE_DATA": folder, "PONTE_DATABASE_URL": database_url, "PYTHONWARNINGS": "ignore"}
        command = [sys.executable, "-m", "ponte.bench.bulk", str(rows)]
        answer = subprocess.run(command, check=True, capture_output=True, text=True, env=environ)
    return dict(json.loads(answer.stdout))


def measure(rows: int) -> dict[str, Any]:
    """Make the records and measure everything once. Django must be set up, the database empty."""
    from ponte.flows import bulk  # noqa: PLC0415 -- once Django is set up

    channel, client = _stage(rows)
    report: dict[str, Any] = {"rows": rows, "plan": _timed(lambda: _plan(client))}
    report["answer"] = _press(client, "reprocess")
    action = _newest()
    report["queue_all"] = _steps()
    report["live_overtakes"] = _live_is_first(channel)
    by: dict[str, Any] = {"store_id": channel.store_id, "actor_id": None}
    report["pause"] = _timed(lambda: bulk.pause(action.pk, **by))
    report["nothing_due_while_paused"] = not _due_of_action(channel, action)
    report["take_back"] = _steps()
    report["resume"] = _timed(lambda: bulk.resume(action.pk, **by))
    report["queue_again"] = _steps()
    report["cancel"] = _timed(lambda: bulk.cancel(action.pk, **by))
    report["take_back_cancelled"] = _steps()
    report["remove_answer"] = _press(client, "remove")
    report["remove_all"] = _steps()
    report["undo_answer"] = _timed(lambda: bulk.undo(_newest().pk, **by))
    report["undo_all"] = _steps()
    report["left"] = _left()
    return report


def _timed(act: Callable[[], object]) -> dict[str, float]:
    began, spent = time.perf_counter(), time.process_time()
    act()
    return {
        "seconds": round(time.perf_counter() - began, 3),
        "cpu_seconds": round(time.process_time() - spent, 3),
    }


def _steps() -> dict[str, float]:
    """Do what the workers would, until nothing is left; `longest` is the longest step: how long others wait."""
    from ponte.flows import bulk  # noqa: PLC0415 -- once Django is set up

    longest, steps = 0.0, 0

    def go() -> None:
        nonlocal longest, steps
        more = True
        while more:
            began = time.perf_counter()
            more = bulk.step()
            longest, steps = max(longest, time.perf_counter() - began), steps + 1

    return {**_timed(go), "steps": steps, "longest_seconds": round(longest, 3)}


def _stage(rows: int) -> tuple[Channel, Client]:
    from django.core.management import call_command  # noqa: PLC0415 -- once Django is set up
    from django.test import Client  # noqa: PLC0415 -- likewise

    from ponte.db.models import Channel, Counter, Lane, Membership, Role, Store, User  # noqa: PLC0415 -- likewise

    call_command("migrate", verbosity=0)
    digest = hashlib.sha256(b"bench").hexdigest()
    store = Store.objects.create(account="bench", name="Bench", base_url="https://bench.example", hook_digest=digest)
    user = User.objects.create(username="bench")
    Membership.objects.create(user=user, store=store, role=Role.ADMIN)
    channel = Channel.objects.create(store=store, code="mlb", name="Mercado Livre", connector="mercadolivre")
    Lane.objects.create(channel=channel)
    _make_errors(channel, rows)
    Counter.objects.create(channel=channel, kind="product", bucket="error", count=rows)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return channel, client


def _make_errors(channel: Channel, rows: int) -> None:
    from ponte.db.models import Integration  # noqa: PLC0415 -- once Django is set up

    for start in range(0, rows, MADE_AT_ONCE):
        numbers = range(start, min(rows, start + MADE_AT_ONCE))
        Integration.objects.bulk_create([_error(channel, number) for number in numbers])


def _error(channel: Channel, number: int) -> Any:
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415 -- once Django is set up

    from ponte.db.models import Integration  # noqa: PLC0415 -- likewise

    at = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=number * 37 % 5_000_000)
    cause = f"{number % CAUSES:016x}"
    problem = {"class": "ATTRIBUTE_MISSING", "stage": "marketplace", "subject": "BRAND", "code": cause}
    problem["message"] = f"The attributes [BRAND, MODEL] are required for category [MLB{number % CAUSES}]"
    return Integration(
        store_id=channel.store_id,
        channel=channel,
        sku=str(100_000 + number),
        name=f"Tênis Corrida {number}",
        category="Calçados › Tênis",
        status="error",
        phase="idle",
        headline_class="ATTRIBUTE_MISSING",
        headline_subject="BRAND",
        headline_code=cause,
        headline_stage="marketplace",
        fingerprint=cause,
        problems=[problem],
        attempts=1,
        requested_at=at,
        processed_at=at,
        updated_at=at,
        search_text=f"{100_000 + number} tenis corrida {number} attributes brand model required",
    )


def _plan(client: Client) -> str:
    answer = client.get("/produtos/plano", {"verb": "reprocess", "status": "error"})
    assert answer.status_code == 200, answer.status_code
    return str(answer.text)


def _press(client: Client, verb: str) -> dict[str, float]:
    """Post the plan's form, as the browser does; measures the answer."""
    from ponte.db.models import Integration, Store, User  # noqa: PLC0415 -- once Django is set up
    from ponte.web.bulk.form import sealed_plan  # noqa: PLC0415 -- likewise

    total = Integration.objects.filter(status="error", removed_at=None).count()
    store, user = Store.objects.get(), User.objects.get()
    sealed = sealed_plan(store.pk, user.pk, verb, {"filter": {"status": "error"}}, total)

    def press() -> None:
        answer = client.post("/fila/acoes/nova", {"plano": sealed, "numero": str(total)})
        assert answer.status_code == 302, answer.content

    return _timed(press)


def _newest() -> BulkAction:
    from ponte.db.models import BulkAction  # noqa: PLC0415 -- once Django is set up

    return BulkAction.objects.latest("pk")


def _live_is_first(channel: Channel) -> bool:
    """Say whether a change that VTEX tells of now is the next to be worked on, before all that was queued."""
    from ponte.domain.lifecycle import Priority, Trigger  # noqa: PLC0415 -- once Django is set up
    from ponte.flows.ingest import Hint, take  # noqa: PLC0415 -- likewise
    from ponte.queue.work import due  # noqa: PLC0415 -- likewise

    take([Hint(channel.pk, "product", "live-1", "1")], trigger=Trigger.NOTIFICATION, priority=Priority.LIVE)
    first = due(channel.lanes.get().pk, 1)
    return bool(first) and _sku_of(first[0]) == "live-1"


def _sku_of(number: int) -> str:
    from ponte.db.models import Integration  # noqa: PLC0415 -- once Django is set up

    return Integration.objects.get(pk=number).sku


def _due_of_action(channel: Channel, action: BulkAction) -> list[int]:
    from ponte.db.models import Work  # noqa: PLC0415 -- once Django is set up
    from ponte.queue.work import due  # noqa: PLC0415 -- likewise

    found = due(channel.lanes.get().pk, LOOKS)
    return [work.pk for work in Work.objects.filter(pk__in=found, action_id=action.pk)]


def _left() -> dict[str, int]:
    """Return the counters at the end; they must be as in the beginning, but for the live one."""
    from ponte.db.models import Counter  # noqa: PLC0415 -- once Django is set up

    return dict(Counter.objects.exclude(count=0).values_list("bucket", "count"))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ponte.settings")
    import django

    django.setup()
    print(json.dumps(measure(int(sys.argv[1]))))
