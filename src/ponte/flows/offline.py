"""Database work for a program that lives in an event loop: threads of its own, each with its own connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import connection

from ponte.db.sql import DOWN

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """One thread that writes and one that reads, so that a fence never waits behind a batch."""

    def __init__(self) -> None:
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="ponte-write")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="ponte-read")

    async def write(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await _in_thread(self._writer, call, *args, **kwargs)

    async def read(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await _in_thread(self._reader, call, *args, **kwargs)

    def close(self) -> None:
        for threads in (self._writer, self._reader):
            threads.submit(_close_own)
            threads.shutdown(wait=True)


def _close_own() -> None:
    connection.close()  # looked up here: each thread has a connection of its own


async def _in_thread(threads: ThreadPoolExecutor, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(threads, partial(_guarded, call, *args, **kwargs))


def _guarded(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Give up a broken connection, so that the next call makes a new one."""
    try:
        return call(*args, **kwargs)
    except DOWN:
        connection.close()
        raise
