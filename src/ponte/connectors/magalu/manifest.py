"""Who this connector is, what it can do, and the fields of its connection form."""

from __future__ import annotations

from ponte.connectors.magalu import names
from ponte.connectors.oauth import REFRESH_TOKEN
from ponte.domain.connector import FieldLine, Limits, Manifest, Setting, Signature

WEBHOOK_SECRET = "webhook_secret"  # noqa: S105 -- the secret's name

FIELDS = (
    FieldLine("SKU id", "sku", required=True, note="1 to 50 characters"),
    FieldLine("SKU name (title rule of the mapping)", "title", required=True, note="1 to 150 characters"),
    FieldLine("description", "description", required=True, note="text, line breaks as <br/>, 1 to 7000 characters"),
    FieldLine("brand", "brand", required=True, note="1 to 100 characters"),
    FieldLine("category", "category.id", required=True, note="category map"),
    FieldLine("product id", "group.id", note="the variations of one product are one group"),
    FieldLine("EAN", "identifiers", note="has_ean is false without one; a wrong check digit is refused"),
    FieldLine(
        "specifications of the same name", "attributes, datasheet", note="choices by name; no / in the datasheet"
    ),
    FieldLine("images", "images", required=True, note="public https addresses"),
    FieldLine("packed dimensions and weight", "dimensions (package)", required=True, note="cm and g"),
    FieldLine(
        "packed dimensions and weight",
        "dimensions (product)",
        required=True,
        note="rules product_height, product_width, product_length, product_weight of the mapping say otherwise",
    ),
    FieldLine("rule ncm of the mapping", "ncm", note="8 digits"),
    FieldLine("rule origin of the mapping", "origin", note="national or imported"),
    FieldLine("price of the trade policy", "prices: price, list_price", required=True, note="whole cents"),
    FieldLine("stock of the trade policy", "stocks: quantity", required=True),
)

MANIFEST = Manifest(
    code="magalu",
    name="Magalu",
    base_url=names.BASE_URL,
    kinds=frozenset({"product"}),
    capabilities=frozenset(
        {"oauth", "follows", "withdraws", "learns", "ends", "finds", "suggests", "sheets", "hears"}
    ),
    settings=(
        Setting("client_id", {"pt-BR": "ID do cliente", "en": "Client id", "es": "ID del cliente"}),
        Setting(
            "client_secret",
            {"pt-BR": "Segredo do cliente", "en": "Client secret", "es": "Secreto del cliente"},
            secret=True,
        ),
        REFRESH_TOKEN,
        Setting(
            "tenant_id",
            {
                "pt-BR": "ID da loja no Magalu (tenant; vazio: o da conta)",
                "en": "Store's id at Magalu (tenant; empty: the account's)",
                "es": "ID de la tienda en Magalu (tenant; vacío: el de la cuenta)",
            },
            required=False,
        ),
        Setting(
            WEBHOOK_SECRET,
            {
                "pt-BR": "Segredo das notificações (whsec_...)",
                "en": "Secret of the notifications (whsec_...)",
                "es": "Secreto de las notificaciones (whsec_...)",
            },
            secret=True,
            required=False,
        ),
    ),
    # A page on limits exists, its numbers were not found: this is ours, and 429 is obeyed.
    limits=Limits(requests_per_second=4.0, burst=8, concurrency=10, search_lag_seconds=0.0),
    short="MG",
    hosts={names.LOGIN: names.LOGIN_URL},
    beta=True,
    fields=FIELDS,
    signature=Signature(
        header=names.SIGNATURE_HEADER,
        secret=WEBHOOK_SECRET,
        prefix=names.SIGNATURE_PREFIX,
        timestamp_header=names.TIMESTAMP_HEADER,
        max_age_seconds=300.0,
    ),
)

# The public page of a listing comes with the listing itself (`Listing.url`).
VERBS = {"listing": "https://seller.magalu.com/portfolio/skus/{listing}"}
