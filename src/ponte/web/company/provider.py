"""The company as django-allauth's provider; allauth finds it here because this package is an installed app."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import get_random_string

from ponte.web.company.checking import NONCE_KEY, CheckedAnswers


class Company(OpenIDConnectProvider):
    """Asks with a nonce; nothing of the request's address goes into the question."""

    id = "company"
    oauth2_adapter_class = CheckedAnswers

    def get_login_url(self, request: HttpRequest, **_: Any) -> str:  # noqa: ARG002 -- allauth passes it
        return reverse("company_login")

    def get_callback_url(self) -> str:
        return reverse("company_callback")

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:  # noqa: ARG002 -- likewise
        nonce = request.session[NONCE_KEY] = get_random_string(32)
        return {"nonce": nonce}

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:  # noqa: ARG002 -- likewise
        return ["openid", "profile", "email"]


provider_classes = [Company]
