"""Says in the operator's words what a problem means, whose side it is on, and how to fix it, in three languages.

Pure: texts come from the TOML files beside this module. Every result is plain text, never HTML; whoever shows it
escapes it.

Classes are in `texts.*.toml`, marketplaces' codes in `texts/`; `messages` says what class words alone suggest,
`listing_states` what marketplaces call a listing's state.
"""

from ponte.explain.catalogue import DEFAULT_LANGUAGE, LANGUAGES, choose_language
from ponte.explain.explanation import Explanation, explain
from ponte.explain.labels import label, status_label, status_words
from ponte.explain.links import Link, LinkKind
from ponte.explain.listing_states import listing_state
from ponte.explain.mapping_texts import mapping_error_text, row_flaw_text
from ponte.explain.places import Where
from ponte.explain.summary import summary

__all__ = [
    "DEFAULT_LANGUAGE",
    "LANGUAGES",
    "Explanation",
    "Link",
    "LinkKind",
    "Where",
    "choose_language",
    "explain",
    "label",
    "listing_state",
    "mapping_error_text",
    "row_flaw_text",
    "status_label",
    "status_words",
    "summary",
]
