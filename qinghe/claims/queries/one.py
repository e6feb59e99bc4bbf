"""One claim, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qinghe.claims.completeness import Case, Completeness, completeness
from qinghe.claims.findings import EMPTY
from qinghe.claims.models import Claim, Evidence, Line, Review
from qinghe.claims.queries.access import NoSuchClaim, visible
from qinghe.claims.queries.changes import Change, changes_of
from qinghe.claims.queries.decisions import DisputeRow, dispute_row, disputes_about
from qinghe.claims.queries.holds import HoldRow, holds_about
from qinghe.claims.queries.outcome import outcome
from qinghe.claims.queries.rows import LineRow, Term
from qinghe.claims.terms import (
    OPEN_STATES,
    USABLE_SCANS,
    ClaimState,
    Component,
    DisputeState,
    HoldKind,
    LineKind,
    Rejection,
    ReviewStep,
    TakenOff,
)
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.together import together
from qinghe.parties.queries import channels_by_person, usable_points

FLAG_OPEN = _("a decision on the doubt about its authenticity")
FLAG_CONFIRMED = _(
    "the warning is confirmed: reject the claim, return it, or have two persons lift the warning"
)
DUPLICATE_OPEN = _("a decision on the other claim that looks like the same debt")


class NoSuchEvidence(DomainError):
    code = "claims.no-such-evidence"
    status = 404
    text = _("There is no such file.")


@dataclass(frozen=True)
class EvidenceRow:
    """One file's facts; `report` is the hash of the sealed report about its signatures."""

    id: UUID
    kind: str
    filename: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime
    findings: dict[str, Any]
    report: str
    scan: str
    replaces_id: UUID | None
    superseded_at: datetime | None
    superseded_because: str
    claim_id: UUID

    @property
    def usable(self) -> bool:
        """Return whether it proves something: the newest, scanned, and no empty pages."""
        return self.superseded_at is None and self.readable and not self.empty

    @property
    def empty(self) -> bool:
        """Return whether it is a PDF no page of which shows anything."""
        return bool(self.findings.get(EMPTY))

    @property
    def readable(self) -> bool:
        """Return whether it may be opened; an old version may."""
        return self.scan in USABLE_SCANS


@dataclass(frozen=True)
class ClaimView:
    """
    Everything a page may show of one claim; the debtor by a masked name only.

    `lines` are those that came out: what a payment told late undid and did again is not in them.
    """

    id: UUID
    number: str
    creditor_id: UUID
    creditor_name: str
    creditor_kind: str
    lender_kind: str
    debtor_id: UUID
    debtor_label: str
    contract_number: str
    product: str
    hand: int
    assignments: int
    region: str
    currency: str
    contract_on: date | None
    due_on: date
    stage: str
    state: str
    overdue_rate_pct: Decimal | None
    interest_to: date
    principal: int
    interest: int
    costs: int
    owed: int
    claimed: int
    paid: int
    # What of it the platform received itself.
    proven: int
    challenge_ends_at: datetime | None
    noticed_at: datetime | None
    untold_since: datetime | None
    review: str
    created_at: datetime
    closed_at: datetime | None
    ended_because: str
    unseen: bool
    batch_id: UUID | None
    reachable: frozenset[str]
    lines: tuple[LineRow, ...]
    equation: tuple[Term, ...]
    # How what is asked was changed, oldest first, as it was booked.
    changes: tuple[Change, ...]
    holds: tuple[HoldRow, ...]
    past_holds: tuple[HoldRow, ...]
    disputes: tuple[DisputeRow, ...]
    evidence: tuple[EvidenceRow, ...]
    confirmed: frozenset[str]

    @property
    def open(self) -> bool:
        """Return whether something of it may still be decided."""
        return self.state in OPEN_STATES

    @property
    def turned_down(self) -> bool:
        """Return whether it was rejected here, and not taken back; past its window it says so."""
        why = self.ended_because.partition(":")[0]
        past = self.state == ClaimState.WITHDRAWN and why == Rejection.DUPLICATE
        return past or self.state == ClaimState.REJECTED

    @property
    def told_lines(self) -> list[tuple[LineRow, str]]:
        """Return each line with its kind as it is told; what a rejection took off says so."""
        return [(x, TakenOff.REJECTED if self._taken_off(x) else x.kind) for x in self.lines]

    def _taken_off(self, line: LineRow) -> bool:
        ended = line.kind == LineKind.WITHDRAWN
        return ended and (self.turned_down or line.booked_at != self.closed_at)

    @property
    def claimed_parts(self) -> dict[str, int]:
        """Return what its creditor claims per component, whatever was paid or rejected since."""
        told = (LineKind.CLAIMED, LineKind.RESTATED, LineKind.WAIVED)
        return {
            part: sum(x.amount for x in self.lines if x.component == part and x.kind in told)
            for part in Component.values
        }

    @property
    def open_dispute(self) -> DisputeRow | None:
        """Return the dispute that waits for a decision."""
        return next((each for each in self.disputes if each.state == DisputeState.OPEN), None)

    @property
    def case(self) -> Case:
        """Return what decides which papers it needs."""
        return Case(self.product, self.creditor_kind, self.lender_kind, self.assignments)

    @property
    def papers(self) -> Completeness:
        """Return how complete the evidence is."""
        return completeness(self.case, [each.kind for each in self.evidence if each.usable])

    @property
    def blockers(self) -> list[str]:
        """Return what is still missing before it may be released, in the active language."""
        doubts = sum(each.kind == HoldKind.FLAG and bool(each.claim_id) for each in self.holds)
        doubled = any(each.kind == HoldKind.DUPLICATE and each.claim_id for each in self.holds)
        missing = [part.name for part in self.papers.missing]
        if doubts > len(self.confirmed):
            missing.append(str(FLAG_OPEN))
        if doubts and self.confirmed:
            missing.append(str(FLAG_CONFIRMED))
        return [*missing, str(DUPLICATE_OPEN)] if doubled else missing


