"""A process that works on one batch until it is done or killed; what the worker's job does."""

from __future__ import annotations

import os
import sys
from uuid import UUID


def main(batch_id: str, database: str, files: str, chunk_rows: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings

    django.setup()
    from django.db import connection

    from qinghe.claims.intake import stream
    from qinghe.claims.services import intake
    from qinghe.kernel import clock

    connection.settings_dict["NAME"] = database
    settings.VAULT_FILES = files
    stream.pieces.__kwdefaults__ = {"size": 200 * int(chunk_rows)}
    print("begun", flush=True)
    intake(
        batch_id=UUID(batch_id),
        clock=clock.now,
        told=lambda: print("step", flush=True),
        chunk_rows=int(chunk_rows),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
