"""Ponte: the bridge between a VTEX store and marketplaces."""

__version__ = "0.1.0"
