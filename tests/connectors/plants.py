"""Planted faults: connectors with one thing wrong each, and the check of the exam that must catch it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import ponte_acme
from connectors import plants_of_sending
from connectors.emporium import Emporium
from ponte.connectors.transport import ask, unanswered
from ponte.domain.connector import FieldLine, Preset, Rate, Refusal, Rules, Signature
from ponte.domain.message import NoAnswer, Request, Response
from ponte.domain.offer import Offer
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Postponed, Rejected
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sheet import Sheet, Suggestion
from ponte_acme import Acme

OF_EMPORIUM = Path(__file__).parent / "emporium_recordings"
OF_ACME = Path(ponte_acme.__file__).parent / "recordings"


def said(connector: type) -> dict[str, Path]:
    """Return what the exam must be told of a connector beside its class: it lies elsewhere than its recordings."""
    return {"recordings": OF_EMPORIUM if issubclass(connector, Emporium) else OF_ACME}


class UnlabelledInSpanish(Acme):
    manifest = replace(
        Acme.manifest,
        settings=(
            replace(Acme.manifest.settings[0], label={"pt-BR": "Chave", "en": "Key"}),
            *Acme.manifest.settings[1:],
        ),
    )


class Boastful(Acme):
    manifest = replace(Acme.manifest, capabilities=Acme.manifest.capabilities | {"follows"})


class Learned(Acme):
    manifest = replace(Acme.manifest, capabilities=Acme.manifest.capabilities | {"learns"})


class Forgetful(Acme):
    """Gives another offer each time."""

    count = 0

    def map(self, sku, rules):
        Forgetful.count += 1
        return Offer({**super().map(sku, rules).payload, "n": Forgetful.count})


class Vandal(Acme):
    """Writes into what it was handed."""

    def check(self, sku, rules):
        rules.facts["seen"] = sku.id
        return super().check(sku, rules)


class Fragile(Acme):
    """Trusts the SKU to have a category."""

    def check(self, sku, rules):
        leaf = sku.category_ids[-1]
        return super().check(sku, rules) if leaf else ()


class NotJson(Acme):
    def map(self, sku, rules):
        return Offer({"price": sku.price, "title": sku.name})


class Deaf(Acme):
    """Does not pass VTEX's flaws on."""

    def check(self, sku, rules):
        return tuple(problem for problem in super().check(sku, rules) if problem not in sku.flaws)


class Trusting(Acme):
    """Takes every answer for JSON."""

    def classify(self, endpoint, response):
        json.loads(response.body)
        return super().classify(endpoint, response)


class Naive(Acme):
    """Takes every 2xx for a success."""

    def classify(self, endpoint, response):
        return Accepted(Listing("?")) if response.status < 300 else super().classify(endpoint, response)


class Stubborn(Acme):
    """Repeats by itself until there is an answer."""

    def tell(self, request):
        answer: object = None
        while not isinstance(answer, Response):
            answer = yield request
        return self.classify(request.endpoint, answer)


class Impatient(Acme):
    """Ignores Retry-After."""

    def classify(self, endpoint, response):
        outcome = super().classify(endpoint, response)
        return replace(outcome, retry_in=None) if isinstance(outcome, Postponed) else outcome


class Doubtless(Acme):
    """Forgets that a lost answer may have been a created offer."""

    def tell(self, request):
        outcome = yield from super().tell(request)
        return replace(outcome, unknown=False) if isinstance(outcome, Postponed) else outcome


class Unfenced(Acme):
    """Takes the fence for a network failure."""

    def tell(self, request):
        answer = yield request
        if isinstance(answer, NoAnswer):
            return Postponed(Problem(ProblemClass.NETWORK, Stage.SEND), unknown=answer.sent and request.changes)
        return self.classify(request.endpoint, answer)


class Dramatic(Acme):
    """Stops the channel for an outage."""

    def classify(self, endpoint, response):
        outcome = super().classify(endpoint, response)
        is_outage = isinstance(outcome, Postponed) and outcome.problem.kind is ProblemClass.MARKETPLACE_OUTAGE
        return Blocked(outcome.problem) if is_outage else outcome


class Unmarked(Acme):
    """Does not say that its update changes something."""

    def put(self, listing, payload):
        return replace(super().put(listing, payload), changes=False)


class Dicing(Acme):
    """Sends something else the second time."""

    count = 0

    def put(self, listing, payload):
        Dicing.count += 1
        return replace(super().put(listing, payload), headers=(("x-request", str(Dicing.count)),))


