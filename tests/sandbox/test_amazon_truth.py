"""The fake's truth about the sandbox's catalogue, against the fake's own verdict and the connector's check."""

from dataclasses import replace

import orjson
import pytest

from ponte.connectors.amazon import Amazon
from ponte.connectors.amazon.definition import fact_of
from ponte.domain.connector import Rules
from ponte.domain.mapping_file import parse_mapping
from ponte.sandbox.amazon import Settings, make_app, mapping, truth
from ponte.sandbox.amazon.definitions import Definitions
from ponte.sandbox.amazon.schemas import product_types
from ponte.sandbox.amazon.validation import issues_of
from ponte.sandbox.catalogue import Catalogue, CatalogueSku, make_catalogue
from ponte.sandbox.fate import Fate, Standing, is_ours
from ponte.sandbox.switchboard import Switchboard
from ponte.sources.vtex.sku import read_answer

DEFINITIONS = Definitions(Settings().marketplace_id)
APP = make_app(seed=7, switchboard=Switchboard())
APP = make_app(seed=7, switchboard=Switchboard(seed=7))


@pytest.fixture(scope="module", params=[7, 8])
def catalogue(request) -> Catalogue:
    return make_catalogue(600, request.param)


@pytest.fixture(scope="module")
def rules(catalogue) -> Rules:
    read = parse_mapping(mapping(catalogue))
    assert read.mapping is not None, read.errors
    facts = {
        f"product_type/{name}": fact_of(
            DEFINITIONS.definition(name, "LISTING", "https://x.example", "pt_BR"),
            orjson.loads(DEFINITIONS.body(name, "LISTING")),
            "",
        )
        for name in product_types()
    }
    return Rules(read.mapping, {"seller_id": "A1"}, facts)


def sku_of(entry: CatalogueSku):
    images = [{**one, "ImageUrl": f"https://loja.example{one['ImageUrl']}"} for one in entry.body["Images"]]
    read = read_answer({**entry.body, "Images": images})
    assert read is not None
    return replace(read, price=entry.price, list_price=entry.list_price, stock=entry.stock)


def sendable(catalogue: Catalogue) -> list[tuple[CatalogueSku, Fate]]:
    """Return the SKUs that the marketplace is asked about, with their fate."""
    found = [(entry, truth(entry, APP)) for entry in catalogue.skus.values()]
    return [(entry, fate) for entry, fate in found if not is_ours(fate)]


def test_the_check_finds_every_refusal_with_its_classes_and_nothing_else(catalogue, rules):
    amazon, seen = Amazon(), set()
    for entry, fate in sendable(catalogue):
        seen.add(fate.standing)
        found = {one.kind for one in amazon.check(sku_of(entry), rules) if one.blocking}
        assert found == (fate.kinds if fate.standing is Standing.REFUSED else set()), entry.id
    assert seen == {Standing.LIVE, Standing.REFUSED, Standing.LATE}


def test_the_fake_refuses_what_the_truth_says_and_takes_the_rest(catalogue, rules):
    amazon = Amazon()
    for entry, fate in sendable(catalogue):
        body = amazon.map(sku_of(entry), rules).payload["body"]
        refused = bool(issues_of(body["attributes"], DEFINITIONS.schema(body["productType"])))
        assert refused is (fate.standing is Standing.REFUSED), entry.id
