"""Keep a pasted list of SKUs, so that an address can name it."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from django.utils import timezone

from ponte.db.models import SkuList
from ponte.db.sku_lists import MAX_LISTED

LINE: Final = re.compile(r"[\r\n]+")
BETWEEN: Final = re.compile(r"[\t,;]+")
SPACE: Final = re.compile(r"\s+")
AROUND: Final = " \t\"'\u00a0\ufeff"
HEADINGS: Final = frozenset({"sku", "skus", "sku id", "skuid", "id", "código", "codigo"})
LONGEST: Final = 100


def skus_in(text: str) -> tuple[str, ...]:
    """Return the SKUs of a text, each once, in their order: one a line, or between commas, semicolons, tabs, blanks.

    Of a table that was copied from a sheet, the first column is taken.
    """
    lines = [line for line in LINE.split(text.replace("\x00", "")) if line.strip()]
    if len(lines) > 1 and any("\t" in line for line in lines):
        parts = [line.split("\t", 1)[0] for line in lines]
    else:
        parts = [part for line in lines for part in BETWEEN.split(line)]
        if len(parts) == 1:
            parts = SPACE.split(parts[0].strip())
    skus = [bare[:LONGEST] for part in parts if (bare := part.strip(AROUND))]
    if skus and skus[0].casefold() in HEADINGS:
        skus = skus[1:]
    return tuple(dict.fromkeys(skus))


def keep_list(skus: tuple[str, ...], *, store_id: int, owner_id: int | None) -> SkuList:
    """Keep a list; the same one pasted again is the same row. Takes at most `MAX_LISTED`."""
    kept = skus[:MAX_LISTED]
    digest = hashlib.blake2b("\n".join(kept).encode(), digest_size=16).hexdigest()
    found, _ = SkuList.objects.update_or_create(
        store_id=store_id,
        digest=digest,
        defaults={"used_at": timezone.now()},
        create_defaults={"skus": list(kept), "owner_id": owner_id, "used_at": timezone.now()},
    )
    return found
