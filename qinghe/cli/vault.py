"""`qinghe vault`: the keys of the personal data."""

from __future__ import annotations

import typer
from django.utils import timezone

from config.keys import VaultRing, change_vault_ring, new_ring_key
from qinghe.cli.output import AsJson, show
from qinghe.kernel.actor import system
from qinghe.parties.services import reread_keys, rotate, rotate_files

app = typer.Typer(no_args_is_help=True)


@app.callback()
def vault() -> None:
    """Keep the keys of the personal data."""


@app.command("rotate")
def rotate_keys(as_json: AsJson = False) -> None:
    """Make a new key and seal all personal data and files anew under it.

    Old keys stay on the ring, so that backups can be read. Interrupted, it can be run again.
    """
    ring = change_vault_ring(_with_new_key)
    reread_keys()
    show({"key": ring["active"], **_seal_anew()}, as_json=as_json)


@app.command("resume")
def resume(as_json: AsJson = False) -> None:
    """Finish a rotation that was interrupted, without making another key."""
    show(_seal_anew(), as_json=as_json)


def _seal_anew() -> dict[str, int]:
    actor, data = system("vault"), 0
    while count := rotate(actor=actor, at=timezone.now()):
        data += count
    return {"data": data, "files": rotate_files(actor=actor, at=timezone.now())}


def _with_new_key(ring: VaultRing) -> VaultRing:
    numbers = [int(name[1:]) for name in ring["keys"] if name[1:].isdigit()]
    name = f"k{max(numbers, default=0) + 1}"
    return {**ring, "active": name, "keys": {**ring["keys"], name: new_ring_key()}}
