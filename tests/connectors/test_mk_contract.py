"""The exam, run on the class itself: it needs no entry point."""

from ponte.connectors.contract import ConnectorContract
from ponte.connectors.mirakl import Mirakl


class TestMirakl(ConnectorContract):
    connector = Mirakl
    upserts = True
