"""A connector as a third party would write it: the smallest that passes the exam. Its marketplace is made up."""

from __future__ import annotations

from collections.abc import Mapping

from ponte.connectors.transport import ask, asked_wait
from ponte.domain.connector import Limits, Manifest, Rules, Setting
from ponte.domain.message import JSON, Conversation, Request, Response, Secret
from ponte.domain.offer import Offer, Provenance
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Postponed, Rejected, Tokens
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sku import Sku


class Acme:
    """Offers are made by POST /offers, found by GET /offers?sku=, changed by PUT /offers/{id}."""

    manifest = Manifest(
        code="acme",
        name="Acme",
        base_url="https://api.acme.example",
        capabilities=frozenset({"oauth", "withdraws"}),
        settings=(
            Setting("key", {"pt-BR": "Chave", "en": "Key", "es": "Clave"}, secret=True),
            Setting("refresh_token", {"pt-BR": "Token", "en": "Token", "es": "Token"}, secret=True),
        ),
        limits=Limits(requests_per_second=2.0),
        short="AC",
    )

    def needs(self, sku: Sku, rules: Rules) -> tuple[str, ...]:
        return ()

    def learn(self, key: str, rules: Rules) -> Conversation[JSON | Postponed | Blocked]:
        yield from ()
        return None

    def check(self, sku: Sku, rules: Rules) -> tuple[Problem, ...]:
        found = list(sku.flaws)
        if not sku.name.strip():
            found.append(Problem(ProblemClass.TITLE_INVALID, Stage.VALIDATION, "title", "title.empty"))
        if rules.mapping.category(sku) is None:
            found.append(Problem(ProblemClass.CATEGORY_MAPPING, Stage.MAPPING, "category", "category.unmapped"))
        return tuple(found)

    def map(self, sku: Sku, rules: Rules) -> Offer:
        category = rules.mapping.category(sku)
        price = rules.mapping.priced(sku)
        payload = {
            "sku": sku.id,
            "title": sku.name,
            "category": category.sent if category else None,
            "price": price.sent if price else None,
        }
        return Offer(payload, (Provenance("title", "name", "as read", sku.name, sku.name),))

    def send(self, offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:
        if link.listing is not None:
            return (yield from self.tell(self.put(link.listing.id, dict(offer.payload))))
        if link.uncertain_seconds is not None:
            found = yield from self.look(str(offer.payload["sku"]))
            if not isinstance(found, list):
                return found
            if found:
                return (yield from self.tell(self.put(str(found[0]), dict(offer.payload))))
        create = Request("POST", "/offers", "POST /offers", json=dict(offer.payload), changes=True)
        return (yield from self.tell(create))

    def look(self, sku: str) -> Conversation[list[JSON] | Outcome]:
        answer = yield from ask(Request("GET", "/offers", "GET /offers", query=(("sku", sku),)))
        if isinstance(answer, Postponed):
            return Postponed(answer.problem, unknown=True)
        body = answer.json()
        found = body.get("offers") if isinstance(body, dict) else None
        return found if isinstance(found, list) else self.classify("GET /offers", answer)

    def put(self, listing: str, payload: dict[str, JSON]) -> Request:
        return Request("PUT", f"/offers/{listing}", "PUT /offers/{id}", json=payload, changes=True)

    def tell(self, request: Request) -> Conversation[Outcome]:
        answer = yield from ask(request)
        return answer if isinstance(answer, Postponed) else self.classify(request.endpoint, answer)

    def withdraw(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        assert link.listing is not None
        return (yield from self.tell(self.put(link.listing.id, {"on_sale": False})))

    def follow(self, link: Link, rules: Rules) -> Conversation[Outcome]:
        yield from ()
        return Accepted(link.listing)

    def refresh(self, rules: Rules) -> Conversation[Tokens | Postponed | Blocked]:
        form = (("key", Secret("key")), ("refresh_token", Secret("refresh_token")))
        answer = yield from ask(Request("POST", "/token", "POST /token", form=form, authorized=False, changes=True))
        if isinstance(answer, Postponed):
            return answer
        body = answer.json()
        token = body.get("access_token") if isinstance(body, dict) else None
        if answer.status == 200 and isinstance(token, str):
            return Tokens({"access_token": token}, 3_600.0)
        if answer.status in {400, 401}:
            return Blocked(Problem(ProblemClass.AUTH_INVALID, Stage.SEND))
        return Postponed(Problem(ProblemClass.MARKETPLACE_OUTAGE, Stage.SEND))

    def probe(self, rules: Rules) -> Conversation[Outcome]:
        return (yield from self.tell(Request("GET", "/me", "GET /me")))

    def classify(self, endpoint: str, response: Response) -> Outcome:
        status = response.status
        body = response.json()
        doubtful = not endpoint.startswith("GET ")
        if 200 <= status < 300:
            if isinstance(body, dict) and isinstance(body.get("id"), str):
                return Accepted(Listing(body["id"], state="on sale"))
            return Postponed(Problem(ProblemClass.RESPONSE_UNREADABLE, Stage.SEND), unknown=doubtful)
        if status == 429:
            return Postponed(Problem(ProblemClass.THROTTLED, Stage.SEND), asked_wait(response))
        if status in {401, 403}:
            return Postponed(Problem(ProblemClass.AUTH_EXPIRED, Stage.SEND))
        if 400 <= status < 500:
            return Rejected(tuple(self.problems(body)))
        return Postponed(Problem(ProblemClass.MARKETPLACE_OUTAGE, Stage.SEND), unknown=doubtful)

    def problems(self, body: JSON) -> list[Problem]:
        codes = body.get("codes") if isinstance(body, dict) else None
        known = {"no_category": ProblemClass.CATEGORY_MAPPING, "no_title": ProblemClass.TITLE_INVALID}
        found = [code for code in codes if isinstance(code, str)] if isinstance(codes, list) else []
        return [
            Problem(known.get(code, ProblemClass.UNKNOWN), Stage.SEND, code=code) for code in found or ["unknown"]
        ]

    def is_expired_token(self, request: Request, response: Response) -> bool:
        return response.status == 401

    def verbs(self) -> Mapping[str, str]:
        return {"listing": "https://acme.example/offers/{listing}"}
