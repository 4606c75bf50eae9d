"""The reason of a row: one line, grammatical in three languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ponte.domain.problem import Problem, ProblemClass, Stage
from ponte.explain import LANGUAGES, summary
from ponte.explain.summary import joined

KIND = ProblemClass


def missing(*names):
    return tuple(Problem(KIND.ATTRIBUTE_MISSING, Stage.MARKETPLACE, name) for name in names)


def of(kind, subject="", code="", **params):
    return Problem(kind, Stage.MARKETPLACE, subject, code, params=params)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("pt-BR", "Faltam os atributos Marca e Modelo"),
        ("en", "Attributes Brand and Model are missing"),
        ("es", "Faltan los atributos Marca y Modelo"),
    ],
)
def test_two_missing_attributes_are_told_in_one_sentence(language, line):
    assert summary(missing("BRAND", "MODEL"), language) == line


def test_one_missing_attribute_is_told_in_the_singular():
    assert summary(missing("BRAND"), "pt-BR") == "Falta o atributo Marca"


def test_the_same_attribute_told_twice_counts_once():
    assert summary(missing("BRAND", "BRAND"), "pt-BR") == "Falta o atributo Marca"


def test_many_attributes_are_named_up_to_three():
    assert summary(missing("A1", "B2", "C3", "D4", "E5"), "pt-BR") == "Faltam os atributos A1, B2, C3 e mais 2"


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("pt-BR", "Falta o atributo Marca (+1 problema)", "Falta o atributo Marca (+2 problemas)"),
        ("en", "Attribute Brand is missing (+1 problem)", "Attribute Brand is missing (+2 problems)"),
        ("es", "Falta el atributo Marca (+1 problema)", "Falta el atributo Marca (+2 problemas)"),
    ],
)
def test_problems_of_other_classes_are_counted_with_the_right_plural(language, one, two):
    image, price = of(KIND.IMAGE_INVALID), of(KIND.PRICE_INVALID)
    assert summary((*missing("BRAND"), image), language) == one
    assert summary((price, *missing("BRAND"), image), language) == two


def test_images_are_counted_not_named():
    images = tuple(of(KIND.IMAGE_INVALID, f"https://x.test/{number}.jpg") for number in range(3))
    assert summary(images, "pt-BR") == "3 imagens recusadas"


def test_a_class_without_a_common_sentence_counts_its_others():
    assert summary((of(KIND.PRICE_INVALID), of(KIND.PRICE_INVALID)), "pt-BR") == "Preço recusado (+1 problema)"


def test_a_row_that_fails_does_not_count_its_warnings():
    warning = of(KIND.IMAGE_INVALID).as_warning()
    assert summary((warning, *missing("BRAND")), "pt-BR") == "Falta o atributo Marca"


def test_a_row_with_warnings_alone_counts_them_as_warnings():
    warnings = (of(KIND.IMAGE_INVALID).as_warning(), of(KIND.PRICE_INVALID).as_warning())
    assert summary(warnings, "pt-BR") == "Imagem recusada (+1 aviso)"
    assert summary((*warnings, of(KIND.STOCK_INVALID).as_warning()), "en") == "Image refused (+2 warnings)"


def test_warnings_of_the_headlines_class_are_not_told_with_it():
    may = Problem(KIND.ATTRIBUTE_MISSING, Stage.VALIDATION, "COLOR", "attribute.conditional").as_warning()
    assert summary((*missing("BRAND"), may), "pt-BR") == "Falta o atributo Marca"


def test_problems_whose_texts_differ_are_not_forced_into_one_sentence():
    conditional = Problem(KIND.ATTRIBUTE_MISSING, Stage.VALIDATION, "COLOR", "attribute.conditional")
    assert summary((*missing("BRAND"), conditional), "pt-BR") == "Falta o atributo Marca (+1 problema)"


def test_the_account_goes_before_the_product():
    line = summary((*missing("BRAND"), of(KIND.AUTH_INVALID)), "pt-BR")
    assert line == "Conta desconectada do marketplace (+1 problema)"


def test_nameless_problems_of_a_class_are_counted_beside_the_named():
    assert summary(missing("BRAND", "MODEL", ""), "pt-BR") == "Faltam os atributos Marca e Modelo (+1 problema)"
    assert summary(missing("", ""), "pt-BR") == "Falta um atributo obrigatório"


def test_no_problems_make_a_line_too():
    assert summary((), "en") == "No problems on record"


def test_the_context_fills_the_line():
    line = summary((of(KIND.VTEX_NOT_IN_TRADE_POLICY),), "pt-BR", {"policy": "5"})
    assert line == "SKU fora da política comercial 5"


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (("Cor",), "Cor"),
        (("Cor", "Talla"), "Cor y Talla"),
        (("Cor", "Imagen"), "Cor e Imagen"),
        (("Cor", "Hilo"), "Cor e Hilo"),
        (("Cor", "Hielo"), "Cor y Hielo"),
        (("A", "B", "Imagen"), "A, B e Imagen"),
        (("A", "B", "C", "D"), "A, B, C y 1 más"),
    ],
)
def test_spanish_lists_say_e_before_the_sound_of_i(names, line):
    assert joined(names, "es") == line


@given(
    st.lists(
        st.builds(
            Problem, st.sampled_from(ProblemClass), st.sampled_from(Stage), st.text(max_size=60), st.text(max_size=20)
        ),
        max_size=8,
    ),
    st.sampled_from(LANGUAGES),
)
def test_any_problems_make_one_full_line(problems, language):
    line = summary(problems, language)
    assert line
    assert "\n" not in line
    assert "{" not in line or any("{" in problem.subject + problem.code for problem in problems)
