"""A window that is shut is a time to come back at, never a fault and never a doubt."""

from __future__ import annotations

import math
from typing import Any

from ponte.connectors.exam import troubles
from ponte.connectors.exam.bench import Bench
from ponte.connectors.exam.recordings import Recording
from ponte.connectors.exam.rehearsal import always, first_then, play
from ponte.connectors.exam.telling import told
from ponte.domain.message import NoAnswer
from ponte.domain.outcome import Postponed


class WindowExam(Bench):
    """The marketplace takes the next request only later: `NoAnswer(Failure.WINDOW, sent=False, detail="90")`."""

    def test_a_shut_window_postpones_to_its_time(self) -> None:
        for name, conversation in self.conversations().items():
            result = play(conversation, always(troubles.WINDOW)).result
            _assert_waits(name, result)
            assert not result.unknown or "doubt" in name, f"{name}: nothing was sent, so nothing is unknown"

    def test_a_window_shut_in_the_middle_postpones_to_its_time(self) -> None:
        for situation, recording in self.situations().items():
            for place in range(1, len(recording.answers)):
                script = first_then(recording.answers[:place], troubles.WINDOW)
                result = play(recording.conversation(self.subject), script).result
                if recording.verb.startswith("together:"):
                    continue  # each part is trouble of its own: `GatherExam`
                if isinstance(result, Postponed):
                    _assert_waits(situation, result)
                    fresh = not _in_doubt(recording, place)
                    assert not (result.unknown and fresh), f"{situation}, request {place + 1}: nothing is unknown"
                else:
                    _assert_the_same_end(recording, result, place)


def _assert_waits(name: str, result: object) -> None:
    assert isinstance(result, Postponed), f"{name}: {result!r}"
    told = f"{name}: the window opens in {troubles.WINDOW_SECONDS:.0f} s"
    assert result.by_window, f"{told}, and nobody sees that it is one: {result!r}"
    assert math.isclose(result.retry_in or 0.0, troubles.WINDOW_SECONDS), f"{told}, not in {result.retry_in}"


def _in_doubt(recording: Recording, place: int) -> bool:
    """True when something before this request may have been applied unheard."""
    lost = any(isinstance(answer, NoAnswer) and answer.sent for answer in recording.answers[:place])
    return lost or recording.link.uncertain_seconds is not None


def _assert_the_same_end(recording: Recording, result: Any, place: int) -> None:
    """A question that is only asked for more words may be left out: the recording ends as it did, or waits."""
    request = recording.raw["exchanges"][place].get("request", {})
    told_where = f"{recording.situation}: with request {place + 1} ({request.get('endpoint')}) shut"
    assert not request.get("changes"), f"{told_where} nobody waited for it"
    ends = {recording.raw.get("result", {}).get("outcome"), "pending"}
    found = told(result, recording.verb.partition(":")[0])["outcome"]
    assert found in ends, f"{told_where} it ended as {found!r}"
