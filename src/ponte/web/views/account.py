"""One's own account: who one is, the password, second factors, sessions."""

from __future__ import annotations

from allauth.account import views as accounts
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ponte.db.models import Membership, User
from ponte.flows.people.credentials import end_sessions
from ponte.flows.people.people import note_person, rename
from ponte.web.access import confirmed, signed_in_person
from ponte.web.account.page import keys_of, sessions_of
from ponte.web.account.second_factor import lacks_second_factor, must_have_second_factor
from ponte.web.labels import ROLES
from ponte.web.views.login import company_name


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_person
def overview(request: HttpRequest, user: User) -> HttpResponse:
    """Show who one is and where one works; name and address can be changed."""
    if request.method == "POST":
        moves = request.POST.get("email", user.email) != user.email
        return _rename_surely(request, user) if moves else _rename(request, user)
    places = Membership.objects.filter(user=user).select_related("store").order_by("store__name")
    stores = [(place.store.name, ROLES[place.role]) for place in places]
    keys = keys_of(user)
    return render(request, "account/overview.html", {"person": user, "stores": stores, "keys": keys})


def _rename(request: HttpRequest, user: User) -> HttpResponse:
    rename(user, request.POST.get("name", ""), request.POST.get("email", user.email))
    messages.success(request, _("Seus dados foram salvos."))
    return redirect("/conta")


# Links for a new password go to the address: whoever changes it could take the account over.
_rename_surely = confirmed(_rename)


@require_safe
@signed_in_person
def security(request: HttpRequest, user: User) -> HttpResponse:
    """Show the second factors, and what can be added."""
    context = {
        "keys": keys_of(user),
        "must": must_have_second_factor(user),
        "lacks": lacks_second_factor(user),
        "company": company_name(),
        "connected": SocialAccount.objects.filter(user=user).first(),
        "by_number": _is_address(request),
    }
    return render(request, "account/security.html", {**context})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_person
def sessions(request: HttpRequest, user: User) -> HttpResponse:
    """List one's sessions; a POST ends one of them, or all but this one."""
    if request.method == "POST":
        return _end(request, user)
    shown = sessions_of(user, request.session.session_key or "")
    return render(request, "account/sessions.html", {"sessions": shown})


def _end(request: HttpRequest, user: User) -> HttpResponse:
    asked = request.POST.get("session", "")
    here = request.session.session_key
    if asked == "others":
        count = end_sessions(user.pk, besides=here)
        note_person("sessions ended", user.pk, actor_id=user.pk, detail={"count": count})
        messages.success(request, _ended_text(count))
        return redirect("/conta/sessoes")
    found = UserSession.objects.filter(user=user, pk=int(asked)).first() if asked.isdecimal() else None
    if found is None:
        raise Http404
    if found.session_key == here:
        found.delete()
        logout(request)
        return redirect("/entrar")
    found.end()
    note_person("sessions ended", user.pk, actor_id=user.pk, detail={"count": 1})
    messages.success(request, _ended_text(1))
    return redirect("/conta/sessoes")


def _ended_text(count: int) -> str:
    return ngettext("%(count)s sessão encerrada.", "%(count)s sessões encerradas.", count) % {"count": count}


class _ChangePassword(accounts.PasswordChangeView):
    template_name = "account/password.html"
    success_url = "/conta/seguranca"


@never_cache
@signed_in_person
@confirmed
def change_password(request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG001 -- allauth's view asks the request
    """Change one's password; the other sessions end."""
    answer: HttpResponse = _ChangePassword.as_view()(request)
    return answer


@never_cache
@signed_in_person
@confirmed
def set_password(request: HttpRequest, user: User) -> HttpResponse:  # noqa: ARG001 -- likewise
    """Set a first password, for somebody who has none."""
    view = accounts.PasswordSetView.as_view(template_name="account/password.html", success_url="/conta/seguranca")
    answer: HttpResponse = view(request)
    return answer


@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password; without a mail server the page says whom to ask."""
    if not settings.HAS_EMAIL:
        return render(request, "account/ask_admin.html", {})
    answer: HttpResponse = accounts.PasswordResetView.as_view(template_name="account/forgotten.html")(request)
    return answer


def _is_address(request: HttpRequest) -> bool:
    """Say whether Ponte was opened by a number (127.0.0.1): browsers make no passkeys for those."""
    host = request.get_host()
    return host.startswith("[") or host.partition(":")[0].replace(".", "").isdigit()
