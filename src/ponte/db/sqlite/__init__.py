"""Django's SQLite, with what Ponte's long statements need."""
