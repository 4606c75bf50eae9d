"""Pages about what went wrong keep the way on: the menu for who has one, and the page itself to try again."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client

from factories import make_integration

pytestmark = pytest.mark.django_db
MENU = 'id="nav"'


@pytest.mark.parametrize(("path", "status"), [("/nada-aqui", 404), ("/produtos/0/reprocessar", 405)])
def test_a_wrong_address_keeps_the_menu_of_who_is_signed_in(cast, as_, path, status):
    inside = as_(cast.bruno).get(path)
    assert (inside.status_code, MENU in inside.text) == (status, True)
    outside = Client().get(path)
    assert (outside.status_code, MENU in outside.text) == (status, False)


def test_who_owes_a_second_factor_is_shown_no_menu(cast, as_, settings):
    settings.REQUIRE_MFA = "operator"
    assert MENU not in as_(cast.bruno).get("/nada-aqui").text


def test_a_refused_form_keeps_the_menu(cast, as_):
    done = make_integration(cast.channel, "7", "success")
    answer = as_(cast.bruno).post(f"/produtos/{done.pk}/reprocessar")
    assert (answer.status_code, MENU in answer.text) == (409, True)


def test_a_fault_offers_the_same_page_again(cast, as_, monkeypatch):
    client = as_(cast.ana)
    client.raise_request_exception = False
    for fault in (ZeroDivisionError("a bug"), OperationalError("down")):

        def fails(*_: object, fault: Exception = fault) -> None:
            raise fault

        monkeypatch.setattr("ponte.web.views.products.listing", fails)
        page = client.get("/produtos?status=error&q=tv").text
        assert '<a class="btn primary" href="/produtos?status=error&amp;q=tv">Tentar de novo</a>' in page
        assert MENU not in page


def test_a_fault_of_a_form_offers_the_page_with_the_form(cast, as_, monkeypatch):
    client = as_(cast.bruno)
    client.raise_request_exception = False
    monkeypatch.setattr("ponte.web.views.actions.record_to_change", lambda *_: 1 / 0)
    record = make_integration(cast.channel, "8")
    answer = client.post(f"/produtos/{record.pk}/reprocessar", headers={"Referer": "http://testserver/produtos?q=8"})
    assert answer.status_code == 500
    assert '<a class="btn primary" href="http://testserver/produtos?q=8">Tentar de novo</a>' in answer.text
