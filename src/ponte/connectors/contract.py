"""The exam that every connector passes. In a third party's repository this is the whole test file:

    from ponte.connectors.contract import ConnectorContract
    from ponte_acme import Acme

    class TestAcme(ConnectorContract):
        connector = Acme

The connector's `recordings/` folder (beside its module) gives the situations; see `exam.recordings` for their form.
A missing required situation fails, it does not skip. `ponte connector exam NAME` sits the same exam without pytest.
"""

from __future__ import annotations

from ponte.connectors.exam.abilities import AbilityExam
from ponte.connectors.exam.faith import FaithExam
from ponte.connectors.exam.gathering import GatherExam
from ponte.connectors.exam.manifest import ManifestExam
from ponte.connectors.exam.purity import PurityExam
from ponte.connectors.exam.replay import ReplayExam
from ponte.connectors.exam.requests import RequestExam
from ponte.connectors.exam.sheets import SheetExam
from ponte.connectors.exam.standing import StandingExam
from ponte.connectors.exam.trouble import TroubleExam
from ponte.connectors.exam.windows import WindowExam

GROUPS = {
    "manifest": ManifestExam,
    "check and map": PurityExam,
    "trouble": TroubleExam,
    "windows": WindowExam,
    "requests": RequestExam,
    "offers": FaithExam,
    "listings": StandingExam,
    "abilities": AbilityExam,
    "sheets": SheetExam,
    "gathering": GatherExam,
    "recordings": ReplayExam,
}


class ConnectorContract(
    ManifestExam,
    PurityExam,
    TroubleExam,
    WindowExam,
    RequestExam,
    FaithExam,
    StandingExam,
    AbilityExam,
    SheetExam,
    GatherExam,
    ReplayExam,
):
    """Subclass it and name the connector; `exam.bench.Bench` lists what else may be said."""
