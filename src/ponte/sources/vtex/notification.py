"""Reads what VTEX posts when something about a SKU changed: a hint which SKU to look at, never data.

The names and types follow VTEX's guides "external marketplace integration: catalog" and the broadcaster app's
pages (read 2026-08), which contradict one another in letter case and in which fields are there; so names are
taken in any case, and only the SKU's id is required.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

MAX_BYTES = 64 * 1024
MAX_DEPTH = 20
MAX_BATCH = 500
MAX_TEXT = 100
MAX_NAMES = 40

SKU_ID = re.compile(r"[0-9]{1,18}\Z")
BOM = b"\xef\xbb\xbf"

# Every name in lower case -> the field it fills.
FIELDS = {
    "idsku": "sku_id",
    "skuid": "sku_id",
    "an": "account",
    "idaffiliate": "affiliate",
    "affiliateid": "affiliate",
    "productid": "product_id",
    "idproduct": "product_id",
    "datemodified": "modified_at",
    "isactive": "active",
    "active": "active",
    "stockmodified": "stock_changed",
    "pricemodified": "price_changed",
    "hasstockkeepingunitmodified": "product_changed",
    "hasstockkeepingunitremovedfromaffiliate": "removed_from_affiliate",
}
PLAIN = frozenset({str, int, bool, type(None)})
FALSE_TEXTS = frozenset({"false", "0", "no", "n", "f", "não", "nao", "off"})


class Notification(NamedTuple):
    """One hint; a tuple, since thousands a second are made.

    Ids are texts as sent ("015" is not "15"); what was not told is None, for a flag False. `account` is in lower case
    without ".myvtex...", `affiliate` in upper case. `modified_at` is the sender's text: it orders nothing.
    `nul_removed` tells that a stored copy of the body must be cleaned of U+0000.
    """

    sku_id: str
    account: str | None = None
    affiliate: str | None = None
    product_id: str | None = None
    modified_at: str = ""
    active: bool | None = None
    product_changed: bool = False
    price_changed: bool = False
    stock_changed: bool = False
    removed_from_affiliate: bool = False
    nul_removed: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a body is no notification: a stable code, one English sentence without the body's own text, a status."""

    reason_code: str
    text: str
    status: int = 400


def parse(
    body: bytes, content_type: str | None = None, content_encoding: str | None = None
) -> tuple[Notification, ...] | Refused:
    """Read one notification or an array of up to 500. Never raises; a bad item refuses the whole array.

    The content type is not asked for (VTEX's senders differ); a compressed body is refused unread.
    """
    if content_encoding and content_encoding.strip().lower() not in {"", "identity"}:
        return Refused("compressed", "The body must not be compressed.", 415)
    if len(body) > MAX_BYTES:
        return Refused("too_large", f"The body is larger than {MAX_BYTES} bytes.", 413)
    document = _document(body, content_type)
    if isinstance(document, Refused):
        return document
    if isinstance(document, dict):
        one = _notification(document, nul=b"\\u0000" in body)
        return one if isinstance(one, Refused) else (one,)
    if isinstance(document, list) and document:
        return _batch(document, nul=b"\\u0000" in body)
    return Refused("not_an_object", "The body is JSON, but not an object that names a SKU.")


def _document(body: bytes, content_type: str | None) -> Any:
    text = body.removeprefix(BOM)
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _not_json(text, content_type)
    return document if _surely_plain(document, text) else _strictly(text)


def _not_json(text: bytes, content_type: str | None) -> Refused:
    if not text.strip():
        return Refused("empty", "The body is empty.")
    try:
        text.decode()
    except UnicodeDecodeError:
        return Refused("not_utf8", "The body is not UTF-8.")
    kind = (content_type or "").partition(";")[0].strip().lower()
    said = f" (sent as {kind})" if re.fullmatch(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,40}", kind) else ""
    return Refused("not_json", f"The body is not JSON{said}.")


def _surely_plain(document: Any, text: bytes) -> bool:
    """True when a flat object has no name twice and no number that orjson had to round.

    Without escapes each name and each text has its two quotes in the body; a name told twice leaves two over.
    """
    if type(document) is not dict or b"\\" in text:
        return False
    kinds = [*map(type, document.values())]
    return PLAIN.issuperset(kinds) and text.count(b'"') == 2 * (len(kinds) + kinds.count(str))


def _strictly(text: bytes) -> Any:
    try:
        document = json.loads(
            text, object_pairs_hook=_without_twins, parse_float=_finite, parse_constant=_finite, parse_int=_short_int
        )
    except _TwinError:
        return Refused("duplicate_name", "An object in the body has one name twice.")
    except RecursionError:
        return Refused("too_deep", f"The body is nested deeper than {MAX_DEPTH}.")
    except ValueError:
        return Refused("bad_number", "The body has a number that cannot be read exactly.")
    if _depth(document) > MAX_DEPTH:
        return Refused("too_deep", f"The body is nested deeper than {MAX_DEPTH}.")
    return document


