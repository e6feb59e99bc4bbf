"""Papers sent for many claims at once: the list, one ZIP with its counts, and the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from qinghe.claims.models import Bundle, BundleFile
from qinghe.claims.queries.progress import Progress, pace
from qinghe.claims.terms import BUNDLE_WORKING, BundleState, EvidenceKind, Verdict
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.kernel.tables import as_csv

RECENT: Final = 50
# What somebody has to do something about, in the order in which it is shown.
OPEN: Final = (Verdict.AMBIGUOUS, Verdict.UNKNOWN, Verdict.REFUSED)
ORDER: Final = (*OPEN, Verdict.MATCHED, Verdict.ADDED, Verdict.HERE)


class NoSuchBundle(DomainError):
    code = "claims.no-such-bundle"
    status = 404
    text = gettext_lazy("There are no such papers.")


@dataclass(frozen=True)
class BundleView:
    """One ZIP of papers; `counts` are files by verdict."""

    id: UUID
    creditor_id: UUID
    batch_id: UUID | None
    filename: str
    sha256: str
    otherwise: str
    state: str
    files: int
    counts: dict[str, int]
    checked_to: int
    done: int
    begun_done: int
    failure: dict[str, Any]
    uploaded_at: datetime
    begun_at: datetime
    worked_at: datetime
    decided_at: datetime | None

    @property
    def matched(self) -> int:
        """Return how many files fit a claim and wait to be added."""
        return self.counts.get(Verdict.MATCHED, 0)

    @property
    def open(self) -> int:
        """Return how many files somebody has to do something about."""
        return sum(self.counts.get(each, 0) for each in OPEN)

    @property
    def figures(self) -> list[tuple[str, int]]:
        """Return each verdict with its files: what goes well first."""
        return [(str(each), self.counts.get(each, 0)) for each in Verdict]

    @property
    def progress(self) -> Progress | None:
        """Return how far the work is; None when nobody works on it."""
        if self.state not in BUNDLE_WORKING:
            return None
        of = self.files
        if self.state == BundleState.TAKING:
            of = self.matched + self.done
        counts = (of, self.done, self.begun_done)
        return pace(self.state, counts, begun_at=self.begun_at, worked_at=self.worked_at)

    @property
    def failed_because(self) -> str:
        """Return in the active language why the ZIP could not be worked on; empty if it could."""
        return _spoken(self.failure.get("text", {}))


@dataclass(frozen=True)
class BundleRow:
    """One file: its place and name in the ZIP, whose and what it is, and why it is not taken."""

    place: int
    name: str
    size: int
    verdict: str
    kind: str
    claim_id: UUID | None
    claim_number: str
    contract_number: str
    code: str
    reason: str


_FIELDS = tuple(BundleView.__dataclass_fields__)
_FILE = ("place", "name", "size", "verdict", "kind", "claim_id", "claim__number",
         "claim__contract_number", "code", "facts")  # fmt: skip


def bundle_for(*, bundle_id: UUID, actor: Actor) -> BundleView:
    """
    Return one ZIP of papers.

    :raises NoSuchBundle: unknown, or another creditor's
    """
    found = Bundle.objects.filter(_mine(actor), pk=bundle_id).values_list(*_FIELDS).first()
    if found is None:
        raise NoSuchBundle
    return BundleView(*found)


def bundles(*, actor: Actor, batch_id: UUID | None = None, limit: int = RECENT) -> list[BundleView]:
    """Return what a creditor sent, the newest first; for one batch only."""
    rows = Bundle.objects.filter(_mine(actor)).order_by("-uploaded_at", "-id")
    if batch_id:
        rows = rows.filter(batch=batch_id)
    return [BundleView(*row) for row in rows.values_list(*_FIELDS)[:limit]]


def files_of(
    bundle: BundleView, *, verdict: str = "", beyond: int = -1, limit: int | None = None
) -> list[BundleRow]:
    """Return the files of a ZIP in their order, of one verdict only; `beyond` is a place."""
    rows = BundleFile.objects.filter(bundle=bundle.id, place__gt=beyond).order_by("place")
    if verdict:
        rows = rows.filter(verdict=verdict)
    found = rows.values_list(*_FILE)
    return [_row(*row) for row in (found[:limit] if limit else found)]


def report(bundle: BundleView) -> bytes:
    """Return what became of every file as CSV, in the active language; formulas are harmless."""
    return as_csv(_lines(bundle))


def _lines(bundle: BundleView) -> Iterator[list[str]]:
    yield [
        _("File"), _("Result"), _("Kind"), _("Contract number"), _("Claim"), _("Reason and remedy"),
    ]  # fmt: skip
    verdicts, kinds = dict(Verdict.choices), dict(EvidenceKind.choices)
    for row in files_of(bundle):
        told = [str(verdicts[row.verdict]), str(kinds.get(row.kind, ""))]
        yield [row.name, *told, row.contract_number, row.claim_number, row.reason]


def _row(*told: Any) -> BundleRow:
    place, name, size, verdict, kind, claim_id, number, contract, code, facts = told
    spoken = _spoken(facts.get("text", {}))
    return BundleRow(
        place, name, size, verdict, kind, claim_id, number or "", contract or "", code, spoken
    )


def _spoken(texts: dict[str, str]) -> str:
    return str(texts.get(get_language() or "") or texts.get("en", ""))


def _mine(actor: Actor) -> Q:
    if actor.role is Role.SYSTEM:
        return Q()
    own = actor.role is Role.CREDITOR and actor.org_id is not None
    return Q(creditor_id=actor.org_id) if own else Q(pk__in=[])
