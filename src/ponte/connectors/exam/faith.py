"""What is sent follows the SKU and the channel's mapping; products that are sent at once do not mix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ponte.connectors.exam import troubles
from ponte.connectors.exam.bench import Bench
from ponte.connectors.exam.cases import each
from ponte.connectors.exam.recordings import Recording
from ponte.connectors.exam.rehearsal import Script, first_then, play
from ponte.domain.mapping import Mapping, PriceRule, StockRule, TitleRule
from ponte.domain.message import Answer, Conversation, Request
from ponte.domain.outcome import Link
from ponte.domain.sku import Sku

CHEAPER, FEWER = Decimal("101.23"), 3
CHANGES: dict[str, Callable[[Sku], Sku]] = {
    "name": lambda sku: replace(sku, name="Outro nome", product_name="Outro nome"),
    "price": lambda sku: replace(sku, price=CHEAPER),
    "stock": lambda sku: replace(sku, stock=FEWER),
}
RULES: dict[str, Callable[[Mapping], Mapping]] = {
    "price": lambda mapping: replace(mapping, price=PriceRule(markup_percent=Decimal(37), add=Decimal(5))),
    "stock": lambda mapping: replace(mapping, stock=StockRule(reserve=5)),
    "title": lambda mapping: replace(mapping, title=TitleRule(template="{brand} {reference}")),
}
ASKED = {"price": "priced(sku)", "stock": "stocked(sku)", "title": "titled(sku, limit)"}
OTHER_ID = "2000999"
_END = troubles.LOST["refused"]


class FaithExam(Bench):
    """An offer that stays the same when its SKU changed is never sent again: Ponte compares digests."""

    @each("change", sorted(CHANGES))
    def test_the_offer_follows_the_sku(self, change: str) -> None:
        ordinary = self.ordinary()
        before, after = (
            self.subject.map(sku, ordinary.rules) for sku in (ordinary.sku, CHANGES[change](ordinary.sku))
        )
        assert before.digest != after.digest, f"another {change} makes the same offer: it would never be sent"

    @each("rule", sorted(RULES))
    def test_the_offer_follows_the_mapping(self, rule: str) -> None:
        ordinary = self.ordinary()
        ruled = replace(ordinary.rules, mapping=RULES[rule](ordinary.rules.mapping))
        before, after = (self.subject.map(ordinary.sku, rules) for rules in (ordinary.rules, ruled))
        said = f"the mapping's rule for the {rule} is not obeyed: ask rules.mapping.{ASKED[rule]}"
        assert before.digest != after.digest, said

    @each("change", ("price", "stock"))
    def test_an_update_says_what_changed(self, change: str) -> None:
        known = self.situations().get("updated")
        if known is None:
            return  # its absence is told by the recordings' group
        # A marketplace that only wants to hear that something changed hears it when the last told was another.
        told = self._told(known, change) or self._told(_afterwards(known, self.subject), change)
        assert told, f"an update after another {change} asks for the very same"

    def _told(self, known: Recording, change: str) -> bool:
        script = first_then(known.answers, _END)
        changed = replace(known, sku=CHANGES[change](known.sku))
        sent = [play(one.conversation(self.subject), script).requests for one in (known, changed)]
        return sent[0] != sent[1]

    def test_a_create_names_the_sku(self) -> None:
        ordinary = self.ordinary()
        played = play(ordinary.conversation(self.subject), first_then(ordinary.answers, _END))
        named = any(ordinary.sku.id in repr(request) for request in played.requests if request.changes)
        assert named, "no request that makes the listing names the SKU: it could never be found again"

    def test_products_sent_at_once_do_not_mix(self) -> None:
        """One instance serves a whole channel: what it keeps of one product would go out with another."""
        for situation, recording in self.situations().items():
            if recording.verb != "send":
                continue
            subject, pair = self.subject, (recording, _other(recording))
            script = first_then(recording.answers, _END)
            alone = [play(one.conversation(self.subject), script).requests for one in pair]
            together = _interleaved([one.conversation(subject) for one in pair], script)
            assert together == alone, f"{situation}: beside another product it asked something else"


def _other(recording: Recording) -> Recording:
    """Return the same situation of another SKU."""
    other = replace(CHANGES["price"](CHANGES["name"](recording.sku)), id=OTHER_ID)
    return replace(recording, sku=other)


def _afterwards(recording: Recording, subject: Any) -> Recording:
    """Return the situation that a recording leaves behind: its listing as it stands then."""
    result = play(recording.conversation(subject), first_then(recording.answers, _END)).result
    listing = getattr(result, "listing", None) or recording.link.listing
    return replace(recording, link=Link(listing))


def _interleaved(conversations: list[Conversation[Any]], script: Script) -> list[tuple[Request, ...]]:
    """Play conversations step by step in turn, as a worker does; returns what each asked."""
    asked: list[list[Request]] = [[] for _ in conversations]
    waiting: list[tuple[int, Conversation[Any], Answer | None]] = [
        (n, one, None) for n, one in enumerate(conversations)
    ]
    while waiting:
        place, conversation, answer = waiting.pop(0)
        try:
            request = next(conversation) if answer is None else conversation.send(answer)
        except StopIteration:
            continue
        asked[place].append(request)
        waiting.append((place, conversation, script(len(asked[place]) - 1, request)))
    return [tuple(requests) for requests in asked]
