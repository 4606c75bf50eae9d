"""Writes the `stockkeepingunitbyid` answer of a made-up SKU (shape: VTEX Catalog API reference, read 2026-08)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ponte.sandbox.catalogue.families import Family
from ponte.sandbox.catalogue.model import TRADE_POLICY
from ponte.sandbox.catalogue.slug import slug

PICTURE_SIZE = 1000
PICTURE_VIEWS = ("frente", "lado", "detalhe", "uso")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a made-up SKU is, before it is told in VTEX's words."""

    account: str
    family: Family
    sku_id: int
    product_id: int
    brand: str
    brand_id: int
    product_name: str
    model: str
    line: str
    variation: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    category_path: tuple[int, int]
    pictures: tuple[int, ...]
    ean: str
    weight_g: int

    @property
    def sku_name(self) -> str:
        return " ".join(value for _, value in self.variation)


def body_of(draft: Draft) -> dict[str, Any]:
    """Return the answer; pictures are paths of the shop's own host, which the fake completes."""
    department, leaf = draft.category_path
    link = f"{slug(draft.product_name)}-{draft.product_id}"
    reference = f"{draft.model}-{draft.sku_id % 1000:03d}"
    return {
        "Id": draft.sku_id,
        "ProductId": draft.product_id,
        "NameComplete": f"{draft.product_name} {draft.sku_name}",
        "ComplementName": "",
        "ProductName": draft.product_name,
        "ProductDescription": _description(draft),
        "ProductRefId": draft.model,
        "TaxCode": "",
        "SkuName": draft.sku_name,
        "IsActive": True,
        "IsTransported": True,
        "IsInventoried": True,
        "IsGiftCardRecharge": False,
        "ImageUrl": picture_path(draft.pictures[0], link, 0, size="55-55"),
        "DetailUrl": f"/{link}/p",
        "CSCIdentification": None,
        # The reference says string; stores are seen to answer a number.
        "BrandId": draft.brand_id if draft.product_id % 10 == 0 else str(draft.brand_id),
        "BrandName": draft.brand,
        "IsBrandActive": True,
        "Dimension": _dimension(draft),
        "RealDimension": _real_dimension(draft),
        "ManufacturerCode": draft.model,
        "IsKit": False,
        "KitItems": [],
        "Services": [],
        "Categories": [],
        "CategoriesFullPath": [f"/{department}/{leaf}/", f"/{department}/"],
        "Attachments": [],
        "Collections": [],
        "SkuSellers": [_own_seller(draft.sku_id)],
        "SalesChannels": [1, TRADE_POLICY],
        "Images": [_image(number, link, place) for place, number in enumerate(draft.pictures)],
        "Videos": [],
        "SkuSpecifications": [_specification(101 + place, *pair) for place, pair in enumerate(draft.variation)],
        "ProductSpecifications": [_specification(201 + place, *pair) for place, pair in enumerate(draft.facts)],
        "ProductClustersIds": "137",
        "PositionsInClusters": {"137": 1},
        "ProductClusterNames": {"137": "Marketplaces"},
        "ProductClusterHighlights": {},
        "ProductCategoryIds": f"/{department}/{leaf}/",
        "IsDirectCategoryActive": True,
        "ProductGlobalCategoryId": None,
        # Unordered in VTEX's answers too: the leaf comes first here.
        "ProductCategories": {str(leaf): draft.family.leaf, str(department): draft.family.department},
        "CommercialConditionId": 1,
        "RewardValue": 0,
        "AlternateIds": {"Ean": draft.ean, "RefId": reference},
        "AlternateIdValues": [draft.ean, reference],
        "EstimatedDateArrival": None,
        "MeasurementUnit": "un",
        "UnitMultiplier": 1.0,
        "InformationSource": "Indexer",
        "ModalType": None,
        "KeyWords": f"{draft.family.noun}, {draft.brand}, {draft.line}",
        "ReleaseDate": "2026-01-06T00:00:00",
        "ProductIsVisible": True,
        "ShowIfNotAvailable": True,
        "IsProductActive": True,
        "ProductFinalScore": 0,
    }


def picture_path(number: int, link: str, place: int, *, size: str = "") -> str:
    """Return a picture's path on the shop's host; VTEX puts a wanted size behind the number."""
    view = PICTURE_VIEWS[place % len(PICTURE_VIEWS)]
    return f"/arquivos/ids/{number}{f'-{size}' if size else ''}/{link}-{view}.png"


def _image(number: int, link: str, place: int) -> dict[str, Any]:
    return {"ImageUrl": picture_path(number, link, place), "ImageName": PICTURE_VIEWS[place], "FileId": number}


def _description(draft: Draft) -> str:
    listed = "".join(f"<li><b>{name}:</b> {value}</li>" for name, value in (*draft.facts, *draft.variation))
    return (
        f"<p>{draft.family.noun} <strong>{draft.brand}</strong> linha {draft.line}, pensado para o dia a dia: "
        "bom acabamento, uso simples e entrega para todo o Brasil.</p>"
        f"<ul>{listed}</ul><p>Garantia de 90 dias contra defeitos de fabricação.</p>"
    )


def _dimension(draft: Draft) -> dict[str, float]:
    height, width, length = draft.family.size
    cubic = round(height * width * length / 4800, 4)
    return {"cubicweight": cubic, "height": height, "length": length, "weight": float(draft.weight_g), "width": width}


def _real_dimension(draft: Draft) -> dict[str, float]:
    height, width, length = (round(side * 0.9, 1) for side in draft.family.size)
    return {
        "realCubicWeight": 0.0,
        "realHeight": height,
        "realLength": length,
        "realWeight": round(draft.weight_g * 0.9),
        "realWidth": width,
    }


def _own_seller(sku_id: int) -> dict[str, Any]:
    return {
        "SellerId": "1",
        "StockKeepingUnitId": sku_id,
        "SellerStockKeepingUnitId": str(sku_id),
        "IsActive": True,
        "FreightCommissionPercentage": 0,
        "ProductCommissionPercentage": 0,
    }


def _specification(field_id: int, name: str, value: str) -> dict[str, Any]:
    return {
        "FieldId": field_id,
        "FieldName": name,
        "FieldValueIds": [field_id * 10],
        "FieldValues": [value],
        "IsFilter": False,
        "FieldGroupId": 11,
        "FieldGroupName": "Especificações",
    }
