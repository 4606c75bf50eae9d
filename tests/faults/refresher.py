"""Many tasks of one process that all want newer tokens than they have: `python -m faults.refresher CHANNEL TASKS`.

Prints the version of the tokens that each of them got.
"""

from __future__ import annotations

import asyncio
import sys


async def _refresh(channel_id: int, tasks: int) -> list[int]:
    from ponte.config import config
    from ponte.flows.offline import Database
    from ponte.flows.pipeline.channel import ChannelLine
    from ponte.flows.pipeline.context import Context, read_context
    from ponte.flows.pipeline.tokens import Credentials, refresh
    from ponte.net.transport import Transport

    database = Database()
    context = await database.read(read_context, channel_id)
    assert isinstance(context, Context)

    async def one(line: ChannelLine) -> int:
        found = await refresh(
            channel_id,
            0,
            connector=context.connector,
            rules=context.rules,
            party=line.marketplace,
            database=database,
        )
        return found.version if isinstance(found, Credentials) else -1

    try:
        async with Transport(config().private_hosts) as transport:
            line = ChannelLine(context, transport, database)
            return await asyncio.gather(*(one(line) for _ in range(tasks)))
    finally:
        database.close()


def main() -> None:
    import django

    django.setup()
    if sys.argv[3:]:
        from faults.rigged import RIGS

        RIGS[sys.argv[3]]()
    for version in asyncio.run(_refresh(int(sys.argv[1]), int(sys.argv[2]))):
        print(version)


if __name__ == "__main__":
    main()
