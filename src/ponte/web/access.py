"""Who may see and do what: every view gets its store and its records here.

What belongs to a store the person does not work in does not exist for them: 404, never 403.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeAlias

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control

from ponte.db import queries
from ponte.db.models import Integration, Membership, Role, Store, User

STORE_KEY = "store"
LOGIN_PATH = "/entrar"
NO_STORE_PATH = "/sem-loja"

P = ParamSpec("P")
View: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponse]
VisitView: TypeAlias = Callable[Concatenate[HttpRequest, "Visit", P], HttpResponse]


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in person in one of their stores."""

    user: User
    membership: Membership
    memberships: tuple[Membership, ...]

    @property
    def store(self) -> Store:
        return self.membership.store

    @property
    def store_ids(self) -> list[int]:
        return [membership.store_id for membership in self.memberships]

    @property
    def may_act(self) -> bool:
        return self.membership.role != Role.VIEWER

    def at(self, store_id: int) -> Visit:
        """Return this visit in another of the person's stores."""
        found = next(membership for membership in self.memberships if membership.store_id == store_id)
        return Visit(self.user, found, self.memberships)


class NoStore(Exception):  # noqa: N818 -- an answer, not a fault
    """The person works in no store yet."""


def signed_in(view: VisitView[P]) -> View[P]:
    """Give a view its `Visit`. Nobody signed in: to the log-in page and back. Answers are never kept by a cache."""

    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            visit = visit_of(request)
        except NoStore:
            return redirect(NO_STORE_PATH)
        answer = to_login(request) if visit is None else view(request, visit, *args, **kwargs)
        patch_cache_control(answer, private=True, no_store=True)
        return answer

    return update_wrapper(guarded, view)


def acting(view: VisitView[P]) -> View[P]:
    """Like `signed_in`, for views that change something: for a viewer of the store they do not exist."""

    def checked(request: HttpRequest, visit: Visit, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not visit.may_act:
            raise Http404
        return view(request, visit, *args, **kwargs)

    return signed_in(update_wrapper(checked, view))


def visit_of(request: HttpRequest) -> Visit | None:
    """Return the visit of a request, None when nobody is signed in. Raises `NoStore`."""
    user = request.user
    if not isinstance(user, User):
        return None
    memberships = tuple(queries.memberships(user.pk))
    if not memberships:
        raise NoStore
    chosen = request.session.get(STORE_KEY)
    current = next((found for found in memberships if found.store_id == chosen), memberships[0])
    return Visit(user, current, memberships)


def record_of(visit: Visit, number: int) -> tuple[Visit, Integration]:
    """Return a record of any of the person's stores, and the visit in that store. Raises `Http404`."""
    found = queries.record(visit.store_ids, number)
    if found is None:
        raise Http404
    return visit.at(found.store_id), found


def to_login(request: HttpRequest) -> HttpResponse:
    """Send to the log-in page; a fragment is told so in the way its script understands."""
    if request.headers.get("HX-Request") or request.headers.get("X-Ponte-Live"):
        return HttpResponse(status=401, headers={"HX-Redirect": LOGIN_PATH})
    return redirect_to_login(request.get_full_path(), LOGIN_PATH)
