"""Reads every VTEX answer of the shared collection: none may stop the reader, and the counts must stay."""

import json
from collections import Counter
from pathlib import Path

import pytest

from ponte.domain.message import parse_json
from ponte.sources.vtex import catalog, simulation
from ponte.sources.vtex.notification import Notification, Refused, parse
from ponte.sources.vtex.sku import read_answer

DATA = Path(__file__).parents[2] / "../shared/data"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason="the collection of shared data is not beside the repository"),
]


def bodies(name):
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["body"] for line in lines if line.strip()]


def test_every_notification_is_read():
    found = [parse(json.dumps(body).encode()) for body in bodies("vtex-notifications/notifications.jsonl")]
    assert found
    assert all(isinstance(one, tuple) for one in found)
    accounts = {one[0].account for one in found}
    assert {"sandboxintegracao", "prezunic"} <= accounts


@pytest.mark.parametrize("name", ["sku_context", "sku_context_truncated"])
def test_every_sku_context_is_read_without_a_flaw(name):
    for body in bodies(f"vtex-private/{name}.jsonl"):
        sku = read_answer(body)
        assert sku is not None
        assert (sku.id, sku.flaws) == (str(body["Id"]), ())
        assert len(sku.category_ids) == len(sku.category_names) == body.get("ProductCategoryIds", "/").count("/") - 1
        assert all(sku.category_names)
        assert len(sku.images) == len(body.get("Images", ()))


def test_every_simulation_is_read_with_its_prices():
    for body in bodies("vtex-private/simulation.jsonl"):
        ids = [item["id"] for item in body["items"]]
        found = simulation.read_answer(body, ids, "1")
        assert found is not None
        assert [one.problem for one in found.values()] == [None] * len(ids)
        for item in body["items"]:
            # VTEX's own product of price and multiplier, where it is told.
            cents = item.get("sellingPrice", item["price"])
            assert found[item["id"]].price * 100 == cents


def test_every_product_and_tree_is_read():
    trees = [body for body in bodies("vtex-private/category_tree.jsonl") if isinstance(body, list)]
    assert trees
    for body in trees:
        tree = catalog.read_tree(body)
        assert tree
        assert len(tree) == len(body)
    for body in bodies("vtex-private/product.jsonl"):
        product = catalog.read_product(body)
        assert (product is None) == (body.get("Id") is None)


def test_the_collection_of_json_files_is_refused_or_read_but_never_stops_the_door():
    """RFC 8259's n_ files are refused; a y_ file is read as JSON, which names no SKU."""
    reasons = Counter()
    for path in sorted((DATA / "hostile/JSONTestSuite/test_parsing").glob("*.json")):
        found = parse(path.read_bytes())
        assert isinstance(found, Refused), path.name
        reasons[path.name[0], found.reason_code] += 1
        if path.name.startswith("n_"):
            assert found.reason_code in {"not_json", "not_utf8", "empty", "too_large"}, path.name
        if path.name.startswith("y_"):
            assert found.reason_code in {"not_an_object", "sku_missing", "duplicate_name"}, path.name
    assert sum(reasons.values()) > 100


def test_naughty_strings_are_read_as_text_and_never_as_a_sku():
    naughty = json.loads((DATA / "hostile/blns.json").read_text(encoding="utf-8"))
    assert len(naughty) > 100
    for text in naughty:
        as_account = parse(json.dumps({"IdSku": "1", "An": text}).encode())
        assert isinstance(as_account, tuple)
        assert isinstance(as_account[0], Notification)
        as_sku = parse(json.dumps({"IdSku": text}).encode())
        digits = text.isascii() and text.isdigit() and len(text) <= 18
        assert isinstance(as_sku, tuple) == digits, text
        sku = read_answer(parse_json(json.dumps({"Id": 1, "ProductName": text, "BrandName": text}).encode()))
        assert sku is not None
        assert sku.product_name.encode() is not None
