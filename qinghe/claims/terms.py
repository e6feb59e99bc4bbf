"""Words of this room, and the states a claim may move through."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrPromise


class Product(TextChoices):
    CREDIT_CARD = "credit_card", _("Credit card")
    CONSUMER_LOAN = "consumer_loan", _("Consumer loan")
    SMALL_LOAN = "small_loan", _("Small loan")
    PRIVATE_LOAN = "private_loan", _("Private loan")
    TRADE_CREDIT = "trade_credit", _("Trade credit")
    OTHER = "other", _("Other")


# What a person is told it owes, in the middle of a sentence.
DEBTS: Final[dict[str, StrPromise]] = {
    Product.CREDIT_CARD: pgettext_lazy("debt", "Credit card debt"),
    Product.CONSUMER_LOAN: pgettext_lazy("debt", "Consumer loan"),
    Product.SMALL_LOAN: pgettext_lazy("debt", "Small loan"),
    Product.PRIVATE_LOAN: pgettext_lazy("debt", "Private loan"),
    Product.TRADE_CREDIT: pgettext_lazy("debt", "Trade debt"),
    Product.OTHER: pgettext_lazy("debt", "Debt of another kind"),
}


class Stage(TextChoices):
    """Ageing: M0 not yet due, M1 1-30 days past due ... M6 151-180, M7+ beyond."""

    M0 = "M0", "M0"
    M1 = "M1", "M1"
    M2 = "M2", "M2"
    M3 = "M3", "M3"
    M4 = "M4", "M4"
    M5 = "M5", "M5"
    M6 = "M6", "M6"
    M7 = "M7", "M7+"


class ClaimState(TextChoices):
    SUBMITTED = "submitted", _("Being verified")
    CHALLENGE = "challenge", _("Challenge window")
    READY = "ready", _("Ready to place")
    LISTED = "listed", _("Listed")
    PLACED = "placed", _("Being worked")
    CLOSED = "closed", _("Settled")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REJECTED = "rejected", _("Rejected")


# What may follow what; every other step is refused.
NEXT: dict[str, frozenset[str]] = {
    "submitted": frozenset({"challenge", "rejected", "withdrawn", "closed"}),
    # A raised amount goes back to the review desk.
    "challenge": frozenset({"submitted", "ready", "rejected", "withdrawn", "closed"}),
    "ready": frozenset({"submitted", "listed", "placed", "withdrawn", "closed"}),
    "listed": frozenset({"placed", "ready", "withdrawn", "closed"}),
    "placed": frozenset({"ready", "withdrawn", "closed"}),
    # A reversed payment opens a settled claim again.
    "closed": frozenset({"submitted", "challenge", "ready"}),
    # An objection was granted by another reviewer; what was past its window had ended as withdrawn.
    "withdrawn": frozenset({"submitted"}),
    "rejected": frozenset({"submitted"}),
}
OPEN_STATES = ("submitted", "challenge", "ready", "listed", "placed")


class ReviewQueue(TextChoices):
    """Where a claim stands at the review desk."""

    NEW = "new", _("To be checked")
    SECOND = "second", _("Waits for a second reviewer")
    RETURNED = "returned", _("Waits for the creditor")
    SAMPLE = "sample", _("Sample of automatic releases")
    DONE = "done", pgettext_lazy("review", "Decided")


# Hours within which each queue is worked; a creditor has days to answer.
TARGET_HOURS: dict[str, int] = {"new": 48, "second": 24, "returned": 240, "sample": 72}
# A claim that was returned and never answered ends after so many days.
RETURNED_DAYS = 30
# A creditor whose debtor cannot be told is reminded once, and then has the claim back.
REMINDED_AFTER_DAYS = 7
UNTOLD_DAYS = 21


class ReviewStep(TextChoices):
    """What a reviewer (or the automatic release) did with a claim."""

    SECONDED = "seconded", _("Checked, a second reviewer decides")
    RELEASED = "released", _("Released")
    AUTOMATIC = "automatic", _("Released automatically")
    RETURNED = "returned", _("Returned to the creditor")
    ANSWERED = "answered", _("Answered by the creditor")
    REJECTED = "rejected", pgettext_lazy("review", "Rejected")
    UPHELD = "upheld", _("Sample: the release was right")
    OVERTURNED = "overturned", _("Sample: the release was wrong")
    ACCUSED = "accused", _("Held to be invented, a second reviewer decides")
    OBJECTED = "objected", _("The creditor objects to the rejection")
    REOPENED = "reopened", _("Objection granted: to be checked anew")
    KEPT = "kept", _("Objection not granted: the rejection stands")
    RAISED = "raised", _("Amount raised by the creditor, to be checked anew")
    DOUBTED = "doubted", _("Warning confirmed")
    HARMLESS = "harmless", _("Warning held harmless, a second person decides")
    CLEARED = "cleared", _("Warning cleared as harmless")
    STANDS = "stands", _("Claimed twice: this claim stands")
    APART = "apart", _("Not claimed twice: two different debts")


class Release(TextChoices):
    """Why a reviewer releases a claim."""

    AGREES = "agrees", _("Person, amount and papers agree")
    TITLE = "title", _("A court or an arbitration has decided it")
    CLARIFIED = "clarified", _("The creditor has cleared up what was open")


class Return(TextChoices):
    """What a reviewer asks the creditor for."""

    MISSING = "missing", _("A document is missing")
    UNREADABLE = "unreadable", _("A document cannot be read")
    AMOUNT = "amount", _("The amount needs an explanation")
    PERSON = "person", _("The data of the person do not match the papers")
    CHAIN = "chain", _("An assignment of the claim is missing")
    ADDRESS = "address", _("There is no way to tell the debtor: a postal address is missing")


class Rejection(TextChoices):
    """Why a reviewer turns a claim down."""

    NO_PROOF = "no_proof", _("The evidence does not show this claim")
    WRONG_PERSON = "wrong_person", _("The evidence names somebody else")
    WRONG_AMOUNT = "wrong_amount", _("The amount does not follow from the contract")
    TOO_OLD = "too_old", _("It is barred by limitation and cannot be collected")
    INVENTED = "invented", _("It appears to be invented")
    UNLAWFUL = "unlawful", _("The law does not allow this claim")
    # Found by comparing two claims, and decided there alone.
    DUPLICATE = "duplicate", _("The same debt is claimed once more, and the other claim was kept")


class ObjectionGround(TextChoices):
    """What a creditor says is wrong with a rejection."""

    OVERLOOKED = "overlooked", _("A paper that is on file was overlooked")
    NEW_PAPER = "new_paper", _("I can add a paper that was missing")
    PERSON = "person", _("It is the right person")
    AMOUNT = "amount", _("The amount follows from the contract")
    NOT_BARRED = "not_barred", _("It is not barred by limitation")
    REAL = "real", _("The claim is real")
    OTHER = "other", _("Something else")


class ObjectionReason(TextChoices):
    """Why another reviewer decided an objection so."""

    PAPERS_SHOW = "papers_show", _("The papers show the claim")
    PAPERS_ADDED = "papers_added", _("What was missing was added or explained")
    MISREAD = "misread", _("The first decision misread the facts or the law")
    STANDS = "stands", _("The first decision is right")
    NOTHING_NEW = "nothing_new", pgettext_lazy("objection", "Nothing new was brought forward")
    NOT_PROVEN = "not_proven", _("What was brought forward is not shown by any paper")


# Reasons that open a rejected claim again; the others let the rejection stand.
GRANTING = (ObjectionReason.PAPERS_SHOW, ObjectionReason.PAPERS_ADDED, ObjectionReason.MISREAD)
# Days within which a creditor may object, and within which somebody else answers.
OBJECTION_DAYS = 15
HEARING_DAYS = 10


class ObjectionState(TextChoices):
    OPEN = "open", pgettext_lazy("objection", "Being heard")
    GRANTED = "granted", pgettext_lazy("objection", "Granted")
    REFUSED = "refused", pgettext_lazy("objection", "Not granted")


class Component(TextChoices):
    """The parts of an amount owed, in the order money is applied (Civil Code, art. 561)."""

    COSTS = "costs", _("Costs of enforcing the claim")
    INTEREST = "interest", _("Interest")
    PRINCIPAL = "principal", _("Principal")


class PayOrder(TextChoices):
    """In which order a payment pays the parts of a claim: the law's, or one that was agreed."""

    LAW = "law", _("Costs, then interest, then principal (as the law has it)")
    COSTS_PRINCIPAL = "costs_principal", _("Costs, then principal, then interest")
    INTEREST_PRINCIPAL = "interest_principal", _("Interest, then principal, then costs")
    INTEREST_COSTS = "interest_costs", _("Interest, then costs, then principal")
    PRINCIPAL_INTEREST = "principal_interest", _("Principal, then interest, then costs")
    PRINCIPAL_COSTS = "principal_costs", _("Principal, then costs, then interest")

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the components in this order."""
        named = () if self is PayOrder.LAW else tuple(self.value.split("_"))
        return tuple(dict.fromkeys((*named, *Component.values)))


class Security(TextChoices):
    """How far a claim is secured; of two debts that are due, the less secured is paid first."""

    NONE = "none", pgettext_lazy("security", "Not secured")
    PARTIAL = "partial", pgettext_lazy("security", "Partly secured")
    FULL = "full", pgettext_lazy("security", "Fully secured")


class StopGround(TextChoices):
    """Why a claim bears no interest for a while."""

    HARDSHIP = "hardship", _("Hardship of the debtor")
    STATUTORY = "statutory", _("A law or a court orders it")
    AGREED = "agreed", _("Agreed with the debtor")


class EvidenceKind(TextChoices):
    CONTRACT = "contract", _("Contract")
    TRANSFER = "transfer", _("Proof of payment to the debtor")
    STATEMENT = "statement", _("Account statement")
    ASSIGNMENT = "assignment", _("Assignment of the claim")
    NOTICE = "notice", _("Notice of the assignment to the debtor")
    INVOICE = "invoice", _("Invoice")
    DELIVERY = "delivery", _("Delivery note or acceptance")
    JUDGMENT = "judgment", _("Court title")
    MEDIATION = "mediation", _("Mediation agreement")
    AUTHORISATION = "authorisation", _("Proof that the debtor signed in person")
    OTHER = "other", _("Other")


class Scan(TextChoices):
    """Whether a scanner for malware has looked at a file."""

    UNCHECKED = "unchecked", _("Not scanned")
    WAITING = "waiting", _("Waits for the scanner")
    CLEAN = "clean", _("Scanned, nothing found")
    INFECTED = "infected", _("Malware found")


# Files that prove something: the scanner is absent, or has found nothing.
USABLE_SCANS = (Scan.UNCHECKED, Scan.CLEAN)


class BatchState(TextChoices):
    """A file on its way: received, checked row by row, decided, taken over row by row."""

    RECEIVED = "received", pgettext_lazy("batch", "Received, waiting to be checked")
    CHECKING = "checking", pgettext_lazy("batch", "Being checked")
    CHECKED = "checked", _("Checked, waiting for your decision")
    MERGING = "merging", pgettext_lazy("batch", "Being taken over")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", pgettext_lazy("batch", "Not accepted")
    CANCELLED = "cancelled", pgettext_lazy("batch", "Cancelled")
    FAILED = "failed", pgettext_lazy("batch", "Could not be read")


# A job works on these; the others wait for a person or are at their end.
WORKING = (BatchState.RECEIVED, BatchState.CHECKING, BatchState.MERGING)
ENDED = (BatchState.ACCEPTED, BatchState.REFUSED, BatchState.CANCELLED, BatchState.FAILED)


class BundleState(TextChoices):
    """A ZIP of papers on its way: received, looked through, decided, added file by file."""

    RECEIVED = "received", pgettext_lazy("papers", "Received, waiting to be looked through")
    CHECKING = "checking", pgettext_lazy("papers", "Being looked through")
    CHECKED = "checked", pgettext_lazy("papers", "Looked through, waiting for your decision")
    TAKING = "taking", pgettext_lazy("papers", "Being added to the claims")
    TAKEN = "taken", pgettext_lazy("papers", "Added to the claims")
    CANCELLED = "cancelled", pgettext_lazy("papers", "Stopped")
    FAILED = "failed", pgettext_lazy("papers", "Could not be read")


BUNDLE_WORKING = (BundleState.RECEIVED, BundleState.CHECKING, BundleState.TAKING)
BUNDLE_ENDED = (BundleState.TAKEN, BundleState.CANCELLED, BundleState.FAILED)


class Verdict(TextChoices):
    """What becomes of one file of a ZIP of papers."""

    MATCHED = "matched", pgettext_lazy("paper", "Fits a claim")
    ADDED = "added", pgettext_lazy("paper", "Added")
    HERE = "here", pgettext_lazy("paper", "There already")
    UNKNOWN = "unknown", pgettext_lazy("paper", "Not known where it belongs")
    AMBIGUOUS = "ambiguous", pgettext_lazy("paper", "Fits more than one")
    REFUSED = "refused", pgettext_lazy("paper", "Not taken")


class DisputeReason(TextChoices):
    UNKNOWN = "unknown", _("I do not know this debt")
    NOT_MINE = "not_mine", _("I never borrowed this")
    PAID = "paid", _("I have paid it")
    AMOUNT = "amount", _("The amount is wrong")
    TOO_OLD = "too_old", _("It is too old")
    OTHER = "other", _("Something else")


# Upheld, these say that a claim did not exist: its debtor denies it, and nobody could prove it.
DENIALS = (DisputeReason.NOT_MINE, DisputeReason.UNKNOWN)


class DisputeState(TextChoices):
    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Accepted: the claim is stopped")
    PARTLY = "partly", _("Accepted in part: the amount was corrected")
    DISMISSED = "dismissed", pgettext_lazy("dispute", "Not accepted")
    WITHDRAWN = "withdrawn", pgettext_lazy("dispute", "Taken back by the debtor")


class HoldKind(TextChoices):
    DISPUTE = "dispute", pgettext_lazy("hold", "Dispute")
    HARDSHIP = "hardship", pgettext_lazy("hold", "Hardship")
    COMPLAINT = "complaint", pgettext_lazy("hold", "Complaint")
    REPRESENTATION = "representation", _("Represented")
    MORATORIUM = "moratorium", _("Statutory pause")
    DEATH = "death", _("Death being verified")
    RECALL = "recall", _("Recalled by the creditor")
    FLAG = "flag", _("Authenticity being checked")
    PLAN = "plan", _("Plan being kept")
    DUPLICATE = "duplicate", _("Claimed twice: being checked")
    UNNOTIFIED = "unnotified", _("New creditor, debtor not told yet")
    BOUNCED = "bounced", _("The notice came back, debtor not told yet")


# What no page learns by itself; every other hold comes and goes with its own case.
BY_HAND = (HoldKind.REPRESENTATION, HoldKind.MORATORIUM, HoldKind.DEATH)


class LineKind(TextChoices):
    """Why an amount changed; every line of a claim has one."""

    CLAIMED = "claimed", _("Claimed by the creditor")
    ACCRUED = "accrued", _("Interest for late payment")
    PAID = "paid", _("Paid")
    UNDONE = "undone", _("Payment undone")
    REWOUND = "rewound", _("Interest calculated anew")
    STOPPED = "stopped", _("No interest for this time")
    CORRECTED = "corrected", _("Corrected after a dispute")
    RESTATED = "restated", _("Corrected by the creditor")
    WAIVED = "waived", _("Waived by the creditor")
    WITHDRAWN = "withdrawn", _("No longer claimed")
    REOPENED = "reopened", _("Claimed again: a rejection was set aside")


# A fact of a line: a payment undone only to be applied again; and, where lines are read, interest
# in the place of interest that was taken back.
ANEW = "anew"


class TakenOff(TextChoices):
    """What is told of a line that a rejection took off: its creditor has not given it up."""

    REJECTED = "rejected", _("Taken off: rejected in review")


# How often a claim may have been assigned before it came here.
MOST_ASSIGNMENTS = 9
# Days within which a dispute is answered to the debtor.
ANSWER_DAYS = 15
# Days within which the creditor must prove a contested claim; silence ends the claim.
PROOF_DAYS = 10
# From this principal (major units) two reviewers decide; another currency's unit counts as a yuan.
TWO_REVIEWERS_MAJOR = 200_000
# Longest time for which interest stops at once; it can be prolonged.
LONGEST_STOP_DAYS = 730
# Days in a year of interest, in leap years too.
YEAR_DAYS = 365
