"""The webhook behind the real server: hostile connections, start and end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest
from ingest_servers import ADDRESS, HERE, Server, Wire, notification, request

pytestmark = pytest.mark.faults

BIG = 64 * 1024


def test_hostile_connections_harm_nobody(server: Server) -> None:
    """A06, A16 to A20, A42: one server for all, since its start is what takes long."""
    a06_a_truncated_body_leaves_nothing(server)
    a16_one_byte_over_64_kb_is_413(server)
    a17_endless_chunks_are_cut_and_memory_stays_flat(server)
    a42_smuggling_is_refused(server)
    what_marketplaces_post_has_an_address_of_its_own(server)
    a20_slow_loris_holds_nobody_up(server)
    a19_a_body_in_drops_is_given_up_after_ten_seconds(server)
    assert server.stored() == {"1", "2", "3"}


def what_marketplaces_post_has_an_address_of_its_own(server: Server) -> None:
    for body in (b"{}", b"x" * BIG):
        with Wire(server.port) as wire:
            wire.send(request(body, path="/marketplaces/notifications/no-such-key"))
            assert wire.status() == 404


def a06_a_truncated_body_leaves_nothing(server: Server) -> None:
    with Wire(server.port) as wire:
        wire.send(request(notification("99"))[:-5])
    with Wire(server.port) as wire:
        wire.send(request(notification("98"))[:-5])
        wire.socket.shutdown(socket.SHUT_WR)
        assert wire.status() in {0, 400}
    served(server, "1")


def served(server: Server, sku: str) -> None:
    with Wire(server.port, 3.0) as wire:
        wire.send(request(notification(sku)))
        assert wire.status() == 200


def a16_one_byte_over_64_kb_is_413(server: Server) -> None:
    with Wire(server.port) as wire:
        wire.send(request(b"x" * BIG))
        assert wire.status() == 400
    with Wire(server.port) as wire:
        wire.send(request(b"x" * (BIG + 1)))
        assert wire.status() == 413


def a17_endless_chunks_are_cut_and_memory_stays_flat(server: Server) -> None:
    before = memory(server)
    chunk = b"10000\r\n" + b"x" * BIG + b"\r\n"
    sent = 0
    with Wire(server.port, 5.0) as wire:
        wire.send(f"POST {ADDRESS} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        try:
            while sent < 500:
                wire.send(chunk)
                sent += 1
        except OSError:
            assert sent < 500
        assert wire.status() in {0, 413}
    assert sent < 500
    assert memory(server) - before < 20_000_000


def memory(server: Server) -> int:
    return sum(member.memory_info().rss for member in server.family())


def a42_smuggling_is_refused(server: Server) -> None:
    body = notification("97")
    for head in (
        f"POST {ADDRESS} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: {len(body)}\r\n\r\n",
        f"POST {ADDRESS} HTTP/1.1\r\nHost: x\r\nContent-Length: +{len(body)}\r\n\r\n",
        f"POST {ADDRESS} HTTP/9.9\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n",
        "\x16\x03\x01\x02\x00\r\n\r\n",
    ):
        with Wire(server.port, 5.0) as wire:
            wire.send(head.encode() + body)
            assert wire.status() in {0, 400, 505}


def a20_slow_loris_holds_nobody_up(server: Server) -> None:
    drips = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    try:
        for drip in drips:
            drip.sendall(f"POST {ADDRESS} HTTP/1.1\r\nHost: x\r\nX-Drip: ".encode())
        served(server, "2")
    finally:
        for drip in drips:
            drip.close()


def a19_a_body_in_drops_is_given_up_after_ten_seconds(server: Server) -> None:
    drips = [Wire(server.port, 15.0) for _ in range(50)]
    began = time.monotonic()
    for drip in drips:
        drip.send(f"POST {ADDRESS} HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{{".encode())
    served(server, "3")
    answers = {drip.status() for drip in drips}
    assert answers == {408}
    assert 8 < time.monotonic() - began < 15
    for drip in drips:
        drip.socket.close()


def test_the_webhook_and_the_pages_share_the_address(server: Server) -> None:
    with Wire(server.port) as wire:
        wire.send(request(b"", path=ADDRESS, method="GET"))
        assert wire.status() == 200
        wire.send(request(b"", path="/vtex/notifications/wrong", method="GET"))
        assert wire.status() == 404
        wire.send(request(b"", path="/no-such-page", method="GET"))
        assert wire.status() in {302, 404}


def test_sigterm_ends_everything_in_good_order_within_ten_seconds(server: Server) -> None:
    with Wire(server.port) as busy:
        busy.send(request(notification("15")))
        assert busy.status() == 200
        family = server.family()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) == 0
    _, left = psutil.wait_procs(family, timeout=5)  # the tracker of resources sees its parent's end a moment later
    assert left == []
    assert server.stored() == {"15"}


def test_a_server_process_whose_parent_was_killed_does_not_keep_the_port(server: Server) -> None:
    orphans = server.family()[1:]
    os.kill(server.process.pid, signal.SIGKILL)
    _, left = psutil.wait_procs(orphans, 10)
    assert left == []


def test_a_server_process_that_was_killed_is_started_again(server: Server) -> None:
    for member in server.family()[1:]:
        if "spawn_main" in " ".join(member.cmdline()):
            member.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    status = 0
    while status != 200 and time.monotonic() < until:
        try:
            with Wire(server.port, 2.0) as wire:
                wire.send(request(notification("15")))
                status = wire.status()
        except OSError:
            time.sleep(0.1)
    assert status == 200


def test_a_taken_port_is_a_sentence_and_an_exit_code(server: Server) -> None:
    command = [sys.executable, str(HERE / "ingest_script.py"), "serve", "ponte.asgi:application"]
    second = subprocess.run(command, env=server.environ, capture_output=True, text=True, timeout=20, check=False)
    assert second.returncode == 3
    assert second.stderr == (
        f"Ponte cannot start: 127.0.0.1:{server.port} is already taken. Stop the other program or set PONTE_PORT.\n"
    )
