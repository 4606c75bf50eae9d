"""A category's sheet: read from a fact, pure, plain, whatever the fact is."""

from __future__ import annotations

import copy
from dataclasses import asdict
from typing import Any

from ponte.connectors.exam.bench import Bench, is_json
from ponte.connectors.exam.spoiling import NOTHING, wrongs
from ponte.domain.message import JSON
from ponte.domain.sheet import Need, Sheet

KINDS = frozenset({"text", "number", "quantity", "boolean", "list", "date", "image"})


class SheetExam(Bench):
    """Facts come from the recordings: those that stand in `facts`, and those that a `learn` recording brings."""

    def _facts(self) -> dict[str, JSON]:
        found: dict[str, JSON] = {}
        for recording in self.situations().values():
            found |= recording.raw.get("facts", {})
            if recording.verb.startswith("learn:"):
                found[recording.verb.partition(":")[2]] = recording.raw.get("result", {}).get("value")
        return {key: fact for key, fact in found.items() if fact is not None}

    def _category(self) -> str:
        ordinary = self.ordinary()
        mapped = ordinary.rules.mapping.category(ordinary.sku)
        assert mapped, "the situation 'accepted' maps no category"
        return mapped.sent

    def _fact(self) -> JSON:
        subject: Any = self.subject
        key = subject.sheet_key(self._category())
        assert key in self._facts(), f"no recording has or learns the fact {key!r} of the everyday category"
        return copy.deepcopy(self._facts()[key])

    def test_a_learnt_category_reads_as_a_sheet(self) -> None:
        subject: Any = self.subject
        if "sheets" not in self.capabilities:
            return
        sheet = subject.sheet(self._category(), self._fact())
        assert isinstance(sheet, Sheet), f"the everyday category reads as {sheet!r}"
        assert sheet.category == self._category()
        assert sheet.fields, "a sheet without fields"
        _assert_sound(sheet)
        optional = [field.need is not Need.REQUIRED for field in sheet.fields]
        assert optional == sorted(optional), "the required fields come first"

    def test_reading_a_sheet_is_pure(self) -> None:
        subject: Any = self.subject
        if "sheets" in self.capabilities:
            fact = copy.deepcopy(self._fact())
            first = subject.sheet(self._category(), fact)
            assert fact == self._fact(), "the fact was changed"
            assert first == subject.sheet(self._category(), copy.deepcopy(fact)), "the second time read otherwise"
            assert subject.sheet_key(self._category()) == subject.sheet_key(self._category())

    def test_a_nonsense_fact_is_no_sheet_or_a_sound_one(self) -> None:
        subject: Any = self.subject
        if "sheets" not in self.capabilities:
            return
        for fact in (*NOTHING, *wrongs(self._fact())):
            sheet = subject.sheet(self._category(), fact)
            assert sheet is None or isinstance(sheet, Sheet), repr(sheet)
            if sheet is not None:
                _assert_sound(sheet)
        assert subject.sheet(self._category(), None) is None, "a category that does not exist has no sheet"


def _assert_sound(sheet: Sheet) -> None:
    assert is_json(asdict(sheet)), "a sheet is plain JSON"
    ids = [field.id for field in sheet.fields]
    assert all(isinstance(name, str) and name for name in ids), "a field without an id"
    assert len(set(ids)) == len(ids), "two fields have one id"
    for field in sheet.fields:
        assert isinstance(field.need, Need), repr(field)
        assert field.kind in KINDS, f"{field.id}: {field.kind!r} is none of {sorted(KINDS)}"
        assert isinstance(field.name, str), repr(field)
        assert all(isinstance(part, str) for pair in field.values for part in pair), repr(field)
        assert all(isinstance(unit, str) for unit in field.units), repr(field)
        assert field.max_length is None or field.max_length >= 0, repr(field)
