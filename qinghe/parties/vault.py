"""
The cryptography of the vault: AES-256-GCM under a key ring, HMAC-SHA-256 for exact match. No table.

A sealed datum is `nonce || ciphertext`, bound to its context so that rows cannot be swapped.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings

NONCE_BYTES: Final = 12


class RingText(TypedDict):
    """The ring as the installation keeps it: base64 of 32 bytes per key."""

    active: str
    keys: dict[str, str]
    blind: dict[str, str]


class VaultDamaged(Exception):
    """A sealed datum cannot be opened: its key is gone, or somebody altered it."""


@dataclass(frozen=True)
class Ring:
    """The keys of one installation, ready to use."""

    active: str
    ciphers: dict[str, AESGCM]
    blind_keys: tuple[bytes, ...]

    def seal(self, plain: bytes, *, context: bytes) -> tuple[str, bytes]:
        """Return the key's name and the sealed datum."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self.active, nonce + self.ciphers[self.active].encrypt(nonce, plain, context)

    def seal_all(self, plains: Sequence[str], contexts: Sequence[str]) -> list[bytes]:
        """Return many sealed data under the active key, each bound to its own context."""
        encrypt, count = self.ciphers[self.active].encrypt, len(plains)
        drawn = secrets.token_bytes(NONCE_BYTES * count)
        nonces = [drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES)]
        return [
            nonce + encrypt(nonce, plain.encode(), context.encode())
            for nonce, plain, context in zip(nonces, plains, contexts, strict=True)
        ]

    def open(self, key_id: str, sealed: bytes, *, context: bytes) -> bytes:
        """
        Return the datum.

        :raises VaultDamaged: unknown key, altered bytes or another context
        """
        cipher = self.ciphers.get(key_id)
        if cipher is None:
            raise VaultDamaged(f"key {key_id} is not on the ring")
        try:
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
        except InvalidTag:
            raise VaultDamaged("the sealed bytes were altered or moved") from None

    def blinds(self, kind: str, value: str) -> list[bytes]:
        """Return the keyed hash of a value under every blind key, newest first."""
        text = f"{kind}\0{value}".encode()
        return [hmac.digest(key, text, hashlib.sha256) for key in self.blind_keys]

    def blind_all(self, kind: str, values: Sequence[str], *, place: int = 0) -> list[bytes]:
        """Return the keyed hash of many values under one blind key, 0 being the newest."""
        begun = HMAC(self.blind_keys[place], SHA256())
        begun.update(f"{kind}\0".encode())
        return [_hashed(begun.copy(), value) for value in values]

    def blind(self, kind: str, value: str) -> bytes:
        """Return the keyed hash under the newest blind key."""
        return self.blinds(kind, value)[0]


def ring() -> Ring:
    """Return the key ring of this process; read once."""
    return _prepared(settings.VAULT_RING)


def forget() -> None:
    """Read the key ring anew at the next use, after a rotation."""
    _prepared.cache_clear()


def ring_holding(key_id: str) -> Ring:
    """Return the key ring, read again when another process has added the key meanwhile."""
    if key_id not in ring().ciphers:
        forget()
    return ring()


def _hashed(begun: HMAC, value: str) -> bytes:
    begun.update(value.encode())
    return begun.finalize()


@lru_cache(maxsize=4)
def _prepared(source: Callable[[], RingText]) -> Ring:
    text = source()
    return Ring(
        active=text["active"],
        ciphers={name: AESGCM(base64.b64decode(key)) for name, key in text["keys"].items()},
        blind_keys=tuple(base64.b64decode(text["blind"][name]) for name in reversed(text["blind"])),
    )
