"""A third party's whole test file."""

from connectors.acme import Acme
from ponte.connectors.contract import ConnectorContract


class TestAcme(ConnectorContract):
    connector = Acme
