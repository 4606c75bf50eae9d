"""A whole worker in this process: it finds lanes, serves them fairly, and ends in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from django.db import OperationalError
from django.utils import timezone
from pipeline_stage import Stage, play

from ponte.db import sealed
from ponte.db.models import BulkAction, Channel, Installation, Lane, Store, Work
from ponte.db.scope import Scope
from ponte.flows import bulk
from ponte.flows.pipeline.heartbeat import Heartbeat
from ponte.flows.pipeline.runner import Runner, _ready, _take

pytestmark = pytest.mark.django_db(transaction=True)


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 15.0) -> None:
    async with asyncio.timeout(seconds):
        while not await true():
            await asyncio.sleep(0.05)


async def working(stage: Stage, reachable: Callable[..., None], scene: Callable[[Runner], Awaitable[None]]) -> None:
    """Run a worker beside a scene, and stop it in order."""
    reachable(*stage.hosts)
    runner = Runner()
    task = asyncio.create_task(runner.run())
    try:
        await scene(runner)
    finally:
        runner.stop()
        async with asyncio.timeout(20):
            await task


def none_waits(stage: Stage) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return not await stage.do(lambda: Work.objects.filter(task="send").exists())

    return asked


def test_a_worker_finds_work_and_gives_the_lane_back(reachable):
    async def scene(stage: Stage) -> None:
        async def busy(runner: Runner) -> None:
            await stage.tell(*stage.healthy[:5])
            await until(none_waits(stage))

        await working(stage, reachable, busy)
        assert await stage.stand(stage.healthy[:5])
        lane = await stage.lane_now()
        assert (lane.lease_until_ms, lane.lease_owner) == (0, "")

    play(scene)


def test_a_worker_takes_the_steps_of_an_action_on_many(reachable):
    async def scene(stage: Stage) -> None:
        skus = stage.healthy[:3]

        async def busy(runner: Runner) -> None:
            stage.board.arm({"kind": "status", "method": "POST", "path": "/items", "status": 413})
            await stage.tell(*skus)
            await until(none_waits(stage))
            stage.board.disarm()
            action = await stage.do(
                bulk.start,
                scope=Scope(stage.channel.store_id),
                actor_id=None,
                verb="reprocess",
                selection={"filter": {"status": "error"}},
            )

            async def done() -> bool:
                await stage.do(action.refresh_from_db)
                return action.state == "done" and await none_waits(stage)()

            await until(done)

        await working(stage, reachable, busy)
        assert await stage.stand(skus)

    play(scene)


def test_a_channel_that_cannot_be_worked_on_is_disconnected_with_the_reason(reachable):
    async def scene(stage: Stage) -> None:
        async def busy(runner: Runner) -> None:
            await stage.do(Channel.objects.update, mapping_text="version: [")
            await stage.tell(stage.healthy[0])

            async def disconnected() -> bool:
                return (await stage.lane_now()).state == "disconnected"

            await until(disconnected)

        await working(stage, reachable, busy)
        lane = await stage.lane_now()
        assert (lane.reason["code"], lane.lease_until_ms) == ("mapping", 0)
        assert (await stage.work(stage.healthy[0])).tries == 0

    play(scene)


def test_secrets_that_do_not_open_disconnect_the_channel():
    async def scene(stage: Stage) -> None:
        await stage.do(Channel.objects.update, secrets_sealed="v1:" + "A" * 60)
        held = await stage.do(_take, stage.lane.pk, "test", 10)
        assert await stage.do(_ready, held) is None
        assert (await stage.lane_now()).reason["code"] == "secret key"

    play(scene)


def test_a_stop_lets_the_running_product_end(reachable):
    async def scene(stage: Stage) -> None:
        sku = stage.healthy[0]
        stage.board.arm({"kind": "delay", "method": "POST", "path": "/items", "seconds": 0.5})

        async def busy(runner: Runner) -> None:
            await stage.tell(sku)

            async def asked() -> bool:
                return stage.sent("POST /items") == 1

            await until(asked)

        await working(stage, reachable, busy)
        assert await stage.stand([sku])
        assert await stage.tries(sku) == ["accepted"]

    play(scene)


def test_the_wake_up_of_a_lane_drains_it_at_once_and_of_a_held_one_does_nothing(reachable):
    async def scene(stage: Stage) -> None:
        async def busy(runner: Runner) -> None:
            await asyncio.sleep(0.3)
            await stage.tell(stage.healthy[0])
            await asyncio.gather(runner.drain(stage.lane.pk), runner.drain(stage.lane.pk))
            await until(none_waits(stage))

        await working(stage, reachable, busy)
        assert await stage.tries(stage.healthy[0]) == ["accepted"]

    play(scene)


def test_a_paused_store_is_left_alone(reachable):
    async def scene(stage: Stage) -> None:
        async def busy(runner: Runner) -> None:
            await stage.do(Store.objects.update, paused=True)
            await stage.tell(stage.healthy[0])
            await asyncio.sleep(0.6)
            assert await stage.tries(stage.healthy[0]) == []

        await working(stage, reachable, busy)

    play(scene)


def test_d13_the_heartbeat_renews_leases_from_its_own_thread_and_tells_of_lost_ones():
    async def scene(stage: Stage) -> None:
        from ponte.flows.pipeline.lease import Lease

        held = await stage.do(_take, stage.lane.pk, "me", 1)
        before = (await stage.lane_now()).lease_until_ms
        lease = Lease(held, 0.0)
        beating = Heartbeat("me", {stage.lane.pk: lease})
        await stage.elsewhere(beating._beat)
        assert lease.holds()
        assert (await stage.lane_now()).lease_until_ms > before
        await stage.do(Lane.objects.update, lease_owner="other")
        await stage.elsewhere(beating._beat)
        assert not lease.holds()

    play(scene)


def test_what_fails_beside_the_lanes_keeps_no_product_waiting(reachable):
    """An action that this version cannot read, as a later one may have left it."""

    async def scene(stage: Stage) -> None:
        def leave() -> None:
            now = timezone.now()
            BulkAction.objects.create(
                store_id=stage.channel.store_id, verb="reprocess", selection={}, frozen_at=now, last_id=10**9
            )

        await stage.do(leave)

        async def busy(runner: Runner) -> None:
            await stage.tell(*stage.healthy[:2])
            await until(none_waits(stage))

        await working(stage, reachable, busy)
        assert await stage.stand(stage.healthy[:2])

    play(scene)


def test_a_deed_beside_the_lanes_that_fails_does_not_end_the_worker_and_a_lost_database_is_told():
    async def fails() -> None:
        raise KeyError

    async def database_away() -> None:
        raise OperationalError

    runner = Runner()
    assert asyncio.run(runner._go_on_without(fails)) is False
    with pytest.raises(OperationalError):
        asyncio.run(runner._go_on_without(database_away))


def test_a_worker_with_another_secret_key_leaves_everything_as_it_is(reachable, caplog):
    async def scene(stage: Stage) -> None:
        async def strange(_runner: Runner) -> None:
            await stage.tell(*stage.healthy[:2])
            await asyncio.sleep(2)

        def with_another_key() -> None:
            Installation.objects.create(key_check=sealed.seal("ponte", row="installation", field="another"))
            Store.objects.update(app_key_sealed="v1:c2VhbGVkIHdpdGggYW5vdGhlciBrZXkgdGhhbiBvdXJz")

        await stage.do(with_another_key)
        await working(stage, reachable, strange)
        assert (await stage.lane_now()).state == "open"
        assert await stage.do(Work.objects.count) == 2

    play(scene)
    assert caplog.text.count("the secret key is not the one of this database") == 1
