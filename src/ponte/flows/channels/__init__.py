"""Stores and channels: connect, change, pause, and hear from their marketplaces."""
