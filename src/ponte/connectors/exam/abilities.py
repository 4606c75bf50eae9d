"""What is optional: an ability that is announced is there and keeps its promise, one that is not is absent."""

from __future__ import annotations

import json
from typing import Any

from ponte.connectors.exam import troubles
from ponte.connectors.exam.bench import Bench, is_json
from ponte.connectors.exam.cases import each
from ponte.connectors.exam.rehearsal import always, first_then, play
from ponte.connectors.exam.samples import HOSTILE_TEXT
from ponte.domain.connector import Documents, Ends, Finds, Gathers, Hears, Previews, Refusal, Sheets, Suggests
from ponte.domain.message import Request
from ponte.domain.outcome import Accepted, Link, Listing
from ponte.domain.problem import ProblemClass

PROTOCOLS: dict[str, Any] = {
    "ends": Ends,
    "finds": Finds,
    "gathers": Gathers,
    "suggests": Suggests,
    "sheets": Sheets,
    "hears": Hears,
    "previews": Previews,
}
ODD_WORDS = ("", " ", "x" * 10_000, HOSTILE_TEXT, "café ☕ \ud800", "../../x?y=z#w", "\x00\n\r")
NONSENSE = (
    *(response.body for response in troubles.RESPONSES.values()),
    b"\x00" * 100,
    "não é JSON".encode("utf-16"),
    b'{"topic":5,"resource":["x"],"resources":{"a":null},"sku":{"id":1},"items":"x","data":[[[]]]}',
    b'{"topic":"' + b"a" * 100_000 + b'"}',
    b"[" * 2_000 + b"]" * 2_000,
    b'"\\ud800"',
    b"{}" * 50,
)