class Hasty(Acme):
    """Creates without looking first."""

    def send(self, offer: Offer, link: Link, rules: Rules):
        return super().send(offer, replace(link, uncertain_seconds=None), rules)


class Leaky(Acme):
    """Puts a secret where it can be read."""

    def probe(self, rules):
        query = (("key", rules.settings.get("key", "")),)
        return (yield from self.tell(Request("GET", "/me", "GET /me", query=query)))


class Chatty(Acme):
    """Repeats the whole answer of the token page in a problem."""

    def refresh(self, rules):
        request = Request("POST", "/token", "POST /token", authorized=False, changes=True)
        answer = yield from ask(request)
        if isinstance(answer, Postponed):
            return answer
        return Postponed(Problem(ProblemClass.MARKETPLACE_OUTAGE, Stage.SEND, message=answer.text))


class Headstrong(Acme):
    """Sets the credential's header itself."""

    def probe(self, rules):
        headers = (("authorization", "Bearer x"),)
        return (yield from self.tell(Request("GET", "/me", "GET /me", headers=headers)))


class Reworded(Acme):
    """Classifies otherwise than recorded."""

    def problems(self, body) -> list[Problem]:
        return [replace(problem, kind=ProblemClass.UNKNOWN) for problem in super().problems(body)]


class NeverExpired(Acme):
    def is_expired_token(self, request, response) -> bool:
        return False


class Silent(Acme):
    """Ends without a result."""

    def withdraw(self, link, rules) -> Iterator[Outcome]:
        yield from self.tell(self.put(link.listing.id, {"on_sale": False}))


class Phoning(Acme):
    """Opens a connection by a back door while it maps."""

    def map(self, sku, rules):
        __import__("socket").socket().close()
        return super().map(sku, rules)


class Soothed(Acme):
    """Forgets the doubt when the look-up is answered by an outage."""

    def look(self, sku):
        outcome = yield from super().look(sku)
        is_outage = isinstance(outcome, Postponed) and outcome.problem.kind is ProblemClass.MARKETPLACE_OUTAGE
        return replace(outcome, unknown=False) if is_outage else outcome


def manifest(**changes: object):
    return replace(Emporium.manifest, **changes)


def limits(**changes: object):
    return manifest(limits=replace(Emporium.manifest.limits, **changes))


class Breathless(Emporium):
    """Allows itself a request every no seconds."""

    manifest = limits(rates={"GET /me": Rate(0.0)})


class Mistyped(Emporium):
    """Its rate is of an endpoint that nobody asks, so nothing is held back."""

    manifest = limits(rates={"GET /mee": Rate(60.0)})


class Capital(Emporium):
    """Asks for a header in a spelling that no answer has: names of headers come in small letters."""

    manifest = limits(rate_header="X-Rate")


class Unencrypted(Emporium):
    manifest = manifest(hosts={"search": "http://search.emporium.example"})


class Elsewhere(Emporium):
    """Goes to an address that it does not declare."""

    manifest = manifest(hosts={})


class Spendthrift(Emporium):
    """A preset gives a secret away."""

    manifest = manifest(presets=(Preset("north", "North", settings={"hook": "x"}),))


class Twins(Emporium):
    manifest = manifest(presets=(Preset("north", "North"), Preset("north", "South")))


class Repeating(Emporium):
    """A line of the documentation's table stands twice."""

    manifest = manifest(fields=(FieldLine("SKU id", "sku"), FieldLine("SKU id", "sku")))


class Unsealed(Emporium):
    """Its signature names a secret that the form does not ask for."""

    manifest = manifest(signature=Signature("x-signature", "no_such_setting"))


class Promising(Emporium):
    """Announces to end and has no `end`."""

    end = None  # type: ignore[assignment]


class Rash(Emporium):
    """Asks for a verdict by doing it."""

    def preview(self, offer, rules):
        return self.send(offer, Link(), rules)


class Modest(Emporium):
    """Finds, and does not say so."""

    manifest = manifest(capabilities=Emporium.manifest.capabilities - {"finds"})


class Secretive(Acme):
    """Withdraws, and does not say so."""

    manifest = replace(Acme.manifest, capabilities=frozenset({"oauth"}))


class Clinging(Emporium):
    """Keeps the listing that it ended: the next sending would update what is gone."""

    def end(self, link, rules):
        outcome = yield from super().end(link, rules)
        return Accepted(link.listing) if outcome == Accepted(None) else outcome


