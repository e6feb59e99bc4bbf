"""Reads of the journal: a subject's history, what waits for its seal, proof that all is intact."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Min
from pymerkle import InvalidChallenge

from qinghe.journal import seals
from qinghe.journal.models import Batch, Entry, Leaf

# How far below the newest sealed entry a seal still looks for entries that committed late.
LOOKBACK = 100_000

UNSEALED = """
SELECT e.id FROM journal_entry e
WHERE e.id > %s AND NOT EXISTS (SELECT 1 FROM journal_leaf l WHERE l.entry_id = e.id)
ORDER BY e.id LIMIT %s
"""


@dataclass(frozen=True)
class EntryRow:
    """One act. `rules` names the rules that decided it; `facts` what was seen."""

    id: int
    at: datetime
    kind: str
    actor: str
    rules: tuple[str, ...]
    pack: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Report:
    """
    The outcome of a verification. `head` is the digest to compare with a copy kept elsewhere;
    `broken` names the batches that do not match their entries or their predecessor.
    """

    batches: int
    entries: int
    unsealed: int
    head: str
    broken: tuple[int, ...]

    @property
    def ok(self) -> bool:
        return not self.broken


@dataclass(frozen=True)
class SealRow:
    """One seal: how many entries, the root of their tree, and the last entry it holds."""

    id: int
    size: int
    root: str
    last_entry: int
    sealed_at: datetime


@dataclass(frozen=True)
class Sealed:
    """Under which seal an entry lies: the batch, its root, when it was sealed."""

    batch_id: int
    root: str
    sealed_at: datetime


@dataclass(frozen=True)
class Link:
    """
    One seal of the chain: `previous` is the digest of the seal before; hashes in hex, the moment
    written as the digest was made over it.
    """

    id: int
    sealed_at: str
    size: int
    last_entry: int
    root: str
    previous: str
    digest: str


@dataclass(frozen=True)
class Proof:
    """That an entry lies under a root: its leaf, its place, and the hashes beside its path."""

    entry_id: int
    batch_id: int
    leaf: str
    root: str
    path: dict[str, Any]


def timeline(*, subject: str, **facts: str) -> list[EntryRow]:
    """
    Return everything recorded about a subject such as `claim:0193...`, oldest first.

    `facts` narrow it to entries that hold these, such as `attempt="0193..."`.
    """
    found = Entry.objects.filter(subject=subject).order_by("id")
    if facts:
        found = found.filter(facts__contains=facts)
    rows = found.values_list("id", "at", "kind", "actor", "rules", "pack", "facts")
    return [EntryRow(*row[:4], tuple(row[4]), *row[5:]) for row in rows]


def told_of(*, subjects: Collection[str], kinds: Collection[str]) -> list[tuple[str, str, str]]:
    """Return what was recorded about some subjects: (subject, kind, actor), oldest first."""
    found = Entry.objects.filter(subject__in=list(subjects), kind__in=list(kinds))
    return list(found.order_by("id").values_list("subject", "kind", "actor"))


def recorded_about(
    *,
    kind: str,
    by: str,
    subjects: Collection[str],
    facts: Mapping[str, str],
    since: datetime | None = None,
) -> dict[str, datetime]:
    """
    Return about which subjects an actor has an entry of a kind with these facts, and since when.

    :param since: entries before it do not count
    """
    found = Entry.objects.filter(
        subject__in=list(subjects), kind=kind, actor=by, facts__contains=dict(facts)
    )
    if since is not None:
        found = found.filter(at__gte=since)
    return dict(found.values_list("subject").annotate(first=Min("at")).order_by("subject"))


def head() -> tuple[int, bytes]:
    """Return the newest sealed entry and the digest of the newest batch."""
    last = Batch.objects.order_by("-id").first()
    return (last.last_entry, _header(last).digest) if last else (0, seals.GENESIS)


def unsealed(*, last_entry: int, limit: int) -> list[tuple[Any, ...]]:
    """Return the columns of entries that no batch holds yet, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(UNSEALED, [last_entry - LOOKBACK, limit])
        ids = [entry_id for (entry_id,) in cursor.fetchall()]
    return list(Entry.objects.filter(pk__in=ids).order_by("pk").values_list(*seals.COLUMNS))


