"""One ZIP of what was sent: as it came, or made of the files somebody chose."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, BinaryIO, Final, cast

from qinghe.claims.bundling.archive import MOST_FILES, Archive, is_archive, too_large
from qinghe.claims.bundling.names import plain
from qinghe.claims.bundling.refusals import NoFilesSent
from qinghe.claims.intake.workbook import NEEDED
from qinghe.claims.media.tables import OFFICE
from qinghe.kernel.errors import DomainError
from qinghe.parties.filestore import seal_stream, stream_file

# Below it a ZIP is kept in memory while it is read; above it lies in a file without a name.
IN_MEMORY: Final = 32 * 1024 * 1024
NAME_LENGTH: Final = 200
# The door counts in bytes; a single file may be as long as it is and is judged later.
HEAD: Final = 4


@dataclass(frozen=True)
class Sent:
    """One file of a form: its name, with folders if it has any, and its content from the start."""

    name: str
    content: BinaryIO


def sealed(files: Sequence[Sent]) -> tuple[str, str, int]:
    """
    Keep what was sent as one ZIP; return its name, its hash, and how many files it holds.

    :raises NoFilesSent: nothing was chosen
    :raises DomainError: the ZIP is not taken, see `Archive`
    """
    if not files:
        raise NoFilesSent
    if len(files) > MOST_FILES:
        raise too_large()
    if len(files) == 1 and _is_zip(files[0].content):
        return _kept(_bare(files[0].name), files[0].content)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as made:
        _pack(files, made)
        name = PurePath(files[0].name.replace("\\", "/")).name
        return _kept(
            name if len(files) == 1 else f"{name} +{len(files) - 1}", cast("BinaryIO", made)
        )


def opened(sha256: str) -> IO[bytes]:
    """Return a sealed ZIP in the clear, for as long as it is open; nothing of it gets a name."""
    clear: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    for piece in stream_file(sha256):
        clear.write(piece)
    clear.seek(0)
    return clear


def _bare(name: str) -> str:
    return PurePath(name.replace("\\", "/")).name


def _kept(name: str, source: BinaryIO) -> tuple[str, str, int]:
    source.seek(0)
    files = len(Archive(source).members)
    source.seek(0)
    return plain(name)[:NAME_LENGTH], seal_stream(source), files


def _is_zip(content: BinaryIO) -> bool:
    """Tell a ZIP of papers from a paper: workbooks and texts are ZIPs too."""
    content.seek(0)
    if not is_archive(content.read(HEAD)):
        return False
    content.seek(0)
    try:
        inside = {each.name for each in Archive(content).members}
        return NEEDED not in inside and OFFICE.isdisjoint(inside)
    except DomainError:
        # Why it is not taken is said where it is opened in earnest.
        return True


def _pack(files: Sequence[Sent], out: IO[bytes]) -> None:
    """Put files into a ZIP as they are; the same files make the same ZIP."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for each in files:
            each.content.seek(0)
            with archive.open(zipfile.ZipInfo(each.name.replace("\\", "/")), "w") as entry:
                shutil.copyfileobj(each.content, entry)
