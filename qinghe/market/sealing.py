"""Envelopes under the key ring of the vault: each bound to its own row, so that none is swapped."""

from __future__ import annotations

from uuid import UUID

from qinghe.parties.vault import ring, ring_holding


def shut(row_id: UUID, plain: bytes) -> tuple[str, bytes]:
    """Return the key's name and the sealed bytes."""
    return ring().seal(plain, context=_context(row_id))


def opened(row_id: UUID, key_id: str, sealed: bytes | memoryview[int]) -> bytes:
    """
    Return the plain bytes.

    :raises VaultDamaged: the key is gone, or the bytes were altered or moved to another row
    """
    return ring_holding(key_id).open(key_id, bytes(sealed), context=_context(row_id))


def _context(row_id: UUID) -> bytes:
    return f"bid:{row_id}".encode()
