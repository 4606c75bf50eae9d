"""`/relatos/csp`: browsers say what the Content-Security-Policy stopped. No login; nothing of a report is kept."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ponte.domain.message import JSON, UNREADABLE, parse_json
from ponte.ops.violations import violations
from ponte.web.client_address import client_address

MOST_BYTES = 16_384
MOST_AT_ONCE = 20


@csrf_exempt  # a browser sends it by itself
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Count what a report tells: 204; 400 for what is none, 413 over 16 kB, 429 for too many."""
    if not violations.may_report(client_address(request)):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return HttpResponse(status=413)
    parsed = parse_json(body)
    if parsed is UNREADABLE:
        return HttpResponse(status=400)
    found = list(_told(parsed))
    for directive, blocked in found[:MOST_AT_ONCE]:
        violations.count(directive, blocked)
    return HttpResponse(status=204 if found else 400)


def _told(parsed: JSON) -> Iterator[tuple[str, str]]:
    """Yield directive and blocked address, of either format.

    `application/csp-report` is {"csp-report": {...}} with names in kebab-case (CSP level 2, `report-uri`);
    `application/reports+json` is [{"type": "csp-violation", "body": {...}}] in camelCase (`report-to`).
    """
    match parsed:
        case {"csp-report": dict(body)}:
            named = str(body.get("effective-directive") or body.get("violated-directive") or "")
            yield named.partition(" ")[0], str(body.get("blocked-uri", ""))
        case list(reports):
            for one in reports:
                match one:
                    case {"type": "csp-violation", "body": dict(body)}:
                        yield str(body.get("effectiveDirective", "")), str(body.get("blockedURL", ""))
