"""Who this connector is, what it can do, the fields of its connection form, the operators known by name."""

from __future__ import annotations

from collections.abc import Mapping

from ponte.connectors.mirakl import asking
from ponte.connectors.mirakl.profile import DEFAULTS
from ponte.domain.connector import FieldLine, Limits, Manifest, Preset, Rate, Setting

MINUTE, QUARTER, HOUR, DAY = 60.0, 900.0, 3_600.0, 86_400.0
GATHERED = 2_000
"""How many SKUs go into one product file or one list of offers."""


def _setting(name: str, pt: str, en: str, es: str) -> Setting:
    label: Mapping[str, str] = {"pt-BR": pt, "en": en, "es": es}
    return Setting(name, label, required=False, default=DEFAULTS[name])


KEY = Setting(
    "shop_api_key",
    {
        "pt-BR": "Chave de API da loja",
        "en": "Shop API key",
        "es": "Clave API de la tienda",
    },
    secret=True,
)

SETTINGS = (
    KEY,
    _setting(
        "shop_id",
        "Número da loja, se houver várias",
        "Shop number, if there are several",
        "Número de tienda, si hay varias",
    ),
    _setting(
        "operator",
        "Operadora (regras de mensagens)",
        "Operator (rules for its messages)",
        "Operador (reglas de sus mensajes)",
    ),
    _setting(
        "hierarchy", "Só este ramo de categorias", "Only this branch of categories", "Solo esta rama de categorías"
    ),
    _setting(
        "product_id_type", "Tipo do código do produto", "Type of the product's code", "Tipo del código del producto"
    ),
    _setting(
        "mcm",
        "Operadora com MCM (true ou false)",
        "Operator with MCM (true or false)",
        "Operador con MCM (true o false)",
    ),
    _setting("column_category", "Coluna da categoria", "Column of the category", "Columna de la categoría"),
    _setting("column_sku", "Coluna do SKU", "Column of the SKU", "Columna del SKU"),
    _setting("column_ean", "Coluna do EAN", "Column of the EAN", "Columna del EAN"),
    _setting("column_title", "Coluna do título", "Column of the title", "Columna del título"),
    _setting("column_brand", "Coluna da marca", "Column of the brand", "Columna de la marca"),
    _setting("column_description", "Coluna da descrição", "Column of the description", "Columna de la descripción"),
    _setting(
        "column_group",
        "Coluna do grupo de variações",
        "Column of the group of variants",
        "Columna del grupo de variantes",
    ),
    _setting(
        "column_images",
        "Colunas das imagens, a principal primeiro",
        "Columns of the images, the main one first",
        "Columnas de las imágenes, la principal primero",
    ),
    _setting("report_sku", "Relatórios: coluna do SKU", "Reports: column of the SKU", "Informes: columna del SKU"),
    _setting(
        "report_errors", "Relatórios: colunas de erros", "Reports: columns of errors", "Informes: columnas de errores"
    ),
    _setting(
        "report_warnings",
        "Relatórios: colunas de avisos",
        "Reports: columns of warnings",
        "Informes: columnas de avisos",
    ),
)

# How often each may be asked, for each shop (seller API reference, read 2026-11).
RATES = {
    asking.SEND_PRODUCTS: Rate(QUARTER),
    asking.READ_IMPORT: Rate(MINUTE),
    asking.SEND_OFFERS: Rate(MINUTE),
    asking.READ_OFFER_IMPORT: Rate(MINUTE),
    f"{asking.READ_OFFER_IMPORT}/error_report": Rate(MINUTE),
    asking.READ_STATUS: Rate(5 * MINUTE, 20),
    "GET /api/hierarchies": Rate(HOUR),
    "GET /api/products/attributes": Rate(HOUR),
    "GET /api/values_lists": Rate(HOUR),
    "GET /api/offers/states": Rate(DAY),
}

FIELDS = (
    FieldLine("sku_id", "shop_sku", required=True, note="column_sku; the offer's shop_sku"),
    FieldLine("category", "category", required=True, note="column_category; by the mapping's categories"),
    FieldLine("name", "product_title", required=True, note="column_title; by the mapping's title template"),
    FieldLine("ean", "ean", required=True, note="column_ean; the offer's product_id"),
    FieldLine("brand", "brand", note="column_brand"),
    FieldLine("description", "description", note="column_description; as plain text"),
    FieldLine("images", "main_image, image_2 ...", required=True, note="column_images; as https addresses"),
    FieldLine("product_id", "variant_group_code", note="column_group"),
    FieldLine("specification", "the attribute of the same label or code", note="or the mapping's attributes"),
    FieldLine("price", "offer: price", required=True),
    FieldLine(
        "list_price",
        "offer: discount",
        note="with option discount: list_price; then the list price is the price, the selling price the discount's; "
        "days by options discount_start, discount_end",
    ),
    FieldLine("stock", "offer: quantity", required=True),
    FieldLine("mapping option", "offer: state_code, leadtime_to_ship, logistic_class, min_order_quantity"),
    FieldLine("mapping attribute offer:CODE", "offer: offer_additional_fields"),
)

# The operators hand out their address with the key; what is written here is what their sellers are told first.
PRESETS = (
    Preset(
        "carrefour",
        "Carrefour",
        settings={"operator": "carrefour", "column_images": "main_image, image_2, image_3, image_4, image_5"},
    ),
    Preset("leroymerlin", "Leroy Merlin Brasil", settings={"operator": "leroymerlin"}),
    Preset(
        "adeo",
        "Leroy Merlin (ADEO, Europa)",
        base_url="https://adeo-marketplace.mirakl.net",
        settings={"operator": "leroymerlin", "mcm": "true"},
    ),
)

MANIFEST = Manifest(
    code="mirakl",
    name="Mirakl",
    # Nobody is there: each channel has its operator's address.
    base_url="https://operator.mirakl.invalid",
    kinds=frozenset({"product"}),
    capabilities=frozenset({"follows", "withdraws", "learns", "ends", "finds", "gathers", "suggests", "sheets"}),
    settings=SETTINGS,
    limits=Limits(
        requests_per_second=5.0,
        burst=10,
        concurrency=20,
        search_lag_seconds=0.0,
        rates=RATES,
        gather=GATHERED,
        gather_seconds=2.0,
        batch=asking.SEND_PRODUCTS,
    ),
    token_prefix="",
    token_secret="shop_api_key",  # noqa: S106 -- the secret's name
    short="MK",
    beta=True,
    presets=PRESETS,
    fields=FIELDS,
)

# Pages are the operator's: their addresses begin with the channel's own, which a manifest does not know.
VERBS: Mapping[str, str] = {}
