"""The words facts are written in. A word outside its list is an error, never a permission."""

CHANNELS = frozenset({"voice", "sms", "im", "email", "letter", "visit"})
MODES = frozenset({"human", "ai", "one_way"})
DIRECTIONS = frozenset({"outbound", "inbound"})
ADDRESS_KINDS = frozenset({"personal", "work"})
ADDRESS_SOURCES = frozenset(
    {
        "contract",
        "debtor_left",
        "debtor_authorised",
        "public_lawful",
        "told_by_contact",
        "authorised_query",
        "address_book",
        "purchased",
        "scraped",
        "unknown",
    }
)
PURPOSES = frozenset({"collect", "locate", "reply", "legal_notice"})
SENDER_ACCOUNTS = frozenset({"company", "private"})
PLACES = frozenset({"public", "agreed", "home", "private", "office"})
ROLES = frozenset(
    {
        "debtor",
        "guarantor",
        "spouse",
        "agreed_contact",
        "other_contact",
        "employer",
        "colleague",
        "stranger",
        "attorney",
        "executor",
    }
)
DEBT_KINDS = frozenset(
    {"credit_card", "consumer_loan", "small_loan", "private_loan", "trade_credit", "other"}
)
WORKER_KINDS = frozenset({"agency", "creditor", "platform", "debt_buyer"})
DISPUTE_FORMS = frozenset({"written", "oral"})
MORATORIUM_KINDS = frozenset({"breathing_space", "mental_health"})
CONSENT_KINDS = frozenset({"window", "callback"})
OBJECTION_KINDS = frozenset({"channel", "time", "workplace", "cease_all", "contact_refusal"})
OBJECTION_FORMS = frozenset({"oral", "written", "electronic"})
OUTCOMES = frozenset(
    {
        "talk",
        "no_answer",
        "busy",
        "not_in_service",
        "voicemail",
        "dropped",
        "delivered",
        "failed",
    }
)
BOUNDARIES = frozenset({"strict", "text"})
DISPUTE_HOLDS = frozenset({"text", "all"})

# Third persons: they owe nothing and may learn nothing.
THIRD_PERSONS = frozenset({"agreed_contact", "other_contact", "employer", "colleague", "stranger"})
# Regulation F treats these like the debtor.
US_CONSUMERS = frozenset({"debtor", "spouse", "guarantor", "executor"})
