"""`ponte mapping`: the mapping as a spreadsheet, out and in."""

from __future__ import annotations

import pytest

from factories import make_channel, make_store
from ponte.db.models import Channel, MappingVersion
from ponte.flows.mapping.saving import save_mapping

pytestmark = pytest.mark.django_db
GOOD = 'version: 1\ncategories:\n  "1": MLB1  # um\n'


@pytest.fixture
def channel(db):
    found = make_channel(make_store())
    save_mapping(found.pk, GOOD, actor_id=None)
    return found


def text_of(channel):
    return Channel.objects.get(pk=channel.pk).mapping_text


def test_a_mapping_goes_out_and_in_unchanged(cli, channel, tmp_path):
    file = tmp_path / "m.xlsx"
    assert "version 1" in cli("mapping", "export", "mlb", str(file)).stdout
    assert "Nothing was changed" in cli("mapping", "import", "mlb", str(file)).stdout
    assert text_of(channel) == GOOD


def test_a_csv_is_one_sheet_and_what_it_changes_is_told(cli, channel, tmp_path):
    file = tmp_path / "m.csv"
    cli("mapping", "export", "mlb", str(file), code=1)
    cli("mapping", "export", "mlb", str(file), "--sheet", "categories")
    file.write_text(file.read_text("utf-8-sig") + "5;;MLB5\n", "utf-8")
    told = cli("mapping", "import", "mlb", str(file), "--dry-run").stdout
    assert "+ Categorias: 5: MLB5" in told
    assert text_of(channel) == GOOD
    assert "Version 2" in cli("mapping", "import", "mlb", str(file)).stdout
    assert text_of(channel) == GOOD + '  "5": MLB5\n'
    kept = MappingVersion.objects.get(number=2)
    assert (kept.source, kept.note) == ("imported", "m.csv")


def test_errors_are_told_with_their_place_and_nothing_changes(cli, channel, tmp_path):
    file = tmp_path / "m.csv"
    file.write_bytes("Categoria VTEX;Categoria do marketplace\n;X\n".encode("cp1252"))
    assert "Categorias 2: " in cli("mapping", "import", "mlb", str(file), code=1).stderr
    assert text_of(channel) == GOOD


def test_of_several_channels_of_a_name_the_store_must_be_said(cli, channel, tmp_path):
    make_channel(make_store("outra"))
    file = str(tmp_path / "m.xlsx")
    cli("mapping", "export", "mlb", file, code=1)
    cli("mapping", "export", "mlb", file, "--store", "lojamodelo")
    cli("mapping", "export", "nenhum", file, code=1)