def verify() -> Report:
    """
    Recompute every root from the entries and every link of the chain.

    An entry changed, removed or put elsewhere breaks its batch; a batch changed or removed breaks
    the next one.
    """
    broken, previous, batches = [], seals.GENESIS, 0
    for batch in Batch.objects.order_by("id").iterator():
        batches += 1
        linked = bytes(batch.previous) == previous
        if not linked or not _matches(batch):
            broken.append(batch.pk)
        previous = _header(batch).digest
    sealed = Leaf.objects.count()
    return Report(
        batches=batches,
        entries=sealed,
        unsealed=Entry.objects.count() - sealed,
        head=previous.hex(),
        broken=tuple(broken),
    )


def seals_made(*, limit: int = 30) -> list[SealRow]:
    """Return the latest seals, newest first."""
    fields = ("id", "size", "root", "last_entry", "sealed_at")
    return [
        SealRow(pk, size, bytes(root).hex(), last_entry, sealed_at)
        for pk, size, root, last_entry, sealed_at in Batch.objects.order_by("-id").values_list(
            *fields
        )[:limit]
    ]


def seals_of(*, entry_ids: Iterable[int]) -> dict[int, Sealed]:
    """Return the seals of entries by their number; one that waits for its seal is left out."""
    leaves = Leaf.objects.filter(entry_id__in=list(entry_ids))
    fields = ("entry_id", "batch_id", "batch__root", "batch__sealed_at")
    return {
        entry_id: Sealed(batch_id, bytes(root).hex(), sealed_at)
        for entry_id, batch_id, root, sealed_at in leaves.values_list(*fields)
    }


def chain() -> Iterator[Link]:
    """Yield every seal with what it is chained by, the oldest first: enough to follow the chain."""
    for batch in Batch.objects.order_by("id").iterator():
        header = _header(batch)
        yield Link(
            id=batch.pk,
            sealed_at=batch.sealed_at.astimezone(UTC).isoformat(),
            size=batch.size,
            last_entry=batch.last_entry,
            root=header.root.hex(),
            previous=header.previous.hex(),
            digest=header.digest.hex(),
        )


def proof(*, entry_id: int) -> Proof | None:
    """Return the proof that an entry is sealed, or nothing while it is not."""
    found = Leaf.objects.select_related("batch").filter(entry_id=entry_id).first()
    if found is None:
        return None
    leaves = list(_leaves(found.batch))
    try:
        path = seals.tree(leaves).prove_inclusion(found.place + 1)
    except InvalidChallenge:
        return None
    return Proof(
        entry_id=entry_id,
        batch_id=found.batch.pk,
        leaf=leaves[found.place].decode(),
        root=bytes(found.batch.root).hex(),
        path=path.serialize(),
    )


def _header(batch: Batch) -> seals.Header:
    return seals.Header(
        size=batch.size,
        root=bytes(batch.root),
        previous=bytes(batch.previous),
        last_entry=batch.last_entry,
        sealed_at=batch.sealed_at,
    )


def _matches(batch: Batch) -> bool:
    leaves = list(_leaves(batch))
    return len(leaves) == batch.size and seals.root(leaves) == bytes(batch.root)


def _leaves(batch: Batch) -> Iterator[bytes]:
    members = Leaf.objects.filter(batch=batch)
    entries = Entry.objects.filter(pk__in=members.values("entry_id"))
    rows = {row[0]: row for row in entries.values_list(*seals.COLUMNS).iterator()}
    for entry_id in members.order_by("place").values_list("entry_id", flat=True):
        # An entry that is gone leaves no leaf: the size betrays it.
        if entry_id in rows:
            yield seals.leaf(rows[entry_id])
