"""One file per thing Ponte does: the only place where domain, database and network meet."""
