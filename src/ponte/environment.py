"""How a setting is read: its value or that of its file, checked, with a sentence when it is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


class ConfigError(Exception):
    """A setting has a value that Ponte cannot work with; the text says which and why."""


def read_one_of(environ: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = read_value(environ, name, choices[0])
    if text not in choices:
        raise ConfigError(f"{name} must be one of: {', '.join(choice for choice in choices if choice)}.")
    return text


def read_value(environ: Mapping[str, str], name: str, default: str) -> str:
    path = environ.get(f"{name}_FILE")
    if not path:
        return environ.get(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{name}_FILE cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}_FILE cannot be read: it is no UTF-8 text.") from error


def read_port(text: str, name: str = "PONTE_PORT") -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 65_536:
        raise ConfigError(f"{name} must be a number from 1 to 65535.")
    return int(text)


def read_seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    text = read_value(environ, name, str(default))
    try:
        seconds = float(text)
    except ValueError as error:
        raise ConfigError(f"{name} must be a number of seconds.") from error
    if not 0 < seconds < 3600:
        raise ConfigError(f"{name} must be more than 0 and less than 3600.")
    return seconds


def read_days(environ: Mapping[str, str], name: str, default: str) -> int:
    text = read_value(environ, name, default)
    if not (text.isascii() and text.isdecimal() and len(text) <= 5):
        raise ConfigError(f"{name} must be a whole number of days; 0 means for ever.")
    return int(text)


def read_count(environ: Mapping[str, str], name: str, default: str) -> int:
    text = read_value(environ, name, default)
    if not (text.isascii() and text.isdecimal() and len(text) <= 7):
        raise ConfigError(f"{name} must be a whole number; 0 means no limit.")
    return int(text)


def read_base_url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ConfigError("PONTE_BASE_URL must begin with http:// or https://.")
    return text.rstrip("/")


def read_words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.replace(",", " ").split() if word)
