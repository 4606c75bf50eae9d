"""What happens to people's credentials is written down, and ends their other sessions."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import signals as accounts
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as company
from django.http import HttpRequest

from ponte.db.models import User
from ponte.flows.people.credentials import end_sessions
from ponte.flows.people.people import note_person
from ponte.web.account.sessions import SEEN_KEY, SINCE_KEY


def listen() -> None:
    """Connect to django-allauth's signals, once."""
    accounts.user_logged_in.connect(_signed_in, dispatch_uid="ponte")
    for signal in (accounts.password_changed, accounts.password_set, accounts.password_reset):
        signal.connect(_password_changed, dispatch_uid="ponte")
    factors.authenticator_added.connect(_factor_added, dispatch_uid="ponte")
    factors.authenticator_removed.connect(_factor_removed, dispatch_uid="ponte")
    factors.authenticator_reset.connect(_codes_made, dispatch_uid="ponte")
    company.social_account_added.connect(_company_connected, dispatch_uid="ponte")


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    request.session[SINCE_KEY] = request.session[SEEN_KEY] = time.time()
    note_person("signed in", user.pk, actor_id=user.pk)


def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    note_person("password changed", user.pk, actor_id=user.pk)
    end_sessions(user.pk, besides=request.session.session_key)


def _factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    _factor_changed("second factor added", request, user, authenticator)


def _factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    _factor_changed("second factor removed", request, user, authenticator)


def _factor_changed(verb: str, request: HttpRequest, user: User, authenticator: Authenticator) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    note_person(verb, user.pk, actor_id=user.pk, detail={"kind": str(authenticator.type)})
    end_sessions(user.pk, besides=request.session.session_key)


def _codes_made(user: User, **_: Any) -> None:
    note_person("recovery codes made", user.pk, actor_id=user.pk)


def _company_connected(request: HttpRequest, **_: Any) -> None:
    if isinstance(request.user, User):
        note_person("company connected", request.user.pk, actor_id=request.user.pk)
