"""Recorded situations: what stood where, what was asked and answered, how it must end.

One file per situation, `recordings/<situation>.json` beside the connector:

    {"about": "one sentence",
     "verb": "send" | "withdraw" | "end" | "follow" | "find" | "suggest:<words>" | "preview" | "refresh" |
             "probe" | "learn:<key>" | "together:<topic>" | "heard",
     "sku": {...}, "mapping": ["line", ...], "settings": {...}, "facts": {...},
     "listing": {"id", "state", "memory"}, "uncertain_seconds": 5,
     "check": [{"class", "subject", "code"}],
     "exchanges": [{"request": {...}, "answer": {"status", "headers", "json" | "text"} | {"failure", "sent"}}],
     "expires": [0], "result": {...}}

`sku` names what differs from the exam's ordinary SKU. `check` is what the pure check must find. `expires` lists the
exchanges whose answer must be known as an expired token. Requests and result have the form of `telling`.

Only the answers come from outside: `ponte connector record NAME SITUATION` fills in requests and result.

"find" looks for the SKU of the recording. "together" has `requests` beside, what each SKU's conversation yielded:
{"2000123": {...request...}, ...}; its result is {"outcome": "parts", "parts": {"2000123": {"status", "json"}, ...}}.
"heard" has a `post` (JSON, or text) and no exchanges; its result is {"outcome": "heard", "about": [...]}.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from ponte.connectors.exam.samples import ORDINARY
from ponte.connectors.exam.telling import request_from
from ponte.domain.connector import Connector, Ends, Finds, Gathers, Hears, Previews, Rules, Suggests
from ponte.domain.mapping import Mapping as ChannelMapping
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.message import Answer, Conversation, Failure, NoAnswer, Request, Response
from ponte.domain.outcome import Link, Listing
from ponte.domain.sku import Dimensions, Image, Sku, Specification

REQUIRED = ("accepted", "updated", "rejected", "unknown_category", "rate_limit", "probed")
REQUIRED_UNLESS_UPSERTS = ("doubt_found", "gone")
REQUIRED_BY_CAPABILITY = {
    "oauth": ("expired_token",),
    "follows": ("late_refusal",),
    "withdraws": ("withdrawn",),
    "ends": ("ended",),
    "finds": ("found",),
    "suggests": ("suggested",),
    "gathers": ("gathered",),
    "hears": ("heard",),
    "previews": ("previewed",),
}
# What some situations must be: the verb, and how they may end.
MEANING: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "accepted": ("send", ("accepted", "pending")),
    "updated": ("send", ("accepted", "pending")),
    "doubt_found": ("send", ("accepted", "pending")),
    "gone": ("send", ("accepted", "pending", "rejected")),
    "probed": ("probe", ("accepted",)),
    "rejected": ("send", ("rejected",)),
    "late_refusal": ("follow", ("rejected",)),
    "withdrawn": ("withdraw", ("accepted", "pending")),
    "ended": ("end", ("accepted", "pending")),
    "found": ("find", ("found",)),
    "suggested": ("suggest", ("suggested",)),
    "gathered": ("together", ("parts",)),
    "heard": ("heard", ("heard",)),
    "previewed": ("preview", ("rejected",)),
}


@dataclass(frozen=True, slots=True)
class Recording:
    """One situation, read."""

    situation: str
    verb: str
    sku: Sku
    rules: Rules
    link: Link
    answers: tuple[Answer, ...]
    raw: Mapping[str, Any]

    def conversation(self, connector: Connector) -> Conversation[Any]:
        match self.verb.partition(":"):
            case ("send", _, _):
                return connector.send(connector.map(self.sku, self.rules), self.link, self.rules)
            case ("withdraw", _, _):
                return connector.withdraw(self.link, self.rules)
            case ("follow", _, _):
                return connector.follow(self.link, self.rules)
            case ("learn", _, key):
                return connector.learn(key, self.rules)
            case ("preview", _, _) if isinstance(connector, Previews):
                return connector.preview(connector.map(self.sku, self.rules), self.rules)
        return self._of_account(connector) or self._of_ability(connector)

    def _of_account(self, connector: Connector) -> Conversation[Any] | None:
        match self.verb:
            case "refresh":
                return connector.refresh(self.rules)
            case "probe":
                return connector.probe(self.rules)
            case _:
                return None

    def _of_ability(self, connector: Any) -> Conversation[Any]:
        match self.verb.partition(":"):
            case ("end", _, _) if isinstance(connector, Ends):
                return connector.end(self.link, self.rules)
            case ("find", _, _) if isinstance(connector, Finds):
                return connector.find(self.sku.id, self.rules)
            case ("suggest", _, words) if isinstance(connector, Suggests):
                return connector.suggest(words, self.rules)
            case ("together", _, topic) if isinstance(connector, Gathers):
                return connector.together(topic, self.requests(), self.rules)
            case ("heard", _, _) if isinstance(connector, Hears):
                return _without_asking(connector.heard(self.post()))
        raise ValueError(f"{self.situation}: the connector has no verb {self.verb!r}")

    def requests(self) -> dict[str, Request]:
        """Return what each SKU's conversation yielded, for a gathering."""
        return {sku: request_from(raw) for sku, raw in self.raw.get("requests", {}).items()}

    def post(self) -> bytes:
        """Return the body of what the marketplace posted."""
        post = self.raw["post"]
        return (post if isinstance(post, str) else json.dumps(post, ensure_ascii=False)).encode()


