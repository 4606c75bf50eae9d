"""`/convite/{token}`: the link by which somebody becomes a member of a store."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ponte.db.models import Invitation, User
from ponte.flows.people import invitations
from ponte.flows.people.people import NotAllowedHereError, is_taken, weaknesses
from ponte.web.labels import ROLES
from ponte.web.pages import page

MAX_NAME = 150


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Show what one is invited to; a POST makes the account, or joins the one that is signed in."""
    if not ratelimit.consume(request, action="invitation"):
        return page(request, "locked_out.html", {"minutes": 1}, status=429)
    found = invitations.valid(token)
    if found is None:
        return page(request, "account/invitation_gone.html", {}, status=404)
    if request.method != "POST":
        return _shown(request, found, {})
    if isinstance(request.user, User):
        return _join(request, token, request.user)
    return _make(request, token, found)


def _join(request: HttpRequest, token: str, user: User) -> HttpResponse:
    try:
        invitations.accept_as(token, user)
    except NotAllowedHereError:
        messages.info(request, _("Você já trabalha nesta loja."))
    return redirect("/")


def _make(request: HttpRequest, token: str, found: Invitation) -> HttpResponse:
    username, password = request.POST.get("username", "").strip(), request.POST.get("password", "")
    flaws = _flaws(username, password)
    if flaws:
        return _shown(request, found, flaws)
    name = request.POST.get("name", "").replace("\x00", "").strip()
    try:
        user = invitations.accept_as_new(
            token, username=username, password=password, name=name, language=get_language() or ""
        )
    except NotAllowedHereError:
        return page(request, "account/invitation_gone.html", {}, status=404)
    record_authentication(request, user, method="password")
    answer: HttpResponse = perform_login(request, Login(user=user, redirect_url="/"))
    return answer


def _flaws(username: str, password: str) -> dict[str, list[str]]:
    flaws: dict[str, list[str]] = {}
    if not username or len(username) > MAX_NAME or "\x00" in username:
        flaws["username"] = [_("Escolha um nome de usuário de até 150 caracteres.")]
    elif is_taken(username):
        flaws["username"] = [
            _("Este nome de usuário já existe. Se for você, entre primeiro e abra o convite de novo.")
        ]
    if weak := weaknesses(password, username):
        flaws["password"] = [*weak]
    return flaws


def _shown(request: HttpRequest, found: Invitation, flaws: dict[str, list[str]]) -> HttpResponse:
    context = {
        "invitation": found,
        "role_name": ROLES[found.role],
        "flaws": flaws,
        "username": request.POST.get("username", found.email),
        "name": request.POST.get("name", ""),
        "person": request.user if isinstance(request.user, User) else None,
    }
    return page(request, "account/invitation.html", context, status=400 if flaws else 200)
