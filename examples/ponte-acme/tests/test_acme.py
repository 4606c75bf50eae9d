"""The whole test file: the exam that every connector passes."""

from ponte.connectors.contract import ConnectorContract
from ponte_acme import Acme


class TestAcme(ConnectorContract):
    connector = Acme
