import asyncio
import zlib

import pytest
from aiohttp import ClientError, ClientSession, web

from ponte.sandbox.switchboard import Fault, Switchboard


class Counter:
    """An endpoint that counts how often something was applied."""

    def __init__(self):
        self.applied = 0

    async def __call__(self, _request):
        self.applied += 1
        return web.json_response({"applied": self.applied, "text": "x" * 40})


async def skus(request):
    return [sku for sku in request.query.get("sku", "").split(",") if sku]


def bodies(status, variant):
    return f"<p>{status}</p>" if variant == "html" else b'{"vendor":true}'


def staged(scenario, *, seed=7):
    async def run():
        board, endpoint = Switchboard(seed=seed), Counter()
        app = web.Application()
        for method in ("GET", "POST"):
            app.router.add_routes([board.route(method, "/things", endpoint, skus_of=skus, bodies=bodies)])
        board.attach(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            async with ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as session:
                session._retry_connection = False  # else aiohttp sends a GET once more when it was cut
                return await scenario(session, board, endpoint)
        finally:
            await runner.cleanup()

    return asyncio.run(run())


async def fired(board):
    while not board.faults()[0]["fired"]:
        await asyncio.sleep(0.01)


async def statuses(session, count, path="/things"):
    found = []
    for _ in range(count):
        async with session.get(path, allow_redirects=False) as answer:
            found.append(answer.status)
    return found


def test_no_fault_lets_requests_through_and_counts_them():
    async def scenario(session, _board, endpoint):
        assert await statuses(session, 3) == [200, 200, 200]
        async with session.get("/_sandbox/requests") as answer:
            assert await answer.json() == {"requests": {"GET /things": 3}}
        assert endpoint.applied == 3

    staged(scenario)


def test_a_fault_rests_after_its_count_and_starts_after_its_skip():
    async def scenario(session, board, endpoint):
        board.arm({"kind": "status", "status": 503, "skip": 1, "count": 2})
        assert await statuses(session, 5) == [200, 503, 503, 200, 200]
        assert endpoint.applied == 3

    staged(scenario)


def test_a_fault_is_met_only_by_its_method_path_and_sku():
    async def scenario(session, board, _endpoint):
        board.arm({"kind": "status", "method": "POST"})
        board.arm({"kind": "status", "path": "/other/*"})
        board.arm({"kind": "status", "status": 429, "sku": "2000*"})
        assert await statuses(session, 1) == [200]
        assert await statuses(session, 1, "/things?sku=1999") == [200]
        assert await statuses(session, 1, "/things?sku=1999,2000123") == [429]

    staged(scenario)


def test_a_fault_ends_with_its_duration():
    now = [100.0]
    board = Switchboard(clock=lambda: now[0])

    async def answer(_request):
        return web.Response()

    async def scenario():
        board.arm({"kind": "status", "status": 500, "duration_seconds": 10})
        app = web.Application()
        app.router.add_routes([board.route("GET", "/", answer)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as session:
            before = await statuses(session, 1, "/")
            now[0] += 10
            after = await statuses(session, 1, "/")
        await runner.cleanup()
        return before + after

    assert asyncio.run(scenario()) == [500, 200]


def drawn(seed):
    async def scenario(session, board, _endpoint):
        board.arm({"kind": "status", "probability": 0.5})
        return await statuses(session, 40)

    return staged(scenario, seed=seed)


def test_the_same_seed_draws_the_same_faults_and_another_seed_others():
    first = drawn(7)
    assert first == drawn(7)
    assert first != drawn(8)
    assert 8 <= first.count(500) <= 32


def test_the_order_of_concurrent_requests_changes_no_draw():
    async def scenario(session, board, _endpoint, order):
        board.arm({"kind": "status", "probability": 0.5})
        found = {}
        for sku in order:
            found[sku] = (await statuses(session, 1, f"/things?sku={sku}"))[0]
        return found

    names = [str(number) for number in range(30)]
    forwards = staged(lambda *stage: scenario(*stage, names))
    assert forwards == staged(lambda *stage: scenario(*stage, names[::-1]))
    assert set(forwards.values()) == {200, 500}


def test_a_status_uses_the_vendors_body_and_sends_retry_after_as_it_is():
    async def scenario(session, board, _endpoint):
        board.arm({"kind": "status", "status": 429, "retry_after": "soon", "headers": {"X-Trace": "1"}, "count": 1})
        async with session.get("/things") as answer:
            assert await answer.json() == {"vendor": True}
            assert (answer.headers["Retry-After"], answer.headers["X-Trace"]) == ("soon", "1")
        board.arm({"kind": "status", "status": 403, "variant": "html", "count": 1})
        async with session.get("/things") as answer:
            assert (answer.content_type, await answer.text()) == ("text/html", "<p>403</p>")
        board.arm({"kind": "status", "body": {"own": 1}, "applied": True})
        async with session.get("/things") as answer:
            assert await answer.json() == {"own": 1}

    staged(scenario)


@pytest.mark.parametrize(("kind", "applied"), [("reset", 0), ("lost", 1)])
def test_a_cut_connection_gives_no_answer_and_only_lost_was_applied(kind, applied):
    async def scenario(session, board, endpoint):
        board.arm({"kind": kind, "count": 1})
        with pytest.raises(ClientError):
            await session.post("/things", data=b"{}")
        assert endpoint.applied == applied
        assert await statuses(session, 1) == [200]

    staged(scenario)


def test_a_truncated_body_breaks_while_it_is_read():
    async def scenario(session, board, endpoint):
        board.arm({"kind": "truncate"})
        async with session.get("/things") as answer:
            assert answer.status == 200
            with pytest.raises(ClientError):
                await answer.read()
        assert endpoint.applied == 1

    staged(scenario)


def test_garbage_is_no_json_and_no_text():
    async def scenario(session, board, endpoint):
        board.arm({"kind": "garbage"})
        async with session.get("/things") as answer:
            content = await answer.read()
        with pytest.raises(UnicodeDecodeError):
            content.decode()
        assert endpoint.applied == 1

    staged(scenario)


def test_a_drip_gives_the_whole_body_byte_by_byte():
    async def scenario(session, board, _endpoint):
        board.arm({"kind": "drip", "seconds": 0})
        async with session.get("/things") as answer:
            assert (await answer.json())["applied"] == 1

    staged(scenario)


def test_a_gzip_bomb_is_small_on_the_wire_and_large_when_unfolded():
    async def scenario(_session, board, _endpoint):
        board.arm({"kind": "gzip_bomb", "bytes": 3_000_001})
        base = str(_session._base_url)
        async with ClientSession(base, auto_decompress=False) as raw, raw.get("/things") as answer:
            content = await answer.read()
        assert len(content) < 30_000
        assert len(zlib.decompress(content, wbits=31)) == 3_000_001

    staged(scenario)


def test_a_redirect_points_where_it_is_told():
    async def scenario(session, board, _endpoint):
        board.arm({"kind": "redirect", "status": 307, "location": "http://127.0.0.1:1/"})
        async with session.get("/things", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (307, "http://127.0.0.1:1/")

    staged(scenario)


def test_a_delay_goes_on_to_the_next_fault():
    async def scenario(session, board, _endpoint):
        board.arm({"kind": "delay", "seconds": 0})
        board.arm({"kind": "status", "status": 502})
        assert await statuses(session, 1) == [502]
        assert [fault["fired"] for fault in board.faults()] == [1, 1]

    staged(scenario)


def test_a_hanging_request_is_cut_when_the_fault_is_disarmed():
    async def scenario(session, board, endpoint):
        board.arm({"kind": "hang"})
        hanging = asyncio.create_task(session.get("/things"))
        await fired(board)
        assert not hanging.done()
        async with session.delete("/_sandbox/faults") as answer:
            assert await answer.json() == {"faults": []}
        with pytest.raises(ClientError):
            await hanging
        assert endpoint.applied == 0

    staged(scenario)


def test_the_server_stops_at_once_with_requests_hanging():
    async def scenario():
        board, app = Switchboard(), web.Application()
        app.router.add_routes([board.route("POST", "/things", Counter())])
        board.attach(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=600)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        board.arm({"kind": "hang"})
        async with ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as session:
            hanging = asyncio.create_task(session.post("/things"))
            await fired(board)
            await asyncio.wait_for(runner.cleanup(), 60)
            with pytest.raises(ClientError):
                await hanging

    asyncio.run(scenario())


def test_faults_are_steered_over_http():
    async def scenario(session, _board, _endpoint):
        two = [{"kind": "status", "status": 500, "count": 1}, {"kind": "status", "status": 503}]
        async with session.post("/_sandbox/faults", json=two) as answer:
            assert answer.status == 201
            ids = [fault["id"] for fault in (await answer.json())["faults"]]
        assert await statuses(session, 2) == [500, 503]
        async with session.get("/_sandbox/faults") as answer:
            told = [(fault["fired"], fault["left"]) for fault in (await answer.json())["faults"]]
        assert told == [(1, 0), (1, None)]
        async with session.delete(f"/_sandbox/faults/{ids[1]}") as answer:
            assert answer.status == 200
        async with session.delete(f"/_sandbox/faults/{ids[1]}") as answer:
            assert answer.status == 404
        assert await statuses(session, 1) == [200]

    staged(scenario)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"[]x", "unexpected"),
        (b"7", "a fault is an object"),
        (b'{"kind":"explode"}', "kind must be one of"),
        (b"{}", "kind must be one of"),
        (b'{"kind":"reset","colour":1}', "no such field: colour"),
        (b'{"kind":"reset","count":-1}', "count must not be negative"),
        (b'{"kind":"reset","count":true}', "count must be a whole number"),
        (b'{"kind":"reset","probability":"0.5"}', "probability must be a number"),
        (b'{"kind":"reset","applied":1}', "applied must be true or false"),
    ],
)
def test_a_malformed_fault_is_refused_with_a_sentence_and_nothing_is_armed(body, complaint):
    async def scenario(session, board, _endpoint):
        async with session.post("/_sandbox/faults", data=body) as answer:
            assert answer.status == 400
            assert complaint in (await answer.json())["error"]
        assert board.faults() == []

    staged(scenario)


def test_one_malformed_fault_of_a_list_arms_none_of_them():
    async def scenario(session, board, _endpoint):
        async with session.post("/_sandbox/faults", json=[{"kind": "reset"}, {"kind": "nope"}]) as answer:
            assert answer.status == 400
        assert board.faults() == []

    staged(scenario)


def test_a_fault_made_in_python_is_the_same_as_one_from_json():
    assert Fault.read({"kind": "lost", "count": 2}) == Fault(kind=Fault.read({"kind": "lost"}).kind, count=2)
