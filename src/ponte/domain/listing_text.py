"""Which listing a person means, by what they typed or pasted: an id, or the address of its page."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

MAX_TEXT = 500
MAX_CANDIDATES = 6
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}")
# "MLB-3456789012-tenis-corrida-_JM": the id of Mercado Livre's pages is written with a hyphen.
HYPHENATED = re.compile(r"([A-Z]{2,4})-([0-9]{5,15})(?![0-9])")


def candidates(text: str) -> tuple[str, ...]:
    """Return the ids that a text may mean, the likeliest first; () for one that means none."""
    text = text.strip()[:MAX_TEXT]
    parts = [text] if "/" not in text else _parts(text)
    joined = [f"{found[1]}{found[2]}" for part in parts for found in HYPHENATED.finditer(part)]
    whole = [part for part in parts if ID.fullmatch(part) and any(char.isdigit() for char in part)]
    return tuple(dict.fromkeys([*joined, *whole]))[:MAX_CANDIDATES]


def _parts(address: str) -> list[str]:
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        query = [value for _, value in parse_qsl(parts.query, max_num_fields=20)]
    except ValueError:
        return []
    segments = [unquote(one) for one in parts.path.split("/") if one]
    return [*reversed(segments), *query]
