"""Who may call what on the fake VTEX: 401 without the right pair of keys, 403 without the resource."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from aiohttp import web

from ponte.sandbox.switchboard import Endpoint
from ponte.sandbox.vtex.shop import Shop


@dataclass(frozen=True, slots=True)
class Access:
    """The key of the connector. `private` wraps an endpoint that asks for it."""

    shop: Shop
    app_key: str
    app_token: str

    def private(self, family: str, endpoint: Endpoint) -> Endpoint:
        """Return the endpoint behind the key; `family` is what `Settings.forbidden` names."""
        settings, app_key, app_token = self.shop.settings, self.app_key, self.app_token

        async def guarded(request: web.Request) -> web.StreamResponse:
            headers = request.headers
            if headers.get("X-VTEX-API-AppKey") != app_key or headers.get("X-VTEX-API-AppToken") != app_token:
                return reply({"message": "Unauthorized"}, status=401)
            if family in settings.forbidden:
                return reply({"message": "Forbidden"}, status=403)
            return await endpoint(request)

        return guarded


def reply(body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Return JSON; bytes are JSON already."""
    sent = body if isinstance(body, bytes) else orjson.dumps(body)
    return web.Response(body=sent, status=status, headers=headers, content_type="application/json")
