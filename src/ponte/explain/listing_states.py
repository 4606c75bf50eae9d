"""What a marketplace calls the state of a listing ("paused/out_of_stock"), in the operator's words."""

from __future__ import annotations

from ponte.explain.catalogue import choose_language, words


def listing_state(state: str, language: str) -> str:
    """Return a state in words, the most particular that are known; the state itself where none is."""
    known = words(choose_language(language), "listing_states")
    parts = state.casefold().split("/")
    for size in range(len(parts), 0, -1):
        if found := known.get("/".join(parts[:size])):
            return found[0]
    return state
