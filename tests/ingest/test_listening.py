"""The address that marketplaces post to: who is believed, what comes of it, and that nothing else does."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from asgi_client import Call, Told, call
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories import make_channel, make_integration, make_store
from ponte import connectors
from ponte.connectors.magalu import Magalu
from ponte.connectors.mercadolivre import MercadoLivre
from ponte.db.clock import now_ms
from ponte.db.models import Attempt, Channel, Ear, Integration, Problem, Quarantine, Work
from ponte.domain.lifecycle import Task
from ponte.flows.channels import hears
from ponte.flows.channels.hears import ADDRESS, UNSIGNED_WAIT_MS
from ponte.ingest.listening import Listening
from ponte.ops.metrics import exposition
from ponte.sandbox.magalu import Seller
from ponte.sandbox.magalu import Settings as MagaluSettings
from ponte.sandbox.magalu.posts import VARIANTS, Posts
from ponte.sandbox.magalu.shelf import Shelf
from ponte.sandbox.magalu.shelf import Sku as ShelfSku

SECRET = "whsec_of-the-test"
NOON = 1_795_435_200.0


@pytest.fixture(autouse=True)
def _both_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"magalu": Magalu(), "mercadolivre": MercadoLivre()}
    monkeypatch.setattr(connectors, "_installed", lambda: found)


@pytest.fixture
def signed(transactional_db: None) -> tuple[Channel, str]:
    """A channel of a marketplace that signs, and its key."""
    channel = make_channel(make_store(), "mgl")
    channel.connector = "magalu"
    channel.keep_secrets({"webhook_secret": SECRET})
    channel.save()
    return channel, hears.new_key(channel, actor_id=None)


@pytest.fixture
def unsigned(transactional_db: None) -> tuple[Channel, str]:
    """A channel of a marketplace that does not sign, and its key."""
    channel = make_channel(make_store("outraloja"), "mlb")
    return channel, hears.new_key(channel, actor_id=None)


def about(sku: str = "2000123", topic: str = "portfolios_sku", status: str = "BLOCKED") -> bytes:
    data = {"status": status, "params": {"sku": sku}, "resource": "skus"}
    return json.dumps({"topic": topic, "tenant_id": "t", "data": data}).encode()


def item(listing: str = "MLB4400112233", topic: str = "items") -> bytes:
    return json.dumps({"resource": f"/items/{listing}", "user_id": 1, "topic": topic, "application_id": 2}).encode()


def signature(body: bytes, *, secret: str = SECRET, at: float = NOON) -> tuple[tuple[bytes, bytes], ...]:
    timestamp = str(int(at))
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return ((b"x-timestamp", timestamp.encode()), (b"x-signature-256", f"sha256={digest}".encode()))


def post(key: str, body: bytes, *headers: tuple[bytes, bytes]) -> Call:
    return Call((body,), f"{ADDRESS}{key}", headers=((b"content-type", b"application/json"), *headers))


def told(*requests: Call, clock: Callable[[], float] = lambda: NOON) -> list[Told]:
    """Make these requests one after the other, then stop (which writes down what was counted)."""

    async def session() -> list[Told]:
        app = Listening(clock=clock)
        await app.start()
        try:
            found = [await call(app, request) for request in requests]  # type: ignore[arg-type]
            await app._doors._read()
            return found
        finally:
            await app.stop()

    return asyncio.run(session())


def statuses(*requests: Call) -> list[int]:
    return [one.status for one in told(*requests)]


def everything() -> object:
    """Return all that a post must never change."""
    return (
        list(Integration.objects.order_by("pk").values()),
        list(Attempt.objects.values()),
        list(Problem.objects.values()),
        list(Quarantine.objects.values()),
    )


def test_a_signed_post_has_the_listing_looked_at_now(signed: tuple[Channel, str]) -> None:
    channel, key = signed
    row = make_integration(channel, "2000123", "success", listing_id="2000123")
    before = everything()
    body = about()
    assert statuses(post(key, body, *signature(body))) == [200]
    work = Work.objects.get()
    assert (work.integration_id, work.task, work.trigger) == (row.pk, Task.FOLLOW, "follow")
    assert work.due_at_ms <= now_ms()
    assert everything() == before
    ear = Ear.objects.get(channel=channel)
    assert (ear.heard, ear.refused) == (1, 0)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: (),
        lambda body: signature(body, secret="another"),
        lambda body: signature(body + b" "),
        lambda body: signature(body, at=NOON - 301),
        lambda body: signature(body, at=NOON + 301),
        lambda body: signature(body)[:1],
        lambda body: signature(body)[1:],
        lambda body: (*signature(body), *signature(body, secret="another")),
        lambda body: ((b"x-timestamp", b"nan"), signature(body)[1]),
        lambda body: (signature(body)[0], (b"x-signature-256", b"sha256=")),
        lambda body: (signature(body)[0], (b"x-signature-256", "sha256=é".encode())),
    ],
)
def test_a_post_whose_signature_does_not_fit_is_refused_and_counted(signed: tuple[Channel, str], spoil) -> None:  # type: ignore[no-untyped-def]
    channel, key = signed
    make_integration(channel, "2000123", "success", listing_id="2000123")
    body = about()
    [answer] = told(post(key, body, *spoil(body)))
    assert (answer.status, answer.code) == (401, "signature")
    assert json.loads(answer.body)["detail"] == "The signature does not fit."
    assert Work.objects.count() == 0
    assert Ear.objects.get(channel=channel).refused == 1
    assert 'ponte_posts_refused{store="lojamodelo",channel="mgl",connector="magalu"} 1' in exposition()


def test_without_the_secret_every_post_is_refused(signed: tuple[Channel, str]) -> None:
    channel, key = signed
    Channel.objects.filter(pk=channel.pk).update(secrets_sealed="")
    body = about()
    assert statuses(post(key, body, *signature(body, secret=""))) == [401]


def test_the_signature_of_another_channel_does_not_fit(signed: tuple[Channel, str], transactional_db: None) -> None:
    """A stranger's key: what is signed for one channel opens no other."""
    channel, _ = signed
    other = make_channel(make_store("terceira"), "mgl")
    other.connector = "magalu"
    other.keep_secrets({"webhook_secret": "whsec_of-somebody-else"})
    other.save()
    row = make_integration(channel, "2000123", "success", listing_id="2000123")
    body = about()
    assert statuses(post(hears.new_key(other, actor_id=None), body, *signature(body))) == [401]
    assert not Work.objects.filter(integration_id=row.pk).exists()


