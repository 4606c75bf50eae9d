"""Reads a catalogue from answers of real VTEX stores, saved as files.

Read are: arrays or objects of the product search (`catalog_system/pub/products/search`, intelligent search, the
store's GraphQL), SKU items cut out of them, and `stockkeepingunitbyid` answers, bare or as the `body` of a line.
Files end in .json, .jsonl or either with .gz. What could not be read is in the report, with the reason.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ponte.sandbox.catalogue.model import Catalogue, CatalogueSku, LoadReport, Unread
from ponte.sandbox.catalogue.search_answer import NotASkuError, from_context, from_item

Json = dict[str, Any]

SUFFIXES = (".json", ".jsonl", ".json.gz", ".jsonl.gz")
WRAPPERS = ("data", "productSearch", "products", "product", "search")


def load_catalogue(directory: Path, seed: int = 7, account: str = "lojareal") -> Catalogue:
    """Return the catalogue of a file, or of all files below a directory; its `report` tells what was left out."""
    report = LoadReport()
    catalogue = Catalogue(account, seed, report=report)
    root = directory if directory.is_dir() else directory.parent
    files = sorted(path for path in directory.rglob("*") if path.is_file()) if directory.is_dir() else [directory]
    for path in files:
        _load_file(catalogue, report, path, path.relative_to(root).as_posix())
    catalogue.categories = _tree(catalogue)
    return catalogue


def _load_file(catalogue: Catalogue, report: LoadReport, path: Path, name: str) -> None:
    if not path.name.endswith(SUFFIXES):
        report.unread.append(Unread(name, "", "not a file of JSON"))
        return
    report.files += 1
    try:
        documents = list(_documents(path))
    except (ValueError, OSError, EOFError) as wrong:
        report.unread.append(Unread(name, "", f"cannot be read: {wrong}"[:200]))
        return
    reasons: dict[str, list[str]] = {}
    for place, document in documents:
        try:
            _take(catalogue, report, document)
        except NotASkuError as why:
            reasons.setdefault(str(why), []).append(place)
    for reason, places in reasons.items():
        told = places[0] if len(places) == 1 else f"{places[0]} and {len(places) - 1} more"
        report.unread.append(Unread(name, told, reason))


def _documents(path: Path) -> Iterator[tuple[str, Any]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    if ".jsonl" in path.name:
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield from _unwrapped(json.loads(line), f"line {number}")
    else:
        yield from _unwrapped(json.loads(text), "")


def _unwrapped(document: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Yield products and items, out of arrays and of the envelopes of GraphQL."""
    if isinstance(document, list):
        for number, inner in enumerate(document):
            yield from _unwrapped(inner, f"{place}[{number}]")
        return
    inner = next((document[key] for key in WRAPPERS if key in document), None) if isinstance(document, dict) else None
    if isinstance(inner, dict | list) and "items" not in document:
        yield from _unwrapped(inner, place)
        return
    yield place, document


def _take(catalogue: Catalogue, report: LoadReport, document: Any) -> None:
    """Add the SKUs of one record. All of them are tried before the first that is none is complained of."""
    if not isinstance(document, dict):
        raise NotASkuError("not an object")
    complaints: list[str] = []
    for sku in _skus(document, complaints):
        if sku.id in catalogue.skus:
            report.repeated += 1
            if catalogue.skus[sku.id].body != sku.body:
                complaints.append("another SKU with this id was read before")
            continue
        catalogue.skus[sku.id] = sku
        report.skus += 1
    report.products += isinstance(document.get("items"), list)
    if complaints:
        raise NotASkuError("; ".join(sorted(set(complaints))))


def _skus(document: Json, complaints: list[str]) -> Iterator[CatalogueSku]:
    items = document.get("items")
    if isinstance(items, list):
        for item in items:
            try:
                yield from_item(item, document)
            except NotASkuError as why:
                complaints.append(str(why))
    elif "itemId" in document:
        yield from_item(document, {})
    elif "kind" in document and document["kind"] != "sku_context":
        raise NotASkuError(f"a record of kind {document['kind']!r} is no SKU")
    else:
        body = document.get("body", document)
        yield from_context(body if isinstance(body, dict) else {})


def _tree(catalogue: Catalogue) -> list[Json]:
    """Return the category tree as far as the SKUs' paths tell it."""
    roots: list[Json] = []
    for sku in catalogue.skus.values():
        names = sku.body.get("ProductCategories") or {}
        level = roots
        for category_id in (part for part in str(sku.body.get("ProductCategoryIds") or "").split("/") if part):
            node = next((node for node in level if str(node["id"]) == category_id), None)
            if node is None:
                node = _node(category_id, str(names.get(category_id, "")))
                level.append(node)
            level = node["children"]
    _mark_parents(roots)
    return roots


def _node(category_id: str, name: str) -> Json:
    number = int(category_id) if category_id.isdecimal() else category_id
    return {"id": number, "name": name, "hasChildren": False, "url": "", "children": []}


def _mark_parents(nodes: list[Json]) -> None:
    for node in nodes:
        node["hasChildren"] = bool(node["children"])
        _mark_parents(node["children"])
