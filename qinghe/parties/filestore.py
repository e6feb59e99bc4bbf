"""Where files about people lie: sealed on disk under the hash of their content. No table."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, Protocol
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError
from qinghe.parties import segments
from qinghe.parties.vault import VaultDamaged, ring, ring_holding

MAGIC: Final = b"QHF1"
PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600
PARTIAL: Final = ".partial"


class Hash(Protocol):
    """A hash that is fed piece by piece."""

    def update(self, data: bytes, /) -> None: ...


class NoSuchFile(DomainError):
    code = "parties.no-such-file"
    status = 404
    text = _("There is no such file.")


class FileChanged(DomainError):
    code = "parties.file-changed"
    text = _("The file changed while it was read. Send it again when it is complete.")


def seal_file(content: bytes) -> str:
    """
    Keep a file, encrypted, and return the SHA-256 of its content in hex.

    The same content is kept once. A file whose transaction rolls back stays, unreferenced and
    unreadable without its hash.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if not _kept(path):
        _write(path, _sealed(digest, content))
    return digest


def seal_stream(source: BinaryIO) -> str:
    """
    Keep a long file without ever holding it whole; return the SHA-256 of its content in hex.

    The stream is read twice, from where it stands, and must know how to go back.

    :raises FileChanged: the second time it was another content; nothing is kept
    """
    start, digest = source.tell(), hashlib.sha256()
    for piece in _pieces(source):
        digest.update(piece)
    name = digest.hexdigest()
    path = _path(name)
    if not _kept(path):
        source.seek(start)
        with _written(path) as out:
            again = hashlib.sha256()
            segments.write(_hashed(_pieces(source), again), out, digest=name, keys=ring())
            # Under a wrong name it would stand for a content that somebody else sends later.
            if again.hexdigest() != name:
                raise FileChanged
    return name


def stream_file(sha256: str) -> Iterator[bytes]:
    """
    Yield a file's content piece by piece, without a record, for the room that keeps it.

    :raises NoSuchFile: no file with this hash
    :raises VaultDamaged: altered, or its key is gone
    """
    path = _path(sha256)
    if not path.exists():
        raise NoSuchFile
    with path.open("rb") as stored:
        long = segments.is_long(stored.read(len(MAGIC)))
        stored.seek(0)
        if long:
            yield from segments.read(stored, digest=sha256)
        else:
            yield _opened(sha256, stored.read())


def load_file(sha256: str) -> bytes:
    """
    Return a file's content without a record, for the room that keeps it and works on it.

    :raises NoSuchFile: no file with this hash
    :raises VaultDamaged: altered, or its key is gone
    """
    return b"".join(stream_file(sha256))


def remove_file(sha256: str, *, unused_since: datetime) -> bool:
    """
    Remove a file that nothing needs any more; tell whether it was there and removed.

    One that was kept again since a moment stays: somebody is about to name it.
    """
    path = _path(sha256)
    if not path.exists() or path.stat().st_mtime >= unused_since.timestamp():
        return False
    path.unlink()
    return True


def disk_now() -> datetime:
    """Return the time that files are stamped with, whatever day the house plays."""
    return datetime.fromtimestamp(time.time(), UTC)


def old_files(*, unused_since: datetime) -> Iterator[str]:
    """Yield the hash of every file that was not kept again since a moment; of no other."""
    before = unused_since.timestamp()
    for path in Path(settings.VAULT_FILES).glob("??/*"):
        try:
            if path.suffix == "" and path.stat().st_mtime < before:
                yield path.name
        except FileNotFoundError:
            continue


def remove_unfinished(*, begun_before: datetime) -> int:
    """Remove what a process that died left half written long ago; return how many."""
    before, gone = begun_before.timestamp(), 0
    for path in Path(settings.VAULT_FILES).glob(f"??/*{PARTIAL}"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()
                gone += 1
    return gone


def seal_anew() -> int:
    """Seal every file again that is not under the active key; return how many there were."""
    stale = [path for path in _all() if _key_name(path) != ring().active]
    for path in stale:
        _seal_again(path)
    return len(stale)


def _seal_again(path: Path) -> None:
    if not _is_long(path):
        _write(path, _sealed(path.name, _opened(path.name, path.read_bytes())))
        return
    with path.open("rb") as stored, _written(path) as out:
        segments.write(segments.read(stored, digest=path.name), out, digest=path.name, keys=ring())


def _is_long(path: Path) -> bool:
    with path.open("rb") as stored:
        return segments.is_long(stored.read(len(MAGIC)))


def _key_name(path: Path) -> str:
    if _is_long(path):
        with path.open("rb") as stored:
            return segments.key_of(stored)
    return _key_of(path.read_bytes())[0]


def _kept(path: Path) -> bool:
    """Tell whether a content is kept already, and mark it as used now."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: source.read(segments.PIECE), b"")


def _hashed(pieces: Iterator[bytes], digest: Hash) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _sealed(digest: str, content: bytes) -> bytes:
    key_id, body = ring().seal(content, context=digest.encode())
    name = key_id.encode()
    return MAGIC + bytes([len(name)]) + name + body


def _opened(digest: str, stored: bytes) -> bytes:
    key_id, body = _key_of(stored)
    return ring_holding(key_id).open(key_id, body, context=digest.encode())


def _key_of(stored: bytes) -> tuple[str, bytes]:
    head = len(MAGIC)
    if stored[:head] != MAGIC:
        raise VaultDamaged("not a file of this vault")
    start = head + 1
    end = start + stored[head]
    return stored[start:end].decode(), stored[end:]


def _path(digest: str) -> Path:
    if len(digest) != hashlib.sha256().digest_size * 2 or not digest.isalnum():
        raise NoSuchFile
    return Path(settings.VAULT_FILES) / digest[:2] / digest


def _all() -> list[Path]:
    return sorted(path for path in Path(settings.VAULT_FILES).glob("??/*") if path.suffix == "")


def _write(path: Path, content: bytes) -> None:
    with _written(path) as out:
        out.write(content)


@contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    """Give a new file that takes its place when it is whole and on disk, or not at all."""
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    partial = path.with_name(f"{uuid4()}{PARTIAL}")
    opened = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    try:
        with os.fdopen(opened, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
