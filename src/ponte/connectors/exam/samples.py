"""SKUs for the exam: an ordinary one, and odd ones that a connector must survive."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.domain.sku import Dimensions, Image, Sku, Specification

ORDINARY = Sku(
    id="2000123",
    product_id="1000045",
    name="Caixa de Som Aurora S10 Preta",
    product_name="Caixa de Som Aurora S10",
    sku_name="Preta",
    brand="Aurora",
    brand_id="2000007",
    ean="7891000315507",
    reference="AUR-S10-PT",
    description="<p>Caixa de som <b>portátil</b>.</p><ul><li>20 W</li><li>Bluetooth 5.3</li></ul>",
    category_ids=("1", "12", "123"),
    category_names=("Áudio", "Caixas de som", "Portáteis"),
    images=(
        Image("https://aurora.example/arquivos/ids/1/s10.jpg"),
        Image("http://aurora.example/arquivos/ids/2/s10.jpg"),
    ),
    specifications=(
        Specification("Cor", ("Preto",), of_sku=True),
        Specification("Modelo", ("S10",)),
        Specification("Potência", ("20 W",)),
    ),
    dimensions=Dimensions(Decimal("11.2"), Decimal(20), Decimal(15), Decimal(900)),
    trade_policies=("1",),
    active=True,
    product_active=True,
    detail_path="/caixa-de-som-aurora-s10/p",
    price=Decimal("199.90"),
    list_price=Decimal("249.90"),
    stock=12,
)

EMPTY = replace(
    ORDINARY,
    name="",
    product_name="",
    sku_name="",
    brand="",
    brand_id="",
    ean="",
    reference="",
    description="",
    category_ids=(),
    category_names=(),
    images=(),
    specifications=(),
    dimensions=Dimensions(None, None, None, None),
    trade_policies=(),
    price=None,
    list_price=None,
    stock=None,
)

# Markup, templates, quotes, direction marks, a family emoji and a stack of accents; told by nobody who means well.
HOSTILE_TEXT = (
    "<script>alert(1)</script> <img src=x onerror=y> {{7*7}} ${7*7} {name} %s %(x)s '; DROP TABLE x; -- \" ' \\ "
    "\u202eabc\u202c \u200b 👨‍👩‍👧‍👦 e" + "\u0301" * 60 + " ../../x javascript:x &amp;amp; ]]> \ufeff"
)
HOSTILE = replace(
    ORDINARY,
    id="2000124",
    name=HOSTILE_TEXT,
    product_name=HOSTILE_TEXT,
    sku_name=HOSTILE_TEXT,
    brand=HOSTILE_TEXT,
    ean="٧٨٩١٠٠٠٣١٥٥٠٧",
    reference=HOSTILE_TEXT,
    description=HOSTILE_TEXT * 3,
    category_names=(HOSTILE_TEXT, HOSTILE_TEXT, HOSTILE_TEXT),
    images=(
        Image("javascript:alert(1)"),
        Image("file:///etc/passwd"),
        Image(""),
        Image("https://x.example/" + "a" * 500),
    ),
    specifications=(
        Specification(HOSTILE_TEXT, (HOSTILE_TEXT, "")),
        Specification("", ()),
        Specification("Cor", ("",)),
    ),
)

HUGE = replace(
    ORDINARY,
    id="9" * 18,
    name="nome " * 2_000,
    product_name="n" * 10_000,
    brand="b" * 10_000,
    ean="7" * 10_000,
    description="<p>" + "palavra " * 100_000,
    images=tuple(Image(f"https://aurora.example/{place}.jpg") for place in range(500)),
    specifications=tuple(Specification(f"Campo {place}", ("v" * 300,)) for place in range(500)),
    dimensions=Dimensions(Decimal(10) ** 9, Decimal(10) ** 9, Decimal(10) ** 9, Decimal(10) ** 12),
    price=Decimal("99999999999.99"),
    stock=10**12,
)

NUMBERS = replace(
    ORDINARY,
    dimensions=Dimensions(Decimal("NaN"), Decimal("-Infinity"), Decimal(0), Decimal(-5)),
    price=Decimal("NaN"),
    list_price=Decimal("Infinity"),
    stock=-7,
)

BEYOND = replace(ORDINARY, price=Decimal("1e40"), stock=0, ean="SEM GTIN", is_kit=True, active=False)

FLAWED = replace(
    ORDINARY,
    price=None,
    flaws=(Problem(ProblemClass.VTEX_PRICE_MISSING, Stage.VTEX, "price", "price.missing"),),
)

ODD: dict[str, Sku] = {
    "empty": EMPTY,
    "hostile": HOSTILE,
    "huge": HUGE,
    "numbers": NUMBERS,
    "beyond": BEYOND,
    "flawed": FLAWED,
}