class AbilityExam(Bench):
    """Ending, finding, suggesting, hearing, and the table of refusals."""

    def test_an_ability_is_announced_exactly_when_it_is_there(self) -> None:
        for ability, protocol in PROTOCOLS.items():
            there, announced = isinstance(self.subject, protocol), ability in self.capabilities
            assert there is announced, f"{ability!r} is {'not ' if there else ''}announced, see {protocol.__name__}"

    def test_what_is_not_announced_asks_nothing(self) -> None:
        rules, link = self.ordinary().rules, Link(self.listing())
        port = {
            "withdraws": self.subject.withdraw(link, rules),
            "follows": self.subject.follow(link, rules),
            "oauth": self.subject.refresh(rules),
        }
        for ability, conversation in port.items():
            if ability not in self.capabilities:
                asked = play(conversation, always(troubles.LOST["refused"])).requests
                assert not asked, f"{ability!r} is not announced and asks {asked[0].endpoint}"

    def test_ending_changes_something_and_leaves_no_listing(self) -> None:
        subject: Any = self.subject
        if "ends" not in self.capabilities:
            return
        requests = play(subject.end(Link(self.listing()), self.ordinary().rules), always(troubles.WINDOW)).requests
        assert requests, "to end a listing, something must be asked"
        for situation, recording in self.situations().items():
            if recording.verb == "end":
                played = play(
                    recording.conversation(subject), first_then(recording.answers, troubles.LOST["refused"])
                )
                assert any(request.changes for request in played.requests), f"{situation}: nothing was changed"
                ended = not isinstance(played.result, Accepted) or played.result.listing is None
                assert ended, f"{situation}: what ended leaves no listing, or `send` would update it"

    def test_ending_nothing_ends_well(self) -> None:
        subject: Any = self.subject
        if "ends" in self.capabilities:
            result = play(subject.end(Link(), self.ordinary().rules), always(troubles.LOST["refused"])).result
            assert result == Accepted(None), f"without a listing there is nothing to end: {result!r}"

    def test_finding_changes_nothing(self) -> None:
        for name, conversation in self.conversations().items():
            if name in {"find", "suggest"}:
                requests = play(conversation, always(troubles.EMPTY_SUCCESSES["200 object"])).requests
                assert requests, f"{name} asks nothing"
                assert not any(request.changes for request in requests), f"{name} changes something"

    def test_a_preview_asks_and_changes_nothing(self) -> None:
        conversation = self.conversations().get("preview")
        if conversation is None:
            return
        played = play(conversation, always(troubles.EMPTY_SUCCESSES["200 object"]))
        assert played.requests, "preview asks nothing"
        assert not any(request.changes for request in played.requests), "a preview changes something"
        for situation, recording in self.situations().items():
            if recording.verb == "preview":
                script = first_then(recording.answers, troubles.LOST["refused"])
                result = play(recording.conversation(self.subject), script).result
                listing = getattr(result, "listing", None)
                assert listing is None, f"{situation}: nothing was made, and {listing!r} came of it"

    @each("trouble", troubles.ILLEGIBLE)
    def test_what_cannot_be_read_has_found_nothing_out(self, trouble: str) -> None:
        """An empty answer to "is it there?" would be taken for a no, and the listing made twice."""
        for name, conversation in self.conversations().items():
            if name in {"find", "suggest"}:
                result = play(conversation, always(troubles.RESPONSES[trouble])).result
                assert not isinstance(result, tuple), f"{name}: {trouble} was taken for an answer: {result!r}"

    def test_what_was_found_has_a_name(self) -> None:
        for situation, recording in self.situations().items():
            if recording.verb != "find":
                continue
            script = first_then(recording.answers, troubles.LOST["refused"])
            found = play(recording.conversation(self.subject), script).result
            for listing in found if isinstance(found, tuple) else ():
                assert isinstance(listing, Listing), f"{situation}: {listing!r}"
                assert listing.id.strip(), f"{situation}: a listing without an id"

    def test_any_words_may_be_asked_for(self) -> None:
        subject: Any = self.subject
        for words in ODD_WORDS if "suggests" in self.capabilities else ():
            played = play(subject.suggest(words, self.ordinary().rules), always(troubles.LOST["refused"]))
            for request in played.requests:
                _assert_sendable(request)

    def test_suggestions_are_categories_with_a_share_of_certainty(self) -> None:
        for situation, recording in self.situations().items():
            if not recording.verb.startswith("suggest:"):
                continue
            script = first_then(recording.answers, troubles.LOST["refused"])
            found = play(recording.conversation(self.subject), script).result
            for one in found if isinstance(found, tuple) else ():
                assert one.category.strip(), f"{situation}: {one!r}"
                assert one.name.strip(), f"{situation}: {one!r}"
                assert one.score is None or 0 <= one.score <= 1, f"{situation}: {one!r}"

    def test_nonsense_is_not_heard(self) -> None:
        subject: Any = self.subject
        for body in NONSENSE if "hears" in self.capabilities else ():
            heard = subject.heard(body)
            assert heard == (), f"{body[:60]!r} was heard as {heard!r}"

    def test_hearing_is_pure(self) -> None:
        subject: Any = self.subject
        for situation, recording in self.situations().items():
            if recording.verb == "heard" and "hears" in self.capabilities:
                about = tuple(recording.raw.get("result", {}).get("about", ()))
                told = [subject.heard(recording.post()) for _ in range(2)]
                assert told == [about, about], f"{situation}: the same post was heard as {told}"
                assert all(isinstance(one, str) and one for one in about), f"{situation}: {about!r}"

    def test_the_table_of_refusals_is_sound(self) -> None:
        subject: Any = self.subject
        if not isinstance(subject, Documents):
            assert not self.is_ours, "a connector of Ponte documents its refusals: def refusals(self)"
            return
        table = subject.refusals()
        assert table, "the table of refusals is empty"
        for line in table:
            assert isinstance(line, Refusal), repr(line)
            assert isinstance(line.kind, ProblemClass), f"{line.code}: {line.kind!r} is no class of problems"
            assert line.code.strip() == line.code != "", repr(line)
        keys = [(line.code, line.subject, line.note) for line in table]
        twice = sorted({key[0] for key in keys if keys.count(key) > 1})
        assert not twice, f"told twice: {twice}"


def _assert_sendable(request: Request) -> None:
    assert not request.changes, request.endpoint
    assert request.path.startswith("/"), request.path[:80]
    assert request.path.isprintable(), repr(request.path[:80])
    assert is_json(request.json), request.endpoint
    told = json.dumps([request.path, request.query, request.json], ensure_ascii=False, default=str)
    assert len(told) <= 8_000, f"{request.endpoint}: {len(told)} characters are asked"
    told.encode()  # a lone surrogate cannot be sent
