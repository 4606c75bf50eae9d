"""Who did what, as a page of sentences."""
