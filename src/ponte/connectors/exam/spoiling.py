"""Facts spoilt: one thing of them made nonsense, at each of their places."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from ponte.domain.message import JSON

MAX_WRONG = 400
NONSENSE: tuple[JSON, ...] = (None, [], {}, "", 5, [None], {"a": [{}]})
NOTHING: tuple[JSON, ...] = (None, {}, [], "", "x", 0, -1, 1.5, True, [[]], [{}], {"": None})


def wrongs(fact: JSON) -> Iterator[JSON]:
    """Yield the fact with one thing of it made nonsense, at each of its places."""
    for place in list(_places(fact))[:MAX_WRONG]:
        for nonsense in NONSENSE:
            yield _put(fact, place, nonsense)


def _places(value: JSON, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each thing inside: of a list only its first three."""
    inner = value.items() if isinstance(value, dict) else enumerate(value[:3]) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from _places(one, (*path, key))


def _put(value: JSON, path: tuple[Any, ...], nonsense: JSON) -> JSON:
    if not path:
        return nonsense
    changed = copy.copy(value)
    changed[path[0]] = _put(value[path[0]], path[1:], nonsense)
    return changed
