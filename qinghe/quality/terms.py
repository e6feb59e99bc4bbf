"""Words of this room."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ComplaintKind(TextChoices):
    TOO_OFTEN = "too_often", _("Contacted too often or at the wrong time")
    RUDE = "rude", _("Insult or threat")
    THIRD_PARTY = "third_party", _("Told somebody else")
    WRONG_CLAIM = "wrong_claim", _("The claim is not mine")
    PRIVATE_PAYMENT = "private_payment", _("Asked to pay to a private account")
    OTHER = "other", _("Something else")


class ComplaintState(TextChoices):
    OPEN = "open", _("Being heard")
    UPHELD = "upheld", _("Justified")
    DISMISSED = "dismissed", _("Not justified")
    WITHDRAWN = "withdrawn", pgettext_lazy("complaint", "Taken back")
    OVERTURNED = "overturned", _("Found not justified on appeal")


# What hurts a person most; the ladder has a measure of its own for these.
GRAVE = (ComplaintKind.RUDE, ComplaintKind.THIRD_PARTY, ComplaintKind.PRIVATE_PAYMENT)
# Days within which a complaint is answered.
ANSWER_DAYS = 15
# What a hold that a complaint asked for names as its cause, before the complaint's id.
CAUSE = "complaint:"
# What a pause of a collector names as its cause, before the collector and the newest complaint.
PAUSE = "hearing:"


class InventionState(TextChoices):
    """What became of the finding that a claim never existed."""

    ASKED = "asked", _("Waits for a second officer")
    PROVEN = "proven", _("Proven: the claim never existed")
    DROPPED = "dropped", _("Not proven")


# What the holds on a creditor's other claims name as their cause, before the finding's id.
INVENTION = "invention:"


class Cause(TextChoices):
    """Why a version of a standing began."""

    FIRST = "first", _("First grade")
    PROMOTED = "promoted", _("Promoted at a review")
    DEMOTED = "demoted", _("Lowered by conduct")
    RESTORED = "restored", _("Given back after an appeal")
    RECOGNISED = "recognised", _("Experience elsewhere recognised")
    FIGURES = "figures", _("New figures")


class Gate(TextChoices):
    """The measures of conduct, by the names they have in `ladder.yaml`."""

    SUSPENDED = "suspended", _("The firm is suspended")
    COMPLAINTS = "complaints", _("Justified complaints")
    GRAVE = "grave", _("Threats, telling others, private payment")
    DISPUTES = "disputes", _("Claims rightly contested")
    REFUSALS = "refusals", _("Contact requests refused by rules")
    SUSPENSIONS = "suspensions", _("Suspensions")
    CERTIFIED = "certified", _("Collectors with a valid certificate")


class Side(TextChoices):
    """Who rates the other after a mandate."""

    CREDITOR = "creditor", _("Creditor")
    COLLECTOR = "collector", _("Collector")


# A rating can be given so many days after a mandate ended; then it is opened, or never made.
RATING_DAYS = 14
# The questions, each answered from 1 to 5; the creditor's are about the collector, and the reverse.
QUESTIONS = {
    Side.CREDITOR: (
        _("Reports and papers came in time"),
        _("The records show respect for the debtor"),
        _("The agreed terms were kept"),
        _("I would place claims there again"),
    ),
    Side.COLLECTOR: (
        _("The papers were complete and right"),
        _("Questions were answered in time"),
        _("The agreed terms were kept"),
        _("I would take orders from there again"),
    ),
}


class AppealAbout(TextChoices):
    COMPLAINT = "complaint", _("A justified complaint")
    DEMOTION = "demotion", _("A lowered grade")
    RATING = "rating", _("A rating")
    PAUSE = "pause", _("A pause of new orders")


class AppealState(TextChoices):
    OPEN = "open", _("Being heard")
    GRANTED = "granted", pgettext_lazy("appeal", "Granted")
    REFUSED = "refused", pgettext_lazy("appeal", "Not granted")


class AppealGround(TextChoices):
    """What the collector says is wrong."""

    RECORDS = "records", _("The records say something else")
    NOT_US = "not_us", _("It was not our act")
    FABRICATED = "fabricated", _("It was made up")
    NOT_ONE_FIRM = "not_one_firm", _("The record of another firm was counted as ours")
    FIGURES = "figures", _("The figures are wrong")
    DISHONEST = "dishonest", _("The rating is not about this mandate")


class AppealReason(TextChoices):
    """Why the second officer decided so."""

    EVIDENCE = "evidence", _("The records contradict the first decision")
    OTHER_PARTY = "other_party", _("Somebody else was at fault")
    MADE_UP = "made_up", _("It was made up")
    PROCEDURE = "procedure", _("The first decision did not follow the procedure")
    OTHER_FIRM = "other_firm", _("The other firm is not the same hand")
    SUSPENSION = "suspension", _("The suspension was an error")
    NOT_ABOUT = "not_about", _("The rating is not about this mandate")
    STANDS = "stands", _("The records bear the first decision out")
    NOTHING_NEW = "nothing_new", _("Nothing new was brought forward")
    NO_PROOF = "no_proof", _("What was brought forward is not proven")


REFUSING = (AppealReason.STANDS, AppealReason.NOTHING_NEW, AppealReason.NO_PROOF)
# What can be wrong with each thing that is appealed.
GRANTING = {
    AppealAbout.COMPLAINT: (
        AppealReason.EVIDENCE,
        AppealReason.OTHER_PARTY,
        AppealReason.MADE_UP,
        AppealReason.PROCEDURE,
    ),
    AppealAbout.DEMOTION: (AppealReason.OTHER_FIRM, AppealReason.SUSPENSION),
    AppealAbout.RATING: (AppealReason.NOT_ABOUT, AppealReason.MADE_UP),
    AppealAbout.PAUSE: (
        AppealReason.EVIDENCE,
        AppealReason.OTHER_PARTY,
        AppealReason.MADE_UP,
        AppealReason.OTHER_FIRM,
    ),
}
# An appeal is made within so many days, and decided within so many.
APPEAL_DAYS = 30
HEARING_DAYS = 10


class Face(TextChoices):
    """How a debtor felt treated after a contact."""

    GOOD = "good", _("Treated well")
    MIXED = "mixed", _("So-so")
    BAD = "bad", _("Treated badly")


# How long after a contact its debtor may say so; and fewer signals than this say nothing at all.
SIGNAL_DAYS = 30
MANY = 20
