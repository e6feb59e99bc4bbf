"""
Files that a creditor's machine puts into a folder: `<drop>/<creditor>/incoming`.

A file is touched when it is complete: a marker `<name>.done` stands beside it, or it has not
changed since the look before. It moves to `taken` or `refused`, with a report beside it that holds
no personal datum. A file whose every row is sound is accepted; one with errors waits for a person.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from qinghe.claims.days import day_of
from qinghe.claims.models import Batch, Mapping
from qinghe.claims.queries import batch_for, row_errors
from qinghe.claims.services.batches import accept_batch, receive_batch
from qinghe.claims.services.creditors import CREDITORS
from qinghe.claims.terms import ENDED, BatchState
from qinghe.kernel.actor import system
from qinghe.kernel.errors import DomainError
from qinghe.parties.filestore import seal_stream
from qinghe.parties.models import Organisation

ACTOR: Final = system("claims.drop")
DONE: Final = ".done"
REPORT: Final = ".report.json"
SEEN: Final = ".seen.json"
SUFFIXES: Final = frozenset({".csv", ".txt", ".xlsx"})
PRIVATE: Final = 0o700
MOST_ERRORS: Final = 1_000
# What was taken lies sealed in the vault; the plain copy is for the sender to compare.
KEEP_PLAIN: Final = timedelta(days=7)
# A mapping saved under this name is used for the folder; without one, our own template.
MAPPING: Final = "drop"


@dataclass(frozen=True)
class Box:
    """The folder of one creditor."""

    creditor: Organisation
    folder: Path

    def part(self, name: str) -> Path:
        """Return one of its parts, made when missing."""
        path = self.folder / name
        path.mkdir(mode=PRIVATE, exist_ok=True)
        return path


def scan_folders(root: Path, *, at: datetime) -> dict[str, int]:
    """Look once into the folder of every creditor; return how many were taken and refused."""
    counts = {"taken": 0, "refused": 0}
    for box in _boxes(root):
        for path in _complete(box):
            counts[_receive(box, path, at)] += 1
        for report in sorted(box.part("taken").glob(f"*{REPORT}")):
            _follow(box, report, at)
        _forget_plain(box, at)
    return counts


def _boxes(root: Path) -> Iterator[Box]:
    if not root.is_dir():
        return
    folders = {
        each.name: each for each in root.iterdir() if each.is_dir() and not each.is_symlink()
    }
    for creditor in Organisation.objects.filter(slug__in=folders, kind__in=CREDITORS):
        yield Box(creditor, folders[creditor.slug])


def _complete(box: Box) -> list[Path]:
    incoming, seen_at = box.part("incoming"), box.part("taken") / SEEN
    before = json.loads(seen_at.read_text()) if seen_at.exists() else {}
    now: dict[str, list[int]] = {}
    complete = []
    for path in sorted(incoming.iterdir()):
        found = path.lstat()
        # A link could lead to any file of the machine.
        if not stat.S_ISREG(found.st_mode) or path.suffix.lower() not in SUFFIXES:
            continue
        now[path.name] = [found.st_size, found.st_mtime_ns]
        if _marker(path).exists() or before.get(path.name) == now[path.name]:
            complete.append(path)
    _write(seen_at, now)
    return complete


def _receive(box: Box, path: Path, at: datetime) -> str:
    try:
        batch = receive_batch(
            creditor_id=box.creditor.pk,
            filename=path.name,
            sha256=_sealed(path),
            mapping=_mapping(box),
            as_of=day_of(at),
            actor=ACTOR,
            at=at,
        )
    except DomainError as refusal:
        told = {"state": "refused", "code": refusal.code, "reason": refusal.user_message}
        _move(path, box.part("refused"), told, at)
        return "refused"
    told = {"batch": str(batch.pk), "state": BatchState.RECEIVED.value}
    _move(path, box.part("taken"), told, at)
    return "taken"


def _sealed(path: Path) -> str:
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return seal_stream(file)


def _mapping(box: Box) -> str:
    saved = Mapping.objects.filter(creditor=box.creditor, name=MAPPING)
    return MAPPING if saved.exists() else "qinghe"


def _move(path: Path, folder: Path, told: dict[str, Any], at: datetime) -> None:
    name = f"{at:%Y%m%dT%H%M%S}-{path.name}"
    _write(folder / f"{name}{REPORT}", told)
    path.rename(folder / name)
    _marker(path).unlink(missing_ok=True)


def _follow(box: Box, report: Path, at: datetime) -> None:
    """Bring a report up to what became of its batch, and accept the batch if all is sound."""
    told = json.loads(report.read_text())
    if told["state"] in ENDED:
        return
    batch = Batch.objects.filter(pk=UUID(told["batch"]), creditor=box.creditor).first()
    if batch is None:
        _write(report, {**told, "state": BatchState.CANCELLED.value})
        return
    if batch.state == BatchState.CHECKED and not batch.rejected:
        batch = _accepted(batch, at)
    if batch.state != told["state"]:
        _write(report, _told(batch))
    if batch.state == BatchState.FAILED:
        plain = report.with_name(report.name.removesuffix(REPORT))
        for each in (plain, report):
            if each.exists():
                each.rename(box.part("refused") / each.name)


def _accepted(batch: Batch, at: datetime) -> Batch:
    try:
        return accept_batch(batch_id=batch.pk, partial=False, actor=ACTOR, at=at)
    except DomainError:
        # Meanwhile rows turned out to be wrong: a person decides.
        batch.refresh_from_db()
        return batch


def _told(batch: Batch) -> dict[str, Any]:
    view = batch_for(batch_id=batch.pk, actor=ACTOR)
    names = ("state", "read", "accepted", "rejected", "unchanged")
    errors = [
        {"row": e.row, "column": e.column, "code": e.code, "reason": e.reason, "fix": e.fix}
        for e in row_errors(view, limit=MOST_ERRORS)
    ]
    counts = {name: getattr(view, name) for name in names}
    return {"batch": str(view.id), **counts, "reason": view.failed_because, "errors": errors}


def _forget_plain(box: Box, at: datetime) -> None:
    oldest = (at - KEEP_PLAIN).timestamp()
    for part in ("taken", "refused"):
        for path in box.part(part).iterdir():
            kept = path.name == SEEN or path.name.endswith(REPORT)
            if not kept and path.lstat().st_ctime < oldest:
                path.unlink()


def _marker(path: Path) -> Path:
    return path.with_name(f"{path.name}{DONE}")


def _write(path: Path, told: object) -> None:
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(json.dumps(told, ensure_ascii=False, indent=1))
    partial.replace(path)
