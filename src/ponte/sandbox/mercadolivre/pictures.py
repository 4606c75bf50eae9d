"""Pictures of the fake: uploaded, or "downloaded" from an address that is never called.

The address itself says how its download goes, so that a demo or a test chooses without a switch:

    .../picture-fails-403/a.jpg      never works; the host answered 403 (any status)
    .../picture-takes-1500/a.jpg     is there after 1500 ms
    .../picture-too-small/a.jpg      is smaller than 500 px and is refused

Rules after Mercado Livre developers' page "Trabajar con imágenes", read 2026-06.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ponte.sandbox.mercadolivre.listing import NEVER

MAX_BYTES = 10 * 1024 * 1024
MIN_SIDE = 500
MARKER = re.compile(r"picture-(?:fails-(\d{3})|takes-(\d{1,7})|(too-small))")
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Picture:
    """`ready_at` in the clock's seconds, NEVER when it failed; `flaw` is the vendor's text of why."""

    id: str
    source: str
    ready_at: float
    flaw: str = ""

    def as_json(self) -> dict[str, str]:
        address = f"http2.mlstatic.com/D_{self.id}-O.jpg"
        return {
            "id": self.id,
            "url": f"http://{address}",
            "secure_url": f"https://{address}",
            "size": "500x500",
            "max_size": "1200x1200",
            "quality": "",
        }


class Pictures:
    """All pictures by id. One address is downloaded once: the same address gives the same picture."""

    def __init__(self, *, first_number: int, seconds: float, clock: Callable[[], float]) -> None:
        self._number = first_number
        self._seconds = seconds
        self._clock = clock
        self._by_id: dict[str, Picture] = {}
        self._by_source: dict[str, Picture] = {}

    def get(self, picture_id: str) -> Picture | None:
        return self._by_id.get(picture_id)

    def add(self) -> Picture:
        """A picture whose bytes were uploaded: ready at once."""
        return self._keep(Picture(self._next_id(), "", self._clock()))

    def fetch(self, source: str) -> Picture:
        if known := self._by_source.get(source):
            return known
        ready_at, flaw = self._download(source)
        picture = self._keep(Picture(self._next_id(), source, ready_at, flaw))
        self._by_source[source] = picture
        return picture

    def _download(self, source: str) -> tuple[float, str]:
        marker = MARKER.search(source) if "picture-" in source else None
        if marker is None:
            return self._clock() + self._seconds, ""
        status, takes_ms, too_small = marker.groups()
        if takes_ms:
            return self._clock() + int(takes_ms) / 1000, ""
        if too_small:
            return NEVER, "{error_code=invalid_size, meta={width=200, height=200}}"
        return NEVER, f"{{error_code=response_code, meta={{responseCode={status}, contentLength=-1}}}}"

    def _keep(self, picture: Picture) -> Picture:
        self._by_id[picture.id] = picture
        return picture

    def _next_id(self) -> str:
        self._number += 1
        return f"{600_000 + self._number % 399_989}-MLB{40_000_000_000 + self._number}_112026"


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG or JPEG, None when it is neither."""
    if content.startswith(_PNG) and len(content) >= 24:
        return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    return _jpeg_size(content) if content.startswith(_JPEG) else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        if content[place + 1] in _FRAMES:
            height, width = content[place + 5 : place + 7], content[place + 7 : place + 9]
            return int.from_bytes(width), int.from_bytes(height)
        place += 2 + int.from_bytes(content[place + 2 : place + 4])
    return None