class Idle(Emporium):
    """Calls a listing ended without saying that anything changed."""

    def end(self, link, rules):
        if link.listing is not None:
            yield Request("GET", "/offers", "GET /offers")
        return Accepted(None)


class Endless(Emporium):
    """Asks to end where there is nothing."""

    def end(self, link, rules):
        return (yield from super().end(replace(link, listing=link.listing or Listing("?")), rules))


class Meddling(Emporium):
    """Marks what it finds."""

    def find(self, sku, rules):
        yield Request("POST", "/offers/found", "POST /offers/found", changes=True)
        return (yield from super().find(sku, rules))


class Shrugging(Emporium):
    """Takes a search that cannot be read for one that found nothing."""

    def find(self, sku, rules):
        found = yield from super().find(sku, rules)
        unread = isinstance(found, Postponed) and found.problem.kind is ProblemClass.RESPONSE_UNREADABLE
        return () if unread else found


class Nameless(Emporium):
    def find(self, sku, rules):
        found = yield from super().find(sku, rules)
        return tuple(replace(one, id="") for one in found) if isinstance(found, tuple) else found


class Verbatim(Emporium):
    """Puts anybody's words into the path as they are."""

    def suggest(self, words, rules):
        answer = yield from ask(Request("GET", f"/suggest/{words}", "GET /suggest/{words}"))
        return answer if isinstance(answer, Postponed) else ()


class Certain(Emporium):
    """Tells certainty in per cent."""

    def suggest(self, words, rules):
        found = yield from super().suggest(words, rules)
        return (
            tuple(Suggestion(one.category, one.name, score=87) for one in found)
            if isinstance(found, tuple)
            else found
        )


class Gullible(Emporium):
    """Trusts every post to be one of the marketplace's."""

    def heard(self, body):
        return tuple(json.loads(body)["skus"])


class Hearsay(Emporium):
    """Hears every post as being about something."""

    def heard(self, body):
        return super().heard(body) or ("2000123",)


class Recalling(Emporium):
    """Hears each post only once."""

    posts: set[bytes] = set()

    def heard(self, body):
        known = body in self.posts
        self.posts.add(body)
        return () if known else super().heard(body)


class Inventive(Emporium):
    """Names a class that there is not."""

    def refusals(self):
        return (*super().refusals(), Refusal("no_brand", "BRAND_UNKNOWN", "brand"))  # type: ignore[arg-type]


class Stuttering(Emporium):
    def refusals(self):
        return (*super().refusals(), super().refusals()[0])


class Trustful(Emporium):
    """Takes every fact for one that it learnt."""

    def sheet(self, category, fact):
        return super().sheet(category, {"fields": [row for row in fact["fields"] if row["id"]]})


class Imagining(Emporium):
    """Has a sheet for a category that does not exist."""

    def sheet(self, category, fact):
        return super().sheet(category, fact) or Sheet(category, category)


class Consuming(Emporium):
    """Uses the fact up."""

    def sheet(self, category, fact):
        read = super().sheet(category, fact)
        if isinstance(fact, dict):
            fact.clear()
        return read


class Upended(Emporium):
    """The required fields come last."""

    def sheet(self, category, fact):
        read = super().sheet(category, fact)
        return replace(read, fields=tuple(reversed(read.fields))) if read else None


class Nervous(Acme):
    """Takes a shut window for trouble on the way."""

    def tell(self, request):
        outcome = yield from super().tell(request)
        shut = isinstance(outcome, Postponed) and outcome.by_window
        return Postponed(Problem(ProblemClass.NETWORK, Stage.SEND)) if shut else outcome


class Brooding(Acme):
    """Takes what was held back by a window for something that may have been applied."""

    def tell(self, request):
        outcome = yield from super().tell(request)
        shut = isinstance(outcome, Postponed) and outcome.by_window
        return replace(outcome, unknown=True) if shut else outcome


class Easygoing(Acme):
    """Takes a window that is shut in the middle for the end of the work."""

    def tell(self, request):
        outcome = yield from super().tell(request)
        shut = isinstance(outcome, Postponed) and outcome.by_window
        return Accepted(Listing("A1")) if shut and request.method == "PUT" else outcome


class Collective(Emporium):
    """Refuses all for one."""

    def together(self, topic, requests, rules):
        parts = yield from super().together(topic, requests, rules)
        bad = next((part for part in parts.values() if isinstance(part, Response) and part.status == 422), None)
        return dict.fromkeys(parts, bad) if bad else parts


