"""The queue of actions: lanes, leases and work, in our own tables; and who is told that a lane has work."""
