"""The suites: each returns its figures, and under "breaches" what must not be."""
