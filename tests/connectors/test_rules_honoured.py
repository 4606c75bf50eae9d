"""Whatever the marketplace: brands, values, units and what is left out come from the mapping file."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.test_mapping import sku
from ponte.connectors import Broken, installed
from ponte.domain.connector import Rules
from ponte.domain.mapping_file import parse_mapping
from ponte.domain.sku import Specification

USABLE = 'version: 1\ncategories:\n  "118": C1\n'
OURS = sorted(code for code, one in installed().items() if not isinstance(one, Broken))


def sent(code, text, thing):
    """Return everything that an offer says, as one text."""
    connector = installed()[code]
    assert not isinstance(connector, Broken)
    mapping = parse_mapping(USABLE + text).mapping
    assert mapping is not None
    offer = connector.map(thing, Rules(mapping))
    return str(offer.payload), {line.rule for line in offer.provenance}


@pytest.mark.parametrize("code", OURS)
def test_a_brand_is_called_as_the_file_says(code):
    thing = replace(sku(), brand="Olympikus")
    if "Olympikus" not in sent(code, "", replace(thing, name="x", product_name="x"))[0]:
        pytest.skip("this one sends no brand before it knows the category")
    payload, rules = sent(code, "brands: {Olympikus: OLY BR}\n", replace(thing, name="x", product_name="x"))
    assert "OLY BR" in payload
    assert "Olympikus" not in payload
    assert "brand map" in rules


@pytest.mark.parametrize("code", OURS)
def test_titles_of_categories_reach_the_offer(code):
    thing = replace(sku(), specifications=(Specification("Modelo", ("X3",)),))
    payload, _ = sent(code, 'title: {categories: {C1: "{brand} {specification:Modelo} único"}}\n', thing)
    assert "Olympikus X3 único" in payload
