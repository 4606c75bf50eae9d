"""Every route for everybody: foreign things do not exist, looking changes nothing, a form needs its token.

The routes come from Django itself, so that a new page is covered by itself; `strangers.EXAMPLES` says what its
parameters stand for, and a route without an example fails here.
"""

from __future__ import annotations

import pytest
from strangers import CODE, MARK, changes, make_things, of_the_store, people_of, routes, snapshot

HIDDEN = {302, 400, 401, 403, 404, 405, 406, 409, 410, 415, 422}
METHODS = ("GET", "POST", "DELETE", "PUT", "PATCH")
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def things(cast):
    return make_things(cast)


@pytest.fixture
def people(cast, things):
    return people_of(cast)


def asked(route):
    return METHODS if route.api else ("GET", "POST")


def test_every_route_has_an_example(things):
    missing = []
    for route in routes():
        try:
            route.address(things)
        except LookupError as error:
            missing.append(str(error))
    assert missing == []
    assert len(routes()) > 60


def test_the_api_has_no_path_that_the_matrix_does_not_know():
    from ponte.api.service import api

    document = api.get_openapi_schema(path_prefix="/api/v1/")
    known = {route.text.replace("<", "{").replace(">", "}") for route in routes()}
    assert {path.strip("/") for path in document["paths"]} <= known
    assert {method.upper() for path in document["paths"].values() for method in path} <= set(METHODS)


@pytest.mark.parametrize("who", ["stranger", "limited", "nobody"])
def test_what_is_not_ones_own_does_not_exist(cast, things, people, who):
    """T11, T12: an id of another store, or of a channel one is not to see."""
    faults, after = {}, snapshot()
    for route in routes():
        for method in asked(route):
            before = after
            answer = people[who].ask(method, route, things)
            reason = _fault(route, answer, who)
            after = snapshot()
            changed = [
                key
                for key in changes(before, after)
                if of_the_store(cast, things, key, before.get(key), after.get(key))
                and not _may_change(who, key, after, known=before)
            ]
            if reason or changed:
                faults[f"{method} {route.text}"] = (answer.status_code, reason, changed)
    assert faults == {}


def _fault(route, answer, who) -> str:
    if answer.status_code >= 500 and answer.status_code not in {501, 503}:
        return "broke"
    if MARK.encode() in answer.whole or f"{CODE}@".encode() in answer.whole:
        return "shows what is not theirs"
    if who == "nobody" and not route.open and answer.status_code not in HIDDEN:
        return "open to nobody"
    shared = who == "limited" and route.text.startswith(OF_THE_WHOLE_STORE)
    if route.names_things and not (route.open or shared) and answer.status_code not in HIDDEN:
        return "says that it is there"
    return ""


def _may_change(who, key, after, *, known) -> bool:
    """Olga works in the store, and a refused try is written down (T12)."""
    values = after.get(key) or {}
    if key[0] == "db.audit" and values.get("verb") in {"refused", "foreign ids"}:
        return True
    if key[0] == "db.refusedtry":
        return True
    return who == "limited" and key[0] in OLGAS and key not in known


# What an operator may add of their own in the store, without touching what is there.
OLGAS = {"db.audit", "db.savedview", "db.skulist", "db.export", "db.bulkaction", "db.idempotencykey"}
# What belongs to no channel: everybody of the store may open it.
OF_THE_WHOLE_STORE = ("produtos/lista/", "produtos/selecao")


def test_who_only_looks_changes_nothing(cast, things, people):
    """T7: no GET changes a row, whoever asks."""
    faults, after = {}, snapshot()
    for route in routes():
        if route.text in READS_THAT_WRITE:
            continue
        before = after
        answer = people["owner"].ask("GET", route, things)
        after = snapshot()
        changed = changes(before, after)
        if changed or answer.status_code >= 500:
            faults[route.text] = (answer.status_code, changed)
    assert faults == {}


# Who took which list away is written down; one's sessions that are over are forgotten when they are looked at.
READS_THAT_WRITE = {"exportar/<str:what>", "conta/sessoes"}


def test_a_form_without_its_token_changes_nothing(cast, things, people):
    """T7"""
    faults, after = {}, snapshot()
    for route in routes():
        if route.api or route.text.startswith(("healthz", "readyz", "ativos/", "relatos/csp")):
            continue
        before = after
        answer = people["owner"].ask("POST", route, things, enforce_csrf_checks=True)
        after = snapshot()
        changed = changes(before, after)
        if answer.status_code not in {403, 405} or changed:
            faults[route.text] = (answer.status_code, changed)
    assert faults == {}


def test_a_session_is_worth_nothing_at_the_api(cast, things):
    faults = {}
    from django.test import Client

    client = Client(raise_request_exception=False)
    client.force_login(cast.ana, backend="django.contrib.auth.backends.ModelBackend")
    for route in routes():
        if route.text.startswith("api/v1/") and not route.open:
            answer = client.get(route.address(things))
            if answer.status_code not in {401, 405}:
                faults[route.text] = answer.status_code
    assert faults == {}