class _TwinError(Exception):
    """A name occurs twice in one object."""


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwinError
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _short_int(text: str) -> int:
    if len(text) > 40:
        raise ValueError(text[:40])
    return int(text)


def _depth(document: Any) -> int:
    deepest, level = 0, [document]
    while level:
        containers = [value for value in level if isinstance(value, dict | list)]
        deepest += bool(containers)
        level = [inner for value in containers for inner in (value.values() if isinstance(value, dict) else value)]
    return deepest


def _batch(documents: list[Any], *, nul: bool) -> tuple[Notification, ...] | Refused:
    if len(documents) > MAX_BATCH:
        return Refused("too_many", f"The array has more than {MAX_BATCH} notifications.", 413)
    found: list[Notification] = []
    for place, document in enumerate(documents):
        if not isinstance(document, dict):
            return Refused("not_an_object", f"Item {place} of the array is not an object that names a SKU.")
        one = _notification(document, nul=nul)
        if isinstance(one, Refused):
            return Refused(one.reason_code, f"Item {place} of the array: {one.text}", one.status)
        found.append(one)
    return tuple(found)


@lru_cache(maxsize=64)
def _fields(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return (field, name) for the names that fill one. Senders keep to few sets of names."""
    return tuple((field, name) for name in names if (field := FIELDS.get(name.lower())) is not None)


def _notification(document: Mapping[str, Any], *, nul: bool) -> Notification | Refused:
    names = tuple(document)
    fields = _fields(names) if len(names) <= MAX_NAMES else _fields.__wrapped__(names)
    told = {field: document[name] for field, name in fields}
    if len(told) < len(fields):
        agreed = _agreed(document, fields)
        if agreed is None:
            return Refused("duplicate_name", "Two names of the body stand for the same field and differ.")
        told = agreed
    get = told.get
    sku_id = _sku_id(get("sku_id"))
    if isinstance(sku_id, Refused):
        return sku_id
    account = get("account")
    if account is not None and not isinstance(account, str):
        return Refused("account_invalid", "An is not a text.")
    return Notification(
        sku_id,
        None if account is None else normalised_account(account),
        _affiliate(get("affiliate")),
        _product_id(get("product_id")),
        _text(get("modified_at")),
        None if (active := get("active")) is None else _flag(active),
        _flag(get("product_changed")),
        _flag(get("price_changed")),
        _flag(get("stock_changed")),
        _flag(get("removed_from_affiliate")),
        nul,
    )


def _agreed(document: Mapping[str, Any], fields: tuple[tuple[str, str], ...]) -> dict[str, Any] | None:
    """Return what names of the same field say together (null says nothing); None when they differ."""
    told: dict[str, Any] = {}
    for field, name in fields:
        value = document[name]
        if value is not None and told.setdefault(field, value) != value:
            return None
    return told


def _sku_id(value: Any) -> str | Refused:
    if value is None or (isinstance(value, str) and not value.strip()):
        return Refused("sku_missing", "The body names no SKU (IdSku).")
    if type(value) is int:
        value = str(value)
    if not isinstance(value, str) or not SKU_ID.match(value):
        return Refused("sku_invalid", "IdSku is not a SKU id: 1 to 18 digits.")
    return value


def normalised_account(text: str) -> str:
    """Return an account's name for comparing: "Loja.myvtex.com" is "loja". At most 100 characters."""
    return _bare_account(text[:MAX_TEXT])


@lru_cache(maxsize=256)
def _bare_account(text: str) -> str:
    return _text(text).strip().lower().partition(".myvtex")[0]


def _affiliate(value: Any) -> str | None:
    return _upper(value[:MAX_TEXT]) if isinstance(value, str) else None


@lru_cache(maxsize=256)
def _upper(text: str) -> str | None:
    return _text(text).strip().upper() or None


def _product_id(value: Any) -> str | None:
    text = str(value) if type(value) is int else value
    return text if isinstance(text, str) and SKU_ID.match(text) else None


def _text(value: Any) -> str:
    return value[:MAX_TEXT].replace("\x00", "") if isinstance(value, str) else ""


def _flag(value: Any) -> bool:
    """Read a flag; null says no, and what is unknown yes: looking at a SKU is cheap, missing a change is not."""
    if value is True or value is False:
        return value
    if value is None:
        return False
    if isinstance(value, str):
        return value.strip().lower() not in FALSE_TEXTS
    return bool(value != 0)
