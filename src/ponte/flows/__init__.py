"""What Ponte does, a file or a folder per deed: the only place where domain, database and network meet."""