class Mixing(Emporium):
    """Gives everybody the first one's part."""

    def together(self, topic, requests, rules):
        parts = yield from super().together(topic, requests, rules)
        return dict.fromkeys(parts, next(iter(parts.values())))


class Assuming(Emporium):
    """Takes who is not spoken of for taken."""

    def part(self, results, sku):
        spoken = isinstance(results, dict) and sku in results
        return super().part(results, sku) if spoken else Response(200, {}, b'{"id":"?"}')


class Losing(Emporium):
    """Has a part only for those who are in the answer."""

    def together(self, topic, requests, rules):
        parts = yield from super().together(topic, requests, rules)
        return {sku: part for sku, part in parts.items() if not isinstance(part, Response) or part.body != b"null"}


class Blurring(Emporium):
    """Loses on the way why there is no answer."""

    def together(self, topic, requests, rules):
        parts = yield from super().together(topic, requests, rules)
        return {sku: replace(part, detail="") if isinstance(part, NoAnswer) else part for sku, part in parts.items()}


class Brittle(Emporium):
    """Takes every shared answer for JSON."""

    def together(self, topic, requests, rules):
        answer = yield Request("POST", "/offers/batch", "POST /offers/batch", changes=True)
        told = json.loads(answer.body)["results"]
        return {sku: self.part(told, sku) for sku in requests}


class Short(Emporium):
    """Asks for ten and answers for all."""

    def together(self, topic, requests, rules):
        parts = yield from super().together(topic, dict(list(requests.items())[:10]), rules)
        return {sku: parts.get(sku, next(iter(parts.values()))) for sku in requests}


class Circular(Emporium):
    """Its shared request has a topic again."""

    def together(self, topic, requests, rules):
        conversation = super().together(topic, requests, rules)
        request = next(conversation)
        answer = yield replace(request, together=topic)
        try:
            conversation.send(answer)
        except StopIteration as end:
            return end.value


class Lonely(Emporium):
    """Gathers, at most one."""

    manifest = limits(gather=1)


class Shuffling(Emporium):
    """Asks together in another way each time."""

    count = 0

    def together(self, topic, requests, rules):
        Shuffling.count += 1
        conversation = super().together(topic, requests, rules)
        answer = yield replace(next(conversation), headers=(("x-batch", str(Shuffling.count)),))
        try:
            conversation.send(answer)
        except StopIteration as end:
            return end.value


class Versionless(Acme):
    manifest = replace(Acme.manifest, contract_version=0)


class Shouting(Acme):
    manifest = replace(Acme.manifest, code="ACME!")


class Astray(Acme):
    """A deep link that asks for what Ponte does not have."""

    def verbs(self):
        return {"listing": "https://acme.example/offers/{seller}"}


class Rootless(Acme):
    """Does not say where a field of the offer came from."""

    def map(self, sku, rules):
        return Offer(super().map(sku, rules).payload)


class Surprised(Acme):
    """Trusts the second answer to be a good one as the first was."""

    def tell(self, request):
        answer = yield request
        if request.method == "PUT":
            return Accepted(Listing(json.loads(answer.body)["id"]))
        return (
            self.classify(request.endpoint, answer) if isinstance(answer, Response) else unanswered(request, answer)
        )


class Hurt(Acme):
    """Takes a 429 for an outage."""

    def classify(self, endpoint, response):
        status = 503 if response.status == 429 else response.status
        return super().classify(endpoint, replace(response, status=status))


class Relative(Acme):
    """A path that does not begin at the root."""

    def put(self, listing, payload):
        return replace(super().put(listing, payload), path=f"offers/{listing}")


class Placid(Emporium):
    """Never sees that what was taken is refused later."""

    def follow(self, link, rules):
        outcome = yield from super().follow(link, rules)
        return Accepted(link.listing) if isinstance(outcome, Rejected) else outcome


