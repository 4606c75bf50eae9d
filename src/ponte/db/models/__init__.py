"""Our tables. Rows that the queue touches for every product are written by plain SQL in `ponte.db` and `ponte.queue`.

Moments are UTC. Columns that end in `_ms` are milliseconds since 1970 by the database's clock: leases compare them,
and both databases give the same type.
"""

from ponte.db.models.code_rules import CodeRule
from ponte.db.models.figures import Cause, CauseState, Counter, Tally
from ponte.db.models.hears import Ear
from ponte.db.models.identity import ListingLink, ListingSearch, SheetCheck
from ponte.db.models.keeping import (
    Audit,
    AuditHead,
    Cached,
    Export,
    IdempotencyKey,
    Installation,
    Note,
    RefusedTry,
    SavedView,
    SkuList,
    Sweep,
)
from ponte.db.models.lanes import ActionCount, ActionState, BulkAction, Inbox, Lane, LaneState, Quarantine, Work
from ponte.db.models.records import Attempt, Exchange, Integration, Problem
from ponte.db.models.stores import (
    Channel,
    Fact,
    Invitation,
    MappingSource,
    MappingVersion,
    Membership,
    Role,
    Store,
    Token,
    TokenScope,
    User,
)
from ponte.db.models.windows import Window

__all__ = [
    "ActionCount",
    "ActionState",
    "Attempt",
    "Audit",
    "AuditHead",
    "BulkAction",
    "Cached",
    "Cause",
    "CauseState",
    "Channel",
    "CodeRule",
    "Counter",
    "Ear",
    "Exchange",
    "Export",
    "Fact",
    "IdempotencyKey",
    "Inbox",
    "Installation",
    "Integration",
    "Invitation",
    "Lane",
    "LaneState",
    "ListingLink",
    "ListingSearch",
    "MappingSource",
    "MappingVersion",
    "Membership",
    "Note",
    "Problem",
    "Quarantine",
    "RefusedTry",
    "Role",
    "SavedView",
    "SheetCheck",
    "SkuList",
    "Store",
    "Sweep",
    "Tally",
    "Token",
    "TokenScope",
    "User",
    "Window",
    "Work",
]
