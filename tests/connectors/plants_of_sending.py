"""Planted faults of what is sent and what stands: what a careless connector keeps, forgets, mixes up."""

from __future__ import annotations

from dataclasses import replace

from connectors.emporium import Emporium
from ponte.connectors.transport import ask
from ponte.domain.message import Request
from ponte.domain.offer import Offer
from ponte.domain.outcome import Accepted, Link, Listing, Pending, Postponed, Rejected, Tokens
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte_acme import Acme


class Skimming(Acme):
    """Asks for the stock when it sends, so the offer does not have it, and a new stock is never sent."""

    def map(self, sku, rules):
        offer = super().map(sku, rules)
        return replace(offer, payload={**offer.payload, "stock": 1})


class Headlong(Acme):
    """Sends VTEX's price, whatever markup the channel has."""

    def map(self, sku, rules):
        offer = super().map(sku, rules)
        return replace(offer, payload={**offer.payload, "price": str(sku.price), "stock": sku.stock})


class Frozen(Acme):
    """Updates the texts and leaves the price as it was made."""

    def put(self, listing, payload):
        kept = {name: value for name, value in payload.items() if name != "price"}
        return super().put(listing, kept)


class Anonymous(Acme):
    """Makes offers without the seller's SKU."""

    def tell(self, request):
        if isinstance(request.json, dict):
            request = replace(request, json={name: one for name, one in request.json.items() if name != "sku"})
        return super().tell(request)


class AbsentMinded(Acme):
    """Keeps the offer in the instance while it waits for an answer."""

    payload: dict = {}

    def send(self, offer, link, rules):
        self.payload = dict(offer.payload)
        if link.uncertain_seconds is None:
            return (yield from super().send(offer, link, rules))
        found = yield from self.look(str(self.payload["sku"]))
        if not isinstance(found, list):
            return found
        return (yield from super().send(Offer(self.payload), Link(Listing(found[0]) if found else None), rules))


class Amnesiac(Acme):
    """Says that it worked, and not what was made: the next sending makes another."""

    def tell(self, request):
        outcome = yield from super().tell(request)
        return Accepted(None) if isinstance(outcome, Accepted) else outcome


class Dropping(Acme):
    """Loses the listing that it takes off sale."""

    def withdraw(self, link, rules):
        outcome = yield from super().withdraw(link, rules)
        return Accepted(None) if isinstance(outcome, Accepted) else outcome


class Rash(Acme):
    """Looks, and makes another one all the same."""

    def send(self, offer, link, rules):
        if link.uncertain_seconds is not None:
            found = yield from self.look(str(offer.payload["sku"]))
            if not isinstance(found, list):
                return found
        return (yield from super().send(offer, replace(link, uncertain_seconds=None), rules))


class Thrifty(Acme):
    """Says nothing while what it remembers is what it would say, whatever was asked."""

    def send(self, offer, link, rules):
        if link.listing and link.listing.memory.get("sent") == offer.digest:
            return Accepted(link.listing)
        outcome = yield from super().send(offer, link, rules)
        if isinstance(outcome, Accepted):
            return Accepted(replace(outcome.listing, memory={"sent": offer.digest}))
        return outcome


class Reminiscent(Emporium):
    """Trusts that it remembers of a listing what it always noted."""

    def withdraw(self, link, rules):
        if link.listing is not None:
            int(link.listing.memory["taken"])
        return (yield from super().withdraw(link, rules))


class Unquoted(Acme):
    """Puts a listing's id into the path as it is."""

    def put(self, listing, payload):
        return replace(super().put(listing, payload), path=f"/offers/{listing}")


class Eager(Acme):
    """Takes off sale what is not there, by making it."""

    def withdraw(self, link, rules):
        listing = link.listing or Listing("new")
        return (yield from self.tell(self.put(listing.id, {"on_sale": False})))


class Presuming(Emporium):
    """Needs the leaf of a category that a SKU may not have."""

    def needs(self, sku, rules):
        assert rules.mapping.category(sku) or sku.category_ids[-1]
        return super().needs(sku, rules)


class Expecting(Emporium):
    """Trusts a fact to be in the form in which it was learnt."""

    def check(self, sku, rules):
        fact = next(iter(rules.facts.values()), None)
        needed = [row["id"] for row in fact["fields"]] if fact else []
        return tuple(one for one in super().check(sku, rules) if one.subject not in needed)


class Wearying(Acme):
    """Gives an outage up after the third."""

    seen = 0

    def classify(self, endpoint, response):
        Wearying.seen += response.status >= 500
        outcome = super().classify(endpoint, response)
        return Rejected((outcome.problem,)) if response.status >= 500 and Wearying.seen % 4 == 0 else outcome


