"""Signing in and out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ponte.db.models import User
from ponte.web.pages import THEMES, chrome, page
from ponte.web.views.preferences import remember_language, remember_theme

MINUTES_LOCKED = int(settings.AXES_COOLOFF_TIME * 60)


class SignInForm(AuthenticationForm):
    """Name and password; what is wrong with them is said in one way, whether the name exists or not."""

    error_messages = dict.fromkeys(("invalid_login", "inactive"), _("Usuário ou senha incorretos."))


class SignIn(LoginView):
    """`/entrar`."""

    template_name = "login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Add the frame of the page."""
        return {**super().get_context_data(**kwargs), "chrome": chrome(self.request)}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in; the person's language and theme come along."""
        answer = super().form_valid(form)
        user = form.get_user()
        if isinstance(user, User):
            if user.language in dict(settings.LANGUAGES):
                remember_language(answer, user.language)
            if user.theme in THEMES:
                remember_theme(answer, user.theme)
        return answer


sign_in = never_cache(SignIn.as_view())


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
