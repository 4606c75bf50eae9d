"""The audit: sentences, filters, pages, the file, and the chain that shows what was altered."""

from __future__ import annotations

import csv
import io
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import URLPattern, get_resolver
from django.utils import timezone

import ponte
from factories import make_channel, make_integration
from ponte.db import chain, refused
from ponte.db.audit import note, note_one
from ponte.db.models import Audit, AuditHead, Membership, RefusedTry, TokenScope
from ponte.flows import reprocess
from ponte.flows.people.people import make_token, scope_of
from ponte.web.audit.words import verb_names


@pytest.fixture
def done(cast):
    """Ana reprocessed three records of a channel and two over two channels, Bruno removed one."""
    other = make_channel(cast.store, "mlp", "Shopee")
    ids = [make_integration(cast.channel, str(number)).pk for number in range(4)]
    far = make_integration(other, "77").pk
    note("reprocess", ids[:3], store_id=cast.store.pk, actor_id=cast.ana.pk)
    note("reprocess", [ids[0], far], store_id=cast.store.pk, actor_id=cast.ana.pk)
    note("remove", [ids[3]], store_id=cast.store.pk, actor_id=cast.bruno.pk)
    note_one("channel paused", "channel:mlb", store_id=cast.store.pk, actor_id=None)
    note_one("reprocess", "integration:1", store_id=cast.other_store.pk, actor_id=cast.carla.pk)
    return ids


def sentences(client, query=""):
    text = client.get(f"/auditoria{query}").text
    return re.findall(r"<bdi>([^<]+)</bdi></(?:a|span)>", text.split("audit-filters")[1])


def test_what_people_did_is_told_in_sentences(cast, as_, done):
    assert sentences(as_(cast.ana)) == [
        "O sistema pausou o canal Mercado Livre",
        "Bruno removeu o log do SKU 3 do canal Mercado Livre",
        "Ana reprocessou 2 registros dos canais Mercado Livre, Shopee",
        "Ana reprocessou 3 registros do canal Mercado Livre",
    ]


def test_the_flow_itself_ends_in_a_sentence(cast, as_):
    found = make_integration(cast.channel)
    reprocess.reprocess([found.pk], scope=scope_of(Membership.objects.get(user=cast.bruno)), actor_id=cast.bruno.pk)
    assert sentences(as_(cast.ana)) == ["Bruno reprocessou o SKU 118204 do canal Mercado Livre"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?pessoa={bruno}", 1),
        ("?acao=reprocess", 2),
        ("?alvo=3", 1),
        ("?alvo=mlb", 1),
        ("?alvo=channel:mlb", 1),
        ("?de={today}", 4),
        ("?ate={yesterday}", 0),
        ("?pessoa={bruno}&acao=reprocess", 0),
        ("?pessoa=x&acao=nada&de=2026-13-45&ate=%00&alvo=%00", 4),
    ],
)
def test_the_audit_is_narrowed_by_person_verb_day_and_target(cast, as_, done, query, count):
    today = timezone.localdate()
    given = query.format(bruno=cast.bruno.pk, today=today, yesterday=today - timedelta(days=1))
    assert len(sentences(as_(cast.ana), given)) == count


def test_the_audit_is_for_managers_who_see_the_whole_store(cast, as_, done):
    assert as_(cast.bruno).get("/auditoria").status_code == 404
    assert as_(cast.bruno).get("/auditoria/exportar").status_code == 404
    Membership.objects.filter(user=cast.bruno).update(role="manager")
    assert as_(cast.bruno).get("/auditoria").status_code == 200
    Membership.objects.filter(user=cast.bruno).update(channel_ids=[cast.channel.pk])
    assert as_(cast.bruno).get("/auditoria").status_code == 404
    assert "Carla" not in as_(cast.ana).get("/auditoria").text


