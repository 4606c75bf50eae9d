"""Folded templates say the same as unfolded ones, in every language."""

from __future__ import annotations

import pytest
from django.template import Context, Engine
from django.utils import translation

from ponte.web.folding import Fixed

TEMPLATES = {
    "base": '{% load i18n ponte %}<p>{% icon "box" %}{% translate "Produtos" %}</p>{% block main %}{% endblock %}',
    "page": """{% extends "base" %}{% load i18n ponte %}{% block main %}<h1>{% translate "Produtos" %}</h1>
        {% if many %}{% icon "list" %}<b>{% translate "Causas" %}</b>{% elif one %}{% translate "Canais" %}{% else %}
        {% translate "Nenhuma ainda." %}{% endif %}{% for name in names %}{% icon name %}{{ name }}
        {% translate "SKU" %}{% empty %}{% translate "Cancelar" %}{% endfor %}{% translate "Limpar" as word %}
        [{{ word }}]{% translate name %}
        {% translate "Erro" context "status" %}{% translate "Limpar"|upper %}{% include "part" with badge=name %}
        {% endblock %}""",
    "part": '{% load i18n ponte %}<i>{% icon "plug" extra=badge %}{% translate "Canal" %}</i>{{ badge }}',
}
CONTEXTS = (
    {"many": True, "names": ["a", "<b>"], "name": "Fila de ações"},
    {"one": True, "names": [], "name": "Sair"},
    {"names": [], "name": "x"},
)


def engine(*, folded: bool) -> Engine:
    inner = ("django.template.loaders.locmem.Loader", TEMPLATES)
    outer = "ponte.web.folding.Loader" if folded else "django.template.loaders.cached.Loader"
    libraries = {"i18n": "django.templatetags.i18n", "ponte": "ponte.web.templatetags.ponte"}
    return Engine(loaders=[(outer, [inner])], libraries=libraries)


@pytest.mark.parametrize("values", CONTEXTS)
def test_a_folded_template_says_the_same_in_every_language_again_and_again(values):
    folded, plain = engine(folded=True), engine(folded=False)
    seen = set()
    for language in ("pt-br", "en", "es", "pt-br", "en"):
        with translation.override(language):
            text = folded.get_template("page").render(Context(values))
            assert text == plain.get_template("page").render(Context(values))
            seen.add(text)
    assert len(seen) == 3


def test_texts_and_icons_side_by_side_become_one_node_and_nothing_else_does():
    nodes = engine(folded=True).get_template("part").nodelist
    fixed = [node for node in nodes if isinstance(node, Fixed)]
    assert len(fixed) == 1
    assert any("badge" in str(node.token.contents) for node in nodes if not isinstance(node, Fixed))
