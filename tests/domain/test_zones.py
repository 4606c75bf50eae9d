"""Names of time zones."""

from __future__ import annotations

import pytest

from ponte.domain.zones import OF_BRAZIL, USUAL, place_of, zone_of, zones


def test_brazils_zones_are_among_the_places_and_formulas_are_not():
    assert {*OF_BRAZIL} <= zones()
    assert not {"Etc/GMT+3", "EST", "posix/UTC", "", "Nowhere/City"} & zones()


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (USUAL, "Brasília"),
        ("America/Rio_Branco", "Rio Branco"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_called_after_its_place(name, place):
    assert place_of(name) == place


def test_a_zone_that_the_database_knows_no_longer_is_the_usual_one():
    assert zone_of("Nowhere/City").key == USUAL
