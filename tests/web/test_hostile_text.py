"""What marketplaces and catalogues send is text, whatever it looks like."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from factories import make_attempt, make_exchange, make_integration
from ponte.db.models import Cause, Note
from ponte.domain.problem import Problem, ProblemClass, Stage

HOSTILE = [
    "<script>window.pwned=1</script>",
    '<img src=x onerror="window.pwned=1">',
    '<div hx-get="/evil" hx-trigger="load">',
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></pre></bdi><form action=//evil.example>",
    "{{ 7*7 }}{% debug %}",
    "<!-- --><base href=//evil.example>",
    "javascript:alert(1)",
    "\u202egnp.exe\u202c \u2066x",
    "&lt;b&gt; &amp;",
    "linha\r\nSet-Cookie: a=b",
]


class Elements(HTMLParser):
    """Counts what a page is made of."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]


def shape(text):
    page = Elements()
    page.feed(text)
    return sorted(page.tags), sorted(page.attributes)


ADDRESSES = [
    "/produtos?aberto={id}",
    "/produtos/linhas?linhas={id}:x",
    "/produtos/{id}",
    "/produtos/{id}?tentativa=1&mensagem=completa",
    "/produtos/{id}?conteudo=origem",
    "/produtos/{id}?conteudo=traduzido",
    "/produtos/{id}?conteudo=destino",
    "/produtos/{id}/origem",
    "/produtos/{id}/tentativas/1",
    "/produtos/{id}?de=2&para=1&campos=todos",
    "/produtos/{id}/tentativas",
    "/causas/{cause}",
    "/causas/{cause}/dentro",
]
# Where such a text may come up, and need not.
OTHERS = [
    "/",
    "/produtos?q=Nome",
    "/produtos/origens?ids={id}",
    "/produtos/opcoes/causa",
    "/produtos/opcoes/etapa",
    "/produtos/opcoes/categoria",
    "/produtos/opcoes/marca",
    "/produtos/plano?verb=reprocess&ids={id}",
    "/causas",
    "/causas?q=Nome",
    "/historico",
    "/fila",
    "/canais",
    "/canais/mlb",
    "/auditoria",
]


def pages(client, found, addresses=(*ADDRESSES, *OTHERS)):
    cause = Cause.objects.get(channel=found.channel, fingerprint=found.fingerprint)
    return {
        address: read(client, address.format(id=found.pk, cause=cause.pk, sku=found.sku)) for address in addresses
    }


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.text


def record(channel, sku, text):
    short = text[:40]
    problem = Problem(
        ProblemClass.UNKNOWN, Stage.MARKETPLACE, subject=short, code=short, message=text, http_status=400,
        params={"value": text[:200], "limit": short},
    )  # fmt: skip
    found = make_integration(
        channel, sku, problems=(problem,), name=text[:300], category=text[:300], reference=text[:100], ean=short,
        brand=text[:120], product_id=short, listing_id=short,
    )  # fmt: skip
    provenance = [{"field": short, "source": "name", "rule": "cut", "found": text, "sent": text + "x", "line": 1}]
    tried = make_attempt(found, provenance=provenance, offer={"title": text})
    make_attempt(found, 2, offer={"title": "y", short: text, "rows": [{"id": short, "v": text}]})
    Note.objects.create(store=channel.store, integration=found, text=text, at=found.updated_at)
    make_exchange(tried, 0, side="vtex", response_body=text, status=200)
    make_exchange(
        tried, 1, url=f"https://x/{text}", request_headers={"X": text}, request_body=text, response_body=text
    )
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_changes_the_shape_of_no_page(cast, as_, text):
    client = as_(cast.ana)
    plain = pages(client, record(cast.channel, "1", "x" * len(text)))
    hostile = pages(client, record(cast.channel, "1x", text))
    for address, page in hostile.items():
        tags, attributes = shape(page)
        assert not {"base", "iframe", "img", "object"} & set(tags), address
        assert not [name for name in attributes if name.startswith("on")], address
        assert tags.count("script") == shape(plain[address])[0].count("script"), address
        assert "/evil" not in [value for value in page.split('"') if value.startswith("/evil")], address


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_cannot_ask_for_anything(cast, as_, text):
    for page in pages(as_(cast.ana), record(cast.channel, "1", text)).values():
        assert 'hx-get="/evil"' not in page
        assert "<script>window" not in page


def test_foreign_text_stands_where_htmx_does_nothing(cast, as_):
    client = as_(cast.ana)
    unguarded = {}
    for address, page in pages(client, record(cast.channel, "1", "Nome-estranho")).items():
        walker = Inert()
        walker.feed(page)
        assert walker.found or address in OTHERS, address
        if walker.unguarded:
            unguarded[address] = walker.unguarded
    assert unguarded == {}


class Inert(HTMLParser):
    """Finds "Nome-estranho" outside of any element with hx-disable."""

    void = frozenset({"meta", "link", "input", "hr", "use", "path", "br", "rect", "circle"})

    def __init__(self):
        super().__init__()
        self.stack, self.found, self.unguarded, self.place = [], 0, [], ""

    def handle_starttag(self, tag, attrs):
        if tag in self.void:
            return
        self.stack.append((tag, any(name == "hx-disable" for name, _ in attrs)))

    def handle_startendtag(self, tag, attrs):
        """An element without an inside holds no text."""

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if "Nome-estranho" not in data:
            return
        self.found += 1
        if not any(inert for _, inert in self.stack) and "title" not in [tag for tag, _ in self.stack]:
            self.unguarded.append(data)


def test_a_message_of_a_hundred_thousand_characters_is_cut_and_can_be_read_whole(cast, as_):
    found = record(cast.channel, "1", "a" * 100_000)
    client = as_(cast.ana)
    assert "ver completo" in client.get(f"/produtos/{found.pk}/origem").text
    assert len(client.get(f"/produtos/{found.pk}/origem").content) < 10_000
    assert "a" * 19_000 in client.get(f"/produtos/{found.pk}?mensagem=completa").text


def test_an_address_in_a_link_is_https_or_ours(cast, as_):
    found = make_integration(cast.channel, listing={"id": "1", "url": "javascript:alert(1)"}, listing_id="1")
    assert 'href="javascript' not in as_(cast.ana).get(f"/produtos/{found.pk}").text
