"""Writes a recording: the answers are given, what was asked and how it ended is filled in."""

from __future__ import annotations

from typing import Any

from ponte.connectors.exam import troubles
from ponte.connectors.exam.recordings import Recording, recording_of
from ponte.connectors.exam.rehearsal import Played, first_then, play
from ponte.connectors.exam.telling import one_problem, request_told, told
from ponte.domain.connector import Connector
from ponte.domain.message import Response

Raw = dict[str, Any]


def recorded(connector: Connector, situation: str, raw: Raw) -> Raw:
    """Return the recording with its requests, and its result when no answer is missing.

    A request that has no answer yet stands last, with an empty "answer" to be written.
    """
    answered = [one for one in raw.get("exchanges", ()) if one.get("answer")]
    known = {name: value for name, value in raw.items() if name not in {"exchanges", "expires", "result"}}
    recording = recording_of(situation, {**known, "exchanges": answered})
    played = play(recording.conversation(connector), first_then(recording.answers, troubles.LOST["refused"]))
    asked = [request_told(request) for request in played.requests]
    exchanges: list[Raw] = [
        {"request": request, "answer": one["answer"]} for request, one in zip(asked, answered, strict=False)
    ]
    if len(asked) > len(answered):
        return {**known, "exchanges": [*exchanges, {"request": asked[len(answered)], "answer": {}}]}
    if "check" in known:
        known["check"] = [one_problem(problem) for problem in connector.check(recording.sku, recording.rules)]
    return {
        **known,
        **({"exchanges": exchanges} if exchanges else {}),
        **_expired(connector, played, recording),
        "result": told(played.result, recording.verb.partition(":")[0]),
    }


def _expired(connector: Connector, played: Played, recording: Recording) -> Raw:
    places = [
        place
        for place, (request, answer) in enumerate(zip(played.requests, recording.answers, strict=False))
        if isinstance(answer, Response) and connector.is_expired_token(request, answer)
    ]
    return {"expires": places} if places else {}


def open_request(raw: Raw) -> str:
    """Return the endpoint whose answer is still to be written, "" when the recording is whole."""
    last = (raw.get("exchanges") or [{}])[-1]
    return str(last["request"]["endpoint"]) if "request" in last and not last.get("answer") else ""
