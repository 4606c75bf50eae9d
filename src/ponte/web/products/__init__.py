"""`/produtos`: the list of records.

`asked` (the address), `page`, `rows`, `chips`, `columns`, `facets`.
"""
