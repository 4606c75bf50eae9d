"""The queue of actions: lanes, leases and work, in our own tables; and who is told that a lane has work.

`lanes` (leases), `work` (what waits and runs), `looks` (records to look at), `stopped` (takes back what a stopped
action queued), `wake` and `jobs` (hints to workers).
"""
