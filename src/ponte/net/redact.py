"""What may be kept of a request and an answer. Everything is redacted before it is stored or logged."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import quote, quote_plus

from pydantic_core import SchemaValidator, core_schema

from ponte.domain.message import Secret

MASK = "••••"
MAX_BODY = 64 * 1024
MIN_SECRET = 8
MARGIN = 4096

# Only these headers are kept; all others may carry credentials or people's data.
KEPT_HEADERS = frozenset(
    {
        "accept",
        "content-type",
        "content-length",
        "date",
        "retry-after",
        "ratelimit-limit",
        "ratelimit-remaining",
        "ratelimit-reset",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-amzn-ratelimit-limit",
        "x-amzn-requestid",
        "x-request-id",
        "x-content-missing",
        "x-vtex-operation-id",
        "sunset",
        "deprecation",
    }
)

_PLAIN_HEADERS = frozenset({"content-type", "content-length", "date"})

_KEYS = (
    r"(?:access|refresh|id)[_-]?token|client[_-]?secret|app_?token|app_?key|password|senha|authorization|"
    r"api[_-]?key|secret|shop_?key|cookie|code_verifier"
)
_JSON_SECRET = re.compile(rf'("(?:[\w-]*(?:{_KEYS}))"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\\?\Z)', re.IGNORECASE)
_FORM_SECRET = re.compile(rf"((?:^|[?&;#\s])[\w-]{{0,40}}(?:{_KEYS})=)[^&\s\"'<>]+", re.IGNORECASE)
# The same as others write it: JSON inside a text of JSON, a list, a long number, Python's quotes, XML, a form inside
# an address, a header told in words.
_OTHER_SECRETS = re.compile(
    "|".join(
        (
            rf'(?<=\\")[\w-]{{0,40}}(?:{_KEYS})(?:\\+"\s{{0,9}}:\s{{0,9}}\\+")(?P<nested>[^"\\]+)',
            rf'"[\w-]{{0,40}}(?:{_KEYS})"\s{{0,9}}:\s{{0,9}}(?P<listed>\[[^\]]*\]?|\d{{6,}})',
            rf"'[\w-]{{0,40}}(?:{_KEYS})'\s{{0,9}}:\s{{0,9}}'(?P<quoted>[^'\\]+)",
            rf"<[\w:-]{{0,40}}(?:{_KEYS})>(?P<element>[^<]+)",
            rf"\s[\w-]{{0,40}}(?:{_KEYS})=[\"'](?P<attribute>[^\"'<>]+)",
            rf"(?:%3F|%26|%23)[\w-]{{0,40}}(?:{_KEYS})%3D(?P<coded>(?:(?!%26)[^&\s\"'<>])+)",
            r"\bx-[\w-]{0,40}(?:token|key|secret)\s{0,9}:\s{0,9}(?P<header>[^\s,;\"'<>]{8,})",
        )
    ),
    re.IGNORECASE,
)
_TOKENS = re.compile(
    r"\bAPP_USR-[\w-]{6,}|\bTG-[\w-]{6,}|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|"
    r"\b(?i:bearer)\s+[A-Za-z0-9+/_.=-]{8,}|\bBasic\s+[A-Za-z0-9+/_.=-]{16,}|\bvtexappkey-[\w-]+|"
    r"\bAtz[ar]\|[\w+/=-]{6,}"
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_CPF = re.compile(r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b")
# What any pattern above needs, looked for first; as a rule nothing is there. To `re`, \x1c to \x1f are blanks.
_TRIGGERS = (
    r"(?i:token|secret|password|senha|authorization|cookie|code_verifier|[-_pi]key"
    r"|app_usr-|tg-|eyj|atz[ar]\||(?:bearer|basic)[\s\x1c-\x1f]+\S{8})"
    r"|@|\d{3}\.\d{3}\.\d{3}-\d{2}"
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Mask credentials (by key, by form, by exact value), e-mail addresses and CPF numbers."""
    own = tuple(secrets)
    return text if is_plain(text, own) else _redacted(text, own)


def redact_each(texts: tuple[str, ...], secrets: tuple[str, ...]) -> tuple[str, ...]:
    """Redact several texts. As a rule nothing has to go: they are looked through as one, which costs half."""
    if is_plain("\n".join(texts), secrets):
        return texts
    return tuple(redact(text, secrets) for text in texts)


def is_plain(text: str, secrets: tuple[str, ...] = ()) -> bool:
    """True when nothing in a text has to go. False says nothing."""
    return not _suspicion(secrets)(text) and (text.isascii() or _is_whole(text))


