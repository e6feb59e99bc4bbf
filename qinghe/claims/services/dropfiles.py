"""
Files in folders that strangers may write to: never a link, a pipe or a name leads out of them.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError
from qinghe.parties.filestore import seal_stream

DONE: Final = ".done"
REPORT: Final = ".report.json"
# The creditor's account reads its reports by the group of the folder; nobody else does.
GROUP_FOLDER: Final = 0o750
GROUP_FILE: Final = 0o640
# A report of a thousand errors is far smaller.
MOST_REPORT_BYTES: Final = 1_000_000
# A file system takes 255 bytes; moment, mark and the endings of reports need their room.
MOST_NAME_BYTES: Final = 150
MARK: Final = 8


class FileShut(DomainError):
    code = "claims.drop-file-shut"
    status = 422
    text = _("The file cannot be opened. Let the account of the platform read it, and send again.")


class FileFailed(DomainError):
    code = "claims.drop-failed"
    status = 422
    text = _("The file could not be read. The operator finds the reason in the log.")


class FolderReplaced(DomainError):
    code = "claims.drop-folder-replaced"
    text = _("A part of the folder is a link or a file. Remove it; the platform makes it anew.")


def part_of(folder: Path, name: str) -> Path:
    """
    Return a part of a creditor's folder, made when missing.

    :raises FolderReplaced: something else lies there, such as a link to somewhere else
    """
    path = folder / name
    with suppress(FileExistsError):
        path.mkdir(mode=GROUP_FOLDER)
    if not stat.S_ISDIR(path.lstat().st_mode):
        raise FolderReplaced
    return path


def regular(path: Path) -> os.stat_result | None:
    """Return the facts of a plain file; nothing for a link, a pipe, a folder or what is gone."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def sealed(path: Path) -> str:
    """
    Seal the content of a plain file and return its hash.

    :raises FileShut: it may not be read, or is no plain file any more
    :raises FileChanged: it grew while it was read
    """
    try:
        # A pipe put in its place would wait for ever for a writer.
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise FileShut from None
    with os.fdopen(opened, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise FileShut
        return seal_stream(file)


def marker(path: Path) -> Path:
    """Return the file that says that another one is complete."""
    return path.with_name(f"{path.name}{DONE}")


def shown(path: Path) -> str:
    """Return a file's name as text that pages and tables can hold."""
    text = os.fsencode(path.name).decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else "�" for sign in text)


def move(path: Path, folder: Path, told: dict[str, Any], at: datetime) -> None:
    """Move a file beside its report, under a name that is free and never too long."""
    name = f"{at:%Y%m%dT%H%M%S}-{_short(path)}"
    if (folder / name).exists() or (folder / f"{name}{REPORT}").exists():
        name = f"{at:%Y%m%dT%H%M%S}-{os.urandom(MARK // 2).hex()}-{_short(path)}"
    write(folder / f"{name}{REPORT}", told)
    path.rename(folder / name)
    if regular(marker(path)):
        marker(path).unlink()


def write(path: Path, told: object) -> None:
    """Write a report whole or not at all; a file of its passing name is never followed."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    opened = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, GROUP_FILE)
    with os.fdopen(opened, "w", encoding="utf-8", errors="backslashreplace") as out:
        json.dump(told, out, ensure_ascii=False, indent=1)
    partial.replace(path)


def read(path: Path) -> dict[str, Any]:
    """Return what a report says; nothing when it is missing, no report, or no plain file."""
    try:
        kept = regular(path)
        sound = kept is not None and kept.st_size <= MOST_REPORT_BYTES
        found = json.loads(path.read_text("utf-8")) if sound else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _short(path: Path) -> str:
    """Return a name that keeps its ending; a shortened one carries a mark of the whole name."""
    text, raw = shown(path), os.fsencode(path.name)
    if len(text.encode()) <= MOST_NAME_BYTES and text.encode() == raw:
        return text
    mark = hashlib.sha256(raw).hexdigest()[:MARK]
    stem = Path(text).stem.encode()[: MOST_NAME_BYTES - MARK].decode("utf-8", "ignore")
    return f"{stem}-{mark}{path.suffix.lower()}"
