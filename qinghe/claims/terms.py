"""Words of this room, and the states a claim may move through."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Product(TextChoices):
    CREDIT_CARD = "credit_card", _("Credit card")
    CONSUMER_LOAN = "consumer_loan", _("Consumer loan")
    SMALL_LOAN = "small_loan", _("Small loan")
    PRIVATE_LOAN = "private_loan", _("Private loan")
    TRADE_CREDIT = "trade_credit", _("Trade credit")
    OTHER = "other", _("Other")


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
    "withdrawn": frozenset(),
    "rejected": frozenset(),
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
    RAISED = "raised", _("Amount raised by the creditor, to be checked anew")


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


class Rejection(TextChoices):
    """Why a reviewer turns a claim down."""

    NO_PROOF = "no_proof", _("The evidence does not show this claim")
    WRONG_PERSON = "wrong_person", _("The evidence names somebody else")
    WRONG_AMOUNT = "wrong_amount", _("The amount does not follow from the contract")
    TOO_OLD = "too_old", _("It is barred by limitation and cannot be collected")
    INVENTED = "invented", _("It appears to be invented")
    UNLAWFUL = "unlawful", _("The law does not allow this claim")


class Component(TextChoices):
    """The parts of an amount owed, in the order money is applied (Civil Code, art. 561)."""

    COSTS = "costs", _("Costs of enforcing the claim")
    INTEREST = "interest", _("Interest")
    PRINCIPAL = "principal", _("Principal")


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


class DisputeReason(TextChoices):
    NOT_MINE = "not_mine", _("I never borrowed this")
    PAID = "paid", _("I have paid it")
    AMOUNT = "amount", _("The amount is wrong")
    TOO_OLD = "too_old", _("It is too old")
    OTHER = "other", _("Something else")


class DisputeState(TextChoices):
    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Accepted: the claim is stopped")
    PARTLY = "partly", _("Accepted in part: the amount was corrected")
    DISMISSED = "dismissed", pgettext_lazy("dispute", "Not accepted")


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


# What no page learns by itself; every other hold comes and goes with its own case.
BY_HAND = (HoldKind.REPRESENTATION, HoldKind.MORATORIUM, HoldKind.DEATH)


class LineKind(TextChoices):
    """Why an amount changed; every line of a claim has one."""

    CLAIMED = "claimed", _("Claimed by the creditor")
    ACCRUED = "accrued", _("Interest for late payment")
    PAID = "paid", _("Paid")
    UNDONE = "undone", _("Payment undone")
    REWOUND = "rewound", _("Interest calculated anew")
    CORRECTED = "corrected", _("Corrected after a dispute")
    RESTATED = "restated", _("Corrected by the creditor")
    WAIVED = "waived", _("Waived by the creditor")
    WITHDRAWN = "withdrawn", _("No longer claimed")


# How often a claim may have been assigned before it came here.
MOST_ASSIGNMENTS = 9
# Days within which a dispute is answered to the debtor.
ANSWER_DAYS = 15
# Days within which the creditor must prove a contested claim; silence ends the claim.
PROOF_DAYS = 10
# From this principal (major units) two reviewers decide; another currency's unit counts as a yuan.
TWO_REVIEWERS_MAJOR = 200_000
# Days in a year of interest, in leap years too.
YEAR_DAYS = 365
