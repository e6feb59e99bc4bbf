"""What each role may do, in words a person can read; the only place where roles are told apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.parties.terms import Purpose


class Permission(StrEnum):
    """Verbs of the platform; whose rows they reach is narrowed by the access queries."""

    # Creditors
    SUBMIT_CLAIMS = "submit_claims"
    MANAGE_CLAIMS = "manage_claims"
    PLACE_CLAIMS = "place_claims"
    REPORT_PAYMENTS = "report_payments"
    # Creditors and collectors: what they say of themselves
    DECLARE_PARTY = "declare_party"
    DECIDE_PLANS = "decide_plans"
    # Collectors
    TAKE_ORDERS = "take_orders"
    CONTACT_DEBTORS = "contact_debtors"
    WORK_CASES = "work_cases"
    # Debtors
    CONTEST_CLAIM = "contest_claim"
    PROPOSE_PLAN = "propose_plan"
    PAY = "pay"
    COMPLAIN = "complain"
    SET_WISHES = "set_wishes"
    # The platform's own conscience
    VERIFY_PARTIES = "verify_parties"
    VERIFY_CLAIMS = "verify_claims"
    DECIDE_DISPUTES = "decide_disputes"
    DECIDE_FLAGS = "decide_flags"
    DECIDE_COMPLAINTS = "decide_complaints"
    DECIDE_HARDSHIP = "decide_hardship"
    MANAGE_HOLDS = "manage_holds"
    SUSPEND = "suspend"
    TIGHTEN_RULES = "tighten_rules"
    SET_RULES_ASIDE = "set_rules_aside"
    # Operation
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_DEBTOR_ACCESS = "manage_debtor_access"
    MANAGE_PAYMENTS = "manage_payments"
    PRINT_LETTERS = "print_letters"
    PREPARE_PAYOUTS = "prepare_payouts"
    APPROVE_PAYOUTS = "approve_payouts"
    ROTATE_KEYS = "rotate_keys"
    # Reading
    SEE_STATEMENTS = "see_statements"
    SEE_ALL_CLAIMS = "see_all_claims"
    SEE_FIGURES = "see_figures"
    SEE_JOURNAL = "see_journal"


@dataclass(frozen=True)
class RoleClass:
    """One role: its name, one sentence about it, its verbs, and why it may look into the vault."""

    display_name: StrPromise
    description: StrPromise
    permissions: frozenset[Permission]
    purposes: frozenset[Purpose] = frozenset()


class NotPermitted(DomainError):
    code = "parties.not-permitted"
    status = 403
    text = _("Your role may not do this.")


P = Permission

_CREDITOR = RoleClass(
    _("Creditor"),
    _("Posts claims with evidence, chooses who works them, receives money and statements."),
    frozenset(
        {
            P.SUBMIT_CLAIMS,
            P.MANAGE_CLAIMS,
            P.PLACE_CLAIMS,
            P.REPORT_PAYMENTS,
            P.DECIDE_PLANS,
            P.DECIDE_HARDSHIP,
            P.COMPLAIN,
            P.DECLARE_PARTY,
            P.SEE_STATEMENTS,
        }
    ),
    frozenset({Purpose.HARDSHIP, Purpose.DISPUTE}),
)
_COLLECTOR = RoleClass(
    _("Collector"),
    _("Takes orders and works them inside the contact rules; never sees a phone number."),
    frozenset(
        {
            P.TAKE_ORDERS,
            P.CONTACT_DEBTORS,
            P.WORK_CASES,
            P.COMPLAIN,
            P.DECLARE_PARTY,
            P.SEE_STATEMENTS,
        }
    ),
    frozenset({Purpose.WORK_CASE}),
)
_DEBTOR = RoleClass(
    _("Debtor"),
    _("Sees what is claimed and why; contests, pays, agrees a plan, sets wishes, complains."),
    frozenset({P.CONTEST_CLAIM, P.PROPOSE_PLAN, P.PAY, P.COMPLAIN, P.SET_WISHES}),
    frozenset({Purpose.DATA_COPY}),
)
_REVIEWER = RoleClass(
    _("Reviewer"),
    _("Checks that organisations and claims are real before anybody may collect."),
    frozenset({P.VERIFY_PARTIES, P.VERIFY_CLAIMS, P.DECIDE_FLAGS, P.SEE_ALL_CLAIMS}),
    frozenset({Purpose.VERIFY_IDENTITY}),
)
_COMPLIANCE = RoleClass(
    _("Compliance officer"),
    _("Decides disputes and complaints, places holds, suspends, and explains decisions."),
    frozenset(
        {
            P.VERIFY_PARTIES,
            P.VERIFY_CLAIMS,
            P.DECIDE_FLAGS,
            P.DECIDE_DISPUTES,
            P.DECIDE_COMPLAINTS,
            P.DECIDE_HARDSHIP,
            P.MANAGE_HOLDS,
            P.SUSPEND,
            P.TIGHTEN_RULES,
            P.SET_RULES_ASIDE,
            P.MANAGE_DEBTOR_ACCESS,
            P.SEE_ALL_CLAIMS,
            P.SEE_FIGURES,
            P.SEE_JOURNAL,
        }
    ),
    frozenset(
        {
            Purpose.VERIFY_IDENTITY,
            Purpose.COMPLAINT,
            Purpose.DISPUTE,
            Purpose.HARDSHIP,
            Purpose.DATA_COPY,
        }
    ),
)
_OPERATOR = RoleClass(
    _("Operator"),
    _("Runs the installation: accounts, fees, payouts. Cannot decide disputes or complaints."),
    frozenset(
        {
            P.MANAGE_ACCOUNTS,
            P.MANAGE_DEBTOR_ACCESS,
            P.MANAGE_PAYMENTS,
            P.PRINT_LETTERS,
            P.PREPARE_PAYOUTS,
            P.APPROVE_PAYOUTS,
            P.ROTATE_KEYS,
            P.TIGHTEN_RULES,
            P.PLACE_CLAIMS,
            P.SEE_STATEMENTS,
            P.SEE_ALL_CLAIMS,
            P.SEE_FIGURES,
            P.SEE_JOURNAL,
        }
    ),
    frozenset({Purpose.MATCH_PAYMENT}),
)
_REGULATOR = RoleClass(
    _("Regulator"),
    _("Reads figures and checks that the records were not altered; sees no single claim."),
    frozenset({P.SEE_FIGURES, P.SEE_JOURNAL}),
)
_SYSTEM = RoleClass(
    _("System"),
    _("Jobs and the command line of the installation itself."),
    frozenset(P),
    frozenset({Purpose.DELIVER, Purpose.LEGAL_NOTICE, Purpose.ROTATION, Purpose.DATA_COPY}),
)

ROLES: Final[dict[Role, RoleClass]] = {
    Role.CREDITOR: _CREDITOR,
    Role.COLLECTOR: _COLLECTOR,
    Role.DEBTOR: _DEBTOR,
    Role.REVIEWER: _REVIEWER,
    Role.COMPLIANCE: _COMPLIANCE,
    Role.OPERATOR: _OPERATOR,
    Role.REGULATOR: _REGULATOR,
    Role.SYSTEM: _SYSTEM,
}
# Roles that see every claim (masked); the others see their own.
OVERSIGHT: Final = frozenset({Role.REVIEWER, Role.COMPLIANCE, Role.OPERATOR, Role.SYSTEM})


def may(actor: Actor, permission: Permission) -> bool:
    """Tell whether an actor's role holds a permission."""
    return permission in ROLES[actor.role].permissions


def require(actor: Actor, permission: Permission) -> None:
    """
    Refuse an actor whose role lacks a permission.

    :raises NotPermitted: the role does not hold it
    """
    if not may(actor, permission):
        raise NotPermitted
