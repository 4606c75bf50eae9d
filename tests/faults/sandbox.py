"""Both fakes as one process, with as many sellers as there are channels and an index that lags if wanted.

`python -m faults.sandbox --skus 100 --sellers 4 --index-lag 1.0` prints one JSON line when it is ready.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from ponte.sandbox import mercadolivre
from ponte.sandbox.catalogue import make_catalogue
from ponte.sandbox.mercadolivre.settings import Account
from ponte.sandbox.serve import run

FIRST_SELLER = 9_000_001


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--skus", type=int, required=True)
    parser.add_argument("--sellers", type=int, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--index-lag", type=float, default=0.0)
    told = parser.parse_args()
    sellers = tuple(Account(user_id=FIRST_SELLER + n, nickname=f"LOJA{n}") for n in range(told.sellers))
    settings = mercadolivre.Settings(accounts=sellers, index_lag_seconds=told.index_lag)
    catalogue = make_catalogue(told.skus, told.seed)
    asyncio.run(run(_announce, catalogue=catalogue, seed=told.seed, mercadolivre_settings=settings))


def _announce(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
