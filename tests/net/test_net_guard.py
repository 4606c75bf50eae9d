from __future__ import annotations

import asyncio
import socket

import pytest
from yarl import URL

from ponte.domain.message import Failure, NoAnswer, Request
from ponte.net.guard import AddressRefusedError, GuardedResolver, is_public, may_call
from ponte.net.transport import Line, Transport

NOBODY: frozenset[str] = frozenset()

ODD = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[fd00::1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/",
    "https://192.168.0.1/",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://255.255.255.255/",
    "https://192.0.0.192/opc/",
    "https://192.88.99.1/",
    "https://[3fff::1]/",
    "https://224.0.0.1/",
    "https://１２７.0.0.1/",
    "https://127.0.0.1./",
    "https://user@example.com/",
    "https://user:password@example.com/",
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "https://example.com:22/",
    "https://example.com:8000/",
]


@pytest.mark.parametrize("text", ODD)
def test_an_address_that_leads_inside_or_is_written_oddly_is_refused(text):
    assert may_call(URL(text), NOBODY) is False


@pytest.mark.parametrize("text", [text for text in ODD if text.startswith("http")])
def test_such_an_address_is_never_connected_to(text):
    async def ask():
        async with Transport(NOBODY, deadline=5) as carrier:
            return await carrier.ask(Request("GET", text, "GET picture"), Line("https://unused.example"))

    answer = asyncio.run(ask())
    assert isinstance(answer, NoAnswer)
    assert (answer.failure, answer.sent) == (Failure.FORBIDDEN_ADDRESS, False)


@pytest.mark.parametrize(
    "text",
    [
        "https://api.mercadolibre.com/items",
        "https://example.com:8443/",
        "https://1.1.1.1/",
        "https://[2606:4700::1111]/",
    ],
)
def test_a_public_address_may_be_called(text):
    assert may_call(URL(text), NOBODY)


def test_what_the_engineer_named_may_be_called_and_nothing_beside_it():
    named = frozenset({"127.0.0.1:9101"})
    assert may_call(URL("http://127.0.0.1:9101/x"), named)
    assert not may_call(URL("http://127.0.0.1:9102/x"), named)
    assert not may_call(URL("http://user@127.0.0.1:9101/x"), named)


@pytest.mark.parametrize("text", ["", "example.com", "1.2.3", "999.1.1.1", "::g"])
def test_what_is_no_address_is_not_public(text):
    assert not is_public(text)


def test_a_mapped_public_address_is_public():
    assert is_public("::ffff:8.8.8.8")
    assert is_public("2002:808:808::")


class Names:
    """A name server that gives each answer once: a rebinding one changes its mind."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET):
        address = self.answers.pop(0)
        return [{"hostname": host, "host": address, "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        pass


def resolver(*answers: str, named: frozenset[str] = NOBODY) -> GuardedResolver:
    guarded = GuardedResolver(named)
    guarded._resolver = Names(*answers)
    return guarded


def test_c13_a_name_that_leads_inside_is_refused_whenever_it_does():
    async def scene() -> None:
        guarded = resolver("93.184.215.14", "127.0.0.1", "169.254.169.254")
        assert (await guarded.resolve("rebind.example", 443))[0]["host"] == "93.184.215.14"
        for _ in range(2):
            with pytest.raises(AddressRefusedError):
                await guarded.resolve("rebind.example", 443)
        await guarded.close()

    asyncio.run(scene())


def test_a_name_that_was_named_may_lead_inside():
    async def scene() -> None:
        guarded = resolver("10.0.0.7", named=frozenset({"vtex.internal:443"}))
        assert (await guarded.resolve("vtex.internal", 443))[0]["host"] == "10.0.0.7"

    asyncio.run(scene())


def test_a_name_of_this_machine_is_refused_on_the_way():
    async def ask():
        async with Transport(NOBODY, deadline=5) as carrier:
            return await carrier.ask(Request("GET", "/", "GET /"), Line("https://localhost"))

    answer = asyncio.run(ask())
    assert (answer.failure, answer.sent) == (Failure.FORBIDDEN_ADDRESS, False)
