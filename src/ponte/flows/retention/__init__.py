"""How long things stay: each module forgets one sort of row, a slice at a time, each slice in its own transaction.

`attempts`, `exchanges`, `removed`, `papers`; `sweeps` remembers the way; `pipeline/tidying` does it beside a
worker's lanes.
"""
