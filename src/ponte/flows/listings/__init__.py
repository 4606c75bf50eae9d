"""Whose listing is whose: looked for, linked, let go."""
