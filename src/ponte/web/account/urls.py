"""Signing in and one's own account: django-allauth's views on our paths, with our templates.

Only what is listed here is open: nobody signs up, and nothing of allauth's own addresses exists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import views as accounts
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, re_path
from django.views.decorators.cache import cache_control
from django.views.generic import RedirectView, View

from ponte.web.views import account, company, invitation, login


def _page(view: type[View], template: str = "", **how: Any) -> Callable[..., HttpResponseBase]:
    """Return allauth's view with our template; no cache keeps its answers."""
    named = {"template_name": f"account/{template}.html"} if template else {}
    shown = cache_control(private=True, no_store=True)(view.as_view(**named, **how))

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return shown(request, *args, **kwargs)

    answer.__name__ = view.__name__
    return answer


urlpatterns = [
    path("entrar", login.sign_in, name="account_login"),
    path("sair", login.sign_out, name="account_logout"),
    path("entrar/codigo", _page(factors.AuthenticateView, "code"), name="mfa_authenticate"),
    path("entrar/chave", _page(keys.LoginWebAuthnView), name="mfa_login_webauthn"),
    path("entrar/empresa", company.start, name="company_login"),
    path("entrar/empresa/volta", company.back, name="company_callback"),
    path("entrar/esqueci", account.forgotten, name="account_reset_password"),
    path("entrar/esqueci/enviado", _page(accounts.PasswordResetDoneView, "sent"), name="account_reset_password_done"),
    re_path(
        r"^entrar/nova-senha/(?P<uidb36>[0-9A-Za-z]{1,20})-(?P<key>[-0-9A-Za-z]{1,120})$",
        _page(accounts.PasswordResetFromKeyView, "new_password", success_url="/entrar?senha=nova"),
        name="account_reset_password_from_key",
    ),
    path("entrar/inativa", RedirectView.as_view(url="/entrar"), name="account_inactive"),
    path("convite/<str:token>", invitation.accept),
    path("conta", account.overview),
    path("conta/senha", account.change_password, name="account_change_password"),
    path("conta/senha/nova", account.set_password, name="account_set_password"),
    path("conta/confirmar", _page(accounts.ReauthenticateView, "confirm"), name="account_reauthenticate"),
    path("conta/confirmar/codigo", _page(factors.ReauthenticateView, "confirm_code"), name="mfa_reauthenticate"),
    path(
        "conta/confirmar/chave",
        _page(keys.ReauthenticateWebAuthnView, "confirm_key"),
        name="mfa_reauthenticate_webauthn",
    ),
    path("conta/seguranca", account.security, name="mfa_index"),
    path("conta/seguranca/chaves", RedirectView.as_view(url="/conta/seguranca"), name="mfa_list_webauthn"),
    path("conta/seguranca/chaves/nova", _page(keys.AddWebAuthnView, "add_key"), name="mfa_add_webauthn"),
    path(
        "conta/seguranca/chaves/<int:pk>/remover",
        _page(keys.RemoveWebAuthnView, "remove_key"),
        name="mfa_remove_webauthn",
    ),
    path("conta/seguranca/aplicativo", _page(totp.ActivateTOTPView, "add_app"), name="mfa_activate_totp"),
    path(
        "conta/seguranca/aplicativo/desligar",
        _page(totp.DeactivateTOTPView, "remove_app"),
        name="mfa_deactivate_totp",
    ),
    path("conta/seguranca/codigos", _page(codes.ViewRecoveryCodesView, "codes"), name="mfa_view_recovery_codes"),
    path(
        "conta/seguranca/codigos/novos",
        _page(codes.GenerateRecoveryCodesView, "new_codes"),
        name="mfa_generate_recovery_codes",
    ),
    path("conta/seguranca/empresa/desligar", company.disconnect),
    path("conta/seguranca/empresa", RedirectView.as_view(url="/conta/seguranca"), name="socialaccount_connections"),
    path("conta/sessoes", account.sessions, name="usersessions_list"),
]
