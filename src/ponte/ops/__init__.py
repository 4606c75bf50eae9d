"""Running Ponte: the server, the supervisor, health, metrics, logs, and what `ponte doctor` looks at.

`serving` (the web server), `supervise`, `doctor`, `health`, `metrics`, `database`, `logging`, `wakeups`
(PostgreSQL), `orphan` (children end with their parent), `violations` (what browsers refused on our pages).
"""
