"""How the fake VTEX behaves, changed while it runs by `POST /_sandbox/settings`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(slots=True)
class Settings:
    """Each field is a documented or observed habit of VTEX; the defaults are a quiet day.

    `price_stale_seconds`: the simulation shows the old price and stock for so long (VTEX: some 5 minutes).
    `indexer_lag_seconds`: the SKU's answer shows the old data for so long.
    `merge_stock_seconds`: a second change of stock within so long is not told.
    `private_simulation`: without it the fulfilment address answers 404 and only the checkout's is there.
    `list_forgets_late`: the list of a trade policy still has the SKUs that were taken out of it.
    `forbidden`: families of calls the key has no resource for: catalog, fulfillment, logistics, pricing, affiliates.
    `notify_drop`, `notify_duplicate`: shares of notifications, by seed. `notify_reorder`: last change first.
    `notify_retries`: further tries after a failure; VTEX documents none.
    `notify_omit`: names left out of the body, as old senders do. `account_suffix`: ".myvtex" after the account.
    """

    price_stale_seconds: float = 0.0
    indexer_lag_seconds: float = 0.0
    merge_stock_seconds: float = 0.0
    max_simulation_items: int = 300
    private_simulation: bool = True
    list_forgets_late: bool = True
    forbidden: tuple[str, ...] = ()
    notify: bool = True
    notify_drop: float = 0.0
    notify_duplicate: float = 0.0
    notify_reorder: bool = False
    notify_delay_seconds: float = 0.0
    notify_retries: int = 0
    notify_omit: tuple[str, ...] = ()
    account_suffix: str = ""

    def update(self, raw: object) -> None:
        """Take the fields of a JSON object. Raises ValueError with the first thing that is wrong."""
        if not isinstance(raw, Mapping):
            raise ValueError("the settings are an object")  # noqa: TRY004 -- one error for every malformed setting
        known = {field.name for field in fields(self)}
        for name, value in raw.items():
            if name not in known:
                raise ValueError(f"no such setting: {name}")
            setattr(self, name, _like(getattr(self, name), value, name))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _like(present: object, value: Any, name: str) -> Any:
    match present:
        case bool():
            if isinstance(value, bool):
                return value
        case int() | float() if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return type(present)(value)
        case tuple() if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        case str() if isinstance(value, str):
            return value
    raise ValueError(f"{name} has the wrong type")
