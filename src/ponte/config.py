"""Settings: read once from `PONTE_*`, checked, and kept in one typed value.

Everything works with none set. Each variable may also be given as `PONTE_*_FILE`, the path of a file that holds it.
A wrong value stops the start with one sentence (`ConfigError`).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from ponte.environment import (
    ConfigError,
    read_base_url,
    read_count,
    read_days,
    read_one_of,
    read_port,
    read_seconds,
    read_value,
    read_words,
)

__all__ = ["Config", "ConfigError", "DatabaseUrl", "Email", "Oidc", "config", "load", "parse_database"]

MIN_KEY_LENGTH = 32
ROLES = ("viewer", "operator", "manager", "admin")
MAIL_PORTS = {"starttls": "587", "tls": "465", "none": "25"}


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
class Email:
    """The mail server that carries invitations and password links; without one the links are shown instead."""

    host: str
    port: int
    user: str
    password: str
    sender: str
    security: str
    """"starttls", "tls" or "none"."""

    def __repr__(self) -> str:
        return f"Email({self.sender} by {self.host}:{self.port})"


@dataclass(frozen=True, slots=True)
class Oidc:
    """The company's sign-in (OpenID Connect). A person is known there by issuer and subject, never by e-mail."""

    issuer: str
    client_id: str
    client_secret: str
    name: str

    def __repr__(self) -> str:
        return f"Oidc({self.issuer})"


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
    keep_exchanges_days: int
    """Requests and answers older than this are deleted; 0 keeps them as long as their attempts."""
    keep_attempts_days: int
    """Attempts older than this are deleted, but for those that are needed; 0 keeps them for ever."""
    keep_removed_days: int
    """Records removed longer ago are deleted, unless they say whose a listing is; 0 keeps them for ever."""
    email: Email | None
    oidc: Oidc | None
    trusted_proxies: int
    """How many proxies of ours stand before Ponte, whose X-Forwarded-For counts; 0 believes none."""
    require_mfa: str
    """The role from which on a second factor is a must ("admin"); empty for nobody."""

    api_per_minute: int
    """Requests that one API token may make in a minute, of each web process; 0 for no limit."""
    metrics_token: str
    """What reads the metrics of every store; empty: nothing does but `metrics_loopback`."""
    metrics_loopback: bool
    """Whether any caller on the same machine reads them too, unless a forwarding header says that it is a proxy."""
    hsts_subdomains: bool
    """Whether browsers are told to use https for the names below ours too."""

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
    data = Path(read_value(environ, "PONTE_DATA", ".ponte")).absolute()
    _make_folder(data)
    host = read_value(environ, "PONTE_HOST", "127.0.0.1")
    port = read_port(read_value(environ, "PONTE_PORT", "8000"))
    lease = read_seconds(environ, "PONTE_LEASE_SECONDS", 10.0)
    heartbeat = read_seconds(environ, "PONTE_HEARTBEAT_SECONDS", 3.0)
    if heartbeat * 2 > lease:
        raise ConfigError("PONTE_HEARTBEAT_SECONDS must be at most half of PONTE_LEASE_SECONDS.")
    return Config(
        data=data,
        database=parse_database(read_value(environ, "PONTE_DATABASE_URL", ""), data),
        secret_key=_secret_key(environ, data),
        host=host,
        port=port,
        base_url=read_base_url(read_value(environ, "PONTE_BASE_URL", f"http://{host}:{port}")),
        allowed_hosts=read_words(read_value(environ, "PONTE_ALLOWED_HOSTS", "")),
        private_hosts=frozenset(read_words(read_value(environ, "PONTE_PRIVATE_HOSTS", ""))),
        lease_seconds=lease,
        heartbeat_seconds=heartbeat,
        failpoint=read_value(environ, "PONTE_FAILPOINT", ""),
        keep_exchanges_days=read_days(environ, "PONTE_KEEP_EXCHANGES_DAYS", "90"),
        keep_attempts_days=read_days(environ, "PONTE_KEEP_ATTEMPTS_DAYS", "400"),
        keep_removed_days=read_days(environ, "PONTE_KEEP_REMOVED_DAYS", "90"),
        email=_email(environ),
        oidc=_oidc(environ),
        trusted_proxies=int(read_one_of(environ, "PONTE_TRUSTED_PROXIES", tuple("01234"))),
        require_mfa=read_one_of(environ, "PONTE_REQUIRE_MFA", ("", *ROLES)),
        api_per_minute=read_count(environ, "PONTE_API_PER_MINUTE", "6000"),
        metrics_token=_metrics_token(environ),
        metrics_loopback=read_one_of(environ, "PONTE_METRICS_LOOPBACK", ("no", "yes")) == "yes",
        hsts_subdomains=read_one_of(environ, "PONTE_HSTS_SUBDOMAINS", ("no", "yes")) == "yes",
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


def _metrics_token(environ: Mapping[str, str]) -> str:
    given = read_value(environ, "PONTE_METRICS_TOKEN", "")
    if given and (len(given) < MIN_KEY_LENGTH or not given.isascii() or " " in given):
        raise ConfigError(f"PONTE_METRICS_TOKEN must have at least {MIN_KEY_LENGTH} characters, ASCII, no blanks.")
    return given


def _email(environ: Mapping[str, str]) -> Email | None:
    host = read_value(environ, "PONTE_EMAIL_HOST", "")
    if not host:
        return None
    security = read_one_of(environ, "PONTE_EMAIL_SECURITY", tuple(MAIL_PORTS))
    sender = read_value(environ, "PONTE_EMAIL_FROM", "")
    if "@" not in sender:
        raise ConfigError("PONTE_EMAIL_FROM must be the address that mails come from.")
    return Email(
        host=host,
        port=read_port(read_value(environ, "PONTE_EMAIL_PORT", MAIL_PORTS[security]), "PONTE_EMAIL_PORT"),
        user=read_value(environ, "PONTE_EMAIL_USER", ""),
        password=read_value(environ, "PONTE_EMAIL_PASSWORD", ""),
        sender=sender,
        security=security,
    )


def _oidc(environ: Mapping[str, str]) -> Oidc | None:
    issuer = read_value(environ, "PONTE_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return None
    if not issuer.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise ConfigError("PONTE_OIDC_ISSUER must begin with https://.")
    client_id = read_value(environ, "PONTE_OIDC_CLIENT_ID", "")
    client_secret = read_value(environ, "PONTE_OIDC_CLIENT_SECRET", "")
    if not client_id or not client_secret:
        raise ConfigError("PONTE_OIDC_ISSUER needs PONTE_OIDC_CLIENT_ID and PONTE_OIDC_CLIENT_SECRET beside it.")
    return Oidc(issuer, client_id, client_secret, read_value(environ, "PONTE_OIDC_NAME", ""))


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"PONTE_DATA: {path} cannot be made: {error.strerror}.") from error


def _secret_key(environ: Mapping[str, str], data: Path) -> str:
    given = read_value(environ, "PONTE_SECRET_KEY", "")
    if not given:
        return _kept_key(data / "secret.key")
    if len(given) < MIN_KEY_LENGTH:
        raise ConfigError(f"PONTE_SECRET_KEY must have at least {MIN_KEY_LENGTH} characters.")
    return given


def _kept_key(path: Path) -> str:
    """Return the key of this data folder; the first process to come makes it, also when several start at once.

    The key is written whole under a name of its own and then linked: nobody ever reads half of it, and a process
    killed on the way leaves no empty key behind.
    """
    if path.exists():
        return _read_key(path)
    try:
        with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=path.parent, prefix="secret.") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    except OSError as error:
        raise ConfigError(f"PONTE_DATA: {path} cannot be written: {error.strerror}.") from error
    return _read_key(path)


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
