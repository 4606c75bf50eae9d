"""Leases are kept alive from a thread of their own."""

from __future__ import annotations

import logging
import threading
import time

from django.db import DatabaseError, connection

from ponte.config import config
from ponte.db.frozen import end_frozen_transactions
from ponte.flows.pipeline.lease import Lease
from ponte.queue.lanes import renew

log = logging.getLogger("ponte.worker")


class Heartbeat(threading.Thread):
    """Renews the leases from a thread of its own: a busy event loop must not look like a dead worker."""

    def __init__(self, owner: str, leases: dict[int, Lease]) -> None:
        super().__init__(name="ponte-heartbeat", daemon=True)
        self._owner = owner
        self._leases = leases
        self._ended = threading.Event()

    def stop(self) -> None:
        self._ended.set()
        self.join(timeout=5)

    def run(self) -> None:
        while not self._ended.wait(config().heartbeat_seconds):
            self._beat()
        connection.close()

    def _beat(self) -> None:
        leases = dict(self._leases)
        seconds = config().lease_seconds
        until = time.monotonic() + seconds
        try:
            end_frozen_transactions()
            kept = renew(self._owner, {lane_id: lease.held.epoch for lane_id, lease in leases.items()}, seconds)
        except DatabaseError:
            connection.close()
            log.warning("leases could not be renewed")
            return
        for lane_id, lease in leases.items():
            if lane_id in kept:
                lease.prolong(until)
            else:
                lease.lose()
