"""Read the answer of the company's sign-in: signature, issuer, audience, times and nonce hold, or nobody comes in."""

from __future__ import annotations

import hmac
from typing import Any

import jwt
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from ponte.config import config

NONCE_KEY = "company_nonce"
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"})


class CheckedAnswers(OpenIDConnectOAuth2Adapter):
    """allauth's adapter, stricter: the signature counts though the token came over TLS, and so does the nonce."""

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:
        """Refuse an answer without an ID token. Raises `OAuth2Error`."""
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("no id_token")
        return super().complete_login(request, app, token, **kwargs)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:  # noqa: ARG002 -- allauth passes them
        return f"{config().base_url}{reverse('company_callback')}"

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        issuer = app.settings["server_url"]
        if self.openid_config.get("issuer", "").rstrip("/") != issuer:
            raise OAuth2Error("the issuer is another")
        if _algorithm(id_token) not in ALGORITHMS:
            raise OAuth2Error("not signed with a key pair")
        claims: dict[str, Any] = _decoded(id_token, self.openid_config, app.client_id)
        asked = self.request.session.pop(NONCE_KEY, "")
        if not asked or not hmac.compare_digest(asked, str(claims.get("nonce", ""))):
            raise OAuth2Error("the nonce is another")
        return claims


def _algorithm(id_token: str) -> str:
    try:
        return str(jwt.get_unverified_header(id_token).get("alg"))
    except jwt.PyJWTError as error:
        raise OAuth2Error("no token") from error


def _decoded(id_token: str, found: dict[str, Any], client_id: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=found["jwks_uri"],
            issuer=found["issuer"],
            audience=client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise OAuth2Error("a token that cannot be read") from error
    if "sub" not in claims or "exp" not in claims:
        raise OAuth2Error("a token without subject or end")
    return claims


def is_on() -> bool:
    """Say whether the company's sign-in is configured."""
    return bool(settings.SOCIALACCOUNT_PROVIDERS)


def provider_id() -> str:
    """Return the name of the configured provider."""
    return str(settings.SOCIALACCOUNT_PROVIDERS["company"]["APPS"][0]["provider_id"])
