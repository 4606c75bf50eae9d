"""Actions on many (ações em massa): one row with a frozen selection and a cursor, done in steps by the workers.

`starting` begins one, `steer` pauses, cancels and undoes, `steps` is what the workers do, `limits` says how many.
"""

from ponte.flows.bulk.starting import VERBS, start
from ponte.flows.bulk.steer import cancel, pause, resume, set_pace, undo
from ponte.flows.bulk.steps import step

__all__ = ["VERBS", "cancel", "pause", "resume", "set_pace", "start", "step", "undo"]
