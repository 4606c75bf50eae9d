"""Who this connector is: a VTEX store that is a marketplace for other VTEX stores."""

from __future__ import annotations

from ponte.connectors.vtex.fields import FIELDS
from ponte.domain.connector import Limits, Manifest, Setting

SUGGESTIONS = "suggestions"

MANIFEST = Manifest(
    code="vtex",
    name="VTEX Marketplace",
    # Each marketplace has an address of its own, which the channel says; this one leads nowhere, on purpose.
    base_url="https://marketplace.invalid",
    hosts={SUGGESTIONS: "https://api.vtex.com"},
    kinds=frozenset({"product"}),
    capabilities=frozenset({"follows", "withdraws", "ends", "finds"}),
    settings=(
        Setting(
            "marketplace",
            {
                "pt-BR": "Conta VTEX do marketplace",
                "en": "VTEX account of the marketplace",
                "es": "Cuenta VTEX del marketplace",
            },
        ),
        Setting(
            "seller_id",
            {
                "pt-BR": "ID do seller no marketplace",
                "en": "Seller id at the marketplace",
                "es": "ID del seller en el marketplace",
            },
        ),
        Setting("app_key", {"pt-BR": "AppKey", "en": "AppKey", "es": "AppKey"}, secret=True),
        Setting("app_token", {"pt-BR": "AppToken", "en": "AppToken", "es": "AppToken"}, secret=True),
    ),
    # No limit of these endpoints is published; a 429 is declared for the change notification.
    limits=Limits(requests_per_second=5.0, burst=10, concurrency=10, search_lag_seconds=0.0),
    token_secret="app_token",  # noqa: S106 -- the secret's name
    short="VX",
    beta=True,
    fields=FIELDS,
)
