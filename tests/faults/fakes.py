"""The fakes' doors, as the harness uses them."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

PAGE = 1_000


def call(url: str, body: Any = None, *, method: str = "") -> Any:
    """Ask, and return the answer's JSON (None for an empty one)."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url, data, {"Content-Type": "application/json"}, method=method or ("POST" if data else "GET")
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@dataclass(frozen=True, slots=True)
class FakeVtex:
    url: str

    def skus(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = call(f"{self.url}/_sandbox/skus?from={len(found)}&size={PAGE}")
            found += page["skus"]
            if len(found) >= page["total"] or not page["skus"]:
                return found

    def change(self, changes: list[dict[str, Any]]) -> None:
        call(f"{self.url}/_sandbox/change", changes)


@dataclass(frozen=True, slots=True)
class FakeMarket:
    url: str

    def items(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = call(f"{self.url}/_sandbox/items?offset={len(found)}&limit={PAGE}")
            found += page["items"]
            if len(found) >= page["total"] or not page["items"]:
                return found

    def applied(self) -> list[dict[str, Any]]:
        """Return every change that was applied, in order."""
        found: list[dict[str, Any]] = []
        while True:
            page = call(f"{self.url}/_sandbox/applied?after={len(found)}&limit={PAGE}")
            found += page["applied"]
            if len(found) >= page["last"] or not page["applied"]:
                return found

    def requests(self) -> dict[str, int]:
        return dict(call(f"{self.url}/_sandbox/requests")["requests"])

    def arm(self, **fault: Any) -> int:
        return int(call(f"{self.url}/_sandbox/faults", fault)["faults"][0]["id"])

    def fired(self) -> int:
        return sum(one["fired"] for one in call(f"{self.url}/_sandbox/faults")["faults"])

    def disarm(self) -> None:
        call(f"{self.url}/_sandbox/faults", method="DELETE")

    def expire(self, seller: int) -> None:
        call(f"{self.url}/_sandbox/accounts/{seller}/expire", {})
