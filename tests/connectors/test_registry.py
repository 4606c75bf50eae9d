"""Finding connectors by entry point: a broken one is told with its reason and stops nothing."""

import sys
import types
from dataclasses import replace
from importlib.metadata import EntryPoint

import pytest

from ponte import connectors
from ponte.connectors import Broken, get, installed, load
from ponte.connectors.mercadolivre import MercadoLivre
from ponte_acme import Acme


def entry(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, connectors.GROUP)


@pytest.fixture
def stall(monkeypatch):
    """A module in which a test puts what an entry point shall find."""
    module = types.ModuleType("acme_stall")
    monkeypatch.setitem(sys.modules, "acme_stall", module)
    return module


def test_a_class_and_an_instance_are_both_taken():
    found = load([entry("acme", "ponte_acme:Acme")])
    assert isinstance(found["acme"], Acme)


def test_an_instance_is_taken_as_it_is(stall):
    stall.acme = Acme()
    assert load([entry("acme", "acme_stall:acme")]) == {"acme": stall.acme}


def test_one_that_is_not_there_is_broken_and_the_others_work():
    found = load([entry("gone", "no_such_module_at_all:X"), entry("acme", "ponte_acme:Acme")])
    assert found["gone"] == Broken("gone", "ModuleNotFoundError: No module named 'no_such_module_at_all'")
    assert isinstance(found["acme"], Acme)


@pytest.mark.parametrize("error", [RuntimeError("no licence"), SystemExit(3), RecursionError("deep")])
def test_one_that_raises_while_it_loads_is_broken(stall, error):
    def explode():
        raise error

    stall.make = type("Explosive", (), {"__init__": lambda self: explode()})
    assert load([entry("acme", "acme_stall:make")]) == {"acme": Broken("acme", f"{type(error).__name__}: {error}")}


def test_one_of_another_contract_version_is_broken(stall):
    class Older(Acme):
        manifest = replace(Acme.manifest, contract_version=0)

    stall.Older = Older
    assert load([entry("acme", "acme_stall:Older")]) == {
        "acme": Broken("acme", "made for contract version 0, this Ponte speaks 1")
    }


def test_one_that_lacks_a_verb_is_broken_and_the_verb_is_named(stall):
    stall.Half = type("Half", (), {"manifest": Acme.manifest, "check": Acme.check})
    found = load([entry("acme", "acme_stall:Half")])["acme"]
    assert isinstance(found, Broken)
    assert "withdraw" in found.reason
    assert "check" not in found.reason


def test_something_that_is_no_connector_at_all_is_broken(stall):
    stall.thing = 5
    assert load([entry("acme", "acme_stall:thing")]) == {
        "acme": Broken("acme", "made for contract version None, this Ponte speaks 1")
    }


def test_a_manifest_with_another_name_is_broken():
    found = load([entry("other", "ponte_acme:Acme")])
    assert found == {"other": Broken("other", "its manifest calls it 'acme'")}


def test_of_two_with_one_name_ours_stands_and_the_other_is_told():
    ours, theirs = "ponte.connectors.mercadolivre:MercadoLivre", "ponte_acme:Acme"
    found = load([entry("mercadolivre", theirs), entry("mercadolivre", ours)])
    assert isinstance(found["mercadolivre"], MercadoLivre)
    other = found["mercadolivre (ponte_acme:Acme)"]
    assert other == Broken("mercadolivre", f"another connector has the name 'mercadolivre' already ({ours})")


def test_the_same_entry_told_twice_is_one():
    one = entry("acme", "ponte_acme:Acme")
    assert list(load([one, one])) == ["acme"]


def test_what_is_not_installed_is_broken():
    assert get("nowhere") == Broken("nowhere", "not installed")


def test_the_registry_is_read_once_and_handed_out_as_a_copy():
    installed().clear()
    assert isinstance(get("mercadolivre"), MercadoLivre)
    assert get("mercadolivre") is installed()["mercadolivre"]
