"""Every trouble becomes the right outcome."""

from __future__ import annotations

import math

from ponte.connectors.exam import troubles
from ponte.connectors.exam.bench import OUTCOMES, Bench
from ponte.connectors.exam.cases import each
from ponte.connectors.exam.rehearsal import always, first_then, play
from ponte.domain.outcome import Accepted, Blocked, Pending, Postponed
from ponte.domain.problem import ProblemClass


class TroubleExam(Bench):
    """Whatever comes back: an outcome, never an exception, an endless loop or a false success."""

    @each("trouble", sorted(troubles.EVERY))
    def test_every_trouble_ends_every_conversation_with_an_outcome(self, trouble: str) -> None:
        for name, conversation in self.conversations().items():
            self.assert_fit(name, play(conversation, always(troubles.EVERY[trouble])).result)

    @each("trouble", sorted(troubles.EVERY))
    def test_a_trouble_in_the_middle_ends_every_recorded_conversation_with_an_outcome(self, trouble: str) -> None:
        for recording in self.situations().values():
            for place in range(1, len(recording.answers)):
                script = first_then(recording.answers[:place], troubles.EVERY[trouble])
                self.assert_fit(recording.verb, play(recording.conversation(self.subject), script).result)

    @each("trouble", sorted(troubles.EVERY))
    def test_no_trouble_is_taken_for_a_success(self, trouble: str) -> None:
        result = play(self.conversations()["create"], always(troubles.EVERY[trouble])).result
        assert not isinstance(result, Accepted | Pending), f"{trouble}: {result!r}"

    @each("trouble", sorted(troubles.RESPONSES))
    def test_classify_says_what_any_answer_means(self, trouble: str) -> None:
        for endpoint in ("any", "", "POST /nonsense", "GET /x", *self._endpoints()):
            assert isinstance(self.subject.classify(endpoint, troubles.RESPONSES[trouble]), OUTCOMES), endpoint

    def _endpoints(self) -> set[str]:
        exchanges = (exchange for one in self.situations().values() for exchange in one.raw.get("exchanges", ()))
        return {exchange["request"]["endpoint"] for exchange in exchanges if "request" in exchange}

    @each("trouble", sorted(troubles.OUTAGES))
    def test_an_outage_postpones(self, trouble: str) -> None:
        for name, conversation in self.conversations().items():
            result = play(conversation, always(troubles.OUTAGES[trouble])).result
            assert isinstance(result, Postponed), f"{name}: {result!r}"

    @each("trouble", ("401", "401 empty"))
    def test_a_refused_key_is_no_fault_of_the_product(self, trouble: str) -> None:
        """Else every product of the channel turns red for it, one by one."""
        for name in ("create", "update", "probe"):
            result = play(self.conversations()[name], always(troubles.REFUSALS[trouble])).result
            assert isinstance(result, Blocked | Postponed), f"{name}: {result!r}"

    @each("trouble", sorted(troubles.THROTTLED))
    def test_a_throttled_request_is_postponed(self, trouble: str) -> None:
        for name, conversation in self.conversations().items():
            result = play(conversation, always(troubles.THROTTLED[trouble])).result
            assert isinstance(result, Postponed), f"{name}: {result!r}"
            assert result.problem.kind is ProblemClass.THROTTLED, f"{name}: {result!r}"

    def test_retry_after_is_obeyed(self) -> None:
        throttled = always(troubles.THROTTLED["429 retry in 120"])
        for name, conversation in self.conversations().items():
            result = play(conversation, throttled).result
            assert isinstance(result, Postponed), f"{name}: {result!r}"
            assert math.isclose(result.retry_in or 0.0, 120), f"{name}: asked to wait 120 s, waits {result.retry_in}"

    @each("trouble", sorted(troubles.LOST))
    def test_without_an_answer_it_is_postponed_and_doubt_is_told(self, trouble: str) -> None:
        lost = troubles.LOST[trouble]
        for name in ("create", "update", "probe"):
            played = play(self.conversations()[name], always(lost))
            assert isinstance(played.result, Postponed), f"{name}: {played.result!r}"
            in_doubt = lost.sent and played.requests[-1].changes
            assert played.result.unknown is in_doubt, f"{name}: {played.result!r}"

    def test_a_fenced_request_is_superseded(self) -> None:
        for name in ("create", "update"):
            result = play(self.conversations()[name], always(troubles.LOST["fenced"])).result
            assert isinstance(result, Postponed), f"{name}: {result!r}"
            assert result.problem.kind is ProblemClass.SUPERSEDED, f"{name}: {result!r}"
