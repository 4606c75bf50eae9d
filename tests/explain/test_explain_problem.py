"""One problem explained: the right text, never an exception, never a template from outside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.domain.problem import Problem, ProblemClass, Severity, Stage
from ponte.explain import LANGUAGES, Where, explain

KIND = ProblemClass


def problem(kind, code="", *, subject="", stage=Stage.MARKETPLACE, **params):
    return Problem(kind, stage, subject, code, params=params)


def test_a_missing_attribute_is_named_in_the_operators_word():
    told = explain(problem(KIND.ATTRIBUTE_MISSING, subject="BRAND"), "pt-BR")
    assert told.title == "Falta o atributo Marca"
    assert told.fix[0] == "Na VTEX, preencha Marca nas especificações do produto ou do SKU."


def test_the_marketplaces_own_name_of_an_attribute_goes_first():
    told = explain(problem(KIND.ATTRIBUTE_MISSING, subject="SHOE_TYPE", name="Tipo de calçado"), "pt-BR")
    assert told.title == "Falta o atributo Tipo de calçado"


def test_a_bare_field_in_the_place_of_a_name_is_named_in_the_operators_word():
    told = explain(problem(KIND.DIMENSIONS_INVALID, subject="package.weight", name="weight"), "pt-BR")
    assert told.title.endswith("Peso da embalagem")


def test_an_attribute_we_have_no_word_for_is_shown_by_its_id():
    assert (
        explain(problem(KIND.ATTRIBUTE_MISSING, subject="SOLE_TYPE"), "en").title == "Attribute SOLE_TYPE is missing"
    )


def test_an_attribute_without_any_name_gets_a_whole_sentence_all_the_same():
    assert explain(problem(KIND.ATTRIBUTE_MISSING), "es").title == "Falta un atributo obligatorio"


@pytest.mark.parametrize("subject", ["attributes", "attribute", "item.attributes"])
def test_a_list_of_attributes_names_none_of_them(subject):
    told = explain(Problem(ProblemClass.ATTRIBUTE_MISSING, Stage.MARKETPLACE, subject=subject), "pt-BR")
    assert told.title == "Falta um atributo obrigatório"
    named = Problem(ProblemClass.ATTRIBUTE_MISSING, Stage.MARKETPLACE, subject=subject, params={"name": "Cor"})
    assert explain(named, "pt-BR").title == "Falta o atributo Cor"


def test_an_address_is_no_name():
    told = explain(problem(KIND.VTEX_DATA_MISSING, subject="https://x.test/a.jpg"), "pt-BR")
    assert told.title == "Falta um dado no cadastro da VTEX"


def test_a_field_of_vtex_is_named_by_the_end_of_its_path():
    told = explain(problem(KIND.DIMENSIONS_INVALID, "vtex.unusable_number", subject="Dimension.height"), "pt-BR")
    assert told.title == "Medida sem número válido na VTEX: Altura"


@pytest.mark.parametrize(
    ("params", "title"),
    [
        ({"limit": "60", "length": "73"}, "Título com 73 caracteres; o limite é 60"),
        ({"limit": "60"}, "Título com mais de 60 caracteres"),
        ({}, "Título longo demais"),
    ],
)
def test_a_long_title_says_as_much_as_is_known(params, title):
    assert explain(problem(KIND.TITLE_INVALID, "title.too_long", **params), "pt-BR").title == title


@pytest.mark.parametrize("code", ["too_long", "title.too_long", "item.title.TOO_LONG"])
def test_a_code_is_found_whole_or_by_its_last_part_without_case(code):
    assert explain(problem(KIND.TITLE_INVALID, code), "pt-BR").title == "Título longo demais"


@pytest.mark.parametrize(
    ("flaw", "title"),
    [
        ("not_digits", "EAN com letras ou sinais: SEM GTIN"),
        ("length", "EAN com quantidade errada de números: SEM GTIN"),
        ("check_digit", "EAN com dígito errado: SEM GTIN"),
    ],
)
def test_each_flaw_of_a_barcode_has_its_own_text_with_the_value(flaw, title):
    told = explain(problem(KIND.IDENTIFIER_INVALID, f"gtin.{flaw}", value="SEM GTIN"), "pt-BR")
    assert told.title == title


@pytest.mark.parametrize("code", ["7810", "item.attribute.missing_conditional_required"])
def test_the_marketplaces_code_for_a_missing_barcode_tells_of_the_reason_for_none(code):
    told = explain(problem(KIND.IDENTIFIER_MISSING, code), "pt-BR", {"marketplace": "Mercado Livre"})
    assert told.meaning.startswith("Nesta categoria, Mercado Livre só aceita")
    assert any("EMPTY_GTIN_REASON" in step for step in told.fix)


def test_an_inactive_product_is_told_from_an_inactive_sku():
    titles = [
        explain(problem(KIND.VTEX_SKU_INACTIVE, code), "pt-BR").title
        for code in ("vtex.sku_inactive", "vtex.product_inactive")
    ]
    assert titles == ["SKU inativo na VTEX", "Produto inativo na VTEX"]


def test_an_unmapped_category_names_its_path_and_its_number():
    shoes = {"category": "Moda > Tênis", "category_id": "118"}
    told = explain(problem(KIND.CATEGORY_MAPPING, "category.unmapped", **shoes), "pt-BR")
    assert told.title == "Categoria sem mapeamento: Moda › Tênis"
    assert "Inclua a categoria 118 da VTEX em “categories”." in told.fix


def test_the_stage_chooses_a_text_where_no_code_does():
    early = explain(problem(KIND.ATTRIBUTE_MISSING, subject="BRAND", stage=Stage.VALIDATION), "en")
    late = explain(problem(KIND.ATTRIBUTE_MISSING, subject="BRAND"), "en")
    assert early.title == late.title
    assert early.meaning == "The marketplace's category requires this attribute. Ponte noticed before sending."
    assert late.meaning == "The marketplace's category requires this attribute and the SKU came without it."


def test_a_code_can_change_where_it_is_fixed():
    assert explain(problem(KIND.PRICE_INVALID), "en").where is Where.VTEX_PRICE
    assert explain(problem(KIND.PRICE_INVALID, "price.differs"), "en").where is Where.MARKETPLACE


@pytest.mark.parametrize(
    ("language", "meaning"),
    [
        ("pt-BR", "O marketplace não aceita o título enviado."),
        ("en", "The marketplace does not accept the title sent."),
        ("es", "El marketplace no acepta el título enviado."),
        ("xx", "O marketplace não aceita o título enviado."),
    ],
)
def test_a_marketplace_without_a_name_still_makes_a_sentence(language, meaning):
    assert explain(problem(KIND.TITLE_INVALID), language).meaning == meaning


def test_a_value_is_never_read_as_a_template():
    told = explain(problem(KIND.IDENTIFIER_INVALID, value="{marketplace}{0.__class__}{name}"), "en")
    assert told.title == "Invalid barcode (EAN): {marketplace}{0.__class__}{name}"


def test_markup_in_a_value_stays_the_text_it_is():
    told = explain(problem(KIND.IDENTIFIER_INVALID, value="<script>alert(1)</script>"), "en")
    assert told.title == "Invalid barcode (EAN): <script>alert(1)</script>"


def test_a_long_value_is_shortened_and_stays_on_one_line():
    told = explain(problem(KIND.IDENTIFIER_INVALID, value="9\r\n" * 5000), "en")
    assert "\n" not in told.title
    assert told.title.endswith("…")
    assert len(told.title) <= len("Invalid barcode (EAN): ") + 80


def test_direction_marks_and_half_characters_are_taken_out_of_values():
    told = explain(problem(KIND.IDENTIFIER_INVALID, value="12\u202e34\ud800\x00\u206656"), "en")
    assert told.title == "Invalid barcode (EAN): 1234 56"


def test_an_unknown_refusal_shows_the_marketplaces_code():
    told = explain(problem(KIND.UNKNOWN, "E-4711"), "pt-BR")
    assert told.title == "Recusa que o Ponte ainda não conhece (E-4711)"


ANY_TEXT = st.text(st.characters(), max_size=200)
ANY_PROBLEM = st.builds(
    Problem,
    st.sampled_from(ProblemClass),
    st.sampled_from(Stage),
    ANY_TEXT,
    st.one_of(ANY_TEXT, st.sampled_from(["too_long", "vtex.no_price", "7810", ".", "steps"])),
    ANY_TEXT,
    st.sampled_from(Severity),
    st.dictionaries(st.one_of(ANY_TEXT, st.sampled_from(["name", "value", "limit"])), ANY_TEXT, max_size=5),
    st.one_of(st.none(), st.integers()),
)
ANY_CONTEXT = st.dictionaries(
    st.sampled_from(["marketplace", "account", "sku_id", "product_id", "listing_url", "mapping_url", "category"]),
    ANY_TEXT,
)


@given(ANY_PROBLEM, st.one_of(st.sampled_from(LANGUAGES), ANY_TEXT), ANY_CONTEXT)
def test_whatever_comes_is_explained_in_encodable_lines(one, language, context):
    told = explain(one, language, context)
    for text in (told.title, told.meaning, *told.fix, *(link.url for link in told.links)):
        text.encode("utf-8")
        assert text
        assert "\n" not in text
        assert "…" not in text or len(text) > 40
    assert len(told.title) <= 70 + 3 * 80


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("price.zero", "Preço zero"),
        ("price.negative", "Preço negativo: -1.00"),
        ("price.too_low", "Preço -1.00 abaixo do mínimo de 7.00"),
        ("price.not_a_number", "Preço que não pode ser usado: -1.00"),
    ],
)
def test_a_price_of_zero_is_told_from_other_odd_prices(code, title):
    assert explain(problem(KIND.PRICE_INVALID, code, value="-1.00", limit="7.00"), "pt-BR").title == title


def test_the_trade_policy_is_named_from_the_problem_or_else_from_the_channel():
    outside = problem(KIND.VTEX_NOT_IN_TRADE_POLICY, trade_policy="3")
    assert explain(outside, "en", {"policy": "5"}).title == "SKU not in trade policy 3"
    assert explain(problem(KIND.VTEX_NOT_IN_TRADE_POLICY), "en", {"policy": "5"}).title == "SKU not in trade policy 5"


def test_a_value_the_marketplace_does_not_list_names_the_attribute_and_the_mapping():
    told = explain(problem(KIND.ATTRIBUTE_MAPPING, "attribute.not_listed", name="Cor", value="Grafite"), "pt-BR")
    assert told.title == 'Valor "Grafite" sem par para Cor'
    assert told.where is Where.MAPPING


def test_a_measure_of_zero_says_that_it_is_no_usable_number():
    told = explain(problem(KIND.DIMENSIONS_INVALID, "dimensions.not_positive", name="Altura"), "pt-BR")
    assert told.title == "Medida sem número válido na VTEX: Altura"
