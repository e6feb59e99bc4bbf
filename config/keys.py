"""Secrets of this installation: made at random on first use, kept in files of mode 0600."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypedDict, cast

from config import var
from config.errors import CannotStart
from config.locks import file_lock

LOCK_SECONDS: Final = 30
TEXT_BYTES: Final = 48
RING_BYTES: Final = 32


class VaultRing(TypedDict):
    """Keys of the vault by name, base64 of 32 bytes each; `active` seals what is new."""

    active: str
    keys: dict[str, str]
    blind: dict[str, str]


def django_secret() -> str:
    """
    Return the key that signs sessions and password-reset links.
    """
    return _kept("django", _random_text)


def webhook_secret() -> str:
    """
    Return the key that signs messages between the cashier and this installation.
    """
    return _kept("webhook", _random_text)


def database_password() -> str:
    """
    Return the password of the product's own role in the embedded PostgreSQL.
    """
    return _kept("database", _random_text)


def database_admin_password() -> str:
    """
    Return the password of the embedded PostgreSQL's superuser, used for set-up only.
    """
    return _kept("database-admin", _random_text)


def vault_ring() -> VaultRing:
    """
    Return the key ring of the vault.

    :raises CannotStart: the file is not a key ring
    """
    return _parse_ring(_kept("vault.json", lambda: _ring_text(_new_ring())))


def change_vault_ring(change: Callable[[VaultRing], VaultRing]) -> VaultRing:
    """
    Replace the key ring by what `change` makes of it; two changes at once follow each other.

    A running server keeps the ring it started with: restart it afterwards.
    """
    vault_ring()
    with file_lock(_folder() / ".lock", wait_seconds=LOCK_SECONDS):
        path = _folder() / "vault.json"
        ring = change(_parse_ring(path.read_text()))
        _write(path, _ring_text(ring))
    return ring


def new_ring_key() -> str:
    """
    Return a fresh key in the form that the ring keeps: base64 of 32 random bytes.
    """
    return base64.b64encode(secrets.token_bytes(RING_BYTES)).decode()


def files() -> list[Path]:
    """
    Return the secret files that exist, for the start-up checks.
    """
    return sorted(path for path in _folder().iterdir() if path.name != ".lock")


def _folder() -> Path:
    return var.folder("keys", mode=var.PRIVATE)


def _kept(name: str, make: Callable[[], str]) -> str:
    path = _folder() / name
    with var.explained(path):
        if not path.exists():
            with file_lock(_folder() / ".lock", wait_seconds=LOCK_SECONDS):
                # Two first starts at once: the second finds the first one's key.
                if not path.exists():
                    _write(path, make())
        kept = path.read_text().strip()
    if not kept:
        raise CannotStart(
            f"{path} is empty. Restore it from a backup; a new key opens nothing old."
        )
    return kept


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())
    partial.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)


def _random_text() -> str:
    return secrets.token_urlsafe(TEXT_BYTES)


def _new_ring() -> VaultRing:
    return {"active": "k1", "keys": {"k1": new_ring_key()}, "blind": {"b1": new_ring_key()}}


def _ring_text(ring: VaultRing) -> str:
    return json.dumps(ring, indent=2)


def _parse_ring(text: str) -> VaultRing:
    try:
        ring = cast(VaultRing, json.loads(text))
        sizes = {len(base64.b64decode(key)) for key in (ring["keys"] | ring["blind"]).values()}
        sound = ring["active"] in ring["keys"] and sizes == {RING_BYTES}
    except (ValueError, KeyError, TypeError) as fault:
        raise CannotStart(_BROKEN_RING) from fault
    if not sound:
        raise CannotStart(_BROKEN_RING)
    return ring


_BROKEN_RING: Final = (
    "keys/vault.json in the data folder is not a key ring "
    '({"active": "k1", "keys": {"k1": base64 of 32 bytes}, "blind": {...}}). '
    "Restore it from a backup; without it the vault cannot be read."
)
