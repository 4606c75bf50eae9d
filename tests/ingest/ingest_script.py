"""What the tests run in other processes: `prepare`, `stored`, `serve TARGET`."""

from __future__ import annotations

import hashlib
import json
import os
import sys


def prepare() -> None:
    from django.core.management import call_command

    from ponte.db.models import Channel, Lane, Store

    call_command("migrate", verbosity=0)
    digest = hashlib.sha256(b"a-key-of-minhaloja").hexdigest()
    store = Store.objects.create(account="minhaloja", name="Loja", base_url="http://127.0.0.1", hook_digest=digest)
    channel = Channel.objects.create(store=store, code="mlc", name="MLC", connector="fake", affiliate_id="MLC")
    Lane.objects.create(channel=channel)


def stored() -> None:
    from ponte.db.models import Inbox, Integration

    queued = set(Integration.objects.filter(work__isnull=False).values_list("sku", flat=True))
    written = {sku for row in Inbox.objects.all() for _, _, sku, _ in json.loads(row.hints)}
    print(json.dumps(sorted(queued | written)))


def main(words: list[str]) -> int:
    if words[0] == "serve":
        from ponte.config import config
        from ponte.ops.serving import serve_web

        return serve_web(config(), target=words[1])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ponte.settings")
    import django

    django.setup()
    {"prepare": prepare, "stored": stored}[words[0]]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
