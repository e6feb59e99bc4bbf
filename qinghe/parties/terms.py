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


class LicenceKind(TextChoices):
    LENDING = "lending", _("Lending licence")
    COLLECTION = "collection", _("Collection registration")
    MEDIATION = "mediation", _("Mediation registration")


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


class Purpose(TextChoices):
    """Why somebody may look into the vault; nothing else is a reason."""

    VERIFY_IDENTITY = "verify_identity", _("Verify identity")
    DELIVER = "deliver", _("Deliver a permitted message")
    LEGAL_NOTICE = "legal_notice", _("Serve a legal notice")
    COMPLAINT = "complaint", _("Hear a complaint")
    DISPUTE = "dispute", _("Decide a dispute")
    HARDSHIP = "hardship", _("Answer a request for a pause")
    WORK_CASE = "work_case", _("Work a case")
    DATA_COPY = "data_copy", _("Give the person a copy of their data")
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
