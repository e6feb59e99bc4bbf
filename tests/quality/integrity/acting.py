"""Flags made straight in the tables, officers, and the steps of a case by name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.ids import digits
from qinghe.parties.models import Cover, Organisation
from qinghe.quality.models import IntegrityFlag, Respondent, Ruling, Sign
from qinghe.quality.services.integrity.hearing import hear, state_view
from qinghe.quality.services.integrity.ruling import decide_ruling, rule
from qinghe.quality.services.integrity.sweeping import Swept, sweep
from qinghe.quality.signs.judging import key_of
from qinghe.quality.signs.table import days, number
from tests.factories import AT, actor

ONE, OTHER, THIRD = (actor(Role.COMPLIANCE) for _n in range(3))
JOB = system("tests")
DAY = timedelta(days=1)
SETTLE = timedelta(minutes=number("settle_minutes"))


def look(at: datetime) -> Swept:
    """Sweep so that everything up to and with a moment is seen."""
    return sweep(actor=JOB, at=at + SETTLE)


def flagged(*parties: Organisation, rule: str = "one-hand", kind: str = "account") -> IntegrityFlag:
    key = key_of(*(each.pk for each in parties))
    flag = IntegrityFlag.objects.create(
        number=f"CX{digits(12)}", rule=rule, key=key, score=60, raised_at=AT, seen_at=AT
    )
    Sign.objects.create(
        rule=rule, key=key, kind=kind, ref=f"sign:{kind}", weight=60, at=AT, flag=flag
    )
    for each in parties:
        Respondent.objects.create(flag=flag, organisation=each)
    return flag


def asked(flag: IntegrityFlag, at: datetime = AT) -> IntegrityFlag:
    return hear(flag_id=flag.pk, question="Whose account is it?", actor=ONE, at=at)


def answered(flag: IntegrityFlag, by: Organisation, at: datetime = AT + DAY) -> Respondent:
    role = Role.COLLECTOR if by.kind in ("agency", "own_team") else Role.CREDITOR
    return state_view(flag_id=flag.pk, text="It is ours alone.", actor=actor(role, by), at=at)


def proposed(
    flag: IntegrityFlag,
    about: Organisation,
    outcome: str = "warning",
    by: Actor = ONE,
    **fields: Any,
) -> Ruling:
    given = {"reason": "The statements of the bank show it.", "at": AT + 2 * DAY, **fields}
    return rule(flag_id=flag.pk, org_id=about.pk, outcome=outcome, actor=by, **given)


def agreed(
    made: Ruling, by: Actor = OTHER, *, yes: bool = True, at: datetime = AT + 3 * DAY
) -> Ruling:
    return decide_ruling(ruling_id=made.pk, agreed=yes, actor=by, at=at)


def sanctioned(about: Organisation, outcome: str, **fields: Any) -> Ruling:
    """Return a sanction in force, after a hearing and by two officers."""
    flag = asked(flagged(about))
    answered(flag, about)
    return agreed(proposed(flag, about, outcome, **fields))


def deposit(of: Organisation, amount: int = 1_000_000, **fields: Any) -> Cover:
    given = {
        "kind": "deposit", "currency": "CNY", "recorded_by": "operator:a", "recorded_at": AT,
        "confirmed_by": "operator:b", "confirmed_at": AT, **fields,
    }  # fmt: skip
    return Cover.objects.create(organisation=of, amount=amount, **given)


AFTER = AT + 3 * DAY + days("objection_days")
