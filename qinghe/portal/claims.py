"""A claim as its debtor reads it: what the creditor says, term by term, up to this day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrPromise

from qinghe.claims.days import day_of
from qinghe.claims.findings import Signed, signatures_of
from qinghe.claims.interest import accrue, grown
from qinghe.claims.queries import ClaimView, DisputeRow, EvidenceRow, claim_for
from qinghe.claims.queries.changes import Change
from qinghe.claims.queries.decisions import Saying
from qinghe.claims.queries.holds import HoldRow
from qinghe.claims.terms import (
    OPEN_STATES,
    ClaimState,
    Component,
    DisputeState,
    EvidenceKind,
    HoldKind,
    LineKind,
    Product,
)
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.portal.bookings import Booking

# What was claimed goes first, what was paid last; the order of reading, not of booking.
READING = (
    (LineKind.CLAIMED, Component.PRINCIPAL),
    (LineKind.CLAIMED, Component.INTEREST),
    (LineKind.CLAIMED, Component.COSTS),
)
# A rejection that was set aside gives back what it took off: one term, or none.
CHANGES = (
    (LineKind.REWOUND,),
    (LineKind.CORRECTED,),
    (LineKind.RESTATED,),
    (LineKind.WAIVED,),
    (LineKind.WITHDRAWN, LineKind.REOPENED),
)
PAID_KINDS = (LineKind.PAID, LineKind.UNDONE)
# Not released, or still in the challenge window: nobody may collect.
QUIET_STATES = (ClaimState.SUBMITTED, ClaimState.CHALLENGE)
# Nobody rejected the debtor: the words of the office would read as if somebody had.
ENDED: Final[dict[str, StrPromise]] = {
    ClaimState.CLOSED: gettext_lazy("Nothing is open any more"),
    ClaimState.WITHDRAWN: gettext_lazy("No longer claimed here"),
    ClaimState.REJECTED: gettext_lazy("Not recognised by the platform"),
}

# What is open, in words of the person whom it is about.
STANDS: Final[dict[str, StrPromise]] = {
    ClaimState.SUBMITTED: gettext_lazy("We are checking it; nobody may collect"),
    ClaimState.CHALLENGE: gettext_lazy("You can say that it is not right; nobody may collect yet"),
    ClaimState.READY: gettext_lazy("Checked; no collector has it yet"),
    ClaimState.LISTED: gettext_lazy("A collector is being looked for"),
    ClaimState.PLACED: gettext_lazy("A collector may contact you about it"),
}
PAUSED: Final[dict[str, StrPromise]] = {
    HoldKind.DISPUTE: gettext_lazy("you said that it is not right"),
    HoldKind.HARDSHIP: gettext_lazy("you could not pay"),
    HoldKind.COMPLAINT: gettext_lazy("you complained"),
    HoldKind.REPRESENTATION: gettext_lazy("somebody speaks for you"),
    HoldKind.MORATORIUM: gettext_lazy("the law asks for it"),
    HoldKind.FLAG: gettext_lazy("it was checked whether the claim is real"),
    HoldKind.PLAN: gettext_lazy("you kept your plan"),
}


def hold_words(kind: str) -> str:
    """Return why contact was paused, as the person would say it."""
    return str(PAUSED.get(kind) or HoldKind(kind).label)


def ended_words(state: str, creditor: str, *, upheld: bool) -> str:
    """Return a sentence on how a claim came to its end."""
    if state == ClaimState.CLOSED:
        return _("Nothing of this claim is open any more. You need pay nothing.")
    if upheld:
        return _("Your dispute was accepted: the claim has ended. You need not pay it now.")
    if state == ClaimState.REJECTED:
        return _("The platform did not recognise this claim. You need not pay it now.")
    return _("%(name)s claims nothing of this here any more. You need not pay it now.") % {
        "name": creditor
    }


@dataclass(frozen=True)
class Term:
    """One row of the amount's table; minus is part of `minor`."""

    label: str
    minor: int
    source: str = ""
    since: date | None = None
    # As it stood when the claim was registered: earlier payments are taken off already.
    on: datetime | None = None


@dataclass(frozen=True)
class Paper:
    """
    One file that the creditor sent as proof.

    `signatures` in words and without names; `replaced_because` when there is a newer version.
    """

    id: UUID
    label: str
    at: datetime
    size: int
    readable: bool
    signatures: list[Signed]
    replaced_at: datetime | None
    replaced_because: str


