"""Is this process able to work: one word per question, nothing that tells an outsider more."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from functools import cache

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from ponte.db import sealed
from ponte.db.models import Installation

OK, DOWN, PENDING, WRONG, UNASKED = "ok", "down", "pending", "wrong", "unknown"
PATIENCE_SECONDS = 4.0
KEY_ROW, KEY_FIELD, KEY_WORD = "installation", "key_check", "ponte"

_asked = threading.Lock()
_asking: list[Future[dict[str, str]]] = []


def readiness_soon(patience: float = PATIENCE_SECONDS) -> dict[str, str]:
    """Return what `readiness` says, and {database: down, ...} when it says nothing within `patience` seconds.

    A database that hangs keeps the one who asks for as long as it hangs: so one asks at a time, in a thread of its
    own, and everybody else waits for that answer.
    """
    with _asked:
        if not _asking or _asking[0].done():
            _asking[:] = [Future()]
            # A daemon: one that hangs must not keep the process from ending.
            threading.Thread(target=_answer, args=(_asking[0],), name="ponte-ready", daemon=True).start()
        answer = _asking[0]
    try:
        return answer.result(patience)
    except TimeoutError:
        return {"database": DOWN, "migrations": UNASKED, "key": UNASKED}


def _answer(waiting: Future[dict[str, str]]) -> None:
    try:
        waiting.set_result(readiness())
    except BaseException as error:
        waiting.set_exception(error)
        raise
    finally:
        connection.close()


def readiness() -> dict[str, str]:
    """Return {database: ok|down, migrations: ok|pending|unknown, key: ok|wrong|unknown}."""
    found = {"database": DOWN, "migrations": UNASKED, "key": UNASKED}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        found["database"] = OK
        found["migrations"] = PENDING if _unapplied() else OK
        if found["migrations"] == OK:
            found["key"] = OK if key_opens() else WRONG
    except (DatabaseError, InterfaceError):
        pass
    return found


def key_opens() -> bool:
    """Say whether the secret key is the one this database knows; true while it knows none (`keep_key_check`)."""
    kept = Installation.objects.order_by("pk").first()
    if kept is None:
        return True
    try:
        return sealed.unseal(kept.key_check, row=KEY_ROW, field=KEY_FIELD) == KEY_WORD
    except sealed.WrongKeyError:
        return False


def keep_key_check() -> None:
    """Write down a sealed known word, once per database: with another secret key it will not open."""
    if Installation.objects.exists():
        return
    Installation.objects.create(key_check=sealed.seal(KEY_WORD, row=KEY_ROW, field=KEY_FIELD))


def take_key_for_good() -> None:
    """Write the known word anew with the key in use: the old one is lost, and what it sealed with it."""
    with transaction.atomic():
        Installation.objects.all().delete()
        keep_key_check()


def _unapplied() -> bool:
    return not _known() <= MigrationRecorder(connection).applied_migrations().keys()


@cache
def _known() -> frozenset[tuple[str, str]]:
    """Read once which migrations this version has: anybody may ask for readiness, as often as they like."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
