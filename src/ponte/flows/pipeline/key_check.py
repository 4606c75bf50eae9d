"""Without the right secret key a worker leaves everything as it is: people would have to mend what it did."""

from __future__ import annotations

import logging
import time

from ponte.ops.health import key_opens

log = logging.getLogger("ponte.worker")
TELL_SECONDS = 60.0
WRONG = (
    "the secret key is not the one of this database: nothing is worked on until PONTE_SECRET_KEY or secret.key is "
    "that of the backup; if it is lost for good, run `ponte migrate --key-lost`"
)


class KeyCheck:
    """Knows whether this process may work; asked before each look, and read until it once was so."""

    def __init__(self) -> None:
        self.known = False
        self._tell_at = 0.0

    def fits(self) -> bool:
        """Say whether the key is this database's; tell the log when it is not."""
        if not self.known:
            self.known = key_opens()
            if not self.known and time.monotonic() >= self._tell_at:
                self._tell_at = time.monotonic() + TELL_SECONDS
                log.error(WRONG)
        return self.known
