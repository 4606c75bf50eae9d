"""Starts the web server (granian) for the pages, the API and the webhook."""

from __future__ import annotations

import errno
import logging
import multiprocessing
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from ponte.config import Config

logger = logging.getLogger(__name__)

APPLICATION = "ponte.asgi:application"
EXIT_PORT = 3
"""Exit code when the address cannot be listened at."""

BACKLOG = 1_024
HEADER_SECONDS = 10
SHUTDOWN_SECONDS = 9
LOG = {
    "formatters": {"generic": {"()": "ponte.ops.logging.LineFormatter"}},
    "handlers": {
        "console": {"formatter": "generic", "class": "ponte.ops.logging.CalmHandler", "stream": "ext://sys.stderr"},
    },
    "loggers": {"_granian": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def serve_web(config: Config, *, target: str = APPLICATION, on_start: Callable[[], None] | None = None) -> int:
    """Serve at the host and port of `config` until SIGTERM or SIGINT; return the process's exit code.

    0: asked to end; everything ended within about 10 seconds. 1: the server failed and could not be kept up.
    3 (`EXIT_PORT`): nobody can listen at that address; a sentence on stderr says why. `on_start` is called once the
    address is bound. Call it in the main thread: it takes SIGTERM, SIGINT and SIGHUP, and gives them back at the end.
    """
    if (refused := _cannot_listen(config)) is not None:
        print(refused, file=sys.stderr)  # noqa: T201 -- a sentence for the person who started it
        return EXIT_PORT
    # A forked server process would share open database files and locks of threads; Python 3.14 leaves fork too.
    multiprocessing.set_start_method("spawn", force=True)
    server = _server(config, target)
    if on_start is not None:
        server.on_startup(on_start)
    with _signals_given_back():
        try:
            server.serve()
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 1
    return 0


def _server(config: Config, target: str) -> MPServer:
    return MPServer(
        target,
        address=config.host,
        port=config.port,
        interface=Interfaces.ASGI,
        workers=1,
        loop=Loops.uvloop if sys.platform != "win32" else Loops.asyncio,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        backpressure=BACKLOG,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000, max_buffer_size=64 * 1024),
        log_level=LogLevels.warning,
        log_dictconfig=LOG,
        log_access=False,  # the address of a webhook holds its key
        respawn_failed_workers=True,
        workers_kill_timeout=SHUTDOWN_SECONDS,
    )


def _cannot_listen(config: Config) -> str | None:
    """Return why nobody can listen at the address. Asked before the start: the server itself shares a taken port."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return _reason(config, error)
    return None


def _reason(config: Config, error: OSError) -> str:
    place = f"{config.host}:{config.port}"
    match error.errno:
        case errno.EADDRINUSE:
            return f"Ponte cannot start: {place} is already taken. Stop the other program or set PONTE_PORT."
        case errno.EACCES:
            return f"Ponte cannot start: this user may not listen at {place}. Set PONTE_PORT to 1024 or more."
        case _:
            return f"Ponte cannot start: {place} cannot be listened at ({error.strerror}). Check PONTE_HOST."


@contextmanager
def _signals_given_back() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
