"""A channel's mapping: kept, tried, exchanged as a spreadsheet, and what it lacks."""
