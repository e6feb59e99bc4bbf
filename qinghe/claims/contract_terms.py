"""Words for contracts, checks of the amount, titles and double claims."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Schedule(TextChoices):
    BULLET = "bullet", _("Everything on the last day")
    INTEREST_FIRST = "interest_first", _("Interest each period, principal on the last day")
    EQUAL_INSTALMENTS = "equal_instalments", _("The same instalment each period")
    EQUAL_PRINCIPAL = "equal_principal", _("The same principal each period, with interest")


class DayCount(TextChoices):
    ACTUAL_365 = "act/365", _("Real days, a year of 365")
    ACTUAL_360 = "act/360", _("Real days, a year of 360")
    THIRTY_360 = "30/360", _("Months of 30 days, a year of 360")


class FeeKind(TextChoices):
    CHARGE = "charge", _("Service, management or other charge")
    ENFORCEMENT = "enforcement", _("Cost of enforcing the claim (court, lawyer)")


class BookedTo(TextChoices):
    """What the creditor says it booked a payment to."""

    UNKNOWN = "", _("Not said")
    COSTS = "costs", _("Costs")
    INTEREST = "interest", _("Interest")
    PRINCIPAL = "principal", _("Principal")


class Outcome(TextChoices):
    EQUAL = "equal", _("The amount is right")
    MORE = "more", _("More is claimed than the law permits")
    LESS = "less", _("Less is claimed than the contract gives")
    CANNOT = "cannot", _("Cannot be calculated")


class Missing(TextChoices):
    """Facts without which an amount cannot be calculated, or only in part."""

    TERMS = "terms", _("the terms of the contract")
    SIGNED_ON = "contract_on", _("the day of the contract")
    PAYMENTS = "payments", _("the earlier payments")
    HANDED_OVER = "handed_over", _("how much was really handed over")
    RATE = "rate", _("the agreed rate")
    LATE_RATE = "late_rate", _("the rate or penalty for late payment")
    LENDER = "lender_kind", _("what kind of lender the creditor is")
    LPR = "lpr", _("a loan prime rate that is not published here yet")
    CONTRADICTION = "contradiction", _("terms that contradict each other")


class ActKind(TextChoices):
    """What interrupts or suspends the limitation of a claim, or gives up the defence."""

    DEMAND_LETTER = "demand_letter", _("Written demand that arrived")
    DEMAND_MESSAGE = "demand_message", _("Demand by message that arrived")
    BANK_DEDUCTION = "bank_deduction", _("Deduction from the account, as agreed")
    INSTALMENT_PLAN = "instalment_plan", _("The debtor agreed to instalments")
    PART_PAYMENT = "part_payment", _("The debtor paid a part")
    REQUEST_FOR_DELAY = "request_for_delay", _("The debtor asked for delay")
    REPAYMENT_PLAN = "repayment_plan", _("The debtor made a repayment plan")
    ASSIGNMENT_NOTICE = "assignment_notice", _("Notice of assignment that arrived")
    SUIT = "suit", _("Suit")
    ARBITRATION = "arbitration", _("Arbitration")
    PAYMENT_ORDER = "payment_order", _("Payment order")
    MEDIATION = "mediation_request", _("Request for mediation")
    ENFORCEMENT = "enforcement_application", _("Application for enforcement")
    SUSPENSION = "suspension", _("Obstacle that suspends the period")
    AGREEMENT = "agreement_to_perform", _("The debtor agreed to pay after the period had ended")


class TitleState(TextChoices):
    OFFERED = "offered", _("Waiting for the new creditor")
    HELD = "held", _("In force")
    DECLINED = "declined", pgettext_lazy("assignment", "Declined")


class DuplicateGround(TextChoices):
    NUMBER = "number", _("The same contract number and debtor")
    FACTS = "facts", _("The same debtor, principal, day of contract and due day")


class DuplicateState(TextChoices):
    OPEN = "open", _("Being checked")
    DIFFERENT = "different", _("Two different debts")
    DECIDED = "decided", _("One of them was rejected")


class WriteOff(TextChoices):
    """Why a creditor waives a part."""

    SETTLEMENT = "settlement", _("Agreed with the debtor")
    HARDSHIP = "hardship", _("Hardship of the debtor")
    GOODWILL = "goodwill", _("Goodwill")
    NOT_PROVABLE = "not_provable", _("It cannot be proved")


class IdentityCode(TextChoices):
    """What does not fit together about the person of a claim; never the data themselves."""

    NAME_DIFFERS = "name-differs", _("Another name than known for this number")
    UNDER_AGE = "under-age", _("Under age on the day of the contract")
    AREA_UNKNOWN = "area-unknown", _("The number's area is not known")