@dataclass(frozen=True)
class Contest:
    """What the person said was wrong, and who must answer until when."""

    row: DisputeRow

    @property
    def said(self) -> str:
        """Return what was said first; what was added since stands beside it."""
        return self.row.said[0].label

    @property
    def added(self) -> Sequence[Saying]:
        return self.row.said[1:]

    @property
    def proof_due_at(self) -> datetime | None:
        """Return until when the creditor must prove the claim; none once it has answered."""
        return None if self.row.proved_at else self.row.proof_due_at


@dataclass(frozen=True)
class Pause:
    """Why contact has stopped, and until when; no end while nothing is decided."""

    kind: str
    ends_at: datetime | None


@dataclass(frozen=True)
class MyClaim:
    """Everything the debtor's pages show of one claim. Amounts in minor units, as of `today`."""

    view: ClaimView
    today: date
    fresh: int

    @property
    def id(self) -> UUID:
        return self.view.id

    @property
    def number(self) -> str:
        return self.view.number

    @property
    def creditor_name(self) -> str:
        return self.view.creditor_name

    @property
    def currency(self) -> str:
        return self.view.currency

    @property
    def product_label(self) -> str:
        return str(Product(self.view.product).label)

    @property
    def state_label(self) -> str:
        return str((ENDED | STANDS)[self.view.state])

    @property
    def ended(self) -> str:
        """Return how a claim that is over came to its end, as its debtor needs to know it."""
        return ended_words(self.view.state, self.creditor_name, upheld=self.upheld)

    @property
    def upheld(self) -> bool:
        """Tell whether it was found wrong."""
        return self.answered is not None and self.answered.state == DisputeState.UPHELD

    @property
    def open(self) -> bool:
        return self.view.state in OPEN_STATES

    @property
    def quiet(self) -> bool:
        """Tell whether nobody may collect yet: it is being checked, or can be contested first."""
        return self.view.state in QUIET_STATES

    @property
    def contest(self) -> Contest | None:
        """Return what is contested and not decided."""
        dispute = self.view.open_dispute
        return Contest(dispute) if dispute else None

    @property
    def answered(self) -> DisputeRow | None:
        """Return the latest dispute that was decided."""
        heard = [each for each in self.view.disputes if each.state != DisputeState.WITHDRAWN]
        decided = [each for each in heard if each.decided_at]
        return decided[-1] if decided else None

    @property
    def answered_label(self) -> str:
        return str(DisputeState(self.answered.state).label) if self.answered else ""

    @property
    def changes(self) -> list[Change]:
        """Return how the amount was changed, the newest first."""
        return list(self.view.changes[::-1])

    @property
    def owed(self) -> int:
        """Return what the creditor says is open today, with the interest of the last days."""
        return self.view.owed + self.fresh

    @property
    def ever_claimed(self) -> int:
        """Return all that was ever asked for, whatever of it was paid or taken off since."""
        return sum(max(line.amount, 0) for line in self.view.lines) + self.fresh

    @property
    def holds(self) -> list[str]:
        """Return the kinds of the holds that stop contact about this claim, each once."""
        return list(dict.fromkeys(hold.kind for hold in self.view.holds))

    @property
    def pauses(self) -> list[Pause]:
        """Return the holds by kind, each with its end; of several the one that lasts longest."""
        return [Pause(kind, _last_end(self.view.holds, kind)) for kind in self.holds]

    @property
    def rate(self) -> str:
        """Return the percentage of late interest as people write it; empty when there is none."""
        return _plain(self.view.overdue_rate_pct) if self.open else ""

    @property
    def a_day(self) -> int:
        """Return by how much late interest makes the amount grow in a day on which it runs."""
        view, next_day = self.view, self.today + timedelta(days=1)
        return accrue(view.principal, view.overdue_rate_pct, self.today, next_day)[0]

    @property
    def runs_from(self) -> date | None:
        """Return from which day interest runs again; None where it runs, or never did."""
        stopped = self.rate and self.view.interest_to > self.today
        return self.view.interest_to if stopped else None

    @property
    def paused_until(self) -> date | None:
        """Return the first day behind a pause that was granted; None without one."""
        end = _last_end(self.view.holds, HoldKind.HARDSHIP) if self.in_hardship else None
        return day_of(end) if end else None

    @property
    def in_hardship(self) -> bool:
        return HoldKind.HARDSHIP in self.holds

    @property
    def hardship_asked(self) -> bool:
        """Tell whether "I cannot pay now" was said and waits for its answer."""
        return self.in_hardship and _last_end(self.view.holds, HoldKind.HARDSHIP) is None

    @property
    def papers(self) -> list[Paper]:
        """Return every file against the person, those that count first; none is left out."""
        rows = sorted(self.view.evidence, key=lambda row: row.superseded_at is not None)
        return [_paper(row) for row in rows]

    @property
    def terms(self) -> list[Term]:
        """Return the amount term by term; together they are what is owed today."""
        return list(_terms(self))

    @property
    def bookings(self) -> list[Booking]:
        """Return every line, oldest first; of one moment, what was paid comes last."""
        lines = sorted(self.view.lines, key=lambda row: (row.booked_at, row.kind == LineKind.PAID))
        return [
            Booking(_label(row.kind, row.component), row.amount, row.booked_at, _facts(row.facts))
            for row in lines
        ]


