"""`/exportar`: a list as a file; `/exportacoes`: how far each got."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient

from cast import person
from factories import make_channel, make_integration
from ponte.db.models import Export, Membership
from spreadsheet import sheets_of


def file_of(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_list_is_sent_as_a_workbook(cast, as_, error, success, foreign):
    answer = as_(cast.vera).get("/exportar/produtos?status=error&tipo=xlsx")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="ponte-produtos-')
    assert "no-store" in answer.headers["Cache-Control"]
    [rows] = sheets_of(file_of(answer))
    assert [row[0] for row in rows] == ["SKU", error.sku]


@pytest.mark.parametrize(("separator", "between"), [("", ";"), ("&separador=pv", ";"), ("&separador=v", ",")])
def test_a_csv_has_the_separator_asked_for(cast, as_, error, separator, between):
    text = file_of(as_(cast.ana).get(f"/exportar/produtos?tipo=csv{separator}")).decode("utf-8-sig")
    assert text.split(between)[0] == "SKU"


def test_a_csv_is_compressed_on_its_way_where_the_client_takes_it(cast, as_, error):
    answer = as_(cast.ana).get("/exportar/produtos?tipo=csv", headers={"accept-encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(file_of(answer)).startswith(b"\xef\xbb\xbfSKU;")


@pytest.mark.parametrize(
    "path",
    [
        "/exportar/produtos?tipo=exe",
        "/exportar/produtos?separador=x",
        "/exportar/produtos?status=nada",
        "/exportar/produtos?senha=1",
        "/exportar/historico?dia=2026-02-31",
        "/exportar/causas?aba=nenhuma",
    ],
)
def test_an_address_that_cannot_be_followed_exports_nothing(cast, as_, error, path):
    assert as_(cast.ana).get(path).status_code == 400
    assert not Export.objects.exists()


def test_another_list_than_ours_does_not_exist(cast, as_):
    assert as_(cast.ana).get("/exportar/usuarios").status_code == 404


@pytest.mark.parametrize("what", ["produtos", "causas", "historico"])
def test_each_list_is_exported(cast, as_, error, what):
    assert sheets_of(file_of(as_(cast.ana).get(f"/exportar/{what}")))


def test_somebody_limited_to_channels_exports_only_those(cast, as_, error):
    other = make_channel(cast.store, "amz", "Amazon")
    make_integration(other, "5")
    lia = person("lia", cast.store)
    Membership.objects.filter(user=lia).update(channel_ids=[other.pk])
    [rows] = sheets_of(file_of(as_(lia).get("/exportar/produtos")))
    assert [row[0] for row in rows] == ["SKU", "5"]


def test_a_third_export_at_once_is_told_to_wait(cast, as_, error):
    client = as_(cast.ana)
    held = [client.get("/exportar/produtos") for _ in range(2)]
    assert client.get("/exportar/produtos").status_code == 429
    for answer in held:
        file_of(answer)
    assert client.get("/exportar/produtos").status_code == 200


def test_an_export_is_seen_by_who_made_it_and_by_managers(cast, as_, error):
    file_of(as_(cast.bruno).get("/exportar/produtos?status=error&chave=k1"))
    number = Export.objects.get().pk
    for user, status in ((cast.bruno, 200), (cast.vera, 404), (cast.ana, 200), (cast.carla, 404)):
        assert as_(user).get(f"/exportacoes/{number}").status_code == status
    page = as_(cast.bruno).get("/exportacoes").content.decode()
    assert "1 linha" in page
    assert "Status: Erro<" in page
    assert "k1" not in page
    assert f"/exportacoes/{number}" not in as_(cast.vera).get("/exportacoes").content.decode()


def test_the_page_is_told_how_far_its_own_export_got(cast, as_, error):
    client = as_(cast.ana)
    assert client.get("/exportacoes/andamento?chave=k1").status_code == 204
    assert client.get("/exportacoes/andamento").status_code == 204
    file_of(client.get("/exportar/produtos?chave=k1"))
    told = client.get("/exportacoes/andamento?chave=k1").json()
    assert told == {
        "text": "Exportação: 1 linha",
        "state": "done",
        "href": f"/exportacoes/{Export.objects.get().pk}",
    }
    assert as_(cast.bruno).get("/exportacoes/andamento?chave=k1").status_code == 204


def test_nobody_exports_without_signing_in(client, db):
    assert client.get("/exportar/produtos").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_f28_under_the_real_kind_of_server_the_pieces_come_one_by_one_and_stop_when_the_client_leaves(cast):
    """F28: an iterator that Django gathered whole would be written to its end."""
    for number in range(3):
        make_integration(cast.channel, str(number))

    async def leave_early() -> bytes:
        client = AsyncClient()
        await client.aforce_login(cast.ana, backend="django.contrib.auth.backends.ModelBackend")
        answer = await client.get("/exportar/produtos?tipo=csv")
        assert answer.is_async
        content = aiter(answer)
        first = await anext(content)
        await content.aclose()
        await sync_to_async(connections.close_all)()  # the thread of the request ends with the loop
        return first

    assert asyncio.run(leave_early()).startswith(b"\xef\xbb\xbfSKU;")
    export = Export.objects.get()
    assert (export.state, export.written) == ("left", 0)
