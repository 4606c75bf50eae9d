"""Real web servers in processes of their own, with a database of their own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg

KEY = "a-key-of-minhaloja"
ADDRESS = f"/vtex/notifications/{KEY}"
HERE = Path(__file__).parent


@contextmanager
def databases(kind: str) -> Iterator[str | None]:
    """Yield the address of a fresh database; "" means a file in the data folder, None that there is no server."""
    given = os.environ.get("PONTE_TEST_POSTGRES_URL", "")
    if kind == "sqlite" or not given:
        yield "" if kind == "sqlite" else None
        return
    name = f"ponte_test_ingest_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


class Server:
    """`serve_web` in a process of its own; made ready with one store on entry, stopped on exit."""

    def __init__(self, data: Path, database_url: str = "", target: str = "ponte.asgi:application") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.environ = {
            **os.environ,
            "PONTE_DATA": str(data),
            "PONTE_DATABASE_URL": database_url,
            "PONTE_HOST": "127.0.0.1",
            "PONTE_PORT": str(self.port),
            "PYTHONPATH": str(HERE),
            "PYTHONWARNINGS": "ignore",
        }
        self._target = target

    def __enter__(self) -> Server:
        self.script("prepare")
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def script(self, *words: str) -> str:
        command = [sys.executable, str(HERE / "ingest_script.py"), *words]
        return subprocess.run(command, check=True, env=self.environ, capture_output=True, text=True).stdout

    def start(self) -> None:
        command = [sys.executable, str(HERE / "ingest_script.py"), "serve", self._target]
        self.process = subprocess.Popen(command, env=self.environ, stderr=subprocess.PIPE)
        until = time.monotonic() + 30
        while time.monotonic() < until and self.process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    def family(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            whole = psutil.Process(self.process.pid)
            return [whole, *whole.children(recursive=True)]
        return []

    def kill(self) -> None:
        """kill -9 of everything at once, as a power cut does it."""
        family = self.family()
        for member in family:
            with suppress(psutil.NoSuchProcess):
                member.send_signal(signal.SIGKILL)
        self.process.wait(10)
        assert self.process.stderr is not None
        self.process.stderr.close()
        psutil.wait_procs(family, 10)

    def stored(self) -> set[str]:
        """Return the SKUs that are written down, or have an integration and work waiting."""
        return set(json.loads(self.script("stored")))


class Wire:
    """One HTTP/1.1 connection, byte by byte."""

    def __init__(self, port: int, seconds: float = 20.0) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), seconds)
        self._rest = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def status(self) -> int:
        """Read one answer and return its status; 0 when the other side just closed."""
        head, end, rest = self._until(b"\r\n\r\n")
        if not end:
            return 0
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        while len(rest) < length and (more := self._receive()):
            rest += more
        self._rest = rest[length:]
        return int(head[9:12])

    def _until(self, mark: bytes) -> tuple[bytes, bytes, bytes]:
        data = self._rest
        while mark not in data:
            more = self._receive()
            if not more:
                break
            data += more
        return data.partition(mark)

    def _receive(self) -> bytes:
        try:
            return self.socket.recv(65_536)
        except ConnectionError:
            return b""


def request(body: bytes, *headers: str, path: str = ADDRESS, method: str = "POST") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def notification(sku: object) -> bytes:
    return json.dumps({"IdSku": str(sku), "An": "minhaloja", "IdAffiliate": "MLC"}).encode()
