"""The words and shapes of screening."""

from dataclasses import dataclass
from datetime import datetime

LANGS = frozenset({"zh", "zh-Hant", "en", "mixed"})
SURFACES = frozenset({"message", "voicemail", "envelope"})
FACTS = frozenset(
    {
        "enforceable_judgment",
        "suit_filed",
        "time_barred",
        "contact_refused",
        "gate_open",
        "debtor_lost",
        "volunteer_payer",
        "debtor_consents_disclosure",
        "disputed",
        "validation_period_open",
        "settlement_authorised",
        "plan_kept",
        "household_debt_proven",
        "deceased",
        "sender_is_agency",
    }
)


@dataclass(frozen=True, slots=True)
class Utterance:
    """
    What our side says or sends, to whom, and what is known of the case.

    `role` is the listener's; without one nothing may be said. `facts` holds the names of those that
    are true. Hours are judged when both `at` and `zones` are given.
    """

    text: str
    role: str | None
    channel: str = "sms"
    surface: str = "message"
    identity_verified: bool = False
    facts: frozenset[str] = frozenset()
    at: datetime | None = None
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One forbidden act: where it stands in the original text (half-open), the rules it breaks, the
    first of them in `rule_id`, and how to say it lawfully in Chinese and in English.
    """

    act: str
    start: int
    end: int
    rules: tuple[str, ...]
    say_zh: str
    say_en: str

    @property
    def rule_id(self) -> str:
        """Return the rule that a short answer names."""
        return self.rules[0]

    def say(self, lang: str) -> str:
        """Return the lawful wording in Chinese (`zh…`) or else in English."""
        return self.say_zh if lang.startswith("zh") else self.say_en


@dataclass(frozen=True, slots=True)
class Screening:
    """The answer: `allow` or `deny`, the rules that fired by id, and what was found, in order."""

    decision: str
    rules: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def denied(self) -> bool:
        """Tell whether the text must not leave."""
        return self.decision == "deny"
