"""Retire a rule that is wrong too often, and take it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.quality.integrity_refusals import RuleUnchanged, WordsMissing
from qinghe.quality.integrity_terms import RuleCode
from qinghe.quality.models import RetiredRule


@verb("quality.retire_rule")
def retire_rule(*, rule: str, reason: str, actor: Actor, at: datetime) -> RetiredRule:
    """
    Let a rule raise no more flags; those that stand are still decided by people.

    :raises NotPermitted: the actor does not suspend
    :raises WordsMissing: no reason
    :raises RuleUnchanged: retired already
    """
    require(actor, Permission.SUSPEND)
    if not reason.strip():
        raise WordsMissing
    made = {"reason": reason.strip(), "by": actor.label, "at": at}
    found, new = RetiredRule.objects.get_or_create(rule=RuleCode(rule), defaults=made)
    if not new:
        raise RuleUnchanged
    _note("retired", rule, actor, at, reason=found.reason)
    return found


@verb("quality.revive_rule")
def revive_rule(*, rule: str, actor: Actor, at: datetime) -> None:
    """
    Let a retired rule raise flags again.

    :raises NotPermitted: the actor does not suspend
    :raises RuleUnchanged: it was never retired
    """
    require(actor, Permission.SUSPEND)
    gone, _rows = RetiredRule.objects.filter(rule=rule).delete()
    if not gone:
        raise RuleUnchanged
    _note("revived", rule, actor, at)


def _note(what: str, rule: str, actor: Actor, at: datetime, **facts: Any) -> None:
    subject = f"integrity-rule:{rule}"
    record(kind=f"quality.rule-{what}", subject=subject, actor=actor, at=at, **facts)
