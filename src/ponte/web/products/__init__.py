"""`/produtos`: the list of records."""
