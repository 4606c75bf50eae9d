"""What is asked: marked, repeatable, in the right order, without secrets."""

from __future__ import annotations

import json
import re
from typing import Any

from ponte.connectors.exam import troubles
from ponte.connectors.exam.bench import HOME, Authorizes, Bench, is_json
from ponte.connectors.exam.cases import each
from ponte.connectors.exam.rehearsal import Played, always, first_then, play
from ponte.connectors.exam.telling import request_told
from ponte.domain.connector import Rules
from ponte.domain.message import Request, Response
from ponte.domain.outcome import Postponed, Tokens

ASKING = frozenset({"GET", "HEAD", "OPTIONS"})
# With these a token is refused: 400 by those who read the standard freely.
TOKEN_STATUSES = frozenset({400, 401, 403})
PLANTED = "planted-secret-8d1f2c"


def _assert_no_credential(name: str, request: Request, token_header: str) -> None:
    headers = {header.casefold() for header, _ in request.headers}
    assert token_header.casefold() not in headers, f"{name}: {request.endpoint} sets {token_header} itself"
    if request.path.startswith("https://"):
        assert not request.authorized, f"{name}: {request.path} is a foreign host"


class RequestExam(Bench):
    """The requests of all conversations and recordings."""

    def _played(self) -> dict[str, Played]:
        """Return what is asked in every conversation and every recording."""
        answers = always(troubles.EMPTY_SUCCESSES["200 object"])
        found = {name: play(conversation, answers) for name, conversation in self.conversations().items()}
        for name, recording in self.situations().items():
            script = first_then(recording.answers, troubles.LOST["refused"])
            found[f"recording {name}"] = play(recording.conversation(self.subject), script)
        return found

    def test_what_changes_something_says_so(self) -> None:
        harmless = self.particulars().harmless
        dry = {"preview"} | {f"recording {name}" for name, one in self.situations().items() if one.verb == "preview"}
        for name, played in self._played().items():
            # A dry run may go by the method of what it rehearses; a check of its own looks at it.
            for request in () if name in dry else played.requests:
                changes = request.method not in ASKING and request.endpoint not in harmless
                assert request.changes is changes, f"{name}: {request.endpoint} has changes={request.changes}"

    def test_requests_are_well_formed(self) -> None:
        for name, played in self._played().items():
            for request in played.requests:
                assert request.path.startswith(("/", "https://")), f"{name}: {request.path}"
                assert request.endpoint.startswith(request.method + " "), f"{name}: {request.endpoint}"
                assert is_json(request.json), f"{name}: {request.endpoint}"

    def test_every_host_is_declared(self) -> None:
        hosts = self.subject.manifest.hosts
        for name, played in self._played().items():
            for request in played.requests:
                known = not request.host or request.host in hosts
                assert known, (
                    f"{name}: {request.endpoint} goes to {request.host!r}, which Manifest.hosts does not name"
                )

    def test_every_rate_is_of_an_endpoint_that_is_asked(self) -> None:
        asked = {request.endpoint for played in self._played().values() for request in played.requests}
        strange = sorted(self.subject.manifest.limits.rates.keys() - asked)
        assert not strange, f"Limits.rates names what no conversation and no recording asks: {strange}"

    def test_sending_twice_asks_the_same(self) -> None:
        first, again = self._played(), self._played()
        for name, played in first.items():
            assert played.requests == again[name].requests, name

    def test_an_uncertain_create_looks_before_it_creates(self) -> None:
        if self.particulars().upserts:
            return
        played = play(self.conversations()["create in doubt"], always(troubles.LOST["timeout"]))
        assert played.requests, "nothing was asked"
        assert not played.requests[0].changes, f"{played.requests[0].endpoint} goes before any look-up"
        assert isinstance(played.result, Postponed)
        assert played.result.unknown, "the doubt was forgotten"

    @each("trouble", sorted({**troubles.LOST, **troubles.THROTTLED, **troubles.OUTAGES}))
    def test_doubt_outlives_a_look_up_that_failed(self, trouble: str) -> None:
        if self.particulars().upserts:
            return
        result = play(self.conversations()["create in doubt"], always(troubles.EVERY[trouble])).result
        assert isinstance(result, Postponed), f"{trouble}: {result!r}"
        assert result.unknown, f"{trouble}: the doubt was forgotten, the next try would create a second listing"

    def test_no_secret_is_in_a_request_or_an_outcome(self) -> None:
        secrets = {setting.name for setting in self.subject.manifest.settings if setting.secret}
        secrets |= {self.subject.manifest.token_secret, "refresh_token"}
        careless = self._careless()
        echo = json.dumps({**dict.fromkeys(secrets, PLANTED), "error": "x", "message": "no", "status": 400}).encode()
        for status in (200, 400, 500):
            for name, conversation in self.conversations(careless).items():
                played = play(conversation, always(Response(status, {}, echo)))
                for request in played.requests:
                    assert PLANTED not in json.dumps(request_told(request)), f"{name}: {request.endpoint}"
                if not isinstance(played.result, Tokens):
                    assert PLANTED not in repr(played.result), f"{name}: {status}"

    def test_only_a_refused_token_is_called_expired(self) -> None:
        """Each one that is called so costs a renewal of the token, which may be valid once only."""
        request = Request("GET", "/x", "GET /x")
        for trouble, response in troubles.RESPONSES.items():
            expired = self.subject.is_expired_token(request, response)
            assert isinstance(expired, bool), f"{trouble}: {expired!r}"
            assert not expired or response.status in TOKEN_STATUSES, f"{trouble} is taken for an expired token"

    def test_the_page_that_lets_in_can_be_opened_and_tells_no_secret(self) -> None:
        subject: Any = self.subject
        if not isinstance(subject, Authorizes):
            return
        url = subject.authorize_url(self._careless(), redirect_uri=HOME, state="st4te", code_challenge="ch4llenge")
        assert url.startswith("https://"), url
        assert url.isascii(), url
        assert "st4te" in url, "the state is not in the address: nobody could tell who comes back"
        assert PLANTED not in url, "a secret stands in the address that a person opens"

    def _careless(self) -> Rules:
        """Return the everyday rules of a channel whose secrets stand among its open settings."""
        secrets = {setting.name for setting in self.subject.manifest.settings if setting.secret}
        secrets |= {self.subject.manifest.token_secret, "refresh_token"}
        rules = self.ordinary().rules
        return Rules(rules.mapping, {**rules.settings, **dict.fromkeys(secrets, PLANTED)}, rules.facts)

    def test_credentials_stay_with_the_transport(self) -> None:
        for name, played in self._played().items():
            for request in played.requests:
                _assert_no_credential(name, request, self.subject.manifest.token_header)

    def test_no_recording_holds_a_token(self) -> None:
        for situation, recording in self.situations().items():
            text = json.dumps(recording.raw)
            assert not re.search(r"\b(APP_USR|Bearer|TG)[- ](?!EXAMPLE)[A-Za-z0-9-]{12,}", text), situation
