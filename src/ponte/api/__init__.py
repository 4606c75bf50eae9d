"""The HTTP API: a thin door on the flows. Every error is problem+json, every list has cursors."""
