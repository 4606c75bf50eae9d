"""Reads the answer of `stockkeepingunitbyid` ("SKU and context") into a `Sku`.

Source: VTEX's Catalog API reference (read 2026-08) and answers of four stores printed in VTEX's manuals. Fields may
be missing, null, in another letter case or of another type; what cannot be used is left empty and said in `flaws`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from ponte.domain.message import JSON
from ponte.domain.problem import Problem, ProblemClass, Severity
from ponte.domain.sku import Dimensions, Image, Sku, Specification
from ponte.sources.vtex.errors import vtex_problem
from ponte.sources.vtex.plain import block, flag, has_control, identifier, line, lowered, number, objects

Fields = Mapping[str, JSON]

MAX_DESCRIPTION = 100_000
TEXTS = ("NameComplete", "ProductName", "SkuName", "BrandName", "ProductDescription")
SIZES = ("height", "width", "length", "weight")


def read_answer(answer: JSON) -> Sku | None:
    """Return the SKU of an answer; None when the answer is not a SKU at all (`null`, `{}`, a page of HTML)."""
    fields = lowered(answer)
    sku_id = identifier(fields.get("id"))
    if not sku_id:
        return None
    get = fields.get
    alternate = lowered(get("alternateids"))
    category_ids = _category_ids(fields)
    product_name, sku_name = line(get("productname")), line(get("skuname"))
    images, sizes = objects(get("images")), lowered(get("dimension"))
    return Sku(
        id=sku_id,
        product_id=identifier(get("productid")),
        name=line(get("namecomplete")) or f"{product_name} {sku_name}".strip(),
        product_name=product_name,
        sku_name=sku_name,
        brand=line(get("brandname")),
        brand_id=identifier(get("brandid")),
        ean=line(alternate.get("ean")),
        reference=line(alternate.get("refid")),
        description=block(get("productdescription"))[:MAX_DESCRIPTION],
        category_ids=category_ids,
        category_names=_category_names(category_ids, get("productcategories")),
        images=_images(images),
        specifications=(
            *_specifications(get("skuspecifications"), of_sku=True),
            *_specifications(get("productspecifications"), of_sku=False),
        ),
        dimensions=_dimensions(sizes),
        trade_policies=_trade_policies(get("saleschannels")),
        active=flag(get("isactive"), untold=True),
        product_active=flag(get("isproductactive"), untold=True),
        is_kit=flag(get("iskit"), untold=False),
        detail_path=line(get("detailurl")),
        flaws=tuple(_flaws(fields, images, sizes)),
    )


def sellable(sku: Sku, trade_policy: str) -> Problem | None:
    """Return why a SKU is not to be offered, None when it is.

    An answer without sales channels (old ones lack them) says nothing about the policy: the simulation decides.
    """
    if not sku.active:
        return vtex_problem(ProblemClass.VTEX_SKU_INACTIVE, "sku", code="vtex.sku_inactive")
    if not sku.product_active:
        return vtex_problem(ProblemClass.VTEX_SKU_INACTIVE, "product", code="vtex.product_inactive")
    if trade_policy and sku.trade_policies and trade_policy not in sku.trade_policies:
        params = {"trade_policy": trade_policy, "found": ", ".join(sku.trade_policies)}
        return vtex_problem(
            ProblemClass.VTEX_NOT_IN_TRADE_POLICY, "SalesChannels", code="vtex.not_in_trade_policy", params=params
        )
    return None


def _category_ids(fields: Fields) -> tuple[str, ...]:
    path = fields.get("productcategoryids")
    if not isinstance(path, str):
        full = fields.get("categoriesfullpath")
        path = next((found for found in full if isinstance(found, str)), "") if isinstance(full, list) else ""
    return tuple(part for part in path.split("/") if identifier(part))


def _category_names(ids: tuple[str, ...], names: JSON) -> tuple[str, ...]:
    table = names if isinstance(names, dict) else {}
    return tuple(line(table.get(category_id)) for category_id in ids)


def _images(images: Sequence[Fields]) -> tuple[Image, ...]:
    found: dict[str, Image] = {}
    for image in images:
        url = picture_url(image.get("imageurl"))
        if url:
            found.setdefault(url, Image(url, line(image.get("imagename"))))
    return tuple(found.values())


def picture_url(value: JSON) -> str:
    """Return a picture's address; "//host/..." is https. "" when it is no web address."""
    url = line(value)
    url = f"https:{url}" if url.startswith("//") else url
    return url if url.lower().startswith(("https://", "http://")) and " " not in url else ""


def _specifications(value: JSON, *, of_sku: bool) -> Iterator[Specification]:
    for field in objects(value):
        name = line(field.get("fieldname"))
        values = field.get("fieldvalues")
        listed = values if isinstance(values, list) else [values]
        texts = tuple(text for text in (line(value) for value in listed) if text)
        if name:
            yield Specification(name, texts, of_sku)


def _dimensions(sizes: Fields) -> Dimensions:
    height, width, length, weight = (_positive(sizes.get(name)) for name in SIZES)
    return Dimensions(height_cm=height, width_cm=width, length_cm=length, weight_g=weight)


def _positive(value: JSON) -> Decimal | None:
    found = number(value)
    return found if found is not None and found > 0 else None


def _trade_policies(value: JSON) -> tuple[str, ...]:
    return tuple(filter(None, map(identifier, value))) if isinstance(value, list) else ()


def _flaws(fields: Fields, images: Sequence[Fields], sizes: Fields) -> Iterator[Problem]:
    for name in TEXTS:
        if has_control(fields.get(name.lower())):
            yield _warning(ProblemClass.VTEX_DATA_MISSING, name, "vtex.control_characters_removed")
    description = fields.get("productdescription")
    if isinstance(description, str) and len(description) > MAX_DESCRIPTION:
        params = {"limit": str(MAX_DESCRIPTION), "value": str(len(description))}
        yield _warning(ProblemClass.DESCRIPTION_INVALID, "ProductDescription", "vtex.description_cut", params)
    for name in SIZES:
        value = sizes.get(name)
        if value not in (None, 0, "") and _positive(value) is None:
            params = {"value": line(value)[:50]}
            yield _warning(ProblemClass.DIMENSIONS_INVALID, f"Dimension.{name}", "vtex.unusable_number", params)
    unusable = sum(1 for image in images if image.get("imageurl") and not picture_url(image.get("imageurl")))
    if unusable:
        params = {"value": str(unusable)}
        yield _warning(ProblemClass.IMAGE_INVALID, "Images", "vtex.picture_address_unusable", params)


def _warning(kind: ProblemClass, subject: str, code: str, params: Mapping[str, str] | None = None) -> Problem:
    return vtex_problem(kind, subject, code=code, params=params, severity=Severity.WARNING)