def claim_for(*, claim_id: UUID, actor: Actor) -> ClaimView:
    """
    Return one claim the actor may see: a creditor's or debtor's own, or any for oversight.

    :raises NoSuchClaim: unknown, or a stranger's; also for collectors, who come by their mandate
    """
    return _view(claim_id, actor)


def claim_view(claim_id: UUID) -> ClaimView:
    """
    Return one claim for a caller that has passed a guard above, such as a live mandate.

    :raises NoSuchClaim: unknown id
    """
    return _view(claim_id, None)


def lines(claim_id: UUID) -> list[LineRow]:
    """Return every line of a claim as booked, oldest first; their sum is what is open."""
    return [LineRow(*row) for row in _line_rows(claim_id)]


def owed(claim_id: UUID) -> dict[str, int]:
    """
    Return what is open per component, in the order money is applied, in minor units.

    :raises NoSuchClaim: unknown id
    """
    parts = Claim.objects.filter(pk=claim_id).values_list(*Component.values).first()
    if parts is None:
        raise NoSuchClaim
    return dict(zip(Component.values, parts, strict=True))


def evidence_for(*, evidence_id: UUID, actor: Actor) -> EvidenceRow:
    """
    Return one file's facts, for opening it by its hash.

    :raises NoSuchEvidence: unknown, or of a claim the actor may not see
    """
    allowed = Claim.objects.filter(visible(actor))
    rows = Evidence.objects.filter(pk=evidence_id, claim__in=allowed)
    found = rows.values_list(*_EVIDENCE).first()
    if found is None:
        raise NoSuchEvidence
    return EvidenceRow(*found)


# What a view takes over from the row as it is.
_OWN = (
    "id", "number", "creditor_id", "debtor_id", "contract_number", "product", "hand",
    "assignments", "region", "currency", "contract_on", "due_on", "stage", "state",
    "overdue_rate_pct", "interest_to", "principal", "interest", "costs", "owed", "claimed", "paid",
    "proven", "challenge_ends_at", "noticed_at", "untold_since", "review", "created_at",
    "closed_at", "ended_because", "unseen", "batch_id",
)  # fmt: skip
_EVIDENCE = (
    "id", "kind", "filename", "media_type", "size", "sha256", "uploaded_at", "findings", "report",
    "scan", "replaces_id", "superseded_at", "superseded_because", "claim_id",
)  # fmt: skip


def view_of(claim: Claim) -> ClaimView:
    """Return the view of a claim that came with its debtor and creditor. One query."""
    read = together(
        lines=_line_rows(claim.pk),
        points=usable_points([claim.debtor_id]),
        holds=holds_about(person_id=claim.debtor_id, claim_id=claim.pk),
        disputes=disputes_about(claim.pk),
        evidence=Evidence.objects.filter(claim_id=claim.pk)
        .order_by("uploaded_at", "id")
        .values_list(*_EVIDENCE),
        doubts=Review.objects.filter(
            claim_id=claim.pk, step__in=(ReviewStep.DOUBTED, ReviewStep.CLEARED)
        )
        .order_by("at", "id")
        .values_list("reason", "step"),
    )
    # The last word about each doubt.
    doubts: dict[str, str] = dict(read["doubts"])
    booked = [LineRow(*row) for row in read["lines"]]
    all_lines = tuple(outcome(booked))
    holds = tuple(HoldRow(*row) for row in read["holds"])
    return ClaimView(
        **{name: getattr(claim, name) for name in _OWN},
        creditor_name=claim.creditor.name,
        creditor_kind=claim.creditor.kind,
        lender_kind=claim.creditor.lender_kind,
        debtor_label=claim.debtor.masked_name,
        reachable=channels_by_person(read["points"]).get(claim.debtor_id, frozenset()),
        lines=all_lines,
        equation=_equation(all_lines),
        changes=tuple(changes_of(booked)),
        holds=tuple(each for each in holds if each.lifted_at is None),
        past_holds=tuple(each for each in holds if each.lifted_at is not None),
        disputes=tuple(dispute_row(row) for row in read["disputes"]),
        evidence=tuple(EvidenceRow(*row) for row in read["evidence"]),
        confirmed=frozenset(code for code, step in doubts.items() if step == ReviewStep.DOUBTED),
    )


def _view(claim_id: UUID, actor: Actor | None) -> ClaimView:
    rows = Claim.objects.select_related("creditor", "debtor").filter(pk=claim_id)
    claim = (rows.filter(visible(actor)) if actor else rows).first()
    if claim is None:
        raise NoSuchClaim
    return view_of(claim)


def _line_rows(claim_id: UUID) -> QuerySet[Line, tuple[Any, ...]]:
    rows = Line.objects.filter(claim_id=claim_id).order_by("booked_at", "-component", "id")
    return rows.values_list("component", "kind", "amount", "facts", "booked_at")


def _equation(all_lines: tuple[LineRow, ...]) -> tuple[Term, ...]:
    groups: dict[tuple[str, str], list[LineRow]] = {}
    for each in all_lines:
        # Interest is what was accrued less what was taken back of it.
        kind = LineKind.ACCRUED.value if each.kind == LineKind.REWOUND else each.kind
        groups.setdefault((kind, each.component), []).append(each)
    return tuple(
        Term(kind, component, sum(each.amount for each in group), tuple(group))
        for (kind, component), group in groups.items()
    )