def test_pages_follow_each_other_without_gap_or_repeat(cast, as_):
    for number in range(120):
        note_one(
            "refused", f"user:{number}", store_id=cast.store.pk, actor_id=cast.ana.pk, detail={"path": f"/x{number}"}
        )
    client, address, seen = as_(cast.ana), "/auditoria", []
    while address:
        text = client.get(address).text
        seen += re.findall(r"/x(\d+)</bdi>", text)
        following = re.search(r'href="(/auditoria\?[^"]*depois[^"]*)"', text)
        address = following.group(1).replace("&amp;", "&") if following else ""
    assert [int(number) for number in seen] == [*range(119, -1, -1)]


def test_one_action_on_very_many_is_one_line_and_the_next_page_begins_after_it(cast, as_):
    note_one("signed in", f"user:{cast.ana.pk}", store_id=cast.store.pk, actor_id=cast.ana.pk)
    note("reprocess", range(1, 2_501), store_id=cast.store.pk, actor_id=cast.ana.pk)
    client = as_(cast.ana)
    text = client.get("/auditoria").text
    assert "Ana reprocessou 2.500 registros" in text
    following = re.search(r'href="(/auditoria\?[^"]*depois[^"]*)"', text).group(1).replace("&amp;", "&")
    assert re.findall(r"<bdi>([^<]+)</bdi>", client.get(following).text.split("audit-filters")[1]) == ["Ana entrou"]


def test_a_place_of_another_store_or_a_forged_one_does_not_exist(cast, as_):
    from ponte.db.cursor import Cursor

    foreign = Cursor(timezone.now(), 1).sealed(f"audit:{cast.other_store.pk}")
    assert as_(cast.ana).get("/auditoria", {"depois": foreign}).status_code == 404
    assert as_(cast.ana).get("/auditoria", {"depois": "x" * 500}).status_code == 404


def test_the_page_asks_as_much_for_many_lines_as_for_few(cast, as_, done):
    client = as_(cast.ana)
    client.get("/auditoria")
    with CaptureQueriesContext(connection) as few:
        client.get("/auditoria")
    for number in range(40):
        note("remove", [done[0]], store_id=cast.store.pk, actor_id=cast.bruno.pk)
        note_one("role changed", f"user:{number}", store_id=cast.store.pk, actor_id=cast.ana.pk)
    with CaptureQueriesContext(connection) as many:
        client.get("/auditoria")
    assert len(many) == len(few)


def test_what_a_target_is_called_is_text_and_nothing_else(cast, as_):
    found = make_integration(cast.channel, "<img src=x onerror=alert(1)>")
    note("reprocess", [found.pk], store_id=cast.store.pk, actor_id=cast.ana.pk)
    text = as_(cast.ana).get("/auditoria").text
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text


def test_the_file_holds_every_row_and_no_formula(cast, as_, done):
    note_one("refused", '=HYPERLINK("http://evil")', store_id=cast.store.pk, actor_id=cast.ana.pk)
    chain.seal_waiting()
    answer = as_(cast.ana).get("/auditoria/exportar")
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    assert len(rows) == Audit.objects.filter(store=cast.store).count()
    assert not any(value.startswith("=") for row in rows for value in row.values())
    assert rows[-1]["place"] == "1"
    assert rows[0]["who"] == "Ana"


def test_every_verb_of_the_code_has_its_sentence():
    """A new verb needs its line in web/audit/words.py."""
    source = Path(ponte.__file__).parent
    call = re.compile(r'(?:\bnote|note_one|note_person|_note)\(\s*(?:\w+,\s*)?"([a-z ]+)"')
    found = {verb for file in source.rglob("*.py") for verb in call.findall(file.read_text(encoding="utf-8"))}
    assert len(found) > 20
    assert found - set(verb_names()) == set()


# The chain


def altered(place, **changes):
    Audit.objects.filter(place=place, store_id__isnull=False).update(**changes)


