"""Settings: read once from `PONTE_*`, checked, and kept in one typed value.

Everything works with none set. Each variable may also be given as `PONTE_*_FILE`, the path of a file that holds it.
A wrong value stops the start with one sentence (`ConfigError`).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

MIN_KEY_LENGTH = 32


class ConfigError(Exception):
    """A setting has a value that Ponte cannot work with; the text says which and why."""


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """Where the data are: `engine` is "sqlite" (then `name` is a path) or "postgresql"."""

    engine: str
    name: str
    host: str = ""
    port: str = ""
    user: str = ""
    password: str = ""
    options: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"DatabaseUrl({self.engine}://{self.host or self.name})"


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one process. `secret_key` encrypts what is secret; losing it loses the stored credentials."""

    data: Path
    database: DatabaseUrl
    secret_key: str
    host: str
    port: int
    base_url: str
    allowed_hosts: tuple[str, ...]
    private_hosts: frozenset[str]
    """host:port pairs on private addresses that Ponte may call all the same (a sandbox, a proxy)."""
    lease_seconds: float
    heartbeat_seconds: float
    failpoint: str

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    def __repr__(self) -> str:
        return f"Config(data={self.data}, database={self.database})"


@cache
def config() -> Config:
    """Return the settings of this process."""
    return load(os.environ)


def load(environ: Mapping[str, str]) -> Config:
    """Read and check the settings. Makes the data folder and, on first start, the secret key in it."""
    data = Path(_value(environ, "PONTE_DATA", ".ponte")).absolute()
    _make_folder(data)
    host = _value(environ, "PONTE_HOST", "127.0.0.1")
    port = _port(_value(environ, "PONTE_PORT", "8000"))
    lease = _seconds(environ, "PONTE_LEASE_SECONDS", 10.0)
    heartbeat = _seconds(environ, "PONTE_HEARTBEAT_SECONDS", 3.0)
    if heartbeat * 2 > lease:
        raise ConfigError("PONTE_HEARTBEAT_SECONDS must be at most half of PONTE_LEASE_SECONDS.")
    return Config(
        data=data,
        database=parse_database(_value(environ, "PONTE_DATABASE_URL", ""), data),
        secret_key=_secret_key(environ, data),
        host=host,
        port=port,
        base_url=_base_url(_value(environ, "PONTE_BASE_URL", f"http://{host}:{port}")),
        allowed_hosts=_words(_value(environ, "PONTE_ALLOWED_HOSTS", "")),
        private_hosts=frozenset(_words(_value(environ, "PONTE_PRIVATE_HOSTS", ""))),
        lease_seconds=lease,
        heartbeat_seconds=heartbeat,
        failpoint=_value(environ, "PONTE_FAILPOINT", ""),
    )


def parse_database(text: str, data: Path) -> DatabaseUrl:
    """Read `PONTE_DATABASE_URL`; empty means a SQLite file in the data folder."""
    if not text:
        return DatabaseUrl("sqlite", str(data / "ponte.sqlite3"))
    try:
        parts = urlsplit(text)
        port = str(parts.port or "")
    except ValueError as error:
        raise ConfigError("PONTE_DATABASE_URL is not a URL.") from error
    if parts.scheme == "sqlite":
        path = parts.path[1:] if parts.path.startswith("//") else parts.path
        return DatabaseUrl("sqlite", path or str(data / "ponte.sqlite3"))
    if parts.scheme in {"postgres", "postgresql"}:
        return DatabaseUrl(
            "postgresql",
            unquote(parts.path.lstrip("/")),
            host=unquote(parts.hostname or ""),
            port=port,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            options=tuple(parse_qsl(parts.query)),
        )
    raise ConfigError("PONTE_DATABASE_URL must begin with sqlite:// or postgresql://.")


def _value(environ: Mapping[str, str], name: str, default: str) -> str:
    path = environ.get(f"{name}_FILE")
    if not path:
        return environ.get(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{name}_FILE cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}_FILE cannot be read: it is no UTF-8 text.") from error


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"PONTE_DATA: {path} cannot be made: {error.strerror}.") from error


def _secret_key(environ: Mapping[str, str], data: Path) -> str:
    given = _value(environ, "PONTE_SECRET_KEY", "")
    if not given:
        return _kept_key(data / "secret.key")
    if len(given) < MIN_KEY_LENGTH:
        raise ConfigError(f"PONTE_SECRET_KEY must have at least {MIN_KEY_LENGTH} characters.")
    return given


def _kept_key(path: Path) -> str:
    """Return the key of this data folder; the first process to come makes it, also when several start at once."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_key(path)
    except OSError as error:
        raise ConfigError(f"PONTE_DATA: {path} cannot be written: {error.strerror}.") from error
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
    return key


def _read_key(path: Path) -> str:
    try:
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigError(f"PONTE_DATA: {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        key = ""
    if len(key) < MIN_KEY_LENGTH:
        raise ConfigError(f"PONTE_DATA: {path} is empty or cut; restore it from your backup.")
    return key


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 65_536:
        raise ConfigError("PONTE_PORT must be a number from 1 to 65535.")
    return int(text)


def _seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    text = _value(environ, name, str(default))
    try:
        seconds = float(text)
    except ValueError as error:
        raise ConfigError(f"{name} must be a number of seconds.") from error
    if not 0 < seconds < 3600:
        raise ConfigError(f"{name} must be more than 0 and less than 3600.")
    return seconds


def _base_url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ConfigError("PONTE_BASE_URL must begin with http:// or https://.")
    return text.rstrip("/")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.replace(",", " ").split() if word)
