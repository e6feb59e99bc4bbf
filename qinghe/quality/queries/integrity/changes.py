"""
What began, lay still or ended in one span of time, as the rules see it.

Every read is narrowed by a moment in an index: the work grows with what changed, not with what is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import (
    DateTimeField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Coalesce

from qinghe.casework.models import Hardship, Plan, Record
from qinghe.casework.terms import Action
from qinghe.claims.models import Hold
from qinghe.claims.terms import ClaimState
from qinghe.contact.models import Attempt
from qinghe.contact.terms import AttemptState
from qinghe.graph.models import Crossing, Trace
from qinghe.journal.models import Entry
from qinghe.market.models import Mandate
from qinghe.market.terms import MandateState, ReturnReason
from qinghe.quality.signs.spotting import BACK, Placed
from qinghe.quality.signs.table import days
from qinghe.quality.terms import ComplaintKind
from qinghe.settlement.models import Payment
from qinghe.settlement.terms import HERE, PaymentSource, PaymentState

FIELDS: Final = (
    "pk", "claim_id", "creditor_id", "collector_id", "claim__debtor_id", "mode", "state",
    "starts_at", "ends_at", "closed_at", "commission_rate", "claim__product", "claim__stage",
    "listing__band", "return_code",
)  # fmt: skip
WHO: Final = (
    "mandate", "claim", "creditor", "collector", "debtor", "mode", "state", "starts_at", "ends_at",
    "closed_at",
)  # fmt: skip
FACTS: Final = ("worked", "contacted", "held", "before", "direct", "incoming")
NEVER: Final = Value(False)
REACHING_OUT: Final = (Action.CALL, Action.MESSAGE, Action.LETTER)
# Taken back by the platform because nobody did anything; a missing report is no idleness.
UNSERVED: Final = (ReturnReason.FIRST_ACTION, ReturnReason.IDLE)
OPENED: Final = "quality.complaint-opened"
UPHELD: Final = "quality.complaint-upheld"
# What takes a complaint's weight away again.
CLEARED: Final = (
    "quality.complaint-dismissed",
    "quality.complaint-withdrawn",
    "quality.complaint-overturned",
)
NOTED: Final = "casework.note-marked"
PRIVATE: Final = "private_payment"


@dataclass(frozen=True)
class Span:
    """A half-open span of time: after `since`, up to and with `until`."""

    since: datetime
    until: datetime

    def of(self, field: str) -> Q:
        """Narrow rows to those whose moment lies within."""
        return Q(**{f"{field}__gt": self.since, f"{field}__lte": self.until})

    def before(self, name: str) -> Span:
        """Return the same span, some days of the table earlier."""
        earlier = days(name)
        return Span(self.since - earlier, self.until - earlier)


def begun(span: Span) -> list[Placed]:
    """Return the mandates that began."""
    return _placed(Mandate.objects.filter(span.of("starts_at")))


def ended(span: Span) -> list[Placed]:
    """Return the mandates that ended, with what was done under them."""
    return _placed(
        Mandate.objects.filter(span.of("closed_at")),
        until=Coalesce(OuterRef("closed_at"), Value(span.until)),
        before=Exists(
            Mandate.objects.filter(
                claim=OuterRef("claim"),
                collector=OuterRef("collector"),
                closed_at__lte=OuterRef("starts_at"),
            ).exclude(pk=OuterRef("pk"))
        ),
    )


def aged(span: Span) -> list[Placed]:
    """
    Return the mandates that began the days of the table ago, and what was done in them.

    All of one day are judged together, also those that ended meanwhile: who works most of its
    orders and forgets some is seen with both.
    """
    lived = ExpressionWrapper(
        OuterRef("starts_at") + days("idle_days"), output_field=DateTimeField()
    )
    rows = Mandate.objects.filter(span.before("idle_days").of("starts_at"))
    # Whoever gave an order back early and untouched let others work it.
    return [
        each
        for each in _placed(rows, until=lived)
        if each.closed_at is None
        or each.closed_at >= each.starts_at + days("idle_days")
        or each.worked
        or each.unserved
    ]


def untouched(firms: Collection[UUID], since: datetime, at: datetime) -> int:
    """
    Return how many orders of some collectors nobody worked: for the days of the table, or until the
    platform took them back.
    """
    aged_by = days("idle_days")
    lived = ExpressionWrapper(OuterRef("starts_at") + aged_by, output_field=DateTimeField())
    rows = Mandate.objects.filter(collector__in=firms, starts_at__gt=since, starts_at__lte=at)
    return sum(
        not each.worked
        and not each.excused
        and (each.unserved or min(each.closed_at or at, at) >= each.starts_at + aged_by)
        for each in _placed(rows, until=lived)
    )


def let_go(span: Span) -> list[Placed]:
    """Return the mandates given back or recalled the days of the table ago, and what followed."""
    rows = Mandate.objects.filter(span.before("direct_days").of("closed_at"), state__in=BACK)
    month = ExpressionWrapper(
        OuterRef("closed_at") + days("direct_days"), output_field=DateTimeField()
    )
    paid = Payment.objects.filter(
        claim=OuterRef("claim"),
        source=PaymentSource.CREDITOR,
        state=PaymentState.POSTED,
        received_at__gt=OuterRef("closed_at"),
        received_at__lte=month,
    )
    others = Mandate.objects.filter(
        claim=OuterRef("claim"), starts_at__gt=OuterRef("closed_at"), starts_at__lte=month
    )
    settled = Q(claim__state=ClaimState.CLOSED) & Exists(paid) & ~Exists(others)
    return _placed(rows, until=OuterRef("closed_at"), direct=settled)


def strangers(span: Span) -> list[tuple[Placed, set[str]]]:
    """Return orders whose debtor's page was opened by a browser of their collector."""
    seen = Crossing.objects.filter(span.of("found_at"))
    pairs = list(seen.values_list("organisation_id", "person_id"))
    both = Q(pk__in=[])
    for org_id, person_id in pairs:
        both |= Q(collector=org_id, claim__debtor=person_id)
    return [(each, {"crossed"}) for each in _placed(Mandate.objects.filter(both))] if pairs else []


