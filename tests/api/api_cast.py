"""Ana owns loja-ana (operator Bruno, viewer Vera); Carla belongs to another store and must see nothing of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.test import Client
from django.utils import timezone

from ponte.db.counts import Moves, bucket
from ponte.db.models import Attempt, Channel, Exchange, Integration, Lane, Store, User
from ponte.db.records import problem_to_json, provenance_to_json
from ponte.domain.fingerprint import fingerprint
from ponte.domain.lifecycle import Status
from ponte.domain.offer import Provenance
from ponte.domain.problem import Problem, ProblemClass, Stage, headline_first
from ponte.flows.people.people import join, make_token

NOON = datetime(2026, 6, 10, 15, 0, tzinfo=UTC)  # noon in São Paulo
GTIN = Problem(
    ProblemClass.IDENTIFIER_MISSING,
    Stage.MARKETPLACE,
    subject="GTIN",
    code="item.attribute.missing_conditional_required",
    message="The attributes [GTIN] are required for category [MLB1676]",
    http_status=400,
)
TITLE = Problem(ProblemClass.TITLE_INVALID, Stage.VALIDATION, subject="title", params={"limit": "60", "value": "73"})


@dataclass(frozen=True)
class Shop:
    """A store with its channel and a token per role."""

    store: Store
    channel: Channel
    admin: str
    operator: str
    viewer: str
    people: tuple[User, ...]


def shop(account: str, names: tuple[str, str, str]) -> Shop:
    store = Store.objects.create(account=account, name=account, base_url="https://x.test", hook_digest=account)
    channel = Channel.objects.create(store=store, code="ml", name="Mercado Livre", connector="mercadolivre")
    Lane.objects.create(channel=channel)
    people = tuple(User.objects.create_user(name) for name in names)
    tokens = []
    for user, role in zip(people, ("admin", "operator", "viewer"), strict=True):
        join(user, store, role)
        tokens.append(make_token(user, store, "test"))
    return Shop(store, channel, *tokens, people=people)


def integration(
    shop: Shop, sku: str, status: str = "error", *, problems=(GTIN,), at=NOON, phase="", removed_at=None, **fields
) -> Integration:
    """Write a record as the queue would: with its headline, its cause and its place in the counters."""
    problems = headline_first(problems) if status in {"error", "alert"} else ()
    first = problems[0] if problems else None
    phase = phase or ("queued" if status == Status.PENDING else "idle")
    moves = Moves()
    moves.add(shop.channel.pk, "product", bucket(status, phase, removed=removed_at is not None))
    if first and removed_at is None:
        moves.meet(shop.channel.pk, "product", first)
        moves.cause(shop.channel.pk, fingerprint(first), 1, fields.get("stock_value", 0))
    moves.write(timezone.now())
    return Integration.objects.create(
        store=shop.store,
        channel=shop.channel,
        sku=sku,
        status=status,
        phase=phase,
        problems=[problem_to_json(problem) for problem in problems],
        headline_class=first.kind.name if first else "",
        headline_subject=first.subject if first else "",
        headline_code=first.code if first else "",
        headline_stage=first.stage.value if first else "",
        fingerprint=fingerprint(first) if first else "",
        requested_at=at - timedelta(seconds=5),
        processed_at=at,
        updated_at=at,
        removed_at=removed_at,
        search_text=f"{sku} {fields.get('name', '').lower()}",
        **fields,
    )


def attempt(row: Integration, number: int = 1) -> Attempt:
    """Write a try with a question to VTEX and one to the marketplace."""
    tried = Attempt.objects.create(
        integration=row,
        number=number,
        trigger="notification",
        result="rejected",
        status="error",
        problems=row.problems,
        http_status=400,
        started_at=NOON,
        ended_at=NOON + timedelta(seconds=1),
        offer={"title": "Caneca", "price": 149.9},
        provenance=[provenance_to_json(Provenance("warranty", "", "default", "", "90 dias"))],
    )
    told = (
        ("vtex", "GET", 200, '{"Id": 1}'),
        ("marketplace", "POST", 400, '{"error": "validation_error"}'),
    )
    for place, (side, method, status, body) in enumerate(told):
        Exchange.objects.create(
            attempt=tried,
            place=place,
            side=side,
            method=method,
            url=f"https://{side}.test/x",
            endpoint=f"{method} /x",
            status=status,
            response_body=body,
            started_at=NOON,
            took_ms=12,
        )
    Integration.objects.filter(pk=row.pk).update(attempts=number)
    return tried


class Api:
    """A client that holds one token."""

    def __init__(self, token: str = "", **headers: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {token}"} if token else {})
        self.headers = headers

    def get(self, path: str, **query):
        return self.client.get(path, query, headers=self.headers)

    def post(self, path: str, body=None, *, key: str = "", raw: bytes | None = None, **headers: str):
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        headers = {**self.headers, **headers} | ({"Idempotency-Key": key} if key else {})
        return self.client.post(path, content, content_type="application/json", headers=headers)

    def delete(self, path: str):
        return self.client.delete(path, headers=self.headers)
