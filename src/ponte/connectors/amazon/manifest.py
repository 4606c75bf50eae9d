"""Who this connector is, what it can do, and the fields of its connection form.

Rates and addresses: Amazon's SP-API models (listingsItems_2021-08-01, definitionsProductTypes_2020-09-01) and its
guide to Login with Amazon, read 2026-11.
"""

from __future__ import annotations

from ponte.connectors.amazon.fields import FIELDS
from ponte.connectors.oauth import REFRESH_TOKEN
from ponte.domain.connector import Limits, Manifest, Rate, Return, Setting

ITEM = "/listings/2021-08-01/items/{sellerId}/{sku}"
PUT, PATCH, DELETE, GET = f"PUT {ITEM}", f"PATCH {ITEM}", f"DELETE {ITEM}", f"GET {ITEM}"
SEARCH = "GET /listings/2021-08-01/items/{sellerId}"
TYPES = "GET /definitions/2020-09-01/productTypes"
TYPE = "GET /definitions/2020-09-01/productTypes/{productType}"
SCHEMA = "GET schema"
TOKEN = "POST /auth/o2/token"  # noqa: S105 -- an endpoint's name

BRAZIL = "A2Q3Y263D00KWC"

FIVE_A_SECOND = 0.2

MANIFEST = Manifest(
    code="amazon",
    name="Amazon",
    base_url="https://sellingpartnerapi-na.amazon.com",
    kinds=frozenset({"product"}),
    capabilities=frozenset(
        {"oauth", "follows", "withdraws", "learns", "ends", "finds", "suggests", "sheets", "previews"}
    ),
    settings=(
        Setting("seller_id", {"pt-BR": "ID do vendedor", "en": "Seller id", "es": "ID del vendedor"}),
        Setting(
            "client_id",
            {"pt-BR": "ID do cliente (LWA)", "en": "Client id (LWA)", "es": "ID del cliente (LWA)"},
        ),
        Setting(
            "client_secret",
            {"pt-BR": "Chave secreta (LWA)", "en": "Client secret (LWA)", "es": "Clave secreta (LWA)"},
            secret=True,
        ),
        REFRESH_TOKEN,
        Setting(
            "application_id",
            {
                "pt-BR": "ID do aplicativo (para autorizar pela página)",
                "en": "Application id (to authorize on the page)",
                "es": "ID de la aplicación (para autorizar en la página)",
            },
            required=False,
        ),
        Setting(
            "marketplace_id",
            {"pt-BR": "ID do marketplace", "en": "Marketplace id", "es": "ID del marketplace"},
            required=False,
            default=BRAZIL,
        ),
        Setting(
            "first_look_seconds",
            {
                "pt-BR": "Primeira consulta depois do envio (segundos)",
                "en": "First look after sending (seconds)",
                "es": "Primera consulta después del envío (segundos)",
            },
            required=False,
        ),
    ),
    limits=Limits(
        # Amazon limits each operation by itself (`rates`); this only keeps all of them together within reason.
        requests_per_second=20.0,
        burst=20,
        concurrency=20,
        # A PUT names the SKU: there is nothing to search for after a lost answer.
        search_lag_seconds=0.0,
        rates={
            PUT: Rate(FIVE_A_SECOND, 10),
            PATCH: Rate(FIVE_A_SECOND, 5),
            DELETE: Rate(FIVE_A_SECOND, 5),
            GET: Rate(FIVE_A_SECOND, 10),
            SEARCH: Rate(FIVE_A_SECOND, 5),
            TYPES: Rate(FIVE_A_SECOND, 10),
            TYPE: Rate(FIVE_A_SECOND, 10),
        },
        # Rates differ by account: the answers tell an operation's own (20x, 400 and 404, never 429).
        rate_header="x-amzn-ratelimit-limit",
    ),
    token_header="x-amz-access-token",  # noqa: S106 -- the header's name
    token_prefix="",
    short="AM",
    hosts={"login": "https://api.amazon.com"},
    comes_back=Return("spapi_oauth_code", {"selling_partner_id": "seller_id"}),
    beta=True,
    fields=FIELDS,
)

# The seller's own page of a SKU; the listing's public page comes with its ASIN (`Listing.url`).
VERBS = {"listing": "https://sellercentral.amazon.com.br/skucentral?mSku={listing}"}
