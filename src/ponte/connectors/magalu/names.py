"""Every name of Magalu's contract, in one place: paths, fields, statuses, codes, headers.

Magalu publishes no OpenAPI file. What is here was read in its developers' pages (developers.magalu.com, 2026-11) and
in public connectors; what nobody could confirm is marked (?). When an account shows another name, it is changed here.
"""

from __future__ import annotations

import re

# Addresses
BASE_URL = "https://api.magalu.com"
LOGIN = "login"
"""The other host's name: ID Magalu, where accounts are connected and tokens are renewed."""
LOGIN_URL = "https://id.magalu.com"
AUTHORIZE_PATH = "/login"
TOKEN_PATH = "/oauth/token"  # noqa: S105 -- a path
PORTFOLIO = "/seller/v1/portfolios"
ME_PATH = f"{PORTFOLIO}/me"
SKUS_PATH = f"{PORTFOLIO}/skus"
PRICES_PATH = f"{PORTFOLIO}/prices"
STOCKS_PATH = f"{PORTFOLIO}/stocks"
CATEGORIES_PATH = f"{PORTFOLIO}/categories"
TRACES_PATH = "/v0/traces"
VALIDATION = "validation-info"

# Endpoints, as statistics and classification know them
TOKEN = f"POST {TOKEN_PATH}"
ME = f"GET {ME_PATH}"
CREATE = f"POST {SKUS_PATH}"
READ = f"GET {SKUS_PATH}/{{sku}}"
REPLACE = f"PUT {SKUS_PATH}/{{sku}}"
CHANGE = f"PATCH {SKUS_PATH}/{{sku}}"
BLOCKERS = f"GET {SKUS_PATH}/{{sku}}/{VALIDATION}"
TRACE = f"GET {TRACES_PATH}/{{id}}"
CATEGORY = f"GET {CATEGORIES_PATH}"
ATTRIBUTES = f"GET {CATEGORIES_PATH}/{{id}}/attributes"
DATASHEET = f"GET {CATEGORIES_PATH}/{{id}}/datasheet"

# OAuth
SCOPES = (
    "open:portfolio-skus-seller:read",
    "open:portfolio-skus-seller:write",
    "open:portfolio-prices-seller:read",
    "open:portfolio-prices-seller:write",
    "open:portfolio-stocks-seller:read",
    "open:portfolio-stocks-seller:write",
    "open:portfolio-categories-seller:read",
    "open:trace:read",
)
CHOOSE_TENANTS = "choose_tenants"

# Headers and query
TENANT_HEADER = "X-Tenant-Id"
SIGNATURE_HEADER = "X-Signature-256"
SIGNATURE_PREFIX = "sha256="
TIMESTAMP_HEADER = "X-Timestamp"
RATE_RESET_HEADERS = ("x-ratelimit-reset", "ratelimit-reset")  # (?)
LIMIT, OFFSET, PAGE = "_limit", "_offset", 100

# The body of a SKU
SKU, TITLE, DESCRIPTION, BRAND, CONDITION, TYPE = "sku", "title", "description", "brand", "condition", "type"
PERISHABLE, FULFILLMENT, ACTIVE = "perishable", "fulfillment", "active"
GROUP, MAIN_VARIATION, CHANNELS, CATEGORY_FIELD = "group", "main_variation", "channels", "category"
HAS_EAN, IDENTIFIERS = "has_ean", "identifiers"
SHEET_ATTRIBUTES, SHEET = "attributes", "datasheet"
DIMENSIONS, IMAGES, EXTRA = "dimensions", "images", "extra_data"
NCM, ORIGIN = "ncm", "origin"
PACKAGE, PRODUCT = "package", "product"
HEIGHT, WIDTH, LENGTH, WEIGHT = "height", "width", "length", "weight"
UNIT, VALUE, NAME, ID, REFERENCE = "unit", "value", "name", "id", "reference"
CM, GRAM = "cm", "g"
EAN = "ean"

# Price and stock
CHANNEL, CURRENCY, LIST_PRICE, PRICE, NORMALIZER = "channel", "currency", "list_price", "price", "normalizer"
QUANTITY, AVAILABLE = "quantity", "AVAILABLE"
BRL, CENTS = "BRL", 100

# Choices
CONDITIONS = ("NEW", "USED", "REMANUFACTURED")
ORIGINS = ("national", "imported")

# Limits (developers' page "create SKU")
MAX_SKU, MAX_TITLE, MAX_DESCRIPTION, MAX_BRAND, MAX_GROUP = 50, 150, 7_000, 100, 50
MAX_EXTRA = 50
REFUSED_IN_SHEET = "/"
"""A value of the datasheet with it is refused (public code)."""

# Answers
TRACE_IDS = ("trace_id", "traceId", "trace", "id")
"""Where a 202 may have its trace (?): the first one that is there."""
STATUS, URLS, URL, TENANT, SELLER, RESULTS, ERRORS = (
    "status",
    "url_marketplace",
    "url",
    "tenant",
    "seller",
    "results",
    "errors",
)
REQUIRED, CHOICES, EXAMPLE, VARIATION = "required", "choices", "example", "variation"
DRAFT, UNDER_REVIEW, PUBLISHED, UNPUBLISHED = "DRAFT", "UNDER_REVIEW", "PUBLISHED", "UNPUBLISHED"
BLOCKED, DELETING, DELETED = "BLOCKED", "DELETING", "DELETED"
SEVERITY, CODE, MESSAGE, FIELD = "severity", "code", "message", "field"
BAD_SEVERITIES = frozenset({"ERROR", "CRITICAL"})
PRICE_EXISTS = "price_already_exists"
PROCESSING = re.compile(
    r"process|anali[sz]|under.?review|in.?review|em revis|try again later|locked|in progress", re.IGNORECASE
)
"""What a 409 says of a SKU that is being worked on over there (?)."""

# What is posted to us
TOPICS = frozenset({"portfolios_sku", "portfolios_price", "portfolios_stock"})
TOPIC, DATA, PARAMS = "topic", "data", "params"

# Which field a sentence is about when nothing else says so. The first that fits.
FIELD_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(words, re.IGNORECASE))
    for field, words in (
        (SHEET, r"ficha t[ée]cnica|datasheet|anatel|anvisa|\bmapa\b|inmetro"),
        (SHEET_ATTRIBUTES, r"atributo|attribute"),
        (IMAGES, r"imagem|imagens|images?\b|\bfotos?\b|picture"),
        (IDENTIFIERS, r"\bean\b|gtin|c[óo]digo de barras|isbn|identifier|identificador"),
        (DIMENSIONS, r"dimens|\bpeso\b|altura|largura|comprimento|weight|height|width|length"),
        (TITLE, r"t[íi]tulo|\btitle"),
        (DESCRIPTION, r"descri[çc][ãa]o|description"),
        (CATEGORY_FIELD, r"categor"),
        (BRAND, r"\bmarca\b|\bbrand"),
        (PRICE, r"pre[çc]o|price"),
        (QUANTITY, r"estoque|stock|quantidade|quantity"),
        (GROUP, r"varia[çc]|variation|\bgrupo\b|\bgroup\b"),
        (NCM, r"\bncm\b"),
    )
)
