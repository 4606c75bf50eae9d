"""Running Ponte: the server, the supervisor, health, metrics, logs, and what `ponte doctor` looks at."""
