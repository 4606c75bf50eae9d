"""The exam over every installed connector, ours or not."""

from ponte.connectors import Broken, installed
from ponte.connectors.contract import ConnectorContract

# One class per connector, so that a failure names it.
for _code, _connector in installed().items():
    if not isinstance(_connector, Broken):
        _name = f"Test{_code.title()}"
        globals()[_name] = type(_name, (ConnectorContract,), {"connector": _connector})


def test_no_installed_connector_is_broken():
    assert {code: one for code, one in installed().items() if isinstance(one, Broken)} == {}


def test_ours_is_installed_and_examined():
    assert "mercadolivre" in installed()
    assert "TestMercadolivre" in globals()
