"""Stores a batch of parcels in one transaction, and finds the bad one when the database refuses the batch."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ponte.db.sql import DOWN
from ponte.flows.ingest import Unrecognised
from ponte.ingest.storage import Storage

logger = logging.getLogger(__name__)

AGAIN_WITHIN = 0.3
"""Seconds. A quicker failure may be a connection that broke while idle, so one more try is made."""


class Fate(Enum):
    """What became of a parcel."""

    STORED = "stored"
    SET_ASIDE = "set aside"  # the database refuses the row: kept raw, for a person
    UNAVAILABLE = "unavailable"  # not stored: the sender must come again


@dataclass(slots=True)
class Parcel:
    """What one request wants stored. `store_id` and `body` serve when the database refuses it.

    `hints` are of the kind that the storage writes down.
    """

    store_id: int
    body: bytes
    hints: tuple[Any, ...]
    unrecognised: tuple[Unrecognised, ...]


def commit(parcels: Sequence[Parcel], storage: Storage[Any, Any]) -> list[Fate]:
    """Return the fate of each parcel, in order. A parcel that cannot be stored never fails its neighbours."""
    try:
        _store(parcels, storage)
    except DOWN as error:
        logger.warning("notifications cannot be written down: %s", type(error).__name__)
        return [Fate.UNAVAILABLE] * len(parcels)
    except Exception:  # noqa: BLE001 -- whatever a row's text provokes, its neighbours must be stored
        return _apart(parcels, storage)
    return [Fate.STORED] * len(parcels)


def _store(parcels: Sequence[Parcel], storage: Storage[Any, Any]) -> None:
    began = time.monotonic()
    try:
        _store_once(parcels, storage)
    except DOWN:
        storage.reset()
        if time.monotonic() - began > AGAIN_WITHIN:
            raise
        _store_once(parcels, storage)


def _store_once(parcels: Sequence[Parcel], storage: Storage[Any, Any]) -> None:
    hints = [hint for parcel in parcels for hint in parcel.hints]
    unrecognised = [item for parcel in parcels for item in parcel.unrecognised]
    if hints:
        storage.write_down(hints)
    if unrecognised:
        storage.quarantine(unrecognised)


def _apart(parcels: Sequence[Parcel], storage: Storage[Any, Any]) -> list[Fate]:
    if len(parcels) == 1:
        return [_alone(parcels[0], storage)]
    middle = len(parcels) // 2
    first = commit(parcels[:middle], storage)
    if Fate.UNAVAILABLE in first:
        return first + [Fate.UNAVAILABLE] * (len(parcels) - middle)
    return first + commit(parcels[middle:], storage)


def _alone(parcel: Parcel, storage: Storage[Any, Any]) -> Fate:
    """Store one parcel by itself, or set it aside; on a connection of its own, in case the last one was spoilt."""
    storage.reset()
    try:
        _store([parcel], storage)
    except DOWN:
        return Fate.UNAVAILABLE
    except Exception as error:  # noqa: BLE001 -- likewise
        return _set_aside(parcel, storage, error)
    return Fate.STORED


def _set_aside(parcel: Parcel, storage: Storage[Any, Any], error: Exception) -> Fate:
    logger.error("store %s: a notification cannot be stored: %s", parcel.store_id, type(error).__name__)
    item = Unrecognised(parcel.store_id, "not_storable", type(error).__name__, "", parcel.body)
    try:
        storage.quarantine([item])
    except Exception:
        logger.exception("store %s: nor can it be set aside", parcel.store_id)
        storage.reset()
        return Fate.UNAVAILABLE
    return Fate.SET_ASIDE
