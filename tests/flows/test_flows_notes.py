"""Notes at a record: written, deleted by their author, audited."""

from __future__ import annotations

import pytest

from factories import make_channel, make_integration
from ponte.db.models import Audit, Note
from ponte.db.scope import Scope
from ponte.flows.notes import MAX_TEXT, NoteFlaw, add_note, delete_note

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(cast):
    return make_integration(cast.channel)


def scope(cast, *channels):
    return Scope(cast.store.pk, channels or None)


def test_a_note_is_kept_with_its_author_and_written_down(cast, record):
    note = add_note(record.pk, "  Falei com o cadastro.\r\nVolta amanhã. ", scope=scope(cast), actor_id=cast.bruno.pk)
    assert Note.objects.get() == note
    assert (note.text, note.author, note.store) == ("Falei com o cadastro.\nVolta amanhã.", cast.bruno, cast.store)
    done = Audit.objects.get()
    assert (done.verb, done.target, done.detail) == ("note", f"integration:{record.pk}", {"note": note.pk})


@pytest.mark.parametrize(
    ("text", "flaw"), [("", NoteFlaw.EMPTY), (" \r\n\0 ", NoteFlaw.EMPTY), ("x" * (MAX_TEXT + 1), NoteFlaw.TOO_LONG)]
)
def test_a_text_that_is_no_note_is_refused(cast, record, text, flaw):
    assert add_note(record.pk, text, scope=scope(cast), actor_id=cast.bruno.pk) is flaw
    assert not Note.objects.exists()
    assert not Audit.objects.exists()


def test_the_longest_note_fits_and_what_no_database_stores_is_taken_out(cast, record):
    assert isinstance(add_note(record.pk, "é" * MAX_TEXT, scope=scope(cast), actor_id=cast.bruno.pk), Note)
    odd = add_note(record.pk, "a\0b\ud800c", scope=scope(cast), actor_id=cast.bruno.pk)
    assert odd.text == "ab?c"


def test_a_record_out_of_sight_takes_no_note(cast, record):
    other = make_channel(cast.store, "xyz")
    assert add_note(record.pk, "x", scope=scope(cast, other.pk), actor_id=cast.bruno.pk) is NoteFlaw.NOWHERE
    foreign = Scope(cast.other_store.pk)
    assert add_note(record.pk, "x", scope=foreign, actor_id=cast.carla.pk) is NoteFlaw.NOWHERE


def test_only_its_author_deletes_a_note(cast, record):
    note = add_note(record.pk, "x", scope=scope(cast), actor_id=cast.bruno.pk)
    asked = {"integration_id": record.pk, "scope": scope(cast)}
    assert not delete_note(note.pk, actor_id=cast.ana.pk, **asked)
    assert not delete_note(note.pk, actor_id=cast.bruno.pk, integration_id=record.pk + 1, scope=scope(cast))
    assert delete_note(note.pk, actor_id=cast.bruno.pk, **asked)
    assert not delete_note(note.pk, actor_id=cast.bruno.pk, **asked), "twice is once"
    assert not Note.objects.exists()
    assert [done.verb for done in Audit.objects.order_by("pk")] == ["note", "note deleted"]
    assert "x" not in str(Audit.objects.last().detail)
