"""How alike two names are, from 0 to 1: "Tênis de Corrida" and "Tênis corrida", "Gênero" and "Sexo".

Names are compared word by word, without accents, case, small words and plurals; some words mean the same in sheets of
marketplaces and in specifications of stores.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from ponte.domain.mapping import plain

SURE: Final = 0.95
LIKELY: Final = 0.5
MAX_WORDS: Final = 24
_WORD: Final = re.compile(r"[0-9a-z]+")
_SMALL: Final = frozenset(
    {"a", "ao", "as", "com", "da", "das", "de", "del", "do", "dos", "e", "el", "em", "en", "for", "la", "las", "los"}
    | {"na", "nas", "no", "nos", "o", "of", "os", "ou", "para", "por", "the", "y"}
)
_SAME: Final = (
    "cor color colour cores",
    "genero sexo gender publico",
    "tamanho size talle talla medida numeracao",
    "voltagem tensao voltage voltaje volts",
    "potencia power watts",
    "material composicao tecido",
    "modelo model",
    "marca brand fabricante manufacturer",
    "altura height alto",
    "largura width ancho",
    "comprimento length profundidade largo depth",
    "peso weight",
    "idade age faixa etaria",
    "capacidade capacity volume",
    "idioma language lingua",
    "titulo title",
    "autor author",
    "editora publisher",
    "garantia warranty",
    "linha line colecao collection",
    "sabor flavor flavour",
    "fragrancia aroma scent perfume",
    "tipo type",
    "quantidade quantity unidades",
    "estilo style",
    "estampa pattern padrao",
    "formato format shape",
    "celular smartphone telefone",
    "notebook laptop",
    "tv televisor televisao",
    "geladeira refrigerador",
    "fone headphone headset auricular",
    "tenis sneaker calcado sapato",
    "relogio watch",
    "bolsa bag",
    "brinquedo toy",
    "livro book",
)


def _meanings() -> dict[str, str]:
    return {word: group.split()[0] for group in _SAME for word in map(_stem, group.split())}


_PLURALS: Final = (
    ("oes", "ao"),
    ("aes", "ao"),
    ("ais", "al"),
    ("eis", "el"),
    ("ns", "m"),
    ("res", "r"),
    ("zes", "z"),
    ("es", "e"),
)


def _stem(word: str) -> str:
    """Return a word without its plural."""
    for ending, single in _PLURALS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)] + single
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


_MEANS: Final = _meanings()


@lru_cache(maxsize=16_384)
def words_of(text: str) -> frozenset[str]:
    """Return the words that count, each by its meaning."""
    found = [_stem(word) for word in _WORD.findall(plain(text[:300])) if word not in _SMALL]
    return frozenset(_MEANS.get(word, word) for word in found[:MAX_WORDS])


def likeness(one: str, other: str) -> float:
    """Return how alike two names are."""
    first, second = plain(one), plain(other)
    if not first or not second:
        return 0.0
    if first == second:
        return 1.0
    left, right = words_of(one), words_of(other)
    if left and left == right:
        return SURE
    shared = _shared(left, right)
    within = shared / max(1, min(len(left), len(right)))
    both = 2 * shared / max(1, len(left) + len(right))
    letters = SequenceMatcher(None, first[:80], second[:80]).ratio() if len(left) < 4 and len(right) < 4 else 0.0
    return round(max(0.6 * both + 0.3 * within, 0.85 * letters if letters > 0.75 else 0.0), 3)


def _shared(left: frozenset[str], right: frozenset[str]) -> float:
    """Count the words in both; two that only begin alike count half."""
    alone = right - left
    near = sum(1 for word in left - right if len(word) > 4 and any(other[:5] == word[:5] for other in alone))
    return len(left & right) + 0.5 * near


@dataclass(frozen=True, slots=True)
class Match:
    """A name that is like another."""

    name: str
    score: float


def nearest(wanted: str, names: Iterable[str], *, most: int = 3, least: float = LIKELY) -> Sequence[Match]:
    """Return the names that are most like one, the best first."""
    found = (Match(name, likeness(wanted, name)) for name in dict.fromkeys(names))
    return sorted((one for one in found if one.score >= least), key=lambda one: (-one.score, one.name))[:most]