def _redacted(text: str, secrets: tuple[str, ...]) -> str:
    for secret in _forms(secrets):
        text = text.replace(secret, MASK)
    text = _JSON_SECRET.sub(rf'\1"{MASK}"', text)
    text = _FORM_SECRET.sub(rf"\1{MASK}", text)
    text = _OTHER_SECRETS.sub(_masked, text)
    return _CPF.sub(MASK, _EMAIL.sub(MASK, _TOKENS.sub(MASK, text)))


def _masked(found: re.Match[str]) -> str:
    """Return a match without the value that its one group holds."""
    assert found.lastgroup is not None
    return found[0][: found.start(found.lastgroup) - found.start()] + MASK


@lru_cache(maxsize=64)
def _suspicion(secrets: tuple[str, ...]) -> Callable[[str], bool]:
    """Return what says whether a text may hold something that has to go.

    Pydantic's own engine looks for all the words in one pass, five times as quick as Python one after the other.
    """
    pattern = "|".join((_TRIGGERS, *map(re.escape, _forms(secrets))))
    return SchemaValidator(core_schema.str_schema(pattern=pattern)).isinstance_python


def _is_whole(text: str) -> bool:
    """False for a text with half characters (lone surrogates), which that engine does not read."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=64)
def _forms(secrets: tuple[str, ...]) -> tuple[str, ...]:
    """Return how secrets may stand in a text: as they are, in JSON, in an address, in Base64. The longest first.

    So one that is part of another does not leave the rest of it standing.
    """
    long = {secret for secret in secrets if len(secret) >= MIN_SECRET}
    written = {form for secret in long for form in (*_plainly(secret), *_in_base64(secret.encode()))}
    return tuple(sorted(written, key=len, reverse=True))


def _plainly(secret: str) -> Iterator[str]:
    in_json = json.dumps(secret)[1:-1]
    yield from (secret, in_json, quote(secret), quote_plus(secret))
    yield from (text.replace("/", "\\/") for text in (secret, in_json))
    yield re.sub("%..", lambda code: code[0].lower(), quote_plus(secret))


def _in_base64(secret: bytes) -> Iterator[str]:
    """Yield what of Base64 is a secret's own, wherever it begins among other bytes ("user:secret")."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + secret).decode().rstrip("=")
        own = whole[(0, 2, 3)[before] : len(whole) - bool((before + len(secret)) % 3)]
        yield from (own, own.replace("+", "-").replace("/", "_"))


def kept(address: str, request: bytes, response: bytes, secrets: tuple[str, ...]) -> tuple[str, str, str]:
    """Return the address and the two bodies of one exchange as they may be stored; see `kept_body`."""
    if len(request) < MAX_BODY and len(response) < MAX_BODY:  # fewer letters than bytes: nothing is cut
        try:
            texts = (address, _clean(request.decode()), _clean(response.decode()))
        except UnicodeDecodeError:
            pass
        else:
            told = redact_each(texts, secrets)
            return told[0], told[1], told[2]
    return redact(address, secrets), kept_body(request, secrets), kept_body(response, secrets)


def kept_body(body: bytes, secrets: Iterable[str] = ()) -> str:
    """Return a body as it may be stored: text without NUL, redacted, cut at 64 kB; binary as hex, cut short."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = body[: MAX_BODY + MARGIN].decode("latin-1")
        if b"\0" in body[:1024]:
            return f"hex:{_cut(text, 2048, secrets).encode('latin-1', 'replace').hex()}"
    return _cut(_clean(text[: MAX_BODY + MARGIN]), MAX_BODY, secrets)


def _cut(text: str, length: int, secrets: Iterable[str]) -> str:
    """Redact, then cut. What stood at the end of a window may be half a secret, which nobody recognises: it goes."""
    window = text[: length + MARGIN]
    told = redact(window, secrets)
    return told[: min(length, max(0, len(told) - MARGIN))] if len(window) == length + MARGIN else told[:length]


def kept_headers(headers: Mapping[str, str], secrets: Iterable[str] = ()) -> dict[str, str]:
    """Return the headers that may be stored, with lower-case names."""
    return {
        low: value[:100] if low in _PLAIN_HEADERS else _cut(_clean(value), 500, secrets)
        for low, value in ((name.lower(), value) for name, value in headers.items())
        if low in KEPT_HEADERS
    }


def shown(value: str | Secret) -> str:
    """Return a form or header value as it may be stored: never a secret's."""
    return MASK if isinstance(value, Secret) else value


def _clean(text: str) -> str:
    return text.replace("\0", "") if "\0" in text else text
