from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from ponte.domain.message import Failure, FilePart, NoAnswer, Request, Response, Secret
from ponte.net.converse import MAX_STEPS, EndlessConversationError, Party, Record, converse
from ponte.net.pace import Pace
from ponte.net.redact import MASK
from ponte.net.transport import FENCED, Line

CANARY = "c4n4ry-9f8e7d6c5b4a"
READ = Request("GET", "/a", "GET /a")
CHANGE = Request("POST", "/a", "POST /a", json={"x": 1}, changes=True)


class Script:
    """Carries nothing: answers from a list, and remembers what was asked with which secrets."""

    def __init__(self, *answers) -> None:
        self.answers = list(answers)
        self.asked: list[Request] = []

    async def ask(self, request: Request, line: Line, may_go):
        self.asked.append(request)
        return self.answers.pop(0) if self.answers else Response(200)


def party(script: Script, **values) -> Party:
    line = values.pop("line", Line("https://x.example", {"Authorization": Secret("token")}, {"token": CANARY}))
    return Party("marketplace", script, line, values.pop("pace", Pace(1e6, 1_000)), **values)


def talk(conversation, script: Script, **values):
    record = Record()
    told = asyncio.run(converse(conversation, party(script, **values), record))
    return told, record


def asking(*requests: Request):
    found = []
    for request in requests:
        found.append((yield request))
    return found


def test_a_conversation_gets_its_answers_in_order_and_returns_its_value():
    script = Script(Response(201), NoAnswer(Failure.RESET, sent=True))
    told, record = talk(asking(READ, CHANGE), script)
    assert [getattr(one, "status", None) for one in told] == [201, None]
    assert [one.endpoint for one in record.passed] == ["GET /a", "POST /a"]
    assert [(one.status, one.failure) for one in record.passed] == [(201, ""), (None, "reset")]


def test_a_conversation_without_a_question_returns_at_once():
    assert talk(asking(), Script())[0] == []


def test_an_endless_conversation_is_a_bug_that_is_stopped():
    closed = []

    def endless():
        try:
            while True:
                yield READ
        finally:
            closed.append(True)

    script = Script()
    with pytest.raises(EndlessConversationError):
        talk(endless(), script)
    assert (len(script.asked), closed) == (MAX_STEPS, [True])


@pytest.mark.parametrize(
    ("answer", "changed"),
    [
        (Response(500), True),
        (NoAnswer(Failure.TIMEOUT, sent=True), True),
        (NoAnswer(Failure.REFUSED, sent=False), False),
    ],
)
def test_a_record_knows_whether_something_may_have_changed(answer, changed):
    assert talk(asking(CHANGE), Script(answer))[1].changed is changed
    assert talk(asking(READ), Script(answer))[1].changed is False


def test_a_change_before_stays_a_change():
    script = Script(Response(201), NoAnswer(Failure.REFUSED, sent=False))
    assert talk(asking(CHANGE, CHANGE), script)[1].changed is True


def test_a_closed_gate_stops_the_request_and_nothing_is_written_down():
    async def shut(request: Request):
        return FENCED if request.changes else None

    script = Script()
    told, record = talk(asking(READ, CHANGE), script, gate=shut)
    assert told[1] is FENCED
    assert (len(script.asked), len(record.passed), record.changed) == (1, 1, False)


def test_only_what_changes_something_is_looked_at_once_more_before_it_leaves():
    looks: list[str] = []

    class Asking(Script):
        async def ask(self, request, line, may_go):
            looks.append(f"{request.method} {may_go()}")
            return await super().ask(request, line, may_go)

    talk(asking(READ, CHANGE), Asking(), may_go=lambda: False)
    assert looks == ["GET True", "POST False"]


def test_c18_fresh_credentials_repeat_a_request_once():
    renewed = []

    async def renew(request, response, used):
        renewed.append(dict(used))
        return response.status == 401

    script = Script(Response(401), Response(401), Response(200))
    told, record = talk(asking(READ, READ), script, renew=renew)
    assert [answer.status for answer in told] == [401, 200]
    assert (len(script.asked), len(record.passed)) == (3, 3)
    assert renewed[0] == {"token": CANARY}


def test_a_gate_that_shut_meanwhile_stops_the_repetition():
    looks = []

    async def shut_later(_request):
        looks.append(1)
        return FENCED if len(looks) > 1 else None

    async def renew(_request, _response, _used):
        return True

    told, _ = talk(asking(CHANGE), Script(Response(401)), gate=shut_later, renew=renew)
    assert told == [FENCED]


def at(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("120", 120, 120),
        (90.0, 80, 90),
        (7_200.0, 3_600, 3_600),
        (" 30 ", 30, 30),
        ("999999999999", 3_600, 3_600),
    ],
)
def test_c29_c31_a_wait_is_told_in_seconds_whatever_its_form(value, low, high):
    # A number is a date so many seconds from now: made here, for the list above is older.
    told = at(value) if isinstance(value, float) else value
    [answer], _ = talk(asking(READ), Script(Response(503, {"retry-after": told})))
    assert low <= int(answer.headers["retry-after"]) <= high


