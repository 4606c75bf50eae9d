import asyncio
import json
import signal
import sys

import aiohttp

from ponte.sandbox.catalogue import make_catalogue
from ponte.sandbox.serve import serve


async def _answers(url: str, headers: dict[str, str]) -> int:
    async with aiohttp.ClientSession() as client, client.get(url, headers=headers) as answer:
        return answer.status


def test_both_fakes_are_served_with_what_is_needed_to_connect():
    async def scene():
        sandbox = await serve(catalogue=make_catalogue(5))
        try:
            keys = {
                "X-VTEX-API-AppKey": sandbox.store.app_key,
                "X-VTEX-API-AppToken": sandbox.store.app_token,
            }
            path = "/api/catalog_system/pvt/saleschannel/list"
            assert await _answers(sandbox.store.base_url + path, keys) == 200
            for seller in sandbox.mercadolivre.sellers:
                token = {"Authorization": f"Bearer {seller.access_token}"}
                assert await _answers(f"{sandbox.mercadolivre.base_url}/users/me", token) == 200
            sandbox.register_affiliate("http://127.0.0.1:1/x?a=b")
            assert await _answers(f"{sandbox.store.base_url}/api/fulfillment/pvt/affiliates/MLC", keys) == 200
        finally:
            await sandbox.stop()

    asyncio.run(scene())


def test_credentials_are_not_shown_by_accident():
    async def scene():
        sandbox = await serve(catalogue=make_catalogue(1))
        await sandbox.stop()
        shown = repr((sandbox.store, sandbox.mercadolivre))
        told = json.dumps(sandbox.as_json())
        for secret in (sandbox.store.app_token, sandbox.mercadolivre.sellers[0].refresh_token):
            assert secret not in shown
            assert secret in told

    asyncio.run(scene())


def test_a_taken_port_stops_the_start_and_leaves_nothing_running():
    async def scene():
        first = await serve(catalogue=make_catalogue(1))
        port = int(first.mercadolivre.base_url.rpartition(":")[2])
        try:
            await serve(catalogue=make_catalogue(1), mercadolivre_port=port)
        except OSError:
            taken = True
        else:
            taken = False
        await first.stop()
        assert taken

    asyncio.run(scene())


def test_the_command_says_where_it_listens_and_ends_when_told_to():
    async def scene():
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ponte.sandbox.serve", "--skus", "3", stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        told = json.loads(await process.stdout.readline())
        assert set(told) >= {"vtex", "mercadolivre"}
        assert await _answers(f"{told['vtex']['base_url']}/_sandbox/skus", {}) == 200
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0

    asyncio.run(scene())
