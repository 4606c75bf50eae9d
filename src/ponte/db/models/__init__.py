"""Our tables. Rows that the queue touches for every product are written by plain SQL in `ponte.db` and `ponte.queue`.

Moments are UTC. Columns that end in `_ms` are milliseconds since 1970 by the database's clock: leases compare them,
and both databases give the same type.
"""

from ponte.db.models.keeping import Audit, IdempotencyKey, Installation
from ponte.db.models.lanes import ActionState, BulkAction, Inbox, Lane, LaneState, Quarantine, Work
from ponte.db.models.records import Attempt, Counter, Exchange, Integration, Problem
from ponte.db.models.stores import Channel, Fact, Membership, Role, Store, Token, User

__all__ = [
    "ActionState",
    "Attempt",
    "Audit",
    "BulkAction",
    "Channel",
    "Counter",
    "Exchange",
    "Fact",
    "IdempotencyKey",
    "Inbox",
    "Installation",
    "Integration",
    "Lane",
    "LaneState",
    "Membership",
    "Problem",
    "Quarantine",
    "Role",
    "Store",
    "Token",
    "User",
    "Work",
]
