"""The manifest is complete and honest."""

from __future__ import annotations

import re

from ponte.connectors.exam import troubles
from ponte.connectors.exam.bench import Bench
from ponte.connectors.exam.imports import forbidden_imports, unsteady_calls
from ponte.connectors.exam.rehearsal import always, play
from ponte.domain.connector import CONTRACT_VERSION, Connector

LANGUAGES = ("pt-BR", "en", "es")
CAPABILITIES = frozenset(
    {
        "oauth",
        "follows",
        "withdraws",
        "learns",
        "ends",
        "finds",
        "gathers",
        "suggests",
        "sheets",
        "hears",
        "previews",
    }
)


class ManifestExam(Bench):
    """Who the connector is, what it says it can do, what its code reaches for."""

    def test_the_port_is_filled(self) -> None:
        assert isinstance(self.subject, Connector)
        assert self.subject.manifest.contract_version == CONTRACT_VERSION

    def test_the_manifest_is_complete(self) -> None:
        manifest = self.subject.manifest
        code = re.fullmatch(r"[a-z][a-z0-9_]{1,30}", manifest.code)
        missing = {
            "Manifest.code: small letters, digits and _": code,
            "Manifest.name: the marketplace's name, as people know it": manifest.name.strip(),
            "Manifest.base_url: where its API is, by https": manifest.base_url.startswith("https://"),
            "Manifest.short: one to three letters for the channel's badge": 1 <= len(manifest.short) <= 3,
            "Manifest.kinds: at least product": "product" in manifest.kinds,
        }
        assert all(missing.values()), "; ".join(name for name, there in missing.items() if not there)
        strange = sorted(manifest.capabilities - CAPABILITIES)
        assert not strange, f"Manifest.capabilities: nobody knows {strange}; there are {sorted(CAPABILITIES)}"

    def test_limits_are_real(self) -> None:
        limits = self.subject.manifest.limits
        assert min(limits.requests_per_second, limits.concurrency, limits.burst, limits.gather_seconds) > 0, limits
        assert min(limits.search_lag_seconds, limits.gather) >= 0, limits
        for endpoint, rate in limits.rates.items():
            assert re.match(r"[A-Z]+ /", endpoint), (
                f'a rate is of an endpoint ("PUT /items/{{id}}"), not {endpoint!r}'
            )
            assert rate.every_seconds > 0, f"{endpoint}: every {rate.every_seconds} seconds"
            assert rate.burst >= 1, f"{endpoint}: {rate.burst} at once"

    def test_a_rate_header_is_of_endpoints_with_rates(self) -> None:
        limits = self.subject.manifest.limits
        header = limits.rate_header
        assert header == header.casefold().strip(), f"Limits.rate_header in small letters: {header!r}"
        assert limits.rates or not header, "a rate header tells of the endpoints in Limits.rates, and there are none"

    def test_hosts_are_web_addresses(self) -> None:
        for name, address in self.subject.manifest.hosts.items():
            assert re.fullmatch(r"[a-z][a-z0-9_]{0,30}", name), name
            assert re.fullmatch(r"https://[a-z0-9.-]+(:[0-9]+)?(/\S*)?", address), f"{name}: {address}"

    def test_presets_are_complete(self) -> None:
        manifest = self.subject.manifest
        known = {setting.name for setting in manifest.settings} | {f"host_{name}" for name in manifest.hosts}
        secret = {setting.name for setting in manifest.settings if setting.secret}
        codes = [preset.code for preset in manifest.presets]
        assert len(set(codes)) == len(codes), "two presets have one code"
        for preset in manifest.presets:
            assert re.fullmatch(r"[a-z][a-z0-9_-]{0,40}", preset.code), preset.code
            assert preset.name.strip(), preset.code
            assert not preset.base_url or preset.base_url.startswith("https://"), f"{preset.code}: {preset.base_url}"
            assert preset.settings.keys() <= known, f"{preset.code} fills {sorted(preset.settings.keys() - known)}"
            assert not preset.settings.keys() & secret, f"{preset.code} gives a secret away"

    def test_fields_are_told_for_the_documentation(self) -> None:
        fields = self.subject.manifest.fields
        assert fields or not self.is_ours, "Manifest.fields: which field of VTEX becomes which field there?"
        for line in fields:
            assert line.vtex.strip(), repr(line)
            assert line.marketplace.strip(), repr(line)
        lines = [(line.vtex, line.marketplace) for line in fields]
        assert len(set(lines)) == len(lines), "a line of Manifest.fields stands twice"

    def test_a_signature_can_be_checked(self) -> None:
        manifest = self.subject.manifest
        if manifest.signature is None:
            return
        assert "hears" in manifest.capabilities, "a signature without an ear"
        assert manifest.signature.header.strip()
        secrets = {setting.name for setting in manifest.settings if setting.secret}
        assert manifest.signature.secret in secrets, f"no secret setting {manifest.signature.secret!r}"
        assert manifest.signature.max_age_seconds > 0

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
        needed = self.subject.needs(ordinary.sku, ordinary.rules)
        announced = "announced" if learns else "not announced"
        assert bool(needed) is learns, f"'learns' is {announced}, and the everyday SKU needs {needed}"
        lost = always(troubles.LOST["refused"])
        for name in ("withdraw", "follow", "refresh", "end", "find", "suggest", "preview"):
            conversation = self.conversations().get(name)
            if conversation is not None:
                assert play(conversation, lost).requests, f"{name} is announced and asks nothing"

    def test_no_module_imports_what_is_not_its_business(self) -> None:
        assert forbidden_imports(self.module_name) == []

    def test_no_module_looks_at_the_clock_or_at_files(self) -> None:
        found = unsteady_calls(self.module_name)
        assert not found, f"the same SKU must make the same offer tomorrow and elsewhere: {found}"
