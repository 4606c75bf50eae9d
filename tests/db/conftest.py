from __future__ import annotations

import sys
from pathlib import Path

# The hand-moved lane of the flows' tests serves here too.
sys.path.append(str(Path(__file__).parents[1] / "flows"))
