"""Who may see and do what: every view gets its store and its records here.

What belongs to a store the person does not work in does not exist for them: 404, never 403.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeAlias, TypeVar
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode

from ponte.db import queries
from ponte.db.models import Integration, Membership, Role, Store, User
from ponte.db.refused import note_refused
from ponte.db.scope import Scope
from ponte.flows.people.people import scope_of
from ponte.web.account.second_factor import lacks_second_factor
from ponte.web.account.sessions import proved_lately

STORE_KEY = "store"
LOGIN_PATH = "/entrar"
CONFIRM_PATH = "/conta/confirmar"
SECURITY_PATH = "/conta/seguranca"
NO_STORE_PATH = "/sem-loja"

P = ParamSpec("P")
Who = TypeVar("Who", "Visit", User)
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
    def scope(self) -> Scope:
        """What the person sees of this store."""
        return scope_of(self.membership)

    @property
    def scopes(self) -> list[Scope]:
        """What the person sees, over all their stores."""
        return [scope_of(membership) for membership in self.memberships]

    @property
    def role(self) -> Role:
        return Role(self.membership.role)

    @property
    def may_act(self) -> bool:
        return self.role.includes(Role.OPERATOR)

    @property
    def may_manage(self) -> bool:
        """Channels, mapping, pauses of everybody, causes' fates."""
        return self.role.includes(Role.MANAGER)

    @property
    def may_admin(self) -> bool:
        """People and credentials."""
        return self.role.includes(Role.ADMIN)

    def at(self, store_id: int) -> Visit:
        """Return this visit in another of the person's stores."""
        found = next(membership for membership in self.memberships if membership.store_id == store_id)
        return Visit(self.user, found, self.memberships)


class BeyondRole(Http404):
    """A person's role does not reach so far: nothing is there for them, and the try is written down."""

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self.visit = visit


class NoStore(Exception):  # noqa: N818 -- an answer, not a fault
    """The person works in no store yet."""


def signed_in(view: VisitView[P]) -> View[P]:
    """Give a view its `Visit`, and the store's clock. Nobody signed in: to the log-in page and back.

    Answers are never kept by a cache.
    """

    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            visit = visit_of(request)
        except NoStore:
            return redirect(NO_STORE_PATH)
        if visit and lacks_second_factor(visit.user):
            return redirect(SECURITY_PATH)
        if visit:
            timezone.activate(visit.store.zone)
        try:
            answer = to_login(request) if visit is None else view(request, visit, *args, **kwargs)
        except BeyondRole as refused:
            _note_refused(request, refused.visit)
            raise
        patch_cache_control(answer, private=True, no_store=True)
        return answer

    return update_wrapper(guarded, view)


def acting(view: VisitView[P]) -> View[P]:
    """Like `signed_in`, for views that change records: for a viewer of the store they do not exist."""
    return _at_least(Role.OPERATOR, view)


def managing(view: VisitView[P]) -> View[P]:
    """Like `acting`, for what a manager does: channels, mapping, causes."""
    return _at_least(Role.MANAGER, view)


def administering(view: VisitView[P]) -> View[P]:
    """Like `acting`, for what an administrator does: people and credentials."""
    return _at_least(Role.ADMIN, view)


def signed_in_person(
    view: Callable[Concatenate[HttpRequest, User, P], HttpResponse],
) -> View[P]:
    """Give a view who is signed in, whether they work in a store or not: for pages about the person."""

    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        user = request.user
        answer = view(request, user, *args, **kwargs) if isinstance(user, User) else to_login(request)
        patch_cache_control(answer, private=True, no_store=True)
        return answer

    return update_wrapper(guarded, view)


def confirmed(
    view: Callable[Concatenate[HttpRequest, Who, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Who, P], HttpResponse]:
    """Ask for the password or second factor again, when that was more than 15 minutes ago; then back to the page.

    Goes under `administering` and the like. What a form held is not kept meanwhile, since it may hold a secret: put
    `confirmed` on the page with the form too, and nobody fills one in for nothing.
    """

    def checked(request: HttpRequest, who: Who, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if proved_lately(request):
            return view(request, who, *args, **kwargs)
        address = f"{CONFIRM_PATH}?{urlencode({'next': _page_of(request)})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Redirect": address})
        return redirect(address)

    return update_wrapper(checked, view)


def _page_of(request: HttpRequest) -> str:
    """Return the page that a request came from: itself, or the one with the form."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.get_host():
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _at_least(role: Role, view: VisitView[P]) -> View[P]:
    def checked(request: HttpRequest, visit: Visit, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not visit.role.includes(role):
            raise BeyondRole(visit)
        return view(request, visit, *args, **kwargs)

    return signed_in(update_wrapper(checked, view))


def _note_refused(request: HttpRequest, visit: Visit) -> None:
    route = request.resolver_match.route if request.resolver_match else ""
    detail = {"method": request.method, "path": request.path[:200], "role": visit.role.value}
    note_refused(f"{request.method} {route}", store_id=visit.store.pk, user_id=visit.user.pk, detail=detail)


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
    """Return a record of any of the person's stores, and the visit in that store, by its clock. Raises `Http404`."""
    found = queries.record(visit.scopes, number)
    if found is None:
        raise Http404
    there = visit.at(found.store_id)
    timezone.activate(there.store.zone)
    return there, found


def record_to_change(visit: Visit, number: int) -> tuple[Visit, Integration]:
    """Like `record_of`, for somebody who may change it: the role in the record's own store counts."""
    there, found = record_of(visit, number)
    if not there.may_act:
        raise BeyondRole(there)
    return there, found


def to_login(request: HttpRequest) -> HttpResponse:
    """Send to the log-in page; a fragment is told so in the way its script understands."""
    if request.headers.get("HX-Request") or request.headers.get("X-Ponte-Live"):
        return HttpResponse(status=401, headers={"HX-Redirect": LOGIN_PATH})
    return redirect_to_login(request.get_full_path(), LOGIN_PATH)
