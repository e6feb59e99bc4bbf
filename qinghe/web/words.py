"""Labels of the words that queries return as plain text: one name per list of choices."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from qinghe.casework import terms as casework
from qinghe.claims import contract_terms as contracts
from qinghe.claims import terms as claims
from qinghe.contact import terms as contact
from qinghe.market import quoting
from qinghe.market import terms as market
from qinghe.parties import terms as parties
from qinghe.quality import integrity_terms as integrity
from qinghe.quality import terms as quality
from qinghe.settlement import bank_terms as bank
from qinghe.settlement import payout_terms as payouts
from qinghe.settlement import return_terms as returns
from qinghe.settlement import terms as settlement

WORDS: Final[dict[str, type[TextChoices]]] = {
    "product": claims.Product,
    "claim": claims.ClaimState,
    "rejection": claims.Rejection,
    "release": claims.Release,
    "return": claims.Return,
    "review": claims.ReviewQueue,
    "objection": claims.ObjectionState,
    "objection-ground": claims.ObjectionGround,
    "objection-reason": claims.ObjectionReason,
    "review-step": claims.ReviewStep,
    "component": claims.Component,
    "line": claims.LineKind,
    "taken-off": claims.TakenOff,
    "evidence": claims.EvidenceKind,
    "scan": claims.Scan,
    "batch": claims.BatchState,
    "bundle": claims.BundleState,
    "paper": claims.Verdict,
    "dispute": claims.DisputeState,
    "dispute-reason": claims.DisputeReason,
    "hold": claims.HoldKind,
    "amount-check": contracts.Outcome,
    "schedule": contracts.Schedule,
    "day-count": contracts.DayCount,
    "fee": contracts.FeeKind,
    "booked-to": contracts.BookedTo,
    "act": contracts.ActKind,
    "duplicate": contracts.DuplicateGround,
    "mode": market.Mode,
    "listing": market.ListingState,
    "package": market.PackageState,
    "mandate": market.MandateState,
    "bid-reason": market.BidReason,
    "return-reason": market.ReturnReason,
    "excuse": market.Excuse,
    "extension": market.ExtensionKind,
    "outlook": market.Outlook,
    "next-step": market.NextStep,
    "measure": market.Measure,
    "offer": market.OfferState,
    "size-band": quoting.SizeBand,
    "count-band": quoting.CountBand,
    "sum-band": quoting.SumBand,
    "quote": quoting.QuoteState,
    "no-quote": quoting.NoQuote,
    "passed-over": quoting.PassedOver,
    "introduction": quoting.IntroState,
    "signed": quoting.Signed,
    "intro-complaint": quoting.IntroComplaintKind,
    "intro-complaint-state": quoting.IntroComplaintState,
    "standing-order": market.StandingState,
    "attempt": contact.AttemptState,
    "mailing": contact.MailingState,
    "outcome": contact.Outcome,
    "letter": contact.LetterState,
    "house": contact.HouseStage,
    "override": contact.OverrideStage,
    "override-reason": contact.OverrideReason,
    "wish": contact.WishKind,
    "channel": parties.Channel,
    "org-kind": parties.OrgKind,
    "org-state": parties.OrgState,
    "licence": parties.LicenceKind,
    "application": parties.ApplicationState,
    "review-reason": parties.ReviewReason,
    "proof": parties.ProofKind,
    "cover": parties.CoverKind,
    "point": parties.PointState,
    "secret": parties.Secret,
    "source": parties.Source,
    "action": casework.Action,
    "result": casework.Result,
    "promise": casework.PromiseState,
    "plan": casework.PlanState,
    "hardship": casework.HardshipState,
    "payment-source": settlement.PaymentSource,
    "payment": settlement.PaymentState,
    "payout": payouts.PayoutState,
    "run": payouts.RunState,
    "refund": returns.RefundState,
    "send-back": bank.SendBackState,
    "payment-dispute": returns.DisputeState,
    "complaint": quality.ComplaintState,
    "invention": quality.InventionState,
    "integrity": integrity.FlagState,
    "integrity-rule": integrity.RuleCode,
    "integrity-outcome": integrity.Outcome,
    "integrity-step": integrity.Step,
    "ruling": integrity.RulingState,
    "lowering": settlement.LoweringState,
    "sign": integrity.SignKind,
    "complaint-kind": quality.ComplaintKind,
    "grade": market.Grade,
    "grade-cause": quality.Cause,
    "gate": quality.Gate,
    "appeal": quality.AppealState,
}


# Why a mandate rests or ended by a rule: what the platform keeps, before a colon, in words.
CAUSES: Final = {
    "claim": _("The claim was closed or withdrawn."),
    "collector-suspended": _("The platform suspended the collector; its orders went back."),
    "assigned": _("The claim passed to another creditor."),
    "complaint": _("A complaint was justified."),
    "invention": _("The claim was found to be invented."),
}


def cause(reason: str) -> str:
    """Return why a mandate rests or ended: a person's words, or words for what a rule did."""
    name, _colon, source = reason.partition(":")
    # A person's words may hold a colon, too; what a rule keeps has no blank in it.
    return str(CAUSES[name]) if name in CAUSES and " " not in source else reason


def label(value: str, kind: str) -> str:
    """Return the words of a value of a list of choices; an unknown value stands for itself."""
    try:
        return str(WORDS[kind](value).label)
    except ValueError:
        return value
