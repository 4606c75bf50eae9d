"""Lists as files.

Written while they are sent: `rows`, `cells`, `as_csv`, `as_xlsx` (a small writer of its own), `sending`.
"""
