"""Time zones of stores: a day's list, chart or filter begins at the store's midnight."""

from __future__ import annotations

from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

USUAL: Final = "America/Sao_Paulo"
OF_BRAZIL: Final = (
    USUAL,
    "America/Manaus",
    "America/Cuiaba",
    "America/Campo_Grande",
    "America/Porto_Velho",
    "America/Boa_Vista",
    "America/Rio_Branco",
    "America/Noronha",
)
"""Those whose clocks differ from one another, or did, the most peopled first."""

PLACES: Final = {USUAL: "Brasília", "America/Cuiaba": "Cuiabá"}
NO_PLACE: Final = ("Etc/", "SystemV/", "posix/", "right/")


@cache
def zones() -> frozenset[str]:
    """Return the names that a store may have: places of the IANA database, and UTC."""
    return frozenset(
        name for name in available_timezones() if ("/" in name and not name.startswith(NO_PLACE)) or name == "UTC"
    )


@cache
def zone_of(name: str) -> ZoneInfo:
    """Return a zone; the usual one for a name that the database knows no longer."""
    return ZoneInfo(name if name in zones() else USUAL)


def place_of(name: str) -> str:
    """Return the place that a zone is called after: "Brasília", "Manaus", "Buenos Aires"."""
    return PLACES.get(name) or name.rsplit("/", 1)[-1].replace("_", " ")
