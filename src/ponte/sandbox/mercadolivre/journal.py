"""Every change that was applied, in order, so that an oracle can count listings and find stale overwrites."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import orjson

from ponte.sandbox.mercadolivre.listing import Listing, moment


class Journal:
    """In memory and, when a path is given, appended to a file, one JSON object a line, written before the answer.

    An entry: {"seq", "at", "time", "method", "path", "item_id", "seller_id", "sku", "skus", "payload"}; `seq` counts
    from 1, `at` is seconds of the clock, `payload` what the caller sent.
    """

    def __init__(self, *, clock: Callable[[], float], path: Path | None = None) -> None:
        self._clock = clock
        self._entries: list[bytes] = []
        self._file: BinaryIO | None = None
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab")

    def __len__(self) -> int:
        return len(self._entries)

    def applied(self, method: str, path: str, listing: Listing, payload: object) -> None:
        now = self._clock()
        entry = orjson.dumps(
            {
                "seq": len(self._entries) + 1,
                "at": now,
                "time": moment(now),
                "method": method,
                "path": path,
                "item_id": listing.id,
                "seller_id": listing.seller_id,
                "sku": listing.sku,
                "skus": listing.skus,
                "payload": payload,
            }
        )
        self._entries.append(entry)
        if self._file:
            self._file.write(entry + b"\n")
            self._file.flush()

    def after(self, seq: int, *, limit: int) -> bytes:
        """{"applied": [...], "last": n}: the entries after `seq`, oldest first, as JSON."""
        return _listed(self._entries[seq : seq + limit], len(self._entries))

    def close(self) -> None:
        if self._file:
            self._file.close()


def _listed(entries: Iterable[bytes], last: int) -> bytes:
    return b'{"applied":[' + b",".join(entries) + b'],"last":' + str(last).encode() + b"}"
