"""Draws the fake shop's pictures: one plain colour for each number, as PNG."""

from __future__ import annotations

import re
import struct
import zlib
from functools import lru_cache

from ponte.sandbox.catalogue.body import PICTURE_SIZE

NAME = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,4})-([0-9]{1,4}))?\Z")
MAX_SIDE = 2_000


def picture(name: str) -> bytes | None:
    """Return the picture of "155001" or "155001-55-55" (wanted width and height); None for another name."""
    found = NAME.match(name)
    if found is None:
        return None
    width, height = (min(int(side or PICTURE_SIZE), MAX_SIDE) or PICTURE_SIZE for side in found.groups()[1:])
    return png(width, height, int(found[1]) % 64)


@lru_cache(maxsize=256)
def png(width: int, height: int, shade: int) -> bytes:
    """Return a PNG of one shade (0 to 63) with a paler frame, in 8-bit grey."""
    rows = bytearray()
    inner = bytes([255]) * min(8, width) + bytes([40 + 3 * shade]) * max(0, width - 16)
    row = b"\x00" + inner + bytes([255]) * (width - len(inner))
    for _ in range(height):
        rows += row
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(bytes(rows), 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
