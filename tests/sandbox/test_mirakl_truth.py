"""The sandbox catalogue at the fake operator: each SKU ends as the truth says, early where that can be known."""

import copy
from dataclasses import replace

from mirakl_stage import Shop, staged

from ponte.domain.mapping_file import parse_mapping
from ponte.domain.outcome import Accepted, Postponed, Rejected
from ponte.domain.problem import headline
from ponte.domain.sku import Availability
from ponte.sandbox.catalogue import TRADE_POLICY, make_catalogue
from ponte.sandbox.fate import Standing
from ponte.sandbox.mirakl import OPERATOR, mapping, truth
from ponte.sources.vtex.sku import read_answer, sellable

SKUS = 300


def sku_of(row):
    body = copy.deepcopy(row.body)
    for image in body["Images"]:
        image["ImageUrl"] = f"https://loja.example{image['ImageUrl']}"
    read = read_answer(body)
    return read.offered(Availability(read.id, row.price, row.list_price, row.stock))


@staged(rejected=0.05, lost=0.03, known=0.1)
async def test_every_sku_of_the_catalogue_ends_as_the_truth_says(shop: Shop):
    await shop.learn()
    catalogue = make_catalogue(SKUS, 7)
    shop.rules = replace(shop.rules, mapping=parse_mapping(mapping(catalogue)).mapping)
    skus = {key: sku_of(row) for key, row in catalogue.skus.items()}
    early = {}
    for key, sku in skus.items():
        unfit = sellable(sku, str(TRADE_POLICY))
        found = (unfit,) if unfit else shop.connector.check(sku, shop.rules)
        early[key] = headline(one for one in found if one.blocking)
    sent = await shop.settle(await shop.send(*(sku for key, sku in skus.items() if early[key] is None)))
    app = {OPERATOR: shop.operator}
    late = 0
    for key, row in catalogue.skus.items():
        fate = truth(row, app)
        problem = early[key] or said(sent[key])
        assert (problem.kind if problem else None) in (fate.kinds or {None}), (key, fate, problem)
        # What keeps the operator's rules and is refused all the same cannot be known early; all else is.
        assert (early[key] is not None) is (fate.standing is Standing.REFUSED), (key, fate)
        late += fate.standing is Standing.LATE
    assert late > 5


def said(outcome):
    match outcome:
        case Accepted(_, _, _):
            return None
        case Rejected(problems):
            return headline(problems)
        case Postponed(problem):
            return problem
    raise AssertionError(outcome)
