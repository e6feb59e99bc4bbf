"""
What is sealed, byte for byte: the leaf of an entry, the root over many, the chain of batches.

Pure. Trees are those of RFC 6962 (SHA-256, leaves and nodes hashed apart).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymerkle import InmemoryTree

# What stands before the first batch.
GENESIS = bytes(32)
COLUMNS = (
    "id",
    "at",
    "recorded_at",
    "kind",
    "subject",
    "actor",
    "person_id",
    "rules",
    "pack",
    "facts",
)


@dataclass(frozen=True)
class Header:
    """A batch without its entries; its digest is what the next batch, or a notary, holds on to."""

    size: int
    root: bytes
    previous: bytes
    last_entry: int
    sealed_at: datetime

    @property
    def digest(self) -> bytes:
        """Return the SHA-256 over all fields."""
        fields = [
            self.size,
            self.root.hex(),
            self.previous.hex(),
            self.last_entry,
            _plain(self.sealed_at),
        ]
        return hashlib.sha256(json.dumps(fields).encode()).digest()


def leaf(row: Iterable[Any]) -> bytes:
    """Return the canonical bytes of one entry, its columns in the order of `COLUMNS`."""
    return json.dumps(
        [_plain(value) for value in row],
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def tree(leaves: Iterable[bytes]) -> InmemoryTree:
    """Return the tree over leaves, in their order."""
    grown = InmemoryTree(algorithm="sha256")
    grown.append_entries(leaves)
    return grown


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaves, in their order."""
    return bytes(tree(leaves).get_root())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, str | int | list | dict) or value is None:
        return value
    return str(value)