def test_a_post_to_one_channel_never_reaches_the_listings_of_another(
    unsigned: tuple[Channel, str], signed: tuple[Channel, str]
) -> None:
    foreign = make_integration(signed[0], "7", "success", listing_id="MLB4400112233")
    assert statuses(post(unsigned[1], item())) == [200]
    assert not Work.objects.filter(integration_id=foreign.pk).exists()


def test_an_unsigned_post_only_schedules_one_look_however_many_come(unsigned: tuple[Channel, str]) -> None:
    channel, key = unsigned
    row = make_integration(channel, "7", "success", listing_id="MLB4400112233")
    before = now_ms()
    assert statuses(*[post(key, item())] * 20) == [200] * 20
    [work] = Work.objects.all()
    assert (work.integration_id, work.task) == (row.pk, Task.FOLLOW)
    assert before < work.due_at_ms <= now_ms() + UNSIGNED_WAIT_MS
    assert Ear.objects.get(channel=channel).heard == 20


@pytest.mark.parametrize(("task", "epoch"), [("send", 0), ("send", 3), ("follow", 3)])
def test_work_that_waits_to_be_sent_or_runs_is_left_alone(
    unsigned: tuple[Channel, str], task: str, epoch: int
) -> None:
    channel, key = unsigned
    row = make_integration(channel, "7", "queued", listing_id="MLB4400112233")
    later = now_ms() + 3_600_000
    Work.objects.create(
        integration=row,
        lane=channel.lanes.get(),
        task=task,
        priority=20,
        due_at_ms=later,
        generation=4,
        tries=2,
        lease_epoch=epoch,
        trigger="retry",
        queued_at_ms=1,
    )
    before = list(Work.objects.values())
    assert statuses(post(key, item())) == [200]
    assert list(Work.objects.values()) == before


def test_a_look_that_waits_comes_sooner(signed: tuple[Channel, str]) -> None:
    channel, key = signed
    make_integration(channel, "2000123", "waiting", listing_id="2000123")
    body = about()
    request = post(key, body, *signature(body))
    assert statuses(request) == [200]
    Work.objects.update(due_at_ms=now_ms() + 900_000, tries=3)
    assert statuses(request) == [200]
    work = Work.objects.get()
    assert work.due_at_ms <= now_ms()
    assert work.tries == 3


def test_what_we_have_no_listing_of_is_passed_over(
    unsigned: tuple[Channel, str], signed: tuple[Channel, str]
) -> None:
    make_integration(signed[0], "2000123", "error")
    body = about()
    assert statuses(post(signed[1], body, *signature(body)), post(unsigned[1], item("MLB1"))) == [200, 200]
    assert Work.objects.count() == 0
    assert Integration.objects.count() == 1


