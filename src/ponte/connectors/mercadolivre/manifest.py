"""Who this connector is, what it can do, and the fields of its connection form."""

from __future__ import annotations

from ponte.connectors.mercadolivre.fields import FIELDS
from ponte.connectors.oauth import REFRESH_TOKEN
from ponte.domain.connector import Limits, Manifest, Setting

MANIFEST = Manifest(
    code="mercadolivre",
    name="Mercado Livre",
    base_url="https://api.mercadolibre.com",
    kinds=frozenset({"product"}),
    capabilities=frozenset(
        {"oauth", "follows", "withdraws", "learns", "ends", "finds", "suggests", "sheets", "hears", "previews"}
    ),
    settings=(
        Setting(
            "client_id",
            {"pt-BR": "ID do aplicativo", "en": "Application id", "es": "ID de la aplicación"},
        ),
        Setting(
            "client_secret",
            {"pt-BR": "Chave secreta", "en": "Secret key", "es": "Clave secreta"},
            secret=True,
        ),
        REFRESH_TOKEN,
        Setting(
            "search_lag_seconds",
            {
                "pt-BR": "Atraso da busca por SKU (segundos)",
                "en": "Delay of the search by SKU (seconds)",
                "es": "Demora de la búsqueda por SKU (segundos)",
            },
            required=False,
        ),
    ),
    # No figure is published per endpoint; GET /applications/{id} shows 18,000 an hour as its example
    # (Mercado Livre developers' page "manage your application", captured 2026-06).
    limits=Limits(requests_per_second=5.0, burst=10, concurrency=20, search_lag_seconds=20.0),
    short="ML",
    fields=FIELDS,
)

CURRENCY = "BRL"

# The seller's own page of a listing, and the public data of a category. The public address of a listing comes
# with the listing itself (`Listing.url`).
VERBS = {
    "listing": "https://www.mercadolivre.com.br/anuncios/{listing}/modificar",
    "category": "https://api.mercadolibre.com/categories/{category}",
}