@pytest.fixture
def sealed(cast):
    for number in range(30):
        note_one("refused", f"user:{number}", store_id=cast.store.pk, actor_id=cast.ana.pk)
    for number in range(5):
        note_one("refused", f"user:{number}", store_id=cast.other_store.pk, actor_id=cast.carla.pk)
    note_one("store added", "store:x", store_id=None, actor_id=None)
    assert chain.seal_waiting() == 36
    return cast


def broken():
    return [(one.store_id, one.place, one.what) for one in chain.breaks()]


def test_each_store_has_its_own_chain_and_all_hold(sealed):
    assert broken() == []
    assert sorted(head.place for head in chain.heads()) == [1, 5, 30]


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "remove"},
        {"target": "user:99"},
        {"detail": {"x": 1}},
        {"actor_id": None},
        {"at": timezone.now()},
        {"digest": "0" * 64},
    ],
)
def test_g14_an_altered_row_is_named(sealed, change):
    """G14, T20"""
    Audit.objects.filter(store=sealed.store, place=7).update(**change)
    assert (sealed.store.pk, 7, "altered") in broken()


def test_g14_a_deleted_row_is_named(sealed):
    """G14, T20"""
    Audit.objects.get(store=sealed.store, place=7).delete()
    assert broken() == [(sealed.store.pk, 7, "missing")]


def test_g14_rows_that_changed_places_are_named(sealed):
    """G14, T20"""
    mine = Audit.objects.filter(store=sealed.store)
    mine.filter(place=7).update(place=1_000)
    mine.filter(place=8).update(place=7)
    mine.filter(place=1_000).update(place=8)
    assert {place for _, place, _ in broken()} >= {7, 8}


def test_g14_a_row_put_in_between_is_named(sealed):
    """G14, T20"""
    Audit.objects.create(store=sealed.store, verb="x", target="", at=timezone.now(), place=31, digest="0" * 64)
    assert broken() == [(sealed.store.pk, 31, "altered"), (sealed.store.pk, 30, "head altered")]


def test_g14_a_cut_tail_is_named_as_long_as_the_head_stands_and_by_a_kept_head_afterwards(sealed):
    """T20: the tail cut together with the head shows only beside a head kept elsewhere."""
    kept = chain.heads()
    Audit.objects.filter(store=sealed.store, place__gt=27).delete()
    assert broken() == [(sealed.store.pk, 28, "missing")]
    last = Audit.objects.get(store=sealed.store, place=27)
    AuditHead.objects.filter(store_number=sealed.store.pk).update(place=27, digest=last.digest)
    assert broken() == []
    assert [(one.place, one.what) for one in chain.breaks(kept)] == [(30, "missing")]


def test_a_chain_without_its_end_is_walked_all_the_same(sealed):
    """T20: else taking the end away would hide what was altered."""
    altered(7, verb="remove")
    AuditHead.objects.all().delete()
    ends = {(number, 0, "head altered") for number in (None, sealed.store.pk, sealed.other_store.pk)}
    assert {*broken()} == {*ends, (sealed.store.pk, 7, "altered")}


def test_the_whole_chain_made_anew_without_the_key_does_not_hold(sealed):
    rows = list(Audit.objects.filter(store=sealed.store).order_by("place"))
    rows[3].verb, before = "remove", ""
    with override_settings(SECRET_KEY="x" * 50):
        for row in rows:
            row.digest = before = chain.digest_of(row, before)
    Audit.objects.bulk_update(rows, ["verb", "digest"])
    AuditHead.objects.filter(store_number=sealed.store.pk).update(digest=before)
    assert len(broken()) >= 30


def test_the_command_names_the_row_and_says_when_all_is_well(sealed, tmp_path):
    from click.testing import CliRunner

    from ponte.cli import ponte as command

    fine = CliRunner().invoke(command, ["audit", "verify"])
    assert (fine.exit_code, fine.output) == (0, "The audit holds: 36 rows.\n")
    file = tmp_path / "heads.jsonl"
    file.write_text(CliRunner().invoke(command, ["audit", "head"]).output)
    row = Audit.objects.get(store=sealed.store, place=12)
    Audit.objects.filter(pk=row.pk).update(verb="remove")
    told = CliRunner().invoke(command, ["audit", "verify"])
    assert told.exit_code == 1
    assert f"altered: store {sealed.store.pk}, place 12, row {row.pk}" in told.output
    row.delete()
    assert "missing" in CliRunner().invoke(command, ["audit", "verify", "--heads", str(file)]).output