def signed(span: Span) -> list[UUID]:
    """Return the organisations of which a new sign was found."""
    found = Trace.objects.filter(span.of("found_at")).values_list("organisation_id", flat=True)
    return sorted(set(found))


def dealing(pairs: Iterable[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Return those pairs of which one was ever placed with the other, as given."""
    return {
        (one, other)
        for one, other in pairs
        if Mandate.objects.filter(
            Q(creditor=one, collector=other) | Q(creditor=other, collector=one)
        ).exists()
    }


@dataclass(frozen=True)
class Told:
    """A hint at a private way to pay: what told it, whom it is about, or that it was cleared."""

    kind: str
    ref: str
    collector: UUID | None = None


def told(span: Span) -> list[Told]:
    """Return complaints and notes about private ways to pay, by the journal, oldest first."""
    kinds = (OPENED, UPHELD, *CLEARED, NOTED)
    rows = Entry.objects.filter(span.of("at"), kind__in=kinds).order_by("id")
    found: list[Told] = []
    for kind, facts in rows.values_list("kind", "facts"):
        if kind == NOTED:
            found += _noted(facts)
        elif facts.get("about") == ComplaintKind.PRIVATE_PAYMENT and facts.get("collector"):
            name = {OPENED: "complaint", UPHELD: "upheld"}.get(kind, "cleared")
            found.append(Told(name, f"complaint:{facts['complaint']}", UUID(facts["collector"])))
    return found


def _noted(facts: dict[str, Any]) -> list[Told]:
    if PRIVATE not in facts.get("acts", ()):
        return []
    rows = Record.objects.filter(pk=facts["record"]).values_list("mandate__collector_id", flat=True)
    return [Told("note", f"record:{facts['record']}", collector) for collector in rows]


def _placed(rows: QuerySet[Mandate], until: Any = None, **facts: Any) -> list[Placed]:
    """Read mandates with their facts up to a moment; without one only who and on which terms."""
    facts = {**dict.fromkeys(FACTS, NEVER), **(_work(until) if until is not None else {}), **facts}
    found = rows.annotate(**facts).order_by("pk").values_list(*FIELDS, *FACTS)
    return [_row(row) for row in found.iterator(chunk_size=5_000)]


def _work(until: Any) -> dict[str, Any]:
    tried = Attempt.objects.filter(
        claim=OuterRef("claim"),
        collector=OuterRef("collector"),
        at__gte=OuterRef("starts_at"),
        at__lte=until,
    )
    # Whoever reaches out does so through the gate: a call that names no attempt was never made.
    # That the debtor called is no more than the collector's word either.
    claimed = Q(action__in=(*REACHING_OUT, Action.INBOUND), attempt__isnull=True)
    own = Record.objects.filter(mandate=OuterRef("pk"), at__lte=until)
    recorded = own.exclude(claimed)
    held = Hold.objects.filter(
        Q(claim__isnull=True) | Q(claim=OuterRef("claim")),
        Q(lifted_at__isnull=True) | Q(lifted_at__gt=OuterRef("starts_at")),
        person=OuterRef("claim__debtor"),
        placed_at__lte=until,
    )
    return {
        "worked": Exists(tried) | Exists(recorded) | _debtor_acted(until),
        "contacted": Exists(tried.exclude(state=AttemptState.REFUSED)),
        "held": Exists(held),
        "incoming": Exists(own.filter(action=Action.INBOUND, attempt__isnull=True)),
    }


def _debtor_acted(until: Any) -> Exists:
    """Tell whether the debtor did something meanwhile: it bears a noted call out."""
    since = {"claim": OuterRef("claim")}
    span = {"gte": OuterRef("starts_at"), "lte": until}

    def within(field: str) -> dict[str, Any]:
        return since | {f"{field}__{name}": moment for name, moment in span.items()}

    paid = Payment.objects.filter(**within("received_at"), source__in=HERE)
    planned = Plan.objects.filter(**within("proposed_at"))
    asked = Hardship.objects.filter(**within("asked_at"))
    return Exists(paid) | Exists(planned) | Exists(asked)  # type: ignore[return-value]


def _row(row: tuple[Any, ...]) -> Placed:
    rate, product, stage, band, code = row[10:15]
    worked, contacted, held, before, direct, incoming = map(bool, row[15:])
    named = dict(zip(WHO, row[:10], strict=True))
    return Placed(
        **named,
        rate=rate,
        segment="" if band is None else f"{product}/{stage}/{band}",
        worked=worked,
        contacted=contacted,
        excused=held or named["state"] == MandateState.SUSPENDED,
        before=before,
        direct=direct,
        unserved=code in UNSERVED,
        incoming=incoming,
    )
