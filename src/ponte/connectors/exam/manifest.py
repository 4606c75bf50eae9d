"""The manifest is complete and honest."""

from __future__ import annotations

import re

from ponte.connectors.exam import troubles
from ponte.connectors.exam.bench import Bench
from ponte.connectors.exam.imports import forbidden_imports
from ponte.connectors.exam.rehearsal import always, play
from ponte.domain.connector import CONTRACT_VERSION, Connector

LANGUAGES = ("pt-BR", "en", "es")
CAPABILITIES = frozenset(
    {"oauth", "follows", "withdraws", "learns", "ends", "finds", "gathers", "suggests", "sheets", "hears"}
)


class ManifestExam(Bench):
    """Who the connector is, what it says it can do, what its code reaches for."""

    def test_the_port_is_filled(self) -> None:
        assert isinstance(self.subject, Connector)
        assert self.subject.manifest.contract_version == CONTRACT_VERSION

    def test_the_manifest_is_complete(self) -> None:
        manifest = self.subject.manifest
        assert re.fullmatch(r"[a-z][a-z0-9_]{1,30}", manifest.code), manifest.code
        assert manifest.name.strip()
        assert manifest.base_url.startswith("https://")
        assert 1 <= len(manifest.short) <= 3
        assert "product" in manifest.kinds
        assert manifest.capabilities <= CAPABILITIES, manifest.capabilities - CAPABILITIES
        assert manifest.limits.requests_per_second > 0
        assert manifest.limits.concurrency > 0
        assert manifest.limits.search_lag_seconds >= 0

    def test_every_setting_has_a_label_in_three_languages(self) -> None:
        settings = self.subject.manifest.settings
        assert len({setting.name for setting in settings}) == len(settings), "two settings have one name"
        for setting in settings:
            missing = [language for language in LANGUAGES if not setting.label.get(language, "").strip()]
            assert not missing, f"setting {setting.name} has no label in {missing}"
            assert not (setting.secret and setting.default), f"setting {setting.name}: a secret has no default"

    def test_deep_links_are_web_addresses(self) -> None:
        for name, link in self.subject.verbs().items():
            assert link.startswith("https://"), name
            assert set(re.findall(r"\{(\w+)\}", link)) <= {"listing", "category"}, name

    def test_capabilities_are_honest(self) -> None:
        ordinary = self.ordinary()
        learns = "learns" in self.subject.manifest.capabilities
        assert bool(self.subject.needs(ordinary.sku, ordinary.rules)) is learns
        lost = always(troubles.LOST["refused"])
        for name in ("withdraw", "follow", "refresh"):
            conversation = self.conversations().get(name)
            if conversation is not None:
                assert play(conversation, lost).requests, f"{name} is announced and asks nothing"

    def test_no_module_imports_what_is_not_its_business(self) -> None:
        assert forbidden_imports(self.module_name) == []
