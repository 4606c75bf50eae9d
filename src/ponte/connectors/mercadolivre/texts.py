"""Plain text out of a catalogue's HTML. Mercado Livre takes no markup in a description."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser

MAX_SOURCE = 500_000
"""Characters of HTML that are read; no description of a product is longer in earnest."""

BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "section"})
SILENT = frozenset({"script", "style", "iframe", "object", "noscript", "head", "title", "template", "svg"})
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,1000}>")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 -- the parser's signature
        if tag in SILENT:
            self.silent.append(tag)
        elif tag in BREAKS:
            self.parts.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            del self.silent[self.silent.index(tag) :]
        elif tag in BREAKS and tag not in {"li", "br"}:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


@lru_cache(maxsize=256)  # the check and the offer of one product both ask
def plain_text(html: str) -> str:
    """Return the text of an HTML fragment: entities decoded, list items as "- ", at most one empty line."""
    source = html[:MAX_SOURCE]
    if "<" in source:
        reader = _Text()
        reader.feed(source)
        reader.close()
        source = "".join(reader.parts)
    else:
        source = unescape(source)
    # What was written as &lt;b&gt; is a tag now, and would be refused as one.
    return tidy(TAG.sub("", source))


def tidy(text: str) -> str:
    """Drop what cannot be sent (control characters, lone surrogates) and surplus blanks, line by line."""
    lines = (" ".join(sendable(line).split()) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def sendable(text: str) -> str:
    """Return the text without control characters and lone surrogates; tabs become blanks."""
    if text.isprintable():
        return text
    return "".join(" " if char == "\t" else char for char in text if char == "\t" or not _is_control(char))


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cs"}