@pytest.mark.parametrize("value", [-90.0, "-5", "soon", "", "1e3", "1.5", "٣"])
def test_c30_garbage_is_no_wait(value):
    told = at(value) if isinstance(value, float) else value
    [answer], _ = talk(asking(READ), Script(Response(503, {"retry-after": told, "x-a": "1"})))
    assert dict(answer.headers) == {"x-a": "1"}


def test_c28_after_a_429_no_request_goes_out_before_its_time():
    now = [0.0]

    async def sleep(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(100.0, 10, clock=lambda: now[0], sleep=sleep)
    script = Script(Response(429, {"retry-after": "120"}))
    told, record = talk(asking(READ, READ, CHANGE), script, pace=pace)
    assert len(script.asked) == 1
    assert [answer.status for answer in told] == [429, 429, 429]
    assert [int(answer.headers["retry-after"]) for answer in told] == [120, 120, 120]
    assert (len(record.passed), record.changed) == (1, False)


def test_a_429_without_advice_slows_down_all_the_same():
    now = [0.0]

    async def sleep(seconds: float) -> None:
        now[0] += max(seconds, 0.001)

    pace = Pace(100.0, 10, clock=lambda: now[0], sleep=sleep)
    script = Script(Response(429), Response(200))
    told, _ = talk(asking(READ, READ), script, pace=pace)
    assert [answer.status for answer in told] == [429, 200]
    assert now[0] >= 5.0


def test_what_is_kept_of_an_exchange_has_no_secret_anywhere():
    request = Request(
        "POST",
        f"/a/{CANARY}",
        "POST /a/{id}",
        query=(("access_token", "another-secret-1"), ("q", CANARY)),
        json={"client_secret": "another-secret-2", "note": CANARY},
        headers=(("X-Key", CANARY), ("Content-Type", "application/json"), ("Accept", "a/b")),
        changes=True,
    )
    answer = Response(200, {"x-request-id": CANARY, "set-cookie": "another-secret-3"}, f'"{CANARY}"'.encode())
    _, record = talk(asking(request), Script(answer))
    text = repr(record.passed)
    assert CANARY not in text
    assert "another-secret" not in text
    [kept] = record.passed
    assert kept.request_headers == {
        "authorization": MASK,
        "x-key": MASK,
        "content-type": "application/json",
        "accept": "a/b",
    }


def test_forms_and_files_are_kept_readable():
    form = Request("POST", "/t", "t", form=(("grant_type", "refresh_token"), ("refresh_token", Secret("token"))))
    files = Request("POST", "/p", "p", files=(FilePart("file", "a.jpg", "image/jpeg", b"\xff" * 9),))
    _, record = talk(asking(form, files, READ), Script())
    bodies = [one.request_body for one in record.passed]
    assert bodies == [f"grant_type=refresh_token&refresh_token={MASK}", "a.jpg (image/jpeg, 9 bytes)", ""]


def test_a_request_without_credentials_shows_none():
    _, record = talk(
        asking(Request("GET", "https://pictures.example/a.jpg", "GET picture", authorized=False)), Script()
    )
    assert record.passed[0].request_headers == {}
    assert record.passed[0].url == "https://pictures.example/a.jpg"


def test_a_run_that_is_cut_short_while_it_waits_may_have_changed_something():
    class Never:
        async def ask(self, request, line, may_go):
            await asyncio.sleep(30)

    async def scene() -> bool:
        record = Record()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await converse(asking(CHANGE), party(Never()), record)
        return record.changed

    assert asyncio.run(scene()) is True


def test_a_repetition_with_fresh_credentials_takes_no_second_turn_of_the_endpoint():
    """The next turn of a window may be a quarter of an hour away."""
    turns: list[str] = []

    async def shut(endpoint: str) -> float:
        turns.append(endpoint)
        return 900.0 * (len(turns) - 1)

    async def renew(_request, response, _used) -> bool:
        return response.status == 401

    told, _ = talk(asking(CHANGE), Script(Response(401), Response(202)), shut=shut, renew=renew)
    assert (told[0].status, turns) == (202, ["POST /a"])


def test_no_turn_of_the_endpoint_is_taken_while_the_other_side_wants_silence():
    turns: list[str] = []

    async def shut(endpoint: str) -> float:
        turns.append(endpoint)
        return 0.0

    pace = Pace(1e6, 1_000)
    pace.slow_down(60)
    script = Script()
    told, _ = talk(asking(CHANGE), script, shut=shut, pace=pace)
    assert (told[0].status, turns, script.asked) == (429, [], [])


def test_every_answer_is_told_with_its_endpoint_and_no_missing_one():
    heard: list[tuple[str, int]] = []
    script = Script(Response(201), NoAnswer(Failure.RESET, sent=True), Response(404))
    talk(asking(READ, READ, CHANGE), script, told=lambda endpoint, answer: heard.append((endpoint, answer.status)))
    assert heard == [("GET /a", 201), ("POST /a", 404)]
