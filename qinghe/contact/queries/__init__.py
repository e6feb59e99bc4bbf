"""Reads of this room: the budget of a person, every contact, and why something was refused."""

from qinghe.contact.facts import counted_outcome
from qinghe.contact.queries.attempts import (
    AttemptRow,
    attempts_of_claim,
    attempts_of_person,
    message_copies,
    visible_attempt,
)
from qinghe.contact.queries.budget import (
    BudgetAllowance,
    BudgetChannel,
    BudgetView,
    Reason,
    allowed_at,
    budget,
    budget_of,
)
from qinghe.contact.queries.explaining import Explanation, RuleText, Sentences, explain, rule_text
from qinghe.contact.queries.letters import LetterRow, letters_to_post, letters_to_print
from qinghe.contact.queries.situation import situation_of
from qinghe.contact.queries.wishes import WishRow, wishes
from qinghe.contact.wording import Wording, wordings

__all__ = [
    "AttemptRow",
    "BudgetAllowance",
    "BudgetChannel",
    "BudgetView",
    "Explanation",
    "LetterRow",
    "Reason",
    "RuleText",
    "Sentences",
    "WishRow",
    "Wording",
    "allowed_at",
    "attempts_of_claim",
    "attempts_of_person",
    "budget",
    "budget_of",
    "counted_outcome",
    "explain",
    "letters_to_post",
    "letters_to_print",
    "message_copies",
    "rule_text",
    "situation_of",
    "visible_attempt",
    "wishes",
    "wordings",
]
