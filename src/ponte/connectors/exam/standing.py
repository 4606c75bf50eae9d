"""What stands at the marketplace: it has a name, is changed by it, and outlives what Ponte remembers of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ponte.connectors.exam import troubles
from ponte.connectors.exam.bench import Bench
from ponte.connectors.exam.recordings import Recording
from ponte.connectors.exam.rehearsal import always, first_then, play
from ponte.domain.message import JSON, Conversation, Request
from ponte.domain.outcome import Accepted, Link, Listing, Pending

# An id from outside, once it stands in a path: it must stay one part of it.
ODD_ID = "../A1/x?y=z#w %2e\u00e9\n"
PLAIN_ID = "A1"
NONSENSE: tuple[JSON, ...] = (None, "", "x", -1, 1e300, True, [], {}, [None], {"a": [{}]})
_END = troubles.LOST["refused"]
_OBJECT = always(troubles.EMPTY_SUCCESSES["200 object"])


class StandingExam(Bench):
    """Links and listings: of a create, of an older version of the connector, of nobody."""

    def test_what_was_made_keeps_its_name(self) -> None:
        for situation in ("accepted", "updated", "withdrawn"):
            recording = self.situations().get(situation)
            if recording is None or (situation == "withdrawn" and "withdraws" not in self.capabilities):
                continue
            result = _played(recording, self.subject).result
            listing = result.listing if isinstance(result, Accepted | Pending) else None
            told = f"{situation} ends without a listing: the next sending would make another"
            assert isinstance(listing, Listing), told
            assert listing.id.strip(), told

    def test_what_is_found_in_doubt_is_not_made_again(self) -> None:
        found = self.situations().get("doubt_found")
        if found is None or self.particulars().upserts:
            return
        played, made = _played(found, self.subject), _played(self.ordinary(), self.subject)
        creating = {(one.method, one.path, one.endpoint) for one in made.requests[:1] if one.changes}
        again = [one.endpoint for one in played.requests if (one.method, one.path, one.endpoint) in creating]
        assert not again, f"doubt_found: the SKU's listing was found, and {again[0]} makes another"

    def test_everything_is_said_again_when_asked_to(self) -> None:
        recording = self.situations().get("updated", self.ordinary())
        standing = _played(recording, self.subject).result
        listing = (
            standing.listing if isinstance(standing, Accepted | Pending) and standing.listing else self.listing()
        )
        offer = self.subject.map(recording.sku, recording.rules)
        played = play(self.subject.send(offer, Link(listing, restate=True), recording.rules), _OBJECT)
        said = any(request.changes for request in played.requests) or not isinstance(
            played.result, Accepted | Pending
        )
        assert said, "Link.restate: what stands may be older than what was last accepted, and nothing was said"

    def test_whatever_is_remembered_of_a_listing_is_survived(self) -> None:
        """What an older version of the connector remembered, or nothing: a listing that was linked by hand."""
        for situation, recording in self.situations().items():
            for listing in _misremembered(recording):
                told = replace(recording, link=replace(recording.link, listing=listing))
                self.assert_fit(recording.verb, _played(told, self.subject, f"{situation}, {listing.memory}").result)

    def test_a_listings_id_stays_one_part_of_the_path(self) -> None:
        plain, odd = (self._addressed(listing_id) for listing_id in (PLAIN_ID, ODD_ID))
        for name, paths in odd.items():
            for path, usual in zip(paths, plain[name], strict=False):
                whole = path.isascii() and path.isprintable() and not set(path) & set(" ?#")
                assert whole, f"{name}: {path!r} is no path: urllib.parse.quote(listing.id, safe='')"
                same = path.count("/") == usual.count("/") and "/../" not in f"{path}/"
                assert same, f"{name}: the id leads elsewhere: {path!r}"

    def _addressed(self, listing_id: str) -> dict[str, list[str]]:
        """Return the paths that are asked about a listing of this id."""
        ordinary, listing = self.ordinary(), replace(self.listing(), id=listing_id)
        offer = self.subject.map(ordinary.sku, ordinary.rules)
        asked = {"update": self.subject.send(offer, Link(listing, restate=True), ordinary.rules)}
        asked |= dict(self._about(Link(listing)))
        return {name: _paths(play(one, _OBJECT).requests) for name, one in asked.items()}

    def _about(self, link: Link) -> Iterator[tuple[str, Conversation[Any]]]:
        subject: Any = self.subject
        rules = self.ordinary().rules
        for ability, verb in (("withdraws", "withdraw"), ("follows", "follow"), ("ends", "end")):
            if ability in self.capabilities:
                yield verb, getattr(subject, verb)(link, rules)

    def test_where_nothing_stands_nothing_is_done(self) -> None:
        for verb, conversation in self._about(Link()):
            played = play(conversation, _OBJECT)
            assert not any(request.changes for request in played.requests), (
                f"{verb} without a listing changes something"
            )
            self.assert_fit(verb, played.result)
            made = isinstance(played.result, Accepted | Pending) and played.result.listing
            assert not made, f"{verb} without a listing has one afterwards: {made!r}"


def _played(recording: Recording, subject: Any, told: str = "") -> Any:
    try:
        return play(recording.conversation(subject), first_then(recording.answers, _END))
    except AssertionError:
        raise
    except Exception as raised:
        raise AssertionError(f"{told or recording.situation}: {type(raised).__name__}: {raised}") from raised


def _paths(requests: tuple[Request, ...]) -> list[str]:
    return [request.path for request in requests if not request.path.startswith("https://")]


def _misremembered(recording: Recording) -> Iterator[Listing]:
    """Yield the recording's listing with nothing remembered, and with one thing of it made nonsense."""
    listing = recording.link.listing
    if listing is None:
        return
    yield replace(listing, memory={})
    for name in listing.memory:
        for nonsense in NONSENSE:
            yield replace(listing, memory={**listing.memory, name: nonsense})
