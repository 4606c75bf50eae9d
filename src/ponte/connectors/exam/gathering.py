"""One request for many SKUs: to each his own part, and no success for one that was not spoken of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ponte.connectors.exam import troubles
from ponte.connectors.exam.bench import OUTCOMES, Bench
from ponte.connectors.exam.cases import each
from ponte.connectors.exam.recordings import Recording
from ponte.connectors.exam.rehearsal import Played, always, first_then, play
from ponte.connectors.exam.telling import request_from, request_told
from ponte.domain.message import Answer, NoAnswer, Request, Response
from ponte.domain.outcome import Accepted, Pending, Postponed

MOST_GATHERED = 200
STRANGER = "7770001"


class GatherExam(Bench):
    """`Gathers.together`, with the gatherings that are recorded."""

    def _gatherings(self) -> Iterator[Recording]:
        return (one for one in self.situations().values() if one.verb.startswith("together:"))

    def _together(self, topic: str, requests: Mapping[str, Request], script: Any) -> Played:
        subject: Any = self.subject
        return play(subject.together(topic, requests, self.ordinary().rules), script)

    def _meanings(self, requests: Mapping[str, Request], parts: Mapping[str, Answer]) -> dict[str, Any]:
        """Return what each part means to the conversation of its SKU; a missing answer as it stands."""
        return {
            sku: self.subject.classify(requests[sku].endpoint, part) if isinstance(part, Response) else part
            for sku, part in parts.items()
        }

    def test_only_who_gathers_has_topics(self) -> None:
        gathers, limit = "gathers" in self.capabilities, self.subject.manifest.limits.gather
        assert (limit > 1) is gathers, f"Limits.gather is {limit}, gathering is {'' if gathers else 'not '}announced"
        topics = set()
        for recording in self.situations().values():
            if not recording.verb.startswith("together:"):
                played = play(recording.conversation(self.subject), first_then(recording.answers, troubles.WINDOW))
                topics |= {request.together for request in played.requests if request.together}
        assert bool(topics) is gathers, f"topics in the recordings: {sorted(topics)}"

    def test_a_shared_request_has_no_topic_itself(self) -> None:
        for recording in self._gatherings():
            played = self._together(_topic(recording), recording.requests(), first_then(recording.answers, _END))
            for request in played.requests:
                assert not request.together, f"{recording.situation}: {request.endpoint} would be gathered for ever"

    @each("trouble", sorted(troubles.EVERY))
    def test_each_sku_gets_a_part_whatever_comes(self, trouble: str) -> None:
        for recording in self._gatherings():
            requests = recording.requests()
            parts = self._together(_topic(recording), requests, always(troubles.EVERY[trouble])).result
            _assert_parts(recording.situation, requests, parts)
            for sku, meaning in self._meanings(requests, parts).items():
                fit = isinstance(meaning, (NoAnswer, *OUTCOMES))
                assert fit, f"{sku}: {meaning!r}"
                assert not isinstance(meaning, Accepted | Pending), f"{trouble}: {sku} became {meaning!r}"

    @each("trouble", sorted({**troubles.LOST, **troubles.OUTAGES, **troubles.THROTTLED}))
    def test_trouble_of_the_shared_request_is_the_same_for_all(self, trouble: str) -> None:
        for recording in self._gatherings():
            requests = recording.requests()
            parts = self._together(_topic(recording), requests, always(troubles.EVERY[trouble])).result
            meanings = self._meanings(requests, parts)
            for sku, meaning in meanings.items():
                assert isinstance(meaning, NoAnswer | Postponed), f"{sku}: {meaning!r}"
                _assert_as_told(sku, meaning, troubles.EVERY[trouble])

    def test_one_bad_member_does_not_spoil_its_neighbours(self) -> None:
        gatherings = list(self._gatherings())
        mixed = 0
        for recording in gatherings:
            requests = recording.requests()
            parts = self._together(_topic(recording), requests, first_then(recording.answers, _END)).result
            _assert_parts(recording.situation, requests, parts)
            good = [isinstance(one, Accepted | Pending) for one in self._meanings(requests, parts).values()]
            mixed += any(good) and not all(good)
        assert mixed or not gatherings, "record a gathering in which one SKU is refused and its neighbours are not"

    def test_who_is_missing_in_the_answer_has_no_success(self) -> None:
        failures_only = self.particulars().names_only_failures
        for recording in self._gatherings():
            if _topic(recording).partition("/")[0] in failures_only:
                continue
            requests = _with_stranger(recording.requests())
            parts = self._together(_topic(recording), requests, first_then(recording.answers, _END)).result
            _assert_parts(recording.situation, requests, parts)
            meaning = self._meanings(requests, parts)[STRANGER]
            assert not isinstance(meaning, Accepted), f"{recording.situation}: nobody spoke of it, yet: {meaning!r}"

    def test_a_full_gathering_is_asked_whole(self) -> None:
        limit = min(self.subject.manifest.limits.gather, MOST_GATHERED)
        for recording in self._gatherings():
            requests = _many(recording.requests(), limit)
            played = self._together(_topic(recording), requests, first_then(recording.answers, _END))
            _assert_parts(recording.situation, requests, played.result)
            changing = [request for request in played.requests if request.changes]
            said = "".join(_text(request) for request in changing)
            spoken = [sku for sku in requests if sku in said]
            # What is packed (a zipped file) or only asked for shows nobody; else everybody must be in it.
            assert not spoken or len(spoken) == limit, f"{recording.situation}: {limit - len(spoken)} were left out"

    def test_gathering_twice_asks_the_same(self) -> None:
        for recording in self._gatherings():
            script = first_then(recording.answers, _END)
            first = self._together(_topic(recording), recording.requests(), script).requests
            assert first == self._together(_topic(recording), recording.requests(), script).requests


_END = troubles.LOST["refused"]


def _topic(recording: Recording) -> str:
    return recording.verb.partition(":")[2]


def _assert_parts(name: str, requests: Mapping[str, Request], parts: object) -> None:
    assert isinstance(parts, Mapping), f"{name}: the parts are {parts!r}"
    assert parts.keys() == requests.keys(), f"{name}: parts of {sorted(parts)}, asked were {sorted(requests)}"
    for sku, part in parts.items():
        assert isinstance(part, Response | NoAnswer), f"{name}: {sku} got {part!r}"


def _assert_as_told(sku: str, meaning: NoAnswer | Postponed, trouble: Answer) -> None:
    if isinstance(trouble, NoAnswer):
        same = isinstance(meaning, NoAnswer) and meaning.failure is trouble.failure and meaning.sent is trouble.sent
        assert same, f"{sku}: {trouble} became {meaning}"
        assert isinstance(meaning, NoAnswer)
        assert meaning.detail == trouble.detail, f"{sku}: how long to wait was lost: {meaning}"
    elif trouble.status == 429:
        assert isinstance(meaning, Postponed), f"{sku}: {meaning!r}"
        wait = 120.0 if trouble.headers.get("retry-after") == "120" else meaning.retry_in
        assert meaning.retry_in == wait, f"{sku}: how long to wait was lost: {meaning}"


def _renamed(request: Request, sku: str, other: str) -> Request:
    """Return the request as another SKU's conversation would have yielded it."""
    return request_from(json.loads(json.dumps(request_told(request)).replace(sku, other)))


def _with_stranger(requests: Mapping[str, Request]) -> dict[str, Request]:
    sku, request = next(iter(requests.items()))
    return {**requests, STRANGER: _renamed(request, sku, STRANGER)}


def _many(requests: Mapping[str, Request], count: int) -> dict[str, Request]:
    sku, request = next(iter(requests.items()))
    return {f"88{place:05}": _renamed(request, sku, f"88{place:05}") for place in range(count)}


def _text(request: Request) -> str:
    told = [request.path, request.query, request.json, request.form]
    files = b"".join(part.content for part in request.files)
    return json.dumps(told, default=str) + files.decode("utf-8", errors="replace")
