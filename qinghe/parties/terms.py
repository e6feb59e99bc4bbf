"""Words of this room, shared with forms and rules."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OrgKind(TextChoices):
    INSTITUTION = "institution", _("Creditor, institution")
    PRIVATE_CREDITOR = "private_creditor", _("Creditor, natural person")
    AGENCY = "agency", _("Collection agency")
    OWN_TEAM = "own_team", _("Operator's own team")
    OPERATOR = "operator", _("Platform operator")
    REGULATOR = "regulator", _("Regulator")


class OrgState(TextChoices):
    PENDING = "pending", _("Being verified")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")


class TaxpayerKind(TextChoices):
    """How an organisation is taxed on its services; the rates stand in `rules/law/vat.yaml`."""

    GENERAL = "general", _("General taxpayer")
    SMALL = "small", _("Small-scale taxpayer")
    NONE = "none", _("Charges no value added tax")


class LicenceKind(TextChoices):
    LENDING = "lending", _("Lending licence")
    COLLECTION = "collection", _("Collection registration")
    MEDIATION = "mediation", _("Mediation registration")
    BUSINESS = "business", _("Business licence")


# What an order may ask of its taker: a business licence lets nobody collect.
WORK_LICENCES = [(each.value, each.label) for each in LicenceKind if each != LicenceKind.BUSINESS]


class PersonKind(TextChoices):
    NATURAL = "natural", _("Natural person")
    BUSINESS = "business", _("Business")


class Secret(TextChoices):
    """Kinds of personal data the vault keeps."""

    NAME = "name", pgettext_lazy("person", "Name")
    ID_NUMBER = "id_number", _("Identity number")
    PHONE = "phone", _("Phone number")
    EMAIL = "email", _("E-mail address")
    ADDRESS = "address", _("Postal address")
    ACCOUNT = "account", _("Bank account")
    TEXT = "text", _("Free text about a person")
    # Who stands behind a creditor or collector: apart from debtors, for nobody proved it yet.
    PARTY_NUMBER = "party_number", _("Identity number of a party")


# What is compared between debtors; the numbers of parties are never among it.
DEBTOR_SECRETS = [(each.value, each.label) for each in Secret if each != Secret.PARTY_NUMBER]


class Purpose(TextChoices):
    """Why somebody may look into the vault; nothing else is a reason."""

    VERIFY_IDENTITY = "verify_identity", _("Verify identity")
    DELIVER = "deliver", _("Deliver a permitted message")
    LEGAL_NOTICE = "legal_notice", _("Serve a legal notice")
    COMPLAINT = "complaint", _("Hear a complaint")
    DISPUTE = "dispute", _("Decide or answer a dispute")
    HARDSHIP = "hardship", _("Answer a request for a pause")
    WORK_CASE = "work_case", _("Work a case")
    MATCH_PAYMENT = "match_payment", _("Find out what a payment is for")
    DATA_COPY = "data_copy", _("Give the person a copy of their data")
    PAY_OUT = "pay_out", _("Pay an organisation")
    ROTATION = "rotation", _("Re-encrypt with a new key")


class Channel(TextChoices):
    VOICE = "voice", _("Phone call")
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")
    LETTER = "letter", _("Letter")
    VISIT = "visit", _("Visit")


class Source(TextChoices):
    """Where contact data came from; the last four can never be used."""

    CONTRACT = "contract", _("Contract")
    DEBTOR_LEFT = "debtor_left", _("Left by the debtor")
    DEBTOR_AUTHORISED = "debtor_authorised", _("Authorised by the debtor")
    PUBLIC_LAWFUL = "public_lawful", _("Lawful public source")
    AUTHORISED_QUERY = "authorised_query", _("Authorised query")
    ADDRESS_BOOK = "address_book", _("Address book")
    PURCHASED = "purchased", _("Purchased")
    SCRAPED = "scraped", _("Scraped")
    UNKNOWN = "unknown", _("Unknown")


class PointState(TextChoices):
    UNVERIFIED = "unverified", _("Not verified")
    VALID = "valid", _("Valid")
    INVALID = "invalid", _("Out of service")


class ProofKind(TextChoices):
    """What is known of a party beyond its own word; the levels are made of these."""

    NUMBER = "number", _("Number checked at its register")
    ACCOUNT = "account", _("Account proven by a small transfer")
    MANDATE = "mandate", _("Authority of the signatory")
    LICENCE = "licence", _("Licence compared with its register")
    PAPERS = "papers", _("Papers seen")
    PRINCIPAL = "principal", _("Responsible persons checked")
    COVER = "cover", _("Deposit or insurance confirmed")
    REVIEW = "review", _("Reviewed by a person")
    VOUCHED = "vouched", _("Vouched for by the operator")


class ActsAs(TextChoices):
    """In what capacity somebody stands behind a party."""

    SELF = "self", _("The creditor in person")
    SIGNATORY = "signatory", _("Authorised signatory")
    PRINCIPAL = "principal", _("Responsible person")


class SettlementState(TextChoices):
    DECLARED = "declared", _("Not proven yet")
    PROVEN = "proven", pgettext_lazy("account", "Proven")
    REPLACED = "replaced", _("Replaced")


class TransferState(TextChoices):
    """The small transfer that proves an account."""

    WAITING = "waiting", _("To be sent by the bank desk")
    SENT = "sent", pgettext_lazy("transfer", "Sent: state the amount")
    PROVEN = "proven", pgettext_lazy("transfer", "Amount was right")
    FAILED = "failed", pgettext_lazy("transfer", "Three wrong amounts")
    EXPIRED = "expired", pgettext_lazy("transfer", "Not answered in time")
    RETURNED = "returned", pgettext_lazy("transfer", "The bank returned it")


LIVE_TRANSFERS = (TransferState.WAITING, TransferState.SENT)


class ApplicationState(TextChoices):
    DRAFT = "draft", pgettext_lazy("application", "Being filled in")
    SUBMITTED = "submitted", pgettext_lazy("application", "Being reviewed")
    SECOND = "second", _("Waiting for a second reviewer")
    RETURNED = "returned", pgettext_lazy("application", "Something is missing")
    APPROVED = "approved", pgettext_lazy("application", "Approved")
    REFUSED = "refused", pgettext_lazy("application", "Refused")


class ReviewReason(TextChoices):
    """Why an application goes back or is refused; the applicant reads it."""

    UNREADABLE = "unreadable", _("A document cannot be read")
    DIFFERS = "differs", _("The documents and the form do not agree")
    INCOMPLETE = "incomplete", _("A document is missing")
    LAPSED = "lapsed", _("A licence or an authority is not valid any more")
    NO_AUTHORITY = "no_authority", _("The signatory's authority is not shown")
    NOT_FOUND = "not_found", _("The register does not know this number and name")
    NOT_YOURS = "not_yours", _("The documents belong to somebody else")
    NOT_ALLOWED = "not_allowed", _("The law does not let this party work here")


class CheckOutcome(TextChoices):
    MATCH = "match", _("Agrees")
    NO_MATCH = "no_match", _("Does not agree")
    UNKNOWN = "unknown", _("No answer yet")


class CoverKind(TextChoices):
    DEPOSIT = "deposit", _("Deposit")
    INSURANCE = "insurance", _("Insurance")


class PartyFlagKind(TextChoices):
    """What a reviewer must look at before a party is approved."""

    SAME_NUMBER = "same_number", _("Another party has the same identity number")
    SAME_PHONE = "same_phone", _("Another party has the same phone number")
    SAME_ACCOUNT = "same_account", _("Another party has the same bank account")
    SAME_LICENCE = "same_licence", _("Another party has the same licence number")
    OTHER_HOLDER = "other_holder", _("The account's holder is not the declared name")
    SANCTIONED = "sanctioned", _("The same people, account or number as a suspended party")
    UNKNOWN_AREA = "unknown_area", _("The area of the identity number is not in the list")
