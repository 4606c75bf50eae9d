"""Watches that nobody opens a connection or starts a program by a back door (`__import__("socket")`)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

LOUD = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "ftplib.", "http.client.")
_heard: list[str] = []
_listening = False


@contextmanager
def silence() -> Iterator[list[str]]:
    """Collect what opened a connection or started a program meanwhile."""
    global _listening  # noqa: PLW0603 -- an audit hook is the interpreter's, once for ever: it has to be told
    _hooked()
    _heard.clear()
    _listening = True
    try:
        yield _heard
    finally:
        _listening = False


@cache
def _hooked() -> None:
    sys.addaudithook(_listen)


def _listen(event: str, _arguments: tuple[Any, ...]) -> None:
    if _listening and event.startswith(LOUD):
        _heard.append(event)
