"""Catalogues for the fake VTEX: made up, or read from answers of real stores."""

from ponte.sandbox.catalogue.families import MARKETPLACE_CATEGORY
from ponte.sandbox.catalogue.load import load_catalogue
from ponte.sandbox.catalogue.make import make_catalogue
from ponte.sandbox.catalogue.model import TRADE_POLICY, Catalogue, CatalogueSku, Defect, LoadReport, Unread

__all__ = [
    "MARKETPLACE_CATEGORY",
    "TRADE_POLICY",
    "Catalogue",
    "CatalogueSku",
    "Defect",
    "LoadReport",
    "Unread",
    "load_catalogue",
    "make_catalogue",
]
