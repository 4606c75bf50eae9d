"""Who calls: a Bearer token acts as its user, in one store. Sessions never count here, nor tokens in an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from ponte.api.refusals import RefusedError
from ponte.db.models import Role
from ponte.db.refused import note_refused
from ponte.db.scope import Scope
from ponte.flows.people.people import find_token, membership_of, scope_of

MAX_TOKEN = 100


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose request this is; every query and flow gets its `scope` from here, never from the request."""

    token_id: int
    user_id: int
    username: str
    scope: Scope
    account: str
    role: Role

    @property
    def store_id(self) -> int:
        return self.scope.store_id


class TokenAuth(HttpBearer):
    """Bearer token of somebody whose role in the token's store is at least `least`, as it is at this request."""

    def __init__(self, least: Role) -> None:
        super().__init__()
        self.least = least

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        caller = find_caller(token)
        if caller is None:
            raise RefusedError("unauthorized")
        if not caller.role.includes(self.least):
            note_refused_call(request, caller)
            raise RefusedError("forbidden", role=caller.role.value)
        return caller


READS = TokenAuth(Role.VIEWER)
ACTS = TokenAuth(Role.OPERATOR)
MANAGES = TokenAuth(Role.MANAGER)


def find_caller(text: str) -> Caller | None:
    """Return who a token's text stands for, and take the store's clock; None for every reason alike."""
    token = find_token(text) if len(text) <= MAX_TOKEN else None
    membership = membership_of(token.user_id, token.store_id) if token else None
    if token is None or membership is None:
        return None
    timezone.activate(token.store.zone)
    role, scope = Role(membership.role), scope_of(membership)
    return Caller(token.pk, token.user_id, token.user.username, scope, token.store.account, role)


def bearer(request: HttpRequest) -> str:
    """Return the token of the Authorization header; empty without one."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def caller_of(request: HttpRequest) -> Caller:
    """Return the caller that `TokenAuth` let in."""
    return cast("Caller", request.auth)  # type: ignore[attr-defined]  # Ninja puts it there


def note_refused_call(request: HttpRequest, caller: Caller) -> None:
    """Write down what was refused."""
    route = request.resolver_match.route if request.resolver_match else ""
    detail = {"method": request.method, "path": request.path[:200], "role": caller.role.value}
    note_refused(f"{request.method} {route}", store_id=caller.store_id, user_id=caller.user_id, detail=detail)