@pytest.mark.django_db(transaction=True)
def test_many_who_write_and_many_who_seal_leave_one_whole_chain():
    from cast import make_cast

    cast = make_cast()

    def work(number):
        try:
            for turn in range(20):
                note_one(
                    "refused", f"user:{number}", store_id=cast.store.pk, actor_id=cast.ana.pk, detail={"n": turn}
                )
                if turn % 5 == 0:
                    chain.seal_waiting()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    chain.seal_waiting()
    assert broken() == []
    assert [head.place for head in chain.heads()] == [120]


def test_t12_a_refused_try_is_told_once_an_hour_with_how_often(cast, as_, error, monkeypatch):
    vera = as_(cast.vera)
    for number in (error.pk, error.pk, 999_999):
        vera.post(f"/produtos/{number}/reprocessar")
    vera.get("/pessoas")
    twice = "Vera tentou agir sobre produtos 2 vezes em uma hora, e o papel Consulta não permite: "
    assert sentences(as_(cast.ana)) == [
        "Vera tentou cuidar das pessoas e seus papéis, e o papel Consulta não permite: GET /pessoas",
        f"{twice}POST /produtos/{error.pk}/reprocessar",
    ]
    later = refused.time.time() + refused.HOUR_SECONDS
    monkeypatch.setattr(refused.time, "time", lambda: later)
    as_(cast.vera).post(f"/produtos/{error.pk}/reprocessar")
    assert len(sentences(as_(cast.ana))) == 3
    assert list(chain.breaks()) == []


def test_t12_what_is_tried_very_often_is_not_counted_for_ever(cast, as_, error):
    as_(cast.vera).get("/pessoas")
    RefusedTry.objects.update(count=refused.MOST_COUNTED)
    as_(cast.vera).get("/pessoas")
    assert RefusedTry.objects.get().count == refused.MOST_COUNTED


def test_t12_every_refused_try_is_told_in_words_of_its_page(cast, as_, error):
    vera, paths = as_(cast.vera), set()
    for entry in get_resolver().url_patterns:
        for one in getattr(entry, "url_patterns", [entry]):
            if not isinstance(one, URLPattern):
                continue
            path = re.sub(r"<slug:code>", "mlb", str(one.pattern))
            paths.add("/" + re.sub(r"<\w+:\w+>", str(error.pk), path))
    for path in sorted(path for path in paths if not path.startswith(("/conta", "/entrar", "/sair"))):
        vera.get(path)
        vera.post(path)
    told = sentences(as_(cast.ana))
    assert len(told) > 25
    assert [one for one in told if "fazer algo" in one] == []


def test_t12_the_chain_holds_while_tries_are_counted(cast, as_, error):
    as_(cast.vera).get("/pessoas")
    assert chain.seal_waiting() == 1
    as_(cast.vera).get("/pessoas")
    assert RefusedTry.objects.get().count == 2
    assert list(chain.breaks()) == []


def test_t13_what_a_tokens_scope_refused_is_told_as_such(cast, as_, error, client):
    text = make_token(cast.ana, cast.store, "painel", scope=TokenScope.READ)
    for _ in range(2):
        answer = client.post(
            f"/api/v1/integrations/{error.pk}/reprocess", headers={"Authorization": f"Bearer {text}"}
        )
        assert answer.status_code == 403
    told = "Ana tentou agir sobre produtos 2 vezes em uma hora, e o token com o escopo read não permite: "
    assert sentences(as_(cast.ana)) == [f"{told}POST /api/v1/integrations/{error.pk}/reprocess"]
