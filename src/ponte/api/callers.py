"""Who calls: a Bearer token acts as its user, in one store. Sessions never count here, nor tokens in an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from ponte.api.pace import pace
from ponte.api.refusals import RefusedError
from ponte.db.models import Role, TokenScope
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
    """What the token may: its person's role, or less by its scope."""
    person_role: Role
    token_scope: TokenScope

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
        admit(caller)
        if not caller.role.includes(self.least):
            note_refused_call(request, caller)
            raise beyond(caller, self.least, "forbidden")
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
    role, token_scope = Role(membership.role), TokenScope(token.scope)
    return Caller(
        token_id=token.pk,
        user_id=token.user_id,
        username=token.user.username,
        scope=scope_of(membership),
        account=token.store.account,
        role=token_scope.narrows(role),
        person_role=role,
        token_scope=token_scope,
    )


def admit(caller: Caller) -> None:
    """Refuse what is asked faster than a token may. Raises `RefusedError`."""
    wait = pace.wait(caller.token_id)
    if wait:
        raise RefusedError("too-fast", headers={"Retry-After": str(wait)}, most=pace.per_minute)


def beyond(caller: Caller, least: Role, otherwise: str) -> RefusedError:
    """Return the refusal of what needs at least a role: by the token's scope if the person themselves might."""
    if caller.person_role.includes(least):
        return RefusedError("scope-too-narrow", scope=caller.token_scope.value)
    return RefusedError(otherwise, role=caller.person_role.value)


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
    detail = {"method": request.method, "path": request.path[:200], "role": caller.person_role.value}
    if caller.role != caller.person_role:
        detail["scope"] = caller.token_scope.value
    note_refused(f"{request.method} {route}", store_id=caller.store_id, user_id=caller.user_id, detail=detail)
