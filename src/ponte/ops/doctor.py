"""What may be wrong with an installation, each trouble as one sentence that says what to do."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import django
from django.apps import apps

from ponte.config import Config, config

MIN_FREE_BYTES = 200 * 1024 * 1024
MIN_POSTGRESQL = 140_000
CONNECT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One look: `trouble` is None when all is well, and `detail` then says what was seen."""

    name: str
    trouble: str | None = None
    detail: str = ""


def diagnose() -> list[Check]:
    """Look at everything; what depends on a database that does not answer is left out. Raises `ConfigError`."""
    settings = config()
    checks = [_folder(settings), _key_file(settings), _disk(settings), _port(settings)]
    reached = _reach_database()
    checks.append(reached)
    if reached.trouble is None:
        looks: tuple[Callable[[], Check], ...] = (_writable, _tables, _key, _channels)
        for look in looks:
            checks.append(look())
            if checks[-1].trouble and look is _tables:
                break
    return [*checks, *_connectors()]


def _folder(settings: Config) -> Check:
    if not os.access(settings.data, os.R_OK | os.W_OK | os.X_OK):
        return Check(
            "folder", f"{settings.data} cannot be written by this user; give it the right, or set PONTE_DATA."
        )
    return Check("folder", detail=str(settings.data))


def _key_file(settings: Config) -> Check:
    path = settings.data / "secret.key"
    if not path.exists():
        return Check("key file", detail="the key comes from PONTE_SECRET_KEY")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Check("key file", f"{path} can be read by others; run chmod 600 {path}.")
    return Check("key file", detail=str(path))


def _disk(settings: Config) -> Check:
    kept = [settings.data]
    if settings.database.engine == "sqlite" and (beside := Path(settings.database.name).parent).is_dir():
        kept.append(beside)
    free, place = min((shutil.disk_usage(folder).free, str(folder)) for folder in kept)
    if free < MIN_FREE_BYTES:
        return Check("disk", f"only {free // 1_048_576} MB are free at {place}; make room, nothing can be stored.")
    return Check("disk", detail=f"{free // 1_048_576} MB free")


def _port(settings: Config) -> Check:
    """A port that answers as Ponte does is ours, running; any other listener is in the way."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except PermissionError:
            return Check(
                "port", f"this user may not listen at port {settings.port}; set PONTE_PORT to 1024 or above."
            )
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                return Check(
                    "port", f"{settings.host} is no address of this machine ({error.strerror}); check PONTE_HOST."
                )
            if _is_ponte(settings):
                return Check("port", detail=f"{settings.port}: Ponte is running there")
            return Check(
                "port",
                f"port {settings.port} at {settings.host} is taken ({error.strerror}); stop what listens there "
                "or set PONTE_PORT.",
            )
    return Check("port", detail=f"{settings.port} is free")


def _is_ponte(settings: Config) -> bool:
    """True when a Ponte answers there: its health page says its name."""
    try:
        with socket.create_connection((settings.host, settings.port), timeout=2) as line:
            line.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in line.recv(64)
    except OSError:
        return False


def _reach_database() -> Check:
    from django.db import DatabaseError, connection  # noqa: PLC0415 -- settings are read on import

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ponte.settings")
        django.setup()
    try:
        if connection.vendor == "postgresql" and connection.connection is None:
            _knock()
        connection.ensure_connection()
    except DatabaseError as error:
        return Check("database", f"the database does not answer: {_first_line(error)}; check PONTE_DATABASE_URL.")
    if connection.vendor == "postgresql":
        version = connection.pg_version  # type: ignore[attr-defined]
        if version < MIN_POSTGRESQL:
            return Check("database", f"PostgreSQL {version // 10_000} is too old; Ponte needs 14 or newer.")
        return Check("database", detail=f"PostgreSQL {version // 10_000}")
    return Check("database", detail=f"SQLite, {connection.settings_dict['NAME']}")


def _knock() -> None:
    """Connect once without the pool: that says only that it waited in vain, and this says why."""
    from django.db import connection  # noqa: PLC0415 -- as above

    alone = connection.copy()
    alone.settings_dict["OPTIONS"].pop("pool", None)
    alone.settings_dict["OPTIONS"]["connect_timeout"] = CONNECT_SECONDS
    alone.ensure_connection()
    alone.close()


def _writable() -> Check:
    from django.db import DatabaseError, connection, transaction  # noqa: PLC0415 -- as above

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TABLE ponte_doctor (word integer)")
            cursor.execute("INSERT INTO ponte_doctor VALUES (1)")
            cursor.execute("DROP TABLE ponte_doctor")
    except DatabaseError as error:
        words = _first_line(error)
        if "full" in words:
            return Check("writing", "the disk of the database is full; make room, nothing can be stored.")
        return Check("writing", f"the database refuses to write: {words}; check rights, disk and read-only mode.")
    return Check("writing", detail="the database takes writes")


def _tables() -> Check:
    from ponte.ops.database import missing_migrations, unknown_migrations  # noqa: PLC0415 -- as above

    if unknown := unknown_migrations():
        return Check("tables", f"the database is of a newer Ponte ({unknown[-1]}); install that version.")
    if missing := missing_migrations():
        return Check("tables", f"{len(missing)} changes of the tables are missing; run `ponte migrate`.")
    return Check("tables", detail="up to date")


def _key() -> Check:
    from ponte.ops.health import key_opens  # noqa: PLC0415 -- as above

    if not key_opens():
        return Check(
            "secret key",
            "this is not the key that the stored credentials were sealed with; restore PONTE_SECRET_KEY "
            f"or {config().data / 'secret.key'} from your backup.",
        )
    return Check("secret key", detail="opens what is stored")


def _channels() -> Check:
    from ponte.db.models import Channel, Lane, LaneState  # noqa: PLC0415 -- as above

    cut = Lane.objects.filter(state=LaneState.DISCONNECTED).select_related("channel__store").order_by("pk")
    if cut:
        names = ", ".join(f"{lane.channel.store.account}/{lane.channel.code}" for lane in cut[:5])
        return Check("channels", f"{names}: disconnected; run `ponte channel test` for the reason.")
    return Check("channels", detail=f"{Channel.objects.filter(archived_at=None).count()} connected")


def _connectors() -> list[Check]:
    from ponte.connectors import Broken, installed  # noqa: PLC0415 -- loads third parties' code, so last

    return [
        Check(f"connector {code}", f"it cannot be used: {found.reason}.")
        if isinstance(found, Broken)
        else Check(f"connector {code}", detail=found.manifest.name)
        for code, found in sorted(installed().items())
    ]


def _first_line(error: BaseException) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
