"""How long a session lasts: 12 hours at most, 2 hours without a person doing something."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.account.internal.flows.login import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ponte.db.models import User

SINCE_KEY, SEEN_KEY = "since", "seen"
MOST_SECONDS = 12 * 60 * 60
IDLE_SECONDS = 2 * 60 * 60
# A session that is written at every request would cost more than the request.
NOTED_EVERY_SECONDS = 60


def limited(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Return the middleware: who comes back too late is nobody, and is asked to sign in again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            _hold(request, time.time())
        return answer(request)

    return middleware


def _hold(request: HttpRequest, now: float) -> None:
    session = request.session
    since = session.setdefault(SINCE_KEY, now)
    seen = session.setdefault(SEEN_KEY, now)
    if now - since > MOST_SECONDS or now - seen > IDLE_SECONDS:
        logout(request)
        return
    if now - seen > NOTED_EVERY_SECONDS and not _is_by_itself(request):
        session[SEEN_KEY] = now
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())


def _is_by_itself(request: HttpRequest) -> bool:
    """Say whether the page asked, and nobody did: an open list must not keep a session alive for ever."""
    return bool(request.headers.get("X-Ponte-Live"))


def proved_lately(request: HttpRequest) -> bool:
    """Say whether the person showed a password or second factor in the last 15 minutes, signing in included."""
    records = get_authentication_records(request, request.user if isinstance(request.user, User) else None)
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
