"""Listens for wake-ups on PostgreSQL: Procrastinate brings each to one of the worker processes."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from ponte.queue import jobs

log = logging.getLogger("ponte.worker")
AGAIN_SECONDS = 2.0
KEPT_HOURS = 1


class Drains(Protocol):
    """What a wake-up is given to."""

    async def drain(self, lane_id: int) -> None: ...


async def listen(runner: Drains, *, concurrency: int = 8) -> None:
    """Serve drain jobs until cancelled. A database that goes away is listened to again when it is back."""
    jobs.serve_with(runner.drain)
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    while True:
        try:
            worker_app = app.with_connector(connector.get_worker_connector())
            async with worker_app.open_async():
                await worker_app.run_worker_async(
                    queues=[jobs.QUEUE],
                    concurrency=concurrency,
                    install_signal_handlers=False,
                    listen_notify=True,
                    delete_jobs="always",
                    fetch_job_polling_interval=5.0,
                )
        except asyncio.CancelledError:
            raise
        except Exception:  # whatever it is, wake-ups are hints: the runner looks for itself meanwhile
            log.exception("wake-ups are not heard for a moment")
        await asyncio.sleep(AGAIN_SECONDS)
