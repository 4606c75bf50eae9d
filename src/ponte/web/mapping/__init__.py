"""A channel's mapping: its text, its spreadsheet, its suggestions, and what a category asks for."""
