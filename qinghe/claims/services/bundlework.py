"""
The work on a ZIP of papers, step by step: look through some files, then add one after the other.

Every step is one transaction that also moves the ZIP on. After a crash the next worker goes on
where the row says; a file that was added just before is found by its hash and not added again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import IO, BinaryIO, Final, cast
from uuid import UUID

from django.db import connection, transaction

from qinghe.claims.bundling.archive import Archive, Member
from qinghe.claims.bundling.matching import Known
from qinghe.claims.models import Bundle, BundleFile
from qinghe.claims.services.bundles import JOB, end_bundle, note_bundle
from qinghe.claims.services.driving import MOST_TRIES, IntakeBroken, alone, idle
from qinghe.claims.services.evidence import add_evidence
from qinghe.claims.services.packing import opened
from qinghe.claims.services.sorting import check_open, known_to, name_twins, refuse, sorted_out
from qinghe.claims.services.unseen import look_soon
from qinghe.claims.services.working import in_every_language
from qinghe.claims.terms import BUNDLE_WORKING, BundleState, Verdict
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.errors import DomainError
from qinghe.kernel.queue import enqueue
from qinghe.parties.filestore import FileChanged

# Files that one transaction writes down; a cancellation waits no longer than for these.
CHUNK: Final = 20
# Files whose names are looked up together: the claims are read once for as many.
LOT: Final = 2000
WORKER: Final = system("claims.bundle")


class BundleWork:
    """One worker on one ZIP. It keeps the open ZIP and what names mean, and nothing that counts."""

    def __init__(self, bundle_id: UUID) -> None:
        self.bundle_id = bundle_id
        self._archive: Archive | None = None
        self._clear: IO[bytes] | None = None
        self._places: dict[int, Member] = {}
        self._known: Known = {}
        self._known_to = 0

    def close(self) -> None:
        """Let go of the ZIP in the clear."""
        if self._clear is not None:
            self._clear.close()

    def step(self, *, at: datetime) -> bool:
        """
        Do the next piece; False when there is nothing to do.

        :raises DomainError: the ZIP cannot be read
        """
        bundle = Bundle.objects.filter(pk=self.bundle_id, state__in=BUNDLE_WORKING).first()
        if bundle is None:
            return False
        archive = self._open(bundle, at)
        if bundle.state == BundleState.TAKING:
            return self._take(bundle, archive, at)
        return self._check(bundle, archive, at)

    def _open(self, bundle: Bundle, at: datetime) -> Archive:
        if self._archive is None:
            self._clear = opened(bundle.sha256)
            self._archive = Archive(cast("BinaryIO", self._clear))
            self._places = {each.place: each for each in self._archive.members}
            Bundle.objects.filter(pk=bundle.pk).update(begun_at=at, begun_done=bundle.done)
        return self._archive

    def _check(self, bundle: Bundle, archive: Archive, at: datetime) -> bool:
        begun = bundle.checked_to
        if begun >= self._known_to:
            self._known = known_to(bundle, archive.members[begun : begun + LOT])
            self._known_to = begun + LOT
        members = archive.members[begun : min(begun + CHUNK, self._known_to)]
        rows = [sorted_out(bundle, archive, each, self._known) for each in members]
        with transaction.atomic():
            bundle = _locked(self.bundle_id)
            if bundle.state not in BUNDLE_WORKING or bundle.checked_to != begun:
                return False
            name_twins(rows, bundle)
            BundleFile.objects.bulk_create(rows)
            _count(bundle, Counter(str(row.verdict) for row in rows))
            bundle.checked_to, bundle.worked_at = begun + len(rows), at
            bundle.done, bundle.state = bundle.checked_to, BundleState.CHECKING
            if bundle.checked_to >= len(archive.members):
                bundle.state = BundleState.CHECKED
                note_bundle("checked", bundle, WORKER, at)
            bundle.save()
        return bundle.state == BundleState.CHECKING

    def _take(self, bundle: Bundle, archive: Archive, at: datetime) -> bool:
        files = BundleFile.objects.filter(bundle=bundle, verdict=Verdict.MATCHED)
        row = files.order_by("place").first()
        if row is not None:
            self._add(bundle, archive, row, at)
        with transaction.atomic():
            bundle = _locked(self.bundle_id)
            if row is not None:
                _save(row, bundle, at)
            if bundle.state != BundleState.TAKING:
                return False
            if row is None:
                end_bundle(bundle, BundleState.TAKEN, at)
                note_bundle("taken", bundle, _actor(bundle), at)
                look_soon()
        return row is not None

    def _add(self, bundle: Bundle, archive: Archive, row: BundleFile, at: datetime) -> None:
        """Add one file as if it had been sent alone; it is examined once more."""
        try:
            content = archive.read(self._places[row.place])
            if hashlib.sha256(content).hexdigest() != row.digest:
                raise FileChanged
            claim_id = cast("UUID", row.claim_id)
            check_open(claim_id)
            add_evidence(
                claim_id=claim_id,
                kind=row.kind,
                filename=row.name,
                content=content,
                actor=_actor(bundle),
                at=at,
            )
        except DomainError as refusal:
            refuse(row, refusal)
        else:
            row.verdict = Verdict.ADDED


def work_on_bundle(
    *,
    bundle_id: UUID,
    clock: Callable[[], datetime],
    told: Callable[[], None] = lambda: None,
) -> bool:
    """
    Work on a ZIP until nothing is left; False when somebody else does.

    Every step is a transaction at its own instant; `told` is called after each.
    """
    with alone(bundle_id) as mine:
        if not mine:
            return False
        try:
            with closing(BundleWork(bundle_id)) as work:
                while work.step(at=clock()):
                    told()
        except DomainError as refusal:
            _give_up(bundle_id, refusal, clock())
        except Exception:
            _broken(bundle_id, clock)
            raise
    return True


def resume_bundles() -> int:
    """Queue every ZIP that waits for work and has nobody at it; return how many."""
    count = 0
    for bundle_id in Bundle.objects.filter(state__in=BUNDLE_WORKING).values_list("pk", flat=True):
        with transaction.atomic():
            if idle(bundle_id):
                enqueue(JOB, bundle_id=str(bundle_id))
                count += 1
    return count


@transaction.atomic
def _give_up(bundle_id: UUID, refusal: DomainError, at: datetime) -> None:
    bundle = _locked(bundle_id)
    if bundle.state not in BUNDLE_WORKING:
        return
    bundle.failure = {"code": refusal.code, "text": in_every_language(refusal)}
    end_bundle(bundle, BundleState.FAILED, at)
    note_bundle("failed", bundle, WORKER, at, code=refusal.code)


def _broken(bundle_id: UUID, clock: Callable[[], datetime]) -> None:
    """Count a break; a ZIP that never gets further is given up, and queued no more."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    with transaction.atomic():
        bundle = _locked(bundle_id)
        place = [bundle.state, bundle.checked_to, bundle.done]
        tries = bundle.failure.get("tries", 0) if bundle.failure.get("at") == place else 0
        bundle.failure = {"at": place, "tries": tries + 1}
        bundle.save(update_fields=["failure"])
    if tries + 1 >= MOST_TRIES:
        _give_up(bundle_id, IntakeBroken(), clock())


def _locked(bundle_id: UUID) -> Bundle:
    return Bundle.objects.select_for_update(of=("self",)).get(pk=bundle_id)


def _save(row: BundleFile, bundle: Bundle, at: datetime) -> None:
    """Write down what became of a file of a locked bundle; stopped meanwhile, it still counts."""
    row.save(update_fields=["verdict", "code", "facts"])
    _count(bundle, Counter({Verdict.MATCHED.value: -1, str(row.verdict): 1}))
    bundle.done, bundle.worked_at = bundle.done + 1, at
    bundle.save()


def _count(bundle: Bundle, more: Counter[str]) -> None:
    counts = Counter(bundle.counts)
    counts.update(more)
    bundle.counts = {name: n for name, n in counts.items() if n}


def _actor(bundle: Bundle) -> Actor:
    """Return in whose name files are added: who decided, or the operator's command."""
    if bundle.by is None:
        return WORKER
    return Actor(role=Role.CREDITOR, user_id=bundle.by, org_id=bundle.creditor_id)
