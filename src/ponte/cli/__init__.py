"""The command line: a thin door on the flows."""
