"""Login with Amazon, and the page where a seller lets an application in."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import orjson
from aiohttp import web

from ponte.sandbox.amazon.answers import JSON_TYPE, lwa_problem
from ponte.sandbox.amazon.marketplace import Marketplace


class TokenEndpoints:
    def __init__(self, market: Marketplace) -> None:
        self._market = market

    def routes(self) -> list[web.RouteDef]:
        market = self._market
        return [
            market.open_route("POST", "/auth/o2/token", self.token),
            market.open_route("GET", "/apps/authorize/consent", self.consent),
        ]

    async def token(self, request: web.Request) -> web.Response:
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        app = self._market.settings.app
        if form.get("client_id") != app.client_id or form.get("client_secret") != app.client_secret:
            return lwa_problem("invalid_client", "Client authentication failed", status=401)
        match form.get("grant_type"):
            case "refresh_token":
                tokens = self._market.tokens.renew(form.get("refresh_token", ""))
            case "authorization_code":
                tokens = self._market.tokens.exchange(form.get("code", ""))
            case _:
                return lwa_problem("unsupported_grant_type", "The authorization grant type is not supported.")
        if tokens is None:
            name = "refresh_token" if form["grant_type"] == "refresh_token" else "code"
            return lwa_problem("invalid_grant", f"The request has an invalid grant parameter : {name}")
        return web.Response(body=orjson.dumps(tokens), content_type=JSON_TYPE)

    async def consent(self, request: web.Request) -> web.Response:
        """The seller's page; who is no browser is sent back at once with a code of the first seller."""
        asked = request.query
        if asked.get("application_id") != self._market.settings.app.application_id or "state" not in asked:
            return web.Response(status=400, text="application_id and state are required")
        seller = self._market.settings.sellers[0]
        code = self._market.tokens.issue_code(seller)
        back = {"state": asked["state"], "selling_partner_id": seller.id, "spapi_oauth_code": code}
        address = f"{asked.get('redirect_uri', '')}?{urlencode(back)}"
        if "text/html" not in request.headers.get("Accept", ""):
            return web.Response(status=302, headers={"Location": address})
        link = f'<a href="{escape(address)}">Autorizar</a>'
        page = f"<!doctype html><title>Sandbox</title><p>{escape(seller.id)}</p>{link}"
        return web.Response(text=page, content_type="text/html")
