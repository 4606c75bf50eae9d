"""Pictures: upload, attach to a listing, and why one failed."""

from aiohttp import BodyPartReader, web

from ponte.sandbox.mercadolivre.answers import invalid, not_found, not_owner, problem, ready, reply
from ponte.sandbox.mercadolivre.bodies import read_object
from ponte.sandbox.mercadolivre.changes import change
from ponte.sandbox.mercadolivre.listing import Listing
from ponte.sandbox.mercadolivre.listing_checks import picture_not_found
from ponte.sandbox.mercadolivre.marketplace import Marketplace
from ponte.sandbox.mercadolivre.pictures import MAX_BYTES, MIN_SIDE, Picture, picture_size
from ponte.sandbox.mercadolivre.settings import Account

_CHUNK = 256 * 1024


class PictureEndpoints:
    def __init__(self, market: Marketplace) -> None:
        self._market = market

    def routes(self) -> list[web.RouteDef]:
        route = self._market.route
        return [
            route("POST", "/pictures/items/upload", self.upload),
            route("GET", "/pictures/{picture_id}/errors", self.errors),
            route("POST", "/items/{id}/pictures", self.attach, skus_of=self._market.skus_of_item),
        ]

    async def upload(self, request: web.Request, account: Account) -> web.Response:
        """201 {"id", "variations"} for a multipart field `file`; too many in a minute meet shape H."""
        if not self._market.upload_pace.takes(str(account.user_id)):
            return problem(400, "Bad_request", "bad_request")
        content = await _file(request)
        size = picture_size(content) if content else None
        if size is None or len(content) > MAX_BYTES:
            return problem(400, "The file must be a JPG or PNG of at most 10 MB", "bad_request")
        if max(size) < MIN_SIDE:
            return problem(400, f"The picture must have at least {MIN_SIDE} px on one side", "bad_request")
        picture = self._market.pictures.add()
        return reply(_uploaded(picture, size), status=201)

    async def attach(self, request: web.Request, account: Account) -> web.Response:
        """Add one more picture to a listing: {"id": "..."} or {"source": "..."}; 200 with the listing."""
        listing = self._market.listings.get(request.match_info["id"])
        if listing is None:
            return not_found(request.match_info["id"])
        if not self._market.is_of(listing, account):
            return not_owner()
        one = await read_object(request)
        if isinstance(one, web.Response):
            return one
        wanted = {"pictures": [*({"id": picture["id"]} for picture in listing.body["pictures"]), one]}
        refused = change(listing, wanted, self._market)
        if refused is not None:
            return refused
        self._market.journal.applied("POST", request.path, listing, one)
        return ready(listing.as_bytes(self._market.clock()))

    async def errors(self, request: web.Request, _account: Account) -> web.Response:
        picture_id = request.match_info["picture_id"]
        picture = self._market.pictures.get(picture_id)
        if picture is None:
            return invalid([picture_not_found(picture_id)])
        if not picture.flaw:
            return problem(404, f"Picture {picture_id} has no errors", "not_found")
        listing = next((one for one in self._market.listings if _has(one, picture_id)), None)
        error = {"message": picture.flaw, "items": listing.id if listing else None}
        return reply({"id": picture.id, "source": picture.source, "error": error})


def _has(listing: Listing, picture_id: str) -> bool:
    return any(picture["id"] == picture_id for picture in listing.body["pictures"])


def _uploaded(picture: Picture, size: tuple[int, int]) -> dict[str, object]:
    shown = picture.as_json()
    sizes = [{"size": f"{size[0]}x{size[1]}", "url": shown["url"], "secure_url": shown["secure_url"]}]
    return {"id": picture.id, "variations": sizes}


async def _file(request: web.Request) -> bytes:
    """The bytes of the multipart field `file`, cut one byte past the limit; b"" when there is none."""
    if not request.content_type.startswith("multipart/"):
        return b""
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.name == "file":
            return await _read(part)
    return b""


async def _read(part: BodyPartReader) -> bytes:
    content = bytearray()
    while len(content) <= MAX_BYTES and (chunk := await part.read_chunk(_CHUNK)):
        content += chunk
    return bytes(content)
