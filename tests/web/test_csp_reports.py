"""Reports of what the Content-Security-Policy stopped: counted, never kept, from anybody and therefore bounded."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys

import pytest
from django.test import Client

from ponte.config import load
from ponte.ops import metrics
from ponte.ops import violations as counting
from ponte.ops.violations import Violations, origin_of

OLD = "application/csp-report"
NEW = "application/reports+json"
PAGE = "http://testserver/produtos?q=segredo"


@pytest.fixture(autouse=True)
def violations(monkeypatch) -> Violations:
    made = Violations()
    monkeypatch.setattr("ponte.web.views.csp.violations", made)
    monkeypatch.setattr("ponte.ops.metrics.violations", made)
    return made


def old(directive: str, blocked: str) -> str:
    return json.dumps({"csp-report": {"document-uri": PAGE, "violated-directive": directive, "blocked-uri": blocked}})


def new(directive: str, blocked: str) -> dict:
    body = {"documentURL": PAGE, "effectiveDirective": directive, "blockedURL": blocked, "sample": "alert('segredo')"}
    return {"type": "csp-violation", "age": 1, "url": PAGE, "user_agent": "x", "body": body}


def post(body: object, content_type: str = NEW, **extra: str):
    client = Client(enforce_csrf_checks=True)
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post("/relatos/csp", text, content_type=content_type, **extra)


def test_both_formats_are_counted_by_directive_and_origin(db, violations):
    assert post(old("script-src 'self'", "https://evil.example:8443/a?token=segredo"), OLD).status_code == 204
    assert post([new("script-src-elem", "inline"), new("img-src", "https://evil.example/x.png")]).status_code == 204
    assert violations.counts() == [
        (("img-src", "https://evil.example"), 1),
        (("script-src", "https://evil.example:8443"), 1),
        (("script-src-elem", "inline"), 1),
    ]
    assert 'ponte_csp_violations{directive="script-src-elem",blocked="inline"} 1' in metrics.exposition()


@pytest.mark.parametrize(
    ("blocked", "told"),
    [
        ("https://user:segredo@evil.example/", "other"),
        ("https://evil.example/x", "https://evil.example"),
        ('https://evil"}\n.example/', "other"),
        ("chrome-extension://abc/x.js", "other"),
        ("data:text/html,segredo", "data"),
        ("http://[::1", "other"),
        ("eval", "eval"),
        ("", "other"),
    ],
)
def test_of_a_blocked_address_only_the_origin_is_told(blocked, told):
    assert origin_of(blocked) == told


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"csp-report": 1}', '[{"type": "deprecation", "body": {}}]'])
def test_what_is_no_report_is_refused(body, violations):
    assert post(body).status_code == 400
    assert violations.counts() == []


def test_a_report_is_bounded(violations):
    assert post([new("img-src", "https://a.example/" + "x" * 20_000)]).status_code == 413
    assert post([new("img-src", "inline")] * 40).status_code == 204
    assert violations.counts() == [(("img-src", "inline"), 20)]


def test_kinds_are_bounded(violations):
    for number in range(300):
        violations.count("img-src", f"https://{number}.example/")
    counts = dict(violations.counts())
    assert len(counts) == counting.MOST_KINDS + 1
    assert counts["other", "other"] == 200
    violations.count("made-up", "inline")
    assert dict(violations.counts())["other", "other"] == 201


def test_too_many_are_refused_by_address_and_in_all(violations, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(counting.time, "monotonic", lambda: now[0])
    for _ in range(counting.A_MINUTE_OF_ONE):
        assert post([new("img-src", "inline")]).status_code == 204
    refused = post([new("img-src", "inline")])
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    others = [post([new("img-src", "inline")], REMOTE_ADDR=f"203.0.113.{one}").status_code for one in range(200)]
    assert others.count(204) == counting.A_MINUTE - counting.A_MINUTE_OF_ONE
    now[0] = 61.0
    assert post([new("img-src", "inline")]).status_code == 204


def test_a_kind_is_one_line_an_hour_and_nothing_of_the_report_is_in_it(violations, caplog, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(counting.time, "time", lambda: now[0])
    with caplog.at_level(logging.WARNING):
        for hour in (0, 0, 1):
            now[0] = hour * 3_600.0
            post([new("img-src", "https://evil.example/?segredo")])
    lines = [record.getMessage() for record in caplog.records if record.name == "ponte.ops.violations"]
    assert lines == ["a browser refused img-src from https://evil.example on a page of ours"] * 2


def test_there_is_nothing_to_open_there(client):
    assert client.get("/relatos/csp").status_code == 405


@pytest.mark.parametrize(("told", "expected"), [({}, False), ({"PONTE_HSTS_SUBDOMAINS": "yes"}, True)])
def test_hsts_is_for_the_names_below_only_when_asked_for(tmp_path, told, expected):
    assert load({"PONTE_DATA": str(tmp_path), **told}).hsts_subdomains is expected


@pytest.mark.parametrize(
    ("address", "expected"), [("http://ponte.example", None), ("https://ponte.example", ["csp"])]
)
def test_the_newer_way_to_report_is_named_where_browsers_use_it(tmp_path, address, expected):
    """Named over plain http, Chromium would send nothing: it passes `report-uri` over then."""
    code = "import json; from ponte.settings import CONTENT_SECURITY_POLICY as p; print(json.dumps(p['DIRECTIVES']"
    code += ", default=str))"
    environ = {**os.environ, "PONTE_DATA": str(tmp_path), "PONTE_BASE_URL": address}
    told = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert json.loads(told.stdout).get("report-to") == expected
    assert json.loads(told.stdout)["report-uri"] == ["/relatos/csp"]