class Panicky(Acme):
    """Wants a new token for every failure."""

    def is_expired_token(self, request, response):
        return response.status >= 400


class WithPage(Acme):
    """No fault yet: Acme with a page that lets Ponte in."""

    def authorize_url(self, rules, *, redirect_uri, state, code_challenge=""):
        return f"https://acme.example/authorize?state={state}"

    def exchange(self, rules, code, *, redirect_uri, code_verifier=""):
        return self.refresh(rules)


class Candid(WithPage):
    """Shows the application's secret to everybody who connects."""

    def authorize_url(self, rules, *, redirect_uri, state, code_challenge=""):
        page = super().authorize_url(rules, redirect_uri=redirect_uri, state=state)
        return f"{page}&key={rules.settings.get('key', '')}"


class Unstated(WithPage):
    """Does not say who comes back."""

    def authorize_url(self, rules, *, redirect_uri, state, code_challenge=""):
        return "https://acme.example/authorize"


class Credulous(WithPage):
    """Takes whatever the token page answers for a token."""

    def exchange(self, rules, code, *, redirect_uri, code_verifier=""):
        form = (("code", code),)
        answer = yield from ask(Request("POST", "/token", "POST /token", form=form, authorized=False, changes=True))
        return answer if isinstance(answer, Postponed) else Tokens({"access_token": answer.json()["token"]}, 60.0)


class Speechless(Acme):
    """Refuses, and does not say why."""

    def problems(self, body):
        return []


class Soft(Acme):
    """Refuses for something that it calls a warning."""

    def problems(self, body):
        return [one.as_warning() for one in super().problems(body)]


class Restless(Emporium):
    """Wants to look again at once, for ever."""

    def follow(self, link, rules):
        outcome = yield from super().follow(link, rules)
        waits = Problem(ProblemClass.DEPENDENCY_PENDING, Stage.MARKETPLACE)
        return Pending(link.listing, waits, 0.0) if isinstance(outcome, Postponed | Accepted) else outcome


class Verbose(Acme):
    """Keeps the whole of an answer that it does not understand."""

    def classify(self, endpoint, response):
        outcome = super().classify(endpoint, response)
        unread = isinstance(outcome, Postponed) and outcome.problem.kind is ProblemClass.RESPONSE_UNREADABLE
        told = Problem(ProblemClass.RESPONSE_UNREADABLE, Stage.SEND, message=response.text)
        return replace(outcome, problem=told) if unread else outcome


class Blaming(Acme):
    """Takes a refused key for a fault of the product."""

    def classify(self, endpoint, response):
        status = 422 if response.status == 401 else response.status
        return super().classify(endpoint, replace(response, status=status))


FAULTS = {
    Skimming: "test_the_offer_follows_the_sku",
    Headlong: "test_the_offer_follows_the_mapping",
    Frozen: "test_an_update_says_what_changed",
    Anonymous: "test_a_create_names_the_sku",
    AbsentMinded: "test_products_sent_at_once_do_not_mix",
    Amnesiac: "test_what_was_made_keeps_its_name",
    Dropping: "test_what_was_made_keeps_its_name",
    Rash: "test_what_is_found_in_doubt_is_not_made_again",
    Thrifty: "test_everything_is_said_again_when_asked_to",
    Reminiscent: "test_whatever_is_remembered_of_a_listing_is_survived",
    Unquoted: "test_a_listings_id_stays_one_part_of_the_path",
    Eager: "test_where_nothing_stands_nothing_is_done",
    Presuming: "test_what_is_needed_is_named_whatever_the_sku",
    Expecting: "test_any_fact_is_survived",
    Wearying: "test_the_same_answer_always_means_the_same",
    Panicky: "test_only_a_refused_token_is_called_expired",
    Candid: "test_the_page_that_lets_in_can_be_opened_and_tells_no_secret",
    Unstated: "test_the_page_that_lets_in_can_be_opened_and_tells_no_secret",
    Credulous: "test_every_trouble_ends_every_conversation_with_an_outcome",
    Speechless: "test_every_trouble_ends_every_conversation_with_an_outcome",
    Soft: "test_every_trouble_ends_every_conversation_with_an_outcome",
    Restless: "test_every_trouble_ends_every_conversation_with_an_outcome",
    Blaming: "test_a_refused_key_is_no_fault_of_the_product",
    Verbose: "test_every_trouble_ends_every_conversation_with_an_outcome",
}
