"""The recorded situations: all required ones are there, and each ends as it should."""

from __future__ import annotations

from ponte.connectors.exam import troubles
from ponte.connectors.exam.bench import Bench
from ponte.connectors.exam.recordings import REQUIRED, REQUIRED_BY_CAPABILITY, Recording
from ponte.connectors.exam.rehearsal import first_then, play
from ponte.connectors.exam.telling import one_problem, request_told, told
from ponte.domain.message import Response


class ReplayExam(Bench):
    """Exactly these requests, then exactly this result."""

    def test_the_required_situations_are_recorded(self) -> None:
        required = set(REQUIRED)
        for capability in self.subject.manifest.capabilities:
            required |= set(REQUIRED_BY_CAPABILITY.get(capability, ()))
        assert required - self.situations().keys() == set(), "situations without a recording"

    def test_recordings_replay(self) -> None:
        for situation, recording in self.situations().items():
            self._replay(situation, recording)

    def _replay(self, situation: str, recording: Recording) -> None:
        exchanges = recording.raw["exchanges"]
        if "check" in recording.raw:
            found = [one_problem(problem) for problem in self.subject.check(recording.sku, recording.rules)]
            assert found == recording.raw["check"], situation
        end = troubles.LOST["refused"]
        played = play(recording.conversation(self.subject), first_then(recording.answers, end))
        asked = [request_told(request) for request in played.requests]
        assert asked == [exchange["request"] for exchange in exchanges], situation
        assert told(played.result) == recording.raw["result"], situation
        for place, (request, answer) in enumerate(zip(played.requests, recording.answers, strict=True)):
            if isinstance(answer, Response):
                expired = self.subject.is_expired_token(request, answer)
                assert expired is (place in recording.raw.get("expires", [])), f"{situation}: exchange {place}"
