"""Whose listing is whose: looked for, linked, let go.

`deeds` (link, unlink, end), `at_once`, `looks`, `search` (a whole channel), `linking` (a run's part). A person's
wish stands on the record, and every run obeys it.
"""