def _without_asking(result: Any) -> Conversation[Any]:
    yield from ()
    return result


def read_recordings(folder: Path) -> dict[str, Recording]:
    """Return all recordings of a folder by situation; none when there is no folder."""
    return {path.stem: read_recording(path) for path in sorted(folder.glob("*.json"))}


def read_recording(path: Path) -> Recording:
    return recording_of(path.stem, json.loads(path.read_text(encoding="utf-8")))


def recording_of(situation: str, raw: Mapping[str, Any]) -> Recording:
    """Read one situation from its JSON."""
    return Recording(
        situation,
        raw["verb"],
        sku_from(raw.get("sku", {})),
        Rules(_mapping(raw.get("mapping", []), situation), raw.get("settings", {}), raw.get("facts", {})),
        Link(_listing(raw.get("listing")), raw.get("uncertain_seconds")),
        tuple(_answer(exchange["answer"]) for exchange in raw.get("exchanges", ()) if exchange.get("answer")),
        raw,
    )


def _mapping(lines: list[str], situation: str) -> ChannelMapping:
    if not lines:
        return ChannelMapping()
    read = parse_mapping("\n".join(lines))
    if read.mapping is None:
        raise ValueError(f"{situation}.json: {read.errors}")
    return read.mapping


def _listing(raw: Mapping[str, Any] | None) -> Listing | None:
    return Listing(raw["id"], raw.get("url", ""), raw.get("state", ""), raw.get("memory", {})) if raw else None


def _answer(raw: Mapping[str, Any]) -> Answer:
    if "failure" in raw:
        return NoAnswer(Failure(raw["failure"]), raw["sent"], raw.get("detail", ""))
    body = json.dumps(raw["json"], ensure_ascii=False) if "json" in raw else raw.get("text", "")
    return Response(raw["status"], raw.get("headers", {}), body.encode())


def sku_from(raw: Mapping[str, Any]) -> Sku:
    """Return the ordinary SKU with what a recording says about it."""
    changes: dict[str, Any] = dict(raw)
    if "images" in raw:
        changes["images"] = tuple(Image(url) for url in raw["images"])
    if "specifications" in raw:
        changes["specifications"] = tuple(
            Specification(name, tuple(raw["specifications"][name])) for name in raw["specifications"]
        )
    if "dimensions" in raw:
        changes["dimensions"] = Dimensions(*(Decimal(raw["dimensions"][side]) for side in Dimensions.__slots__))
    for name in ("price", "list_price"):
        if raw.get(name) is not None:
            changes[name] = Decimal(raw[name])
    for name in ("category_ids", "category_names", "trade_policies"):
        if name in raw:
            changes[name] = tuple(raw[name])
    return replace(ORDINARY, **changes)
