"""Stores and channels: connect, change, pause, and hear from their marketplaces.

`stores`; `fitness` (what is unfit, by field; addresses that people type), `steer` (pause, test, take out),
`authorization` (OAuth by PKCE), `store_pause`, `archived`, `hears`.
"""
