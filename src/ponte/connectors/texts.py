"""Plain text out of a catalogue's HTML, and texts without what no marketplace takes."""

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
# Tags without attributes, of which most descriptions have nothing else; what each leaves of itself in the text.
SIMPLE_TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]{0,9})>")
INLINE = frozenset({"b", "strong", "i", "em", "u", "span", "small", "big", "font", "sup", "sub"})
LEFT_BY = {
    **dict.fromkeys((*INLINE, *(f"/{tag}" for tag in INLINE), "/li", "/br"), ""),
    **dict.fromkeys((*(BREAKS - {"li"}), *(f"/{tag}" for tag in BREAKS - {"li", "br"})), "\n"),
    "li": "\n- ",
}
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,1000}>")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent: list[str] = []

    def updatepos(self, i: int, j: int) -> int:  # noqa: ARG002 -- the parser's signature
        """Count no lines: nobody asks where a tag stands, and counting is a fifth of the reading."""
        return j

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
        source = _of_simple(source) or _of_any(source)
    else:
        source = unescape(source)
    # What was written as &lt;b&gt; is a tag now, and would be refused as one.
    return tidy(TAG.sub("", source))


def _of_simple(html: str) -> str | None:
    """Return the text where all tags are simple ones, None where they are not. Six times as quick as the parser."""
    texts_and_tags = SIMPLE_TAG.split(html)
    texts, tags = texts_and_tags[::2], texts_and_tags[1::2]
    left = [LEFT_BY.get(tag.lower()) for tag in tags]
    if None in left or any("<" in text for text in texts):
        return None
    # One by one: "&am<b>p;" is no ampersand.
    clear = [unescape(text) if "&" in text else text for text in texts]
    return clear[0] + "".join(f"{mark}{text}" for mark, text in zip(left, clear[1:], strict=True))


def _of_any(html: str) -> str:
    reader = _Text()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts)


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
