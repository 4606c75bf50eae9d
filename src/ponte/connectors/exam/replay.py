"""The recorded situations: all required ones are there, and each ends as it should."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ponte.connectors.exam import troubles
from ponte.connectors.exam.bench import Bench
from ponte.connectors.exam.recordings import (
    MEANING,
    REQUIRED,
    REQUIRED_BY_CAPABILITY,
    REQUIRED_UNLESS_UPSERTS,
    Recording,
)
from ponte.connectors.exam.rehearsal import first_then, play
from ponte.connectors.exam.telling import one_problem, request_told, told
from ponte.domain.message import Response
from ponte.domain.problem import ProblemClass

# Of these Ponte forgets the listing, so that the next sending makes a new one.
NOT_THERE = {ProblemClass.LISTING_NOT_FOUND.name, ProblemClass.LISTING_CLOSED.name}


class ReplayExam(Bench):
    """Exactly these requests, then exactly this result."""

    def _required(self) -> set[str]:
        of_abilities = (REQUIRED_BY_CAPABILITY.get(capability, ()) for capability in self.capabilities)
        of_making = () if self.particulars().upserts else REQUIRED_UNLESS_UPSERTS
        return set(REQUIRED).union(of_making, *of_abilities)

    def test_the_required_situations_are_recorded(self) -> None:
        missing = sorted(self._required() - self.situations().keys())
        assert not missing, (
            f"situations without a recording: write recordings/{{{','.join(missing)}}}.json"
            f" (`ponte connector record {self.subject.manifest.code} {missing[0]}` says how it begins)"
        )

    def test_every_recording_is_whole(self) -> None:
        name = self.subject.manifest.code
        for situation, recording in self.situations().items():
            told = f"{situation} lacks requests or its result: ponte connector record {name} {situation}"
            assert _is_whole(recording), told

    def test_situations_are_what_their_names_say(self) -> None:
        for situation, (verb, outcomes) in MEANING.items():
            recording = self.situations().get(situation)
            if recording is None or situation not in self._required() or not _is_whole(recording):
                continue
            assert recording.verb.partition(":")[0] == verb, f"{situation} is about {verb!r}, not {recording.verb!r}"
            result = recording.raw.get("result", {})
            assert result.get("outcome") in outcomes, f"{situation} ends as {result.get('outcome')!r}"
            _assert_telling(situation, result)

    def test_recordings_replay(self) -> None:
        for situation, recording in self.situations().items():
            if _is_whole(recording):
                self._replay(situation, recording)

    def _replay(self, situation: str, recording: Recording) -> None:
        exchanges = recording.raw.get("exchanges", [])
        if "check" in recording.raw:
            problems = [one_problem(problem) for problem in self.subject.check(recording.sku, recording.rules)]
            assert problems == recording.raw["check"], f"{situation}: check found {problems}"
        end = troubles.LOST["refused"]
        played = play(recording.conversation(self.subject), first_then(recording.answers, end))
        asked = [request_told(request) for request in played.requests]
        recorded = [exchange.get("request") for exchange in exchanges]
        assert asked == recorded, f"{situation}: it asked {asked}, the recording has {recorded}"
        found = told(played.result, recording.verb.partition(":")[0])
        assert found == recording.raw.get("result"), (
            f"{situation}: it ended as {found}, the recording as {recording.raw.get('result')}"
        )
        for place, (request, answer) in enumerate(zip(played.requests, recording.answers, strict=True)):
            if isinstance(answer, Response):
                expired = self.subject.is_expired_token(request, answer)
                assert expired is (place in recording.raw.get("expires", [])), f"{situation}: exchange {place}"


def _is_whole(recording: Recording) -> bool:
    """Return whether nothing is left to record; what lacks something is told of once, by its own check."""
    exchanges = recording.raw.get("exchanges", ())
    return "result" in recording.raw and all(one.get("request") and one.get("answer") for one in exchanges)


def _assert_telling(situation: str, result: Mapping[str, Any]) -> None:
    """Fail for a recording that proves nothing: a search that found nothing, a refusal that says nothing."""
    for name in ("listings", "categories", "about", "parts"):
        assert result.get(name, "something"), f"{situation} found nothing"
    if situation == "late_refusal":
        classes = {problem["class"] for problem in result["problems"]}
        assert classes - {ProblemClass.UNKNOWN.name}, f"{situation}: nobody learns why"
    if situation == "gone" and result["outcome"] == "rejected":
        classes = {problem["class"] for problem in result["problems"]}
        assert classes & NOT_THERE, (
            f"gone: a listing that is there no more is one of {sorted(NOT_THERE)}, not {classes}"
        )
    if situation == "ended":
        assert "listing" not in result or result["outcome"] == "pending", "what ended leaves no listing"
