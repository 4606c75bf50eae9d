"""`/produtos/{id}`: one record, whole."""