FAULTS = {
    UnlabelledInSpanish: "test_every_setting_has_a_label_in_three_languages",
    Boastful: "test_capabilities_are_honest",
    Learned: "test_capabilities_are_honest",
    Forgetful: "test_check_and_map_are_pure",
    Vandal: "test_check_and_map_are_pure",
    Rash: "test_a_preview_asks_and_changes_nothing",
    Fragile: "test_check_tells_problems_and_map_an_offer_whatever_the_sku",
    NotJson: "test_check_tells_problems_and_map_an_offer_whatever_the_sku",
    Deaf: "test_flaws_of_vtex_are_told_first",
    Trusting: "test_classify_says_what_any_answer_means",
    Naive: "test_no_trouble_is_taken_for_a_success",
    Stubborn: "test_every_trouble_ends_every_conversation_with_an_outcome",
    Impatient: "test_retry_after_is_obeyed",
    Doubtless: "test_without_an_answer_it_is_postponed_and_doubt_is_told",
    Unfenced: "test_a_fenced_request_is_superseded",
    Dramatic: "test_an_outage_postpones",
    Unmarked: "test_what_changes_something_says_so",
    Dicing: "test_sending_twice_asks_the_same",
    Hasty: "test_an_uncertain_create_looks_before_it_creates",
    Leaky: "test_no_secret_is_in_a_request_or_an_outcome",
    Chatty: "test_no_secret_is_in_a_request_or_an_outcome",
    Headstrong: "test_credentials_stay_with_the_transport",
    Reworded: "test_recordings_replay",
    NeverExpired: "test_recordings_replay",
    Silent: "test_every_trouble_ends_every_conversation_with_an_outcome",
    Phoning: "test_nobody_opens_a_connection",
    Soothed: "test_doubt_outlives_a_look_up_that_failed",
    Breathless: "test_limits_are_real",
    Mistyped: "test_every_rate_is_of_an_endpoint_that_is_asked",
    Capital: "test_a_rate_header_is_of_endpoints_with_rates",
    Unencrypted: "test_hosts_are_web_addresses",
    Elsewhere: "test_every_host_is_declared",
    Spendthrift: "test_presets_are_complete",
    Twins: "test_presets_are_complete",
    Repeating: "test_fields_are_told_for_the_documentation",
    Unsealed: "test_a_signature_can_be_checked",
    Promising: "test_an_ability_is_announced_exactly_when_it_is_there",
    Modest: "test_an_ability_is_announced_exactly_when_it_is_there",
    Secretive: "test_what_is_not_announced_asks_nothing",
    Clinging: "test_ending_changes_something_and_leaves_no_listing",
    Idle: "test_ending_changes_something_and_leaves_no_listing",
    Endless: "test_ending_nothing_ends_well",
    Meddling: "test_finding_changes_nothing",
    Shrugging: "test_what_cannot_be_read_has_found_nothing_out",
    Nameless: "test_what_was_found_has_a_name",
    Verbatim: "test_any_words_may_be_asked_for",
    Certain: "test_suggestions_are_categories_with_a_share_of_certainty",
    Gullible: "test_nonsense_is_not_heard",
    Hearsay: "test_nonsense_is_not_heard",
    Recalling: "test_hearing_is_pure",
    Inventive: "test_the_table_of_refusals_is_sound",
    Stuttering: "test_the_table_of_refusals_is_sound",
    Trustful: "test_a_nonsense_fact_is_no_sheet_or_a_sound_one",
    Imagining: "test_a_nonsense_fact_is_no_sheet_or_a_sound_one",
    Consuming: "test_reading_a_sheet_is_pure",
    Upended: "test_a_learnt_category_reads_as_a_sheet",
    Nervous: "test_a_shut_window_postpones_to_its_time",
    Brooding: "test_a_shut_window_postpones_to_its_time",
    Easygoing: "test_a_window_shut_in_the_middle_postpones_to_its_time",
    Collective: "test_one_bad_member_does_not_spoil_its_neighbours",
    Mixing: "test_one_bad_member_does_not_spoil_its_neighbours",
    Assuming: "test_who_is_missing_in_the_answer_has_no_success",
    Losing: "test_each_sku_gets_a_part_whatever_comes",
    Blurring: "test_trouble_of_the_shared_request_is_the_same_for_all",
    Brittle: "test_each_sku_gets_a_part_whatever_comes",
    Short: "test_a_full_gathering_is_asked_whole",
    Circular: "test_a_shared_request_has_no_topic_itself",
    Lonely: "test_only_who_gathers_has_topics",
    Shuffling: "test_gathering_twice_asks_the_same",
    Placid: "test_recordings_replay",
    Versionless: "test_the_port_is_filled",
    Shouting: "test_the_manifest_is_complete",
    Astray: "test_deep_links_are_web_addresses",
    Rootless: "test_the_ordinary_sku_has_no_problem_and_each_field_an_origin",
    Surprised: "test_a_trouble_in_the_middle_ends_every_recorded_conversation_with_an_outcome",
    Hurt: "test_a_throttled_request_is_postponed",
    Relative: "test_requests_are_well_formed",
    **plants_of_sending.FAULTS,
}
