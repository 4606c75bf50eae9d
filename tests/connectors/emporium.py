"""A connector with every ability there is: Acme, grown. Its marketplace is made up too.

New offers go together into POST /offers/batch, one answer for all: {"results": {"SKU": {"id": "A1"}}}. What was taken
may be refused later (GET /offers/{id}).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from ponte.connectors.transport import ask
from ponte.domain.connector import Limits, Preset, Rate, Rules, Setting, Signature
from ponte.domain.message import JSON, UNREADABLE, Answer, Conversation, Request, Response, parse_json
from ponte.domain.offer import Offer
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sheet import Need, Sheet, SheetField, Suggestion
from ponte.domain.sku import Sku
from ponte_acme import Acme

BATCH = "POST /offers/batch"
GONE = ProblemClass.LISTING_NOT_FOUND
WORDS = {"pt-BR": "Segredo", "en": "Secret", "es": "Secreto"}


class Emporium(Acme):
    manifest = replace(
        Acme.manifest,
        code="emporium",
        capabilities=Acme.manifest.capabilities
        | {"follows", "learns", "ends", "finds", "gathers", "suggests", "sheets", "hears", "previews"},
        settings=(*Acme.manifest.settings, Setting("hook", WORDS, secret=True, required=False)),
        limits=Limits(requests_per_second=2.0, gather=20, rates={"GET /me": Rate(60.0, burst=5)}),
        hosts={"search": "https://search.emporium.example"},
        presets=(Preset("north", "Emporium North", "https://north.emporium.example"),),
        signature=Signature("x-emporium-signature", "hook"),
    )

    def needs(self, sku: Sku, rules: Rules) -> tuple[str, ...]:
        mapped = rules.mapping.category(sku)
        return (f"category/{mapped.sent}",) if mapped else ()

    def learn(self, key: str, rules: Rules) -> Conversation[JSON | Postponed | Blocked]:
        answer = yield from ask(Request("GET", f"/{key}", "GET /category/{id}"))
        if isinstance(answer, Postponed):
            return answer
        if answer.status == 404:
            return None
        body = answer.json()
        if answer.status == 200 and isinstance(body, dict) and isinstance(body.get("fields"), list):
            return {"fields": [row for row in body["fields"] if isinstance(row, dict)]}
        return self.hindered(self.classify("GET /category/{id}", answer))

    def hindered(self, outcome: Outcome) -> Postponed | Blocked:
        match outcome:
            case Postponed() | Blocked():
                return outcome
            case Rejected(problems):
                return Postponed(problems[0])
            case _:
                return Postponed(Problem(ProblemClass.RESPONSE_UNREADABLE, Stage.SEND))

    def send(self, offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:
        if link.listing is None and link.uncertain_seconds is None:
            return (yield from self.tell(self.joined(dict(offer.payload))))
        return (yield from super().send(offer, link, rules))

    def joined(self, payload: dict[str, JSON]) -> Request:
        return Request("POST", "/offers/batch", BATCH, json=payload, changes=True, together="offers")

    def together(
        self, topic: str, requests: Mapping[str, Request], rules: Rules
    ) -> Conversation[Mapping[str, Answer]]:
        body = {"offers": [request.json for request in requests.values()]}
        answer: Answer = yield Request("POST", "/offers/batch", BATCH, json=body, changes=True)
        if not isinstance(answer, Response) or answer.status != 200:
            return dict.fromkeys(requests, answer)
        told = answer.json()
        results = told.get("results") if isinstance(told, dict) else None
        return {sku: self.part(results, sku) for sku in requests}

    def part(self, results: JSON, sku: str) -> Response:
        found = results.get(sku) if isinstance(results, dict) else None
        if not isinstance(found, dict):
            return Response(200, {}, b"null")
        return Response(422 if "codes" in found else 200, {}, json.dumps(found).encode())

    def preview(self, offer: Offer, rules: Rules) -> Conversation[Outcome]:
        return (
            yield from self.tell(Request("POST", "/offers/check", "POST /offers/check", json=dict(offer.payload)))
        )

    def follow(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        if link.listing is None:
            return Accepted(None)
        request = Request("GET", f"/offers/{quote(link.listing.id, safe='')}", "GET /offers/{id}")
        outcome = yield from self.tell(request)
        return replace(outcome, listing=link.listing) if isinstance(outcome, Rejected) else outcome

    def classify(self, endpoint: str, response: Response) -> Outcome:
        body = response.json()
        if endpoint == "GET /offers/{id}" and isinstance(body, dict) and body.get("codes"):
            return Rejected(tuple(self.problems(body)))
        return super().classify(endpoint, response)

    def end(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        if link.listing is None:
            return Accepted(None)
        request = Request("DELETE", f"/offers/{quote(link.listing.id, safe='')}", "DELETE /offers/{id}", changes=True)
        answer = yield from ask(request)
        if isinstance(answer, Postponed):
            return answer
        return Accepted(None) if answer.status in {204, 404} else self.classify(request.endpoint, answer)

    def find(self, sku: str, rules: Rules) -> Conversation[tuple[Listing, ...] | Postponed | Blocked]:
        answer = yield from ask(Request("GET", "/offers", "GET /offers", query=(("sku", sku),), host="search"))
        if isinstance(answer, Postponed):
            return answer
        body = answer.json()
        found = body.get("offers") if answer.status == 200 and isinstance(body, dict) else None
        if not isinstance(found, list):
            return self.hindered(self.classify("GET /offers", answer))
        return tuple(Listing(one) for one in found if isinstance(one, str) and one)

    def suggest(self, words: str, rules: Rules) -> Conversation[tuple[Suggestion, ...] | Postponed | Blocked]:
        said = "".join(letter for letter in words if letter.isalnum() or letter == " ").strip()[:100]
        answer = yield from ask(Request("GET", "/suggest", "GET /suggest", query=(("q", said),), host="search"))
        if isinstance(answer, Postponed):
            return answer
        body = answer.json()
        if answer.status != 200 or not isinstance(body, list):
            return self.hindered(self.classify("GET /suggest", answer))
        return tuple(Suggestion(row["id"], row["id"], score=0.5) for row in body if self.is_category(row))

    def is_category(self, row: JSON) -> bool:
        return isinstance(row, dict) and isinstance(row.get("id"), str) and bool(row["id"])

    def sheet_key(self, category: str) -> str:
        return f"category/{category}"

    def sheet(self, category: str, fact: JSON) -> Sheet | None:
        if not isinstance(fact, dict):
            return None
        rows = fact.get("fields")
        found = {row["id"]: row for row in rows if self.is_category(row)} if isinstance(rows, list) else {}
        fields = [
            SheetField(name, name, Need.REQUIRED if row.get("needed") is True else Need.OPTIONAL)
            for name, row in found.items()
        ]
        return Sheet(category, category, tuple(sorted(fields, key=lambda field: field.need is not Need.REQUIRED)))

    def heard(self, body: bytes) -> tuple[str, ...]:
        post: Any = parse_json(body)
        skus = post.get("skus") if post is not UNREADABLE and isinstance(post, dict) else None
        if not isinstance(skus, list):
            return ()
        return tuple(sku for sku in skus if isinstance(sku, str) and sku.isascii() and sku.isdigit())
