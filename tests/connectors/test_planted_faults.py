"""The exam can fail: a connector with one planted fault each, and the test that must catch it."""

import json
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from connectors.acme import Acme
from ponte.connectors.contract import ConnectorContract
from ponte.connectors.transport import ask
from ponte.domain.connector import Rules
from ponte.domain.message import NoAnswer, Request, Response
from ponte.domain.offer import Offer
from ponte.domain.outcome import Accepted, Blocked, Link, Listing, Outcome, Postponed
from ponte.domain.problem import Problem, ProblemClass, Stage

RECORDINGS = Path(__file__).parent / "recordings"


def failing(connector: object, **said: object) -> set[str]:
    """Return the names of the exam's tests that a connector fails."""
    exam = type("Exam", (ConnectorContract,), {"connector": connector, "recordings": RECORDINGS, **said})()
    return {name for name, arguments in _tests() if not _passes(exam, name, arguments)}


def _tests() -> Iterator[tuple[str, dict[str, str]]]:
    for name in dir(ConnectorContract):
        if name.startswith("test_"):
            marks = getattr(getattr(ConnectorContract, name), "pytestmark", [])
            tables = [[(mark.args[0], value) for value in mark.args[1]] for mark in marks]
            for arguments in product(*tables):
                yield name, dict(arguments)


def _passes(exam: ConnectorContract, name: str, arguments: dict[str, str]) -> bool:
    try:
        getattr(exam, name)(**arguments)
    except Exception:
        return False
    return True


def test_the_example_passes_everything():
    assert failing(Acme) == set()


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


FAULTS = {
    UnlabelledInSpanish: "test_every_setting_has_a_label_in_three_languages",
    Boastful: "test_capabilities_are_honest",
    Learned: "test_capabilities_are_honest",
    Forgetful: "test_check_and_map_are_pure",
    Vandal: "test_check_and_map_are_pure",
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
}


@pytest.mark.parametrize("connector", FAULTS, ids=lambda connector: connector.__name__)
def test_a_planted_fault_is_caught(connector):
    assert FAULTS[connector] in failing(connector)


def test_a_missing_recording_fails(tmp_path):
    for path in RECORDINGS.glob("*.json"):
        if path.stem != "rate_limit":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    assert failing(Acme, recordings=tmp_path) == {"test_the_required_situations_are_recorded"}


def test_a_token_in_a_recording_fails(tmp_path):
    for path in RECORDINGS.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    raw = json.loads((tmp_path / "accepted.json").read_text())
    raw["about"] = "seen with Bearer 4f5c2b1a9d8e7f6a5b4c"
    (tmp_path / "accepted.json").write_text(json.dumps(raw))
    assert failing(Acme, recordings=tmp_path) == {"test_no_recording_holds_a_token"}


@pytest.mark.parametrize("line", ["import socket", "from urllib import request", "from ponte.db import models"])
def test_an_import_that_is_not_its_business_fails(tmp_path, monkeypatch, line):
    name = "reaching_" + line.replace(" ", "_").replace(".", "_")
    (tmp_path / f"{name}.py").write_text(
        textwrap.dedent(f"""
            def reach():
                {line}

            from connectors.acme import Acme

            class Reaching(Acme):
                pass
        """)
    )
    monkeypatch.syspath_prepend(tmp_path)
    module = __import__(name)
    assert failing(module.Reaching) == {"test_no_module_imports_what_is_not_its_business"}
