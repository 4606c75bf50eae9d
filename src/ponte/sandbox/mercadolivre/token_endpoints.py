"""OAuth, accounts and the app: who calls, and may they."""

from collections.abc import Mapping

from aiohttp import web

from ponte.sandbox.mercadolivre.answers import oauth_problem, problem, reply
from ponte.sandbox.mercadolivre.authorization_page import authorization_page, back
from ponte.sandbox.mercadolivre.marketplace import Marketplace
from ponte.sandbox.mercadolivre.settings import Account, App
from ponte.sandbox.mercadolivre.tokens import Code

_SPENT = "Error validating grant. Your authorization code or refresh token may be expired or it was already used"
_LISTING_TYPES = (("gold_pro", "Premium"), ("gold_special", "Clássico"), ("free", "Grátis"))


class TokenEndpoints:
    def __init__(self, market: Marketplace) -> None:
        self._market = market

    def routes(self) -> list[web.RouteDef]:
        market = self._market
        return [
            market.open_route("GET", "/authorization", self.authorize),
            market.open_route("POST", "/oauth/token", self.token),
            market.route("GET", "/users/me", self.me),
            market.route("GET", r"/users/{user_id:\d{1,18}}", self.user),
            market.route("GET", "/users/{user_id}/available_listing_types", self.listing_types),
            market.route("GET", "/applications/{app_id}", self.application),
        ]

    async def authorize(self, request: web.Request) -> web.Response:
        """The browser's page: each account to choose, which leads to 302 to `redirect_uri` with `code` and `state`.

        `user_id` chooses the seller. Who is no browser gets the first one of the settings, at once.
        """
        asked = request.query
        if "user_id" not in asked and "text/html" in request.headers.get("Accept", "") and _is_whole(asked):
            page = authorization_page(asked, self._market.settings.accounts)
            return web.Response(text=page, content_type="text/html")
        first = self._market.settings.accounts[0].user_id
        chosen = asked.get("user_id", str(first))
        account = self._market.tokens.account(int(chosen)) if chosen.isascii() and chosen.isdigit() else None
        redirect_uri = asked.get("redirect_uri", "")
        if account is None or not redirect_uri or asked.get("response_type") != "code":
            return oauth_problem("invalid_request", "response_type=code, client_id and redirect_uri are required")
        challenge = asked.get("code_challenge", "")
        code = self._market.tokens.issue_code(
            Code(account.user_id, asked.get("client_id", ""), redirect_uri, challenge)
        )
        return web.Response(status=302, headers={"Location": back(asked, {"code": code})})

    async def token(self, request: web.Request) -> web.Response:
        form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        app = self._market.tokens.app(form.get("client_id", ""), form.get("client_secret", ""))
        if app is None:
            return oauth_problem("invalid_client", "invalid client_id or client_secret")
        match form.get("grant_type"):
            case "refresh_token" if "refresh_token" in form:
                pair = self._market.tokens.rotate(form["refresh_token"], app)
            case "authorization_code" if "code" in form:
                pair = self._exchange(form, app)
            case "refresh_token" | "authorization_code":
                return oauth_problem("invalid_request", "a parameter of the grant is missing")
            case _:
                return oauth_problem(
                    "unsupported_grant_type", "grant_type must be authorization_code or refresh_token"
                )
        return reply(pair) if pair else oauth_problem("invalid_grant", _SPENT)

    def _exchange(self, form: dict[str, str], app: App) -> dict[str, object] | None:
        redirect_uri, verifier = form.get("redirect_uri", ""), form.get("code_verifier", "")
        return self._market.tokens.exchange(form["code"], app, redirect_uri=redirect_uri, verifier=verifier)

    async def me(self, _request: web.Request, account: Account) -> web.Response:
        return reply(_user(account))

    async def user(self, request: web.Request, _account: Account) -> web.Response:
        user_id = request.match_info["user_id"]
        account = self._market.tokens.account(int(user_id))
        if account is None:
            return problem(404, f"The User with id: {user_id} does not exist", "not_found")
        return reply(_user(account))

    async def listing_types(self, request: web.Request, _account: Account) -> web.Response:
        available = [{"id": key, "name": name, "remaining_listings": None} for key, name in _LISTING_TYPES]
        return reply({"category_id": request.query.get("category_id"), "available": available})

    async def application(self, request: web.Request, _account: Account) -> web.Response:
        app_id = request.match_info["app_id"]
        if app_id not in {app.client_id for app in self._market.settings.apps}:
            return problem(404, f"Application with id {app_id[:60]} not found", "not_found")
        hourly = self._market.settings.max_requests_per_hour
        return reply({"id": int(app_id), "site_id": "MLB", "active": True, "max_requests_per_hour": hourly})


def _is_whole(asked: Mapping[str, str]) -> bool:
    return asked.get("response_type") == "code" and bool(asked.get("redirect_uri"))


def _user(account: Account) -> dict[str, object]:
    codes = list(account.unable_to_list)
    return {
        "id": account.user_id,
        "nickname": account.nickname,
        "country_id": "BR",
        "site_id": "MLB",
        "user_type": "normal",
        "tags": account.tags,
        "status": {
            "site_status": "active",
            "list": {"allow": not codes, "codes": codes},
            "required_action": "payment" if account.payment_required else "",
        },
    }
