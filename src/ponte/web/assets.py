"""One stylesheet, one script, one sheet of icons: joined from the small files at first use, named by their content.

A first visit then takes few requests, and what has not changed is never asked for again.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse

STATIC = Path(__file__).parent / "static"
HTMX = "vendor/htmx.org@2.0.11/htmx.min.js"
YEAR = 31_536_000

STYLE = (
    "css/tokens.css",
    "css/base.css",
    "css/layout.css",
    "css/parts/controls.css",
    "css/parts/status.css",
    "css/parts/filters.css",
    "css/parts/list.css",
    "css/parts/origin.css",
    "css/parts/record.css",
    "css/parts/attempts.css",
    "css/parts/listing.css",
    "css/parts/causes.css",
    "css/parts/codes.css",
    "css/parts/charts.css",
    "css/parts/overview.css",
    "css/parts/history.css",
    "css/parts/channels.css",
    "css/parts/suggestions.css",
    "css/parts/bulk.css",
    "css/parts/queue.css",
    "css/parts/notices.css",
    "css/parts/login.css",
    "css/parts/account.css",
    "css/parts/people.css",
    "css/parts/audit.css",
    "css/print.css",
)
SCRIPT = (
    HTMX,
    "js/notice.js",
    "js/menu.js",
    "js/filters.js",
    "js/bulk.js",
    "js/rows.js",
    "js/live.js",
    "js/keys.js",
    "js/record.js",
    "js/account.js",
    "js/mapping.js",
    "js/suggestions.js",
    "js/export.js",
    "js/causes.js",
)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent: `packed` is the same bytes in gzip."""

    name: str
    content_type: str
    content: bytes
    packed: bytes


@cache
def assets() -> dict[str, Asset]:
    """Return the files by their short name ("ponte.css")."""
    return {
        "ponte.css": _joined("css", "text/css; charset=utf-8", STYLE, b"\n"),
        "ponte.js": _joined("js", "text/javascript; charset=utf-8", SCRIPT, b"\n;\n"),
        "icons.svg": _joined("svg", "image/svg+xml; charset=utf-8", ("img/icons.svg",), b""),
        "ponte.svg": _joined("svg", "image/svg+xml; charset=utf-8", ("img/ponte.svg",), b""),
    }


@cache
def address(short: str) -> str:
    """Return the path of a file; it changes with the content."""
    return f"/ativos/{assets()[short].name}"


@cache
def _by_name() -> dict[str, Asset]:
    return {asset.name: asset for asset in assets().values()}


def serve(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with one of the files, for ever cacheable."""
    asset = _by_name().get(name)
    if asset is None:
        raise Http404
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(asset.packed if packs else asset.content, content_type=asset.content_type)
    if packs:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return answer


def _joined(kind: str, content_type: str, files: tuple[str, ...], between: bytes) -> Asset:
    content = between.join((STATIC / file).read_bytes() for file in files)
    digest = hashlib.blake2b(content + "".join(files).encode(), digest_size=6).hexdigest()
    return Asset(f"{digest}.{kind}", content_type, content, gzip.compress(content, 9, mtime=0))