def test_f_unknown_keys_methods_and_sizes(signed: tuple[Channel, str]) -> None:
    _, key = signed
    large = Call((b"x" * 70_000,), f"{ADDRESS}{key}")
    requests = (
        post("no-such-key", b"{}"),
        post(f"{key}/more", b"{}"),
        post("k" * 300, b"{}"),
        Call(path=f"{ADDRESS}{key}", method="PUT"),
        Call(path=f"{ADDRESS}{key}", method="GET"),
        large,
        Call((b"{}",), f"{ADDRESS}{key}", headers=((b"content-encoding", b"gzip"),)),
    )
    assert statuses(*requests) == [404, 404, 404, 405, 200, 413, 415]


def test_a_rotated_key_stays_valid_until_the_next(signed: tuple[Channel, str]) -> None:
    channel, first = signed
    second = hears.new_key(channel, actor_id=None)
    body = about()
    assert statuses(*(post(key, body, *signature(body)) for key in (first, second))) == [200, 200]
    third = hears.new_key(channel, actor_id=None)
    assert statuses(*(post(key, body, *signature(body)) for key in (first, second, third))) == [404, 200, 200]
    assert first not in str(list(Ear.objects.values()))


def test_a_channel_that_was_taken_out_hears_nothing(unsigned: tuple[Channel, str]) -> None:
    channel, key = unsigned
    Channel.objects.filter(pk=channel.pk).update(archived_at=channel.created_at + timedelta(days=1))
    assert statuses(post(key, item())) == [404]


def test_a_connector_that_fails_on_a_post_is_no_outage(
    unsigned: tuple[Channel, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: object, _body: bytes) -> tuple[str, ...]:
        raise RecursionError

    monkeypatch.setattr(MercadoLivre, "heard", fail)
    assert statuses(post(unsigned[1], item())) == [200]


JUNK = st.one_of(
    st.binary(max_size=300),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=30),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode()),
    st.builds(
        lambda topic, sku, data: json.dumps({"topic": topic, "data": {"params": {"sku": sku}, **data}}).encode(),
        st.sampled_from(["portfolios_sku", "items", "", "orders"]),
        st.one_of(st.text(max_size=60), st.integers(), st.none(), st.lists(st.text(), max_size=2)),
        st.dictionaries(st.sampled_from(["status", "resource"]), st.text(max_size=20)),
    ),
    st.builds(lambda path: json.dumps({"topic": "items", "resource": path}).encode(), st.text(max_size=300)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(JUNK, min_size=1, max_size=6))
def test_no_post_ever_changes_a_record_by_itself(
    signed: tuple[Channel, str], unsigned: tuple[Channel, str], bodies: list[bytes]
) -> None:
    if not Integration.objects.exists():
        make_integration(signed[0], "2000123", "success", listing_id="2000123")
        make_integration(unsigned[0], "7", "waiting", listing_id="MLB4400112233")
    before = everything()
    requests = [post(key, body, *signature(body)) for body in bodies for key in (signed[1], unsigned[1])]
    assert set(statuses(*requests)) == {200}
    assert everything() == before
    assert set(Work.objects.values_list("task", flat=True)) <= {"follow"}


@given(body=JUNK)
def test_what_is_heard_is_always_a_few_short_names(body: bytes) -> None:
    for connector in (Magalu(), MercadoLivre()):
        found = connector.heard(body)
        assert all(isinstance(one, str) and 0 < len(one) <= 80 for one in found)
        assert len(found) <= 100


def test_the_posts_of_the_fake_marketplace_are_believed_when_they_should_be(signed: tuple[Channel, str]) -> None:
    channel, key = signed
    make_integration(channel, "2000123", "success", listing_id="2000123")
    settings_of_fake = MagaluSettings(seller=Seller(webhook_secret=SECRET))
    shelf = Shelf(seed=7, settings=settings_of_fake, clock=lambda: NOON)
    posts = Posts(shelf, settings_of_fake.seller, lambda: NOON)
    body = posts.body_of(ShelfSku("2000123", made=True))

    def posted(variant: str) -> Call:
        headers = posts.headers_of(body, variant)
        return post(key, body, *((name.lower().encode(), value.encode()) for name, value in headers.items()))

    assert statuses(*(posted(variant) for variant in VARIANTS)) == [200, 401, 401]


def test_the_work_of_many_posts_is_locked_in_one_go_and_each_listing_looked_at_once(
    signed: tuple[Channel, str],
) -> None:
    """Portion by portion, two receivers or a settlement could wait for each other."""
    channel, _ = signed
    for number in range(3):
        make_integration(channel, f"sku-{number}", listing_id=f"L{number}")
    strangers = tuple(f"none-{number}" for number in range(hears.AT_ONCE))
    posts = [("sku-2", "listing:L1"), strangers, ("listing:L2", "sku-0")]
    with CaptureQueriesContext(connection) as asked:
        hears.look_again([hears.Look(channel.pk, about, signed=True) for about in posts])
    assert sum("INSERT INTO db_work" in query["sql"] for query in asked) == 1
    assert Work.objects.count() == 3