def _last_end(holds: Iterable[HoldRow], kind: str) -> datetime | None:
    ends = [hold.ends_at for hold in holds if hold.kind == kind]
    return None if None in ends else max(end for end in ends if end)


def _paper(row: EvidenceRow) -> Paper:
    return Paper(
        id=row.id,
        label=str(EvidenceKind(row.kind).label),
        at=row.uploaded_at,
        size=row.size,
        readable=row.readable,
        signatures=signatures_of(row.findings),
        replaced_at=row.superseded_at,
        replaced_because=row.superseded_because,
    )


def claim_of(claim_id: UUID, actor: Actor) -> MyClaim:
    """
    Return one claim of a debtor as of today.

    :raises NoSuchClaim: unknown, or somebody else's
    """
    return my_claim(claim_for(claim_id=claim_id, actor=actor), day_of(clock.now()))


def my_claim(view: ClaimView, today: date) -> MyClaim:
    """Return a claim with the interest that has grown since it was last booked."""
    return MyClaim(view, today, grown(view, today))


def _terms(claim: MyClaim) -> Iterator[Term]:
    sums = {(term.kind, term.component): term.amount for term in claim.view.equation}
    for kind, component in READING:
        amount = sums.pop((kind, component), 0)
        if amount or component is Component.PRINCIPAL:
            yield Term(_label(kind, component), amount, on=claim.view.created_at)
    late = [amount for (kind, _part), amount in sums.items() if kind == LineKind.ACCRUED]
    if late or claim.fresh:
        yield _interest(claim, sum(late) + claim.fresh)
    if not claim.view.costs:
        yield Term(_("Fee for collecting"), 0, _("Nobody may charge you one"))
    yield from _changes(sums)


def _interest(claim: MyClaim, amount: int) -> Term:
    label = _("Interest for late payment")
    words = _("{rate}% a year").format(rate=claim.rate) if claim.rate else ""
    return Term(label, amount, words, since=_interest_since(claim.view))


def _interest_since(view: ClaimView) -> date:
    """Return the first day of the interest shown: what came before is in the creditor's claim."""
    booked = [line.facts.get("from") for line in view.lines if line.kind == LineKind.ACCRUED]
    days = [date.fromisoformat(str(each)) for each in booked if each]
    return min(days, default=view.interest_to)


def _facts(facts: dict[str, object]) -> dict[str, object]:
    """Return what explains a line, its rate as people write it."""
    rate = facts.get("rate_pct")
    return {**facts, "rate_pct": _plain(Decimal(str(rate)))} if rate else dict(facts)


def _plain(rate: Decimal | None) -> str:
    return f"{rate.normalize():f}" if rate else ""


def _changes(sums: dict[tuple[str, str], int]) -> Iterator[Term]:
    """Yield what was paid, and every other change of the amount, one term each."""
    paid = sum(amount for (kind, _part), amount in sums.items() if kind in PAID_KINDS)
    if paid:
        yield Term(_("What you have paid since it was registered"), paid)
    for kinds in CHANGES:
        amount = sum(amount for (each, _part), amount in sums.items() if each in kinds)
        if amount:
            yield Term(str(kinds[0].label), amount)


def _label(kind: str, component: str) -> str:
    if kind == LineKind.CLAIMED:
        return {
            Component.PRINCIPAL: _("Principal not paid back"),
            Component.INTEREST: _("Interest and penalty until then"),
            Component.COSTS: _("Costs of enforcing the claim"),
        }[Component(component)]
    if kind == LineKind.ACCRUED:
        return str(LineKind.ACCRUED.label)
    return f"{LineKind(kind).label} · {Component(component).label}"
