"""How long things stay: each module forgets one sort of row, a slice at a time, each slice in its own transaction."""
