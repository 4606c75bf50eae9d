"""Signing in and out."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import logout
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ponte.db.models import User
from ponte.web.company.checking import is_on
from ponte.web.pages import THEMES, page
from ponte.web.views.preferences import remember_language, remember_theme

FEW_TRIES = 5
MINUTES_LOCKED = int(settings.AXES_COOLOFF_TIME * 60)


class SignIn(LoginView):
    """`/entrar`."""

    template_name = "login.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add which other ways in there are, and what a way here had to say."""
        ways = {
            "left": self._tries_left(kwargs.get("form")),
            "company": company_name(),
            "mails": settings.HAS_EMAIL,
            "told": self._told(),
        }
        return {**super().get_context_data(**kwargs), **ways, "next": self._wanted()}

    def form_valid(self, form: Form) -> HttpResponse:
        """Sign in; the person's language and theme come along."""
        answer: HttpResponse = super().form_valid(form)
        user = getattr(form, "user", None)
        if isinstance(user, User):
            if user.language in dict(settings.LANGUAGES):
                remember_language(answer, user.language)
            if user.theme in THEMES:
                remember_theme(answer, user.theme)
        return answer

    def _wanted(self) -> str:
        return str(self.request.POST.get("next") or self.request.GET.get("next") or "")

    def _tries_left(self, form: Form | None) -> int:
        """Return how many tries this address has left for the name, when they are few; 0 says nothing."""
        name = form.data.get("username", "") if form and form.is_bound else ""
        if not name:
            return 0
        left = settings.AXES_FAILURE_LIMIT - AxesProxyHandler.get_failures(self.request, {"username": name})
        return int(left) if 0 < left <= FEW_TRIES else 0

    def _told(self) -> str:
        if self.request.session.pop("company_unknown", None):
            return _(
                "Sua conta da empresa ainda não está ligada a um usuário daqui. Entre com usuário e senha e ligue-a."
            )
        if self.request.GET.get("senha") == "nova":
            return _("A nova senha vale a partir de agora. Entre com ela.")
        return ""


sign_in = never_cache(SignIn.as_view())


def company_name() -> str:
    """Return what the company's sign-in is called on the button; empty when there is none."""
    if not is_on():
        return ""
    named = settings.SOCIALACCOUNT_PROVIDERS["company"]["APPS"][0]["name"]
    return str(named) or _("conta da empresa")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; the browser forgets the pages it kept."""
    logout(request)
    answer = redirect("/entrar")
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def locked_out(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """Answer somebody who tried too often: in words, with the time to wait."""
    return page(request, "locked_out.html", {"minutes": MINUTES_LOCKED}, status=429)
