"""
Files that a creditor's machine puts into a folder: `<drop>/<creditor>/incoming`.

A file is touched when it is complete: a marker `<name>.done` stands beside it, or it has not
changed since the look before. It moves to `taken` or `refused`, with a report beside it that holds
no personal datum. A file whose every row is sound is accepted; one with errors waits for a person.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import InterfaceError, OperationalError

from qinghe.claims.days import day_of
from qinghe.claims.models import Batch, Mapping
from qinghe.claims.queries import batch_for, row_errors
from qinghe.claims.services.batches import accept_batch, receive_batch
from qinghe.claims.services.creditors import CREDITORS
from qinghe.claims.services.dropfiles import (
    REPORT,
    FileFailed,
    marker,
    move,
    part_of,
    read,
    regular,
    sealed,
    shown,
    write,
)
from qinghe.claims.terms import ENDED, BatchState
from qinghe.kernel.actor import system
from qinghe.kernel.errors import DomainError
from qinghe.parties.filestore import FileChanged
from qinghe.parties.models import Organisation

ACTOR: Final = system("claims.drop")
SEEN: Final = ".seen.json"
SUFFIXES: Final = frozenset({".csv", ".txt", ".xlsx"})
MOST_ERRORS: Final = 1_000
# What one creditor may have taken at one look, so that the others get their turn.
MOST_FILES: Final = 20
# What was taken lies sealed in the vault; the plain copy is for the sender to compare.
KEEP_PLAIN: Final = timedelta(days=7)
# A mapping saved under this name is used for the folder; without one, our own template.
MAPPING: Final = "drop"
LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Box:
    """The folder of one creditor."""

    creditor: Organisation
    folder: Path

    def part(self, name: str) -> Path:
        """Return one of its parts, made when missing."""
        return part_of(self.folder, name)


def scan_folders(root: Path, *, at: datetime) -> dict[str, int]:
    """
    Look once into the folder of every creditor; return how many were taken and refused.

    One file, report or folder that cannot be worked on stops no other one.
    """
    counts = {"taken": 0, "refused": 0}
    for box in _boxes(root):
        try:
            for outcome in _look(box, at):
                counts[outcome] += 1
        except (OSError, DomainError):
            LOG.exception("The drop folder of %s cannot be worked on.", box.creditor.slug)
    return counts


def _look(box: Box, at: datetime) -> Iterator[str]:
    for path in _complete(box)[:MOST_FILES]:
        outcome = _receive(box, path, at)
        if outcome:
            yield outcome
    for report in sorted(box.part("taken").glob(f"*{REPORT}")):
        _follow(box, report, at)
    _forget_plain(box, at)


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
    before = read(seen_at)
    now: dict[str, list[int]] = {}
    complete = []
    for path in sorted(incoming.iterdir()):
        # A link could lead to any file of the machine.
        found = regular(path)
        if found is None or path.suffix.lower() not in SUFFIXES:
            continue
        name = os.fsencode(path.name).hex()
        now[name] = [found.st_size, found.st_mtime_ns]
        if regular(marker(path)) or before.get(name) == now[name]:
            complete.append(path)
    write(seen_at, now)
    return complete


def _receive(box: Box, path: Path, at: datetime) -> str:
    """Take one file or refuse it; empty when it changes still, or cannot even be moved."""
    part, told = "refused", {"state": "refused"}
    try:
        batch = receive_batch(
            creditor_id=box.creditor.pk,
            filename=shown(path),
            sha256=sealed(path),
            mapping=_mapping(box),
            as_of=day_of(at),
            actor=ACTOR,
            at=at,
        )
        part, told = "taken", {"batch": str(batch.pk), "state": BatchState.RECEIVED.value}
    except FileChanged:
        return ""
    except (OperationalError, InterfaceError):
        # The database is away: that says nothing about the file.
        raise
    except DomainError as refusal:
        told |= {"code": refusal.code, "reason": refusal.user_message}
    except Exception:
        LOG.exception("A file in the drop folder of %s could not be read.", box.creditor.slug)
        told |= {"code": FileFailed.code, "reason": str(FileFailed.text)}
    try:
        move(path, box.part(part), told, at)
    except OSError:
        LOG.exception("A file in the drop folder of %s cannot be moved.", box.creditor.slug)
        return ""
    return part


def _mapping(box: Box) -> str:
    saved = Mapping.objects.filter(creditor=box.creditor, name=MAPPING)
    return MAPPING if saved.exists() else "qinghe"


def _follow(box: Box, report: Path, at: datetime) -> None:
    """Bring a report up to what became of its batch, and accept the batch if all is sound."""
    told = read(report)
    number = _batch_number(told)
    if number is None or told.get("state") in ENDED:
        return
    batch = Batch.objects.filter(pk=number, creditor=box.creditor).first()
    if batch is None:
        write(report, {**told, "state": BatchState.CANCELLED.value})
        return
    if batch.state == BatchState.CHECKED and not batch.rejected:
        batch = _accepted(batch, at)
    if batch.state != told.get("state"):
        write(report, _told(batch))
    if batch.state == BatchState.FAILED:
        plain = report.with_name(report.name.removesuffix(REPORT))
        for each in (plain, report):
            if each.exists():
                each.rename(box.part("refused") / each.name)


def _batch_number(told: dict[str, Any]) -> UUID | None:
    try:
        return UUID(str(told["batch"]))
    except (KeyError, ValueError):
        return None


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
            found = None if kept else regular(path)
            if found is not None and found.st_ctime < oldest:
                path.unlink()
