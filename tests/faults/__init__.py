"""Fault suites: real worker processes are killed, stopped and starved, and an oracle says whether that did harm.

Each suite has a control that takes one protection away and must fail: a suite that cannot fail proves nothing.
"""
