"""People, roles and what a password must be."""

from __future__ import annotations

import pytest
from api_cast import shop

from ponte.flows.people.people import NotAllowedHereError, add_user, join, leave, role_in, weaknesses


def test_a_new_person_signs_in_with_their_password_in_their_language(db):
    user = add_user("dora", "uma frase bem comprida", language="es")
    assert user.check_password("uma frase bem comprida")
    assert user.password.startswith("argon2")
    assert (user.language, user.is_staff, user.is_superuser) == ("es", False, False)


@pytest.mark.parametrize(
    ("name", "password"),
    [("", "x"), (" ", "x"), ("a\x00", "x"), ("dora", ""), ("dora", "a\x00"), ("dora", "x" * 129)],
)
def test_what_can_never_work_is_refused(db, name, password):
    with pytest.raises(NotAllowedHereError):
        add_user(name, password)


def test_a_taken_name_is_refused(db):
    add_user("dora", "uma frase bem comprida")
    with pytest.raises(NotAllowedHereError, match="exists already"):
        add_user("dora", "outra frase bem comprida")


def test_weak_passwords_are_told_apart():
    assert weaknesses("dora", "dora")
    assert weaknesses("uma frase bem comprida", "dora") == ()


def test_joining_again_changes_the_role_and_leaving_ends_it(db):
    ana = shop("loja-ana", ("ana", "bruno", "vera"))
    user, store = ana.people[0], ana.store
    assert role_in(user.pk, store.pk) == "admin"
    join(user, store, "viewer")
    assert role_in(user.pk, store.pk) == "viewer"
    leave(user, store)
    assert role_in(user.pk, store.pk) is None
    with pytest.raises(NotAllowedHereError):
        join(user, store, "owner")
