"""A connector as a third party writes it: the smallest that passes the exam. Its marketplace is made up.

Offers are made by POST /offers, found by GET /offers?sku=, changed by PUT /offers/{id}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote

from ponte.connectors.transport import ask, asked_wait
from ponte.domain.connector import FieldLine, Limits, Manifest, Refusal, Rules, Setting
from ponte.domain.message import JSON, Conversation, Request, Response, Secret
from ponte.domain.offer import Offer
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Postponed, Rejected, Tokens
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sku import Sku

MAX_TITLE = 120
REFUSALS = (
    Refusal("no_category", ProblemClass.CATEGORY_MAPPING, "category", "The category does not exist at Acme."),
    Refusal("no_offer", ProblemClass.LISTING_NOT_FOUND, "", "Somebody deleted the offer at Acme."),
    Refusal("no_title", ProblemClass.TITLE_INVALID, "title", "The title is empty."),
)
CLASSES = {line.code: line for line in REFUSALS}


class Acme:
    """The port filled."""

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
        fields=(
            FieldLine("SKU id", "sku", required=True),
            FieldLine("SKU name", "title", required=True, note="template `title.template`"),
            FieldLine("Category of the product", "category", required=True, note="by the channel's mapping"),
            FieldLine("Price in the trade policy", "price", required=True),
            FieldLine("Stock in the trade policy", "stock", required=True),
        ),
    )

    def needs(self, sku: Sku, rules: Rules) -> tuple[str, ...]:  # noqa: ARG002 -- the port's signature
        """Return no facts: nothing must be learnt of Acme before a SKU can be checked."""
        return ()

    def learn(self, key: str, rules: Rules) -> Conversation[JSON | Postponed | Blocked]:  # noqa: ARG002 -- the port's signature
        """Ask nothing: there are no facts."""
        yield from ()
        return None

    def check(self, sku: Sku, rules: Rules) -> tuple[Problem, ...]:
        """Return what VTEX's answer lacked first, then everything that Acme would refuse."""
        found = list(sku.flaws)
        if not rules.mapping.titled(sku, MAX_TITLE).sent:
            found.append(Problem(ProblemClass.TITLE_INVALID, Stage.VALIDATION, "title", "title.empty"))
        if rules.mapping.category(sku) is None:
            found.append(Problem(ProblemClass.CATEGORY_MAPPING, Stage.MAPPING, "category", "category.unmapped"))
        return tuple(found)

    def map(self, sku: Sku, rules: Rules) -> Offer:
        """Return what is sent, and for each field where it came from."""
        category, price = rules.mapping.category(sku), rules.mapping.priced(sku)
        title, stock = rules.mapping.titled(sku, MAX_TITLE), rules.mapping.stocked(sku)
        payload = {
            "sku": sku.id,
            "title": title.sent,
            "category": category.sent if category else None,
            "price": price.sent if price else None,
            "stock": int(stock.sent),
        }
        return Offer(payload, tuple(one for one in (title, category, price, stock) if one))

    def send(self, offer: Offer, link: Link, rules: Rules) -> Conversation[Outcome]:  # noqa: ARG002 -- the port's signature
        """Update what stands, else create; in doubt, look first."""
        payload = dict(offer.payload)
        if link.listing is not None:
            return (yield from self.tell(self.put(link.listing.id, payload)))
        if link.uncertain_seconds is not None:
            found = yield from self.look(str(payload["sku"]))
            if not isinstance(found, list):
                return found
            if found:
                return (yield from self.tell(self.put(str(found[0]), payload)))
        return (yield from self.tell(Request("POST", "/offers", "POST /offers", json=payload, changes=True)))

    def look(self, sku: str) -> Conversation[list[JSON] | Outcome]:
        """Return the ids of a SKU's offers. While they cannot be had, the doubt lives on."""
        answer = yield from ask(Request("GET", "/offers", "GET /offers", query=(("sku", sku),)))
        if isinstance(answer, Response):
            body = answer.json()
            found = body.get("offers") if answer.status == 200 and isinstance(body, dict) else None
            if isinstance(found, list):
                return found
            outcome = self.classify("GET /offers", answer)
        else:
            outcome = answer
        return replace(outcome, unknown=True) if isinstance(outcome, Postponed) else outcome

    def put(self, listing: str, payload: dict[str, JSON]) -> Request:
        """Return the request that changes an offer."""
        return Request("PUT", f"/offers/{quote(listing, safe='')}", "PUT /offers/{id}", json=payload, changes=True)

    def tell(self, request: Request) -> Conversation[Outcome]:
        """Ask, and say what the answer means."""
        answer = yield from ask(request)
        return answer if isinstance(answer, Postponed) else self.classify(request.endpoint, answer)

    def withdraw(self, link: Link, rules: Rules) -> Conversation[Outcome]:  # noqa: ARG002 -- the port's signature
        """Take the offer off sale; `send` brings it back."""
        if link.listing is None:
            return Accepted(None)
        return (yield from self.tell(self.put(link.listing.id, {"on_sale": False})))

    def follow(self, link: Link, rules: Rules) -> Conversation[Outcome]:  # noqa: ARG002 -- the port's signature
        """Ask nothing: Acme answers at once."""
        yield from ()
        return Accepted(link.listing)

    def refresh(self, rules: Rules) -> Conversation[Tokens | Postponed | Blocked]:  # noqa: ARG002 -- the port's signature
        """Get a new token."""
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
        outcome = self.classify("POST /token", Response(answer.status, answer.headers))
        return outcome if isinstance(outcome, Postponed) else Postponed(_unreadable())

    def probe(self, rules: Rules) -> Conversation[Outcome]:  # noqa: ARG002 -- the port's signature
        """Ask who we are."""
        answer = yield from ask(Request("GET", "/me", "GET /me"))
        if isinstance(answer, Postponed):
            return answer
        # Who we are is no offer: what proves it is the shop's name.
        body = answer.json()
        known = answer.status == 200 and isinstance(body, dict) and bool(body.get("shop"))
        return Accepted(None) if known else self.classify("GET /me", answer)

    def classify(self, endpoint: str, response: Response) -> Outcome:
        """Say what an answer means. A success needs a proof: an id."""
        status, body = response.status, response.json()
        doubtful = not endpoint.startswith("GET ")
        if 200 <= status < 300:
            if isinstance(body, dict) and isinstance(body.get("id"), str):
                return Accepted(Listing(body["id"], state="on sale"))
            return Postponed(_unreadable(), unknown=doubtful)
        if status == 429:
            return Postponed(Problem(ProblemClass.THROTTLED, Stage.SEND), asked_wait(response))
        if status in {401, 403}:
            return Postponed(Problem(ProblemClass.AUTH_EXPIRED, Stage.SEND))
        if 400 <= status < 500:
            return Rejected(tuple(self.problems(body)))
        return Postponed(Problem(ProblemClass.MARKETPLACE_OUTAGE, Stage.SEND), asked_wait(response), unknown=doubtful)

    def problems(self, body: JSON) -> list[Problem]:
        """Return the problems of a refusal; a code that is not known keeps its name."""
        codes = body.get("codes") if isinstance(body, dict) else None
        found = [code for code in codes if isinstance(code, str)] if isinstance(codes, list) else []
        return [_problem(code) for code in found or ["unknown"]]

    def is_expired_token(self, request: Request, response: Response) -> bool:  # noqa: ARG002 -- the port's signature
        """True for a token that has had its time."""
        return response.status == 401

    def verbs(self) -> Mapping[str, str]:
        """Return deep links."""
        return {"listing": "https://acme.example/offers/{listing}"}

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the codes that Acme has."""
        return REFUSALS


def _problem(code: str) -> Problem:
    known = CLASSES.get(code)
    return Problem(known.kind if known else ProblemClass.UNKNOWN, Stage.SEND, code=code)


def _unreadable() -> Problem:
    return Problem(ProblemClass.RESPONSE_UNREADABLE, Stage.SEND)
