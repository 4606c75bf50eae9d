"""ID Magalu: the page where a seller lets an application in, and the tokens."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urlencode

import orjson
from aiohttp import web

from ponte.sandbox.magalu.answers import oauth_problem, reply
from ponte.sandbox.magalu.market import Market

_PAGE = """<!doctype html>
<html lang="pt-BR"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>ID Magalu</title></head>
<body><main><h1>Permitir acesso</h1>
<p>O aplicativo {app} pede acesso. Isto é um marketplace de teste.</p>
<ul><li><a href="{yes}">Permitir como {seller}</a></li></ul>
<p><a href="{no}">Não permitir</a></p></main></body></html>
"""


class LoginEndpoints:
    def __init__(self, market: Market) -> None:
        self._market = market

    def routes(self) -> list[web.RouteDef]:
        return [
            self._market.open_route("GET", "/login", self.login),
            self._market.open_route("POST", "/oauth/token", self.token),
        ]

    async def login(self, request: web.Request) -> web.Response:
        """A browser chooses the store on a page; who is none is sent back at once with a code."""
        asked = request.query
        redirect_uri = asked.get("redirect_uri", "")
        if asked.get("response_type") != "code" or not redirect_uri.startswith(("http://", "https://")):
            return oauth_problem("invalid_request", "response_type=code, client_id and redirect_uri are required")
        state = {"state": asked["state"]} if "state" in asked else {}
        code = self._market.tokens.issue(asked.get("client_id", ""), redirect_uri)
        yes = _with(redirect_uri, {"code": code, **state})
        if "text/html" not in request.headers.get("Accept", ""):
            return web.Response(status=302, headers={"Location": yes})
        no = _with(redirect_uri, {"error": "access_denied", **state})
        seller, app = self._market.settings.seller.name, asked.get("client_id", "")
        page = _PAGE.format(app=escape(app), yes=escape(yes), no=escape(no), seller=escape(seller))
        return web.Response(text=page, content_type="text/html")

    async def token(self, request: web.Request) -> web.Response:
        """Form or JSON: documentation shows the one for refreshes and the other for codes."""
        form = await _fields(request)
        tokens = self._market.tokens
        if not tokens.is_client(form.get("client_id", ""), form.get("client_secret", "")):
            return oauth_problem("invalid_client", "client authentication failed")
        match form.get("grant_type"):
            case "refresh_token":
                pair = tokens.rotate(form.get("refresh_token", ""))
            case "authorization_code":
                pair = tokens.exchange(form.get("code", ""), form.get("redirect_uri", ""))
            case _:
                return oauth_problem("unsupported_grant_type", "grant_type is not supported")
        return reply(pair) if pair else oauth_problem("invalid_grant", "refresh token or code is invalid")


def _with(redirect_uri: str, said: dict[str, str]) -> str:
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(said)}"


async def _fields(request: web.Request) -> dict[str, str]:
    if request.content_type != "application/json":
        return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    try:
        body: Any = orjson.loads(await request.read())
    except ValueError:
        return {}
    return {name: value for name, value in body.items() if isinstance(value, str)} if isinstance(body, dict) else {}
