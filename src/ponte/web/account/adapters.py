"""What Ponte decides in django-allauth: who may come in, what is said, where secrets are kept."""

from __future__ import annotations

from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context, ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from ponte.config import config
from ponte.db import sealed
from ponte.db.models import User
from ponte.web.account.second_factor import must_have_second_factor, second_factors
from ponte.web.account.sessions import proved_lately
from ponte.web.client_address import client_address
from ponte.web.pages import page

WRONG: Final = _("Usuário ou senha incorretos.")
SLOW_DOWN: Final = _("Foram muitas tentativas. Espere alguns minutos, ou entre com sua chave de acesso.")
TOLD: Final = {
    "account/messages/password_changed.txt": _("Senha trocada. As outras sessões foram encerradas."),
    "account/messages/password_set.txt": _("Senha criada."),
    "mfa/messages/totp_activated.txt": _("Aplicativo de códigos ligado."),
    "mfa/messages/totp_deactivated.txt": _("Aplicativo de códigos desligado."),
    "mfa/messages/webauthn_added.txt": _("Chave de acesso criada."),
    "mfa/messages/webauthn_removed.txt": _("Chave de acesso removida."),
    "socialaccount/messages/account_connected.txt": _("Conta da empresa ligada."),
    "socialaccount/messages/account_connected_other.txt": _("Esta conta da empresa já está ligada a outro usuário."),
}
BACKEND = "django.contrib.auth.backends.ModelBackend"


class Accounts(DefaultAccountAdapter):
    """Nobody signs up by themselves, and mails go out only where a mail server is configured."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
        "incorrect_password": _("A senha não confere."),
        "too_many_login_attempts": SLOW_DOWN,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- allauth passes it
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the tries of a name over all addresses; those of one are axes' to count. Raises `ValidationError`."""
        name = str(credentials.get("username", "")).lower()
        if not ratelimit.consume(request, action="password_tries", key=name):
            raise self.validation_error("too_many_login_attempts")

    def login(self, request: HttpRequest, user: User) -> None:
        user.backend = getattr(user, "backend", BACKEND)
        super().login(request, user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if settings.HAS_EMAIL:
            super().send_mail(template_prefix, email, context)

    def add_message(  # noqa: PLR0917 -- allauth's signature
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,  # noqa: ARG002 -- likewise
        extra_tags: str = "",  # noqa: ARG002 -- likewise
        message: str | None = None,
    ) -> None:
        """Say what happened in our words; what needs no words is not said."""
        text = message or TOLD.get(message_template or "")
        if text:
            messages.add_message(request, level, str(text))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link by the configured address: what a request says of its host does not count."""
        return f"{config().base_url}/entrar/nova-senha/{key}"

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return super().is_reauthentication_required(app=app, **kwargs) and not proved_lately(context.request)


class SecondFactors(DefaultMFAAdapter):
    """Seeds are sealed like every other secret; who must have a second factor cannot take the last one away."""

    def encrypt(self, text: str) -> str:
        return sealed.seal(text, row="mfa", field="secret")

    def decrypt(self, encrypted_text: str) -> str:
        return sealed.unseal(encrypted_text, row="mfa", field="secret")

    def get_totp_label(self, user: User) -> str:
        return user.username

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = second_factors(authenticator.user).exclude(pk=authenticator.pk)
        return others.exists() or not must_have_second_factor(authenticator.user)


class CompanyAccounts(DefaultSocialAccountAdapter):
    """The company's sign-in opens accounts that were connected to it before; it makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002 -- likewise
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Turn away who is not connected yet. Raises `ImmediateHttpResponse`."""
        if not sociallogin.is_existing and sociallogin.state.get("process") != "connect":
            raise ImmediateHttpResponse(unknown_to_us(request))

    def on_authentication_error(self, request: HttpRequest, provider: object, error: object = None, **_: Any) -> None:  # noqa: ARG002 -- likewise
        """Say in one way whatever was wrong. Raises `ImmediateHttpResponse`."""
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(redirect("/entrar"))
        raise ImmediateHttpResponse(page(request, "account/company_error.html", {}, status=401))

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: object) -> str:  # noqa: ARG002 -- likewise
        return "/conta/seguranca"


def unknown_to_us(request: HttpRequest) -> HttpResponse:
    """Send somebody of the company who has no account here to the sign-in, where it is said."""
    request.session["company_unknown"] = True
    return redirect("/entrar")
