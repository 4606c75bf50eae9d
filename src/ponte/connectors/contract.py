"""The exam that every connector passes. In a third party's repository this is the whole test file:

    from ponte.connectors.contract import ConnectorContract
    from ponte_acme import Acme

    class TestAcme(ConnectorContract):
        connector = Acme

The connector's `recordings/` folder (beside its module) gives the situations; see `exam.recordings` for their form.
A missing required situation fails, it does not skip. Needs pytest.
"""

from __future__ import annotations

from ponte.connectors.exam.manifest import ManifestExam
from ponte.connectors.exam.purity import PurityExam
from ponte.connectors.exam.replay import ReplayExam
from ponte.connectors.exam.requests import RequestExam
from ponte.connectors.exam.trouble import TroubleExam


class ConnectorContract(ManifestExam, PurityExam, TroubleExam, RequestExam, ReplayExam):
    """Subclass it and name the connector; `exam.bench.Bench` lists what else may be said."""
