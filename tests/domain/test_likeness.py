from hypothesis import given
from hypothesis import strategies as st

from ponte.domain.likeness import likeness, nearest


def test_names_are_alike_whatever_their_case_accents_small_words_and_plurals():
    assert likeness("Tênis de Corrida", "tenis corrida") > 0.9
    assert likeness("Fones de ouvido", "Fone de Ouvido") > 0.9
    assert likeness("Gênero", "Sexo") > 0.9
    assert likeness("Geladeiras", "Refrigeradores") > 0.9


def test_other_names_are_not():
    assert likeness("Notebooks", "Camisetas") < 0.3
    assert likeness("", "Camisetas") == 0


def test_the_nearest_come_first():
    names = ["Bolas e Acessórios Esportivos", "Camisetas", "Bolas"]
    assert [one.name for one in nearest("Bolas", names)] == ["Bolas", "Bolas e Acessórios Esportivos"]


@given(st.text(max_size=200), st.text(max_size=200))
def test_likeness_is_from_0_to_1_and_the_same_both_ways(one, other):
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) in {0.0, 1.0}
    assert abs(likeness(one, other) - likeness(other, one)) < 0.35
