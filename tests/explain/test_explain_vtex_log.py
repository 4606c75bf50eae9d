"""VTEX's catalogue log: the prescribed scenarios and what each message must say."""

import pytest

from ponte.domain.lifecycle import Status
from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.explain.vtex_log import LOG_STATUS, LogCode, LogFacts, business_message, direction, log_code, operation

KIND = ProblemClass
FACTS = LogFacts(
    "Mercado Livre", "2001773", "Tênis Corre 3", "MLB1", "https://ml.test/MLB1", "Moda > Tênis", "https://p/m"
)


def of(kind, stage=Stage.MARKETPLACE, **more):
    return Problem(kind, stage, **more)


@pytest.mark.parametrize(
    ("problems", "code"),
    [
        ((), LogCode.S1),
        ((of(KIND.IMAGE_INVALID).as_warning(),), LogCode.S1),
        ((of(KIND.VTEX_NOT_IN_TRADE_POLICY, Stage.VTEX),), LogCode.A1),
        ((of(KIND.VTEX_PRICE_MISSING, Stage.VTEX),), LogCode.A1),
        ((of(KIND.VTEX_SKU_INACTIVE, Stage.VTEX),), LogCode.A2),
        ((of(KIND.TITLE_INVALID, Stage.VALIDATION),), LogCode.E1),
        ((of(KIND.VTEX_DATA_MISSING, Stage.VTEX),), LogCode.E1),
        ((of(KIND.MARKETPLACE_OUTAGE, Stage.SEND),), LogCode.E2),
        ((of(KIND.NETWORK, Stage.SEND),), LogCode.E2),
        ((of(KIND.ATTRIBUTE_MISSING),), LogCode.E3),
        ((of(KIND.CATEGORY_MAPPING, Stage.MAPPING),), LogCode.E4),
        ((of(KIND.NOT_MAPPED, Stage.MAPPING),), LogCode.E4),
        ((of(KIND.CATEGORY_MAPPING),), LogCode.E3),
        ((of(KIND.NETWORK, Stage.MAPPING),), LogCode.E5),
    ],
)
def test_each_scenario_has_its_prescribed_code(problems, code):
    assert log_code(problems, FACTS) is code


def test_defaults_on_an_accepted_offer_are_the_third_alert():
    facts = LogFacts("Mercado Livre", "1", "X", defaults=(("COLOR", "Preto"), ("GENDER", "Unissex")))
    assert log_code((), facts) is LogCode.A3
    assert "COLOR = Preto; GENDER = Unissex" in business_message((), facts)


def test_a_success_names_the_sku_and_links_the_listing():
    told = business_message((), FACTS, "en")
    assert told == (
        "SKU 2001773 (Tênis Corre 3) created or updated at the marketplace Mercado Livre with the id MLB1. "
        "Listing: https://ml.test/MLB1"
    )


def test_a_refusal_lists_every_problem_with_how_to_fix_it():
    problems = (of(KIND.PRICE_INVALID), of(KIND.ATTRIBUTE_MISSING, subject="BRAND"))
    told = business_message(problems, FACTS)
    assert told.startswith(
        "O marketplace Mercado Livre recusou o SKU 2001773 (Tênis Corre 3). 1. Falta o atributo Marca."
    )
    assert " 2. Preço recusado." in told
    assert told.count("Como corrigir:") == 2


def test_an_unmapped_category_links_the_mapping():
    told = business_message((of(KIND.CATEGORY_MAPPING, Stage.MAPPING),), FACTS, "es")
    assert "La categoría Moda > Tênis del SKU 2001773" in told
    assert "https://p/m" in told


def test_an_alert_has_vtexs_checks_and_the_problem():
    told = business_message((of(KIND.VTEX_SKU_INACTIVE, Stage.VTEX, code="vtex.product_inactive"),), FACTS)
    assert '"Ativar SKU"' in told
    assert "Produto inativo na VTEX" in told


def test_what_is_not_known_is_said_so_and_values_are_no_templates():
    told = business_message((), LogFacts("{problems}", "7"), "en")
    assert told == (
        "SKU 7 (not given) created or updated at the marketplace {problems} with the id not given. Listing: not given"
    )


@pytest.mark.parametrize("code", LogCode)
@pytest.mark.parametrize("language", ["pt-BR", "en", "es"])
def test_every_code_has_a_message_in_every_language(code, language):
    by_code = {
        LogCode.S1: (),
        LogCode.A1: (of(KIND.VTEX_PRICE_MISSING, Stage.VTEX),),
        LogCode.A2: (of(KIND.VTEX_SKU_INACTIVE, Stage.VTEX),),
        LogCode.A3: (),
        LogCode.E1: (of(KIND.TITLE_INVALID, Stage.VALIDATION),),
        LogCode.E2: (of(KIND.NETWORK, Stage.SEND),),
        LogCode.E3: (of(KIND.TITLE_INVALID),),
        LogCode.E4: (of(KIND.NOT_MAPPED, Stage.MAPPING),),
        LogCode.E5: (of(KIND.NETWORK, Stage.MAPPING),),
    }
    facts = LogFacts("Amazon", "1", defaults=(("a", "b"),) if code is LogCode.A3 else ())
    assert log_code(by_code[code], facts) is code
    told = business_message(by_code[code], facts, language)
    assert "{" not in told
    assert "Amazon" in told or code in {LogCode.A1, LogCode.A2, LogCode.A3, LogCode.E4}


def test_operations_and_directions_are_vtexs_words():
    assert operation("product", creates=True) == "Offer creation"
    assert operation("product") == "Catalog change"
    assert operation("price") == "Price update"
    assert operation("stock") == "Inventory update"
    assert direction("Mercado Livre") == "VTEX to Mercado Livre"


def test_every_status_has_vtexs_word():
    assert LOG_STATUS == {
        Status.PENDING: "pending",
        Status.SUCCESS: "success",
        Status.ALERT: "warning",
        Status.ERROR: "error",
    }
