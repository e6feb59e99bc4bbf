"""Whoever is flagged is asked before anybody decides, and answers in its own words."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from qinghe.claims.services import check_words
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import seal
from qinghe.parties.terms import Secret
from qinghe.quality.integrity_refusals import (
    FlagClosed,
    NoSuchFlag,
    NotAsked,
    StatedBefore,
    WordsMissing,
)
from qinghe.quality.integrity_terms import FlagState
from qinghe.quality.models import IntegrityFlag, Respondent
from qinghe.quality.signs.table import days


@verb("quality.hear")
def hear(*, flag_id: UUID, question: str, actor: Actor, at: datetime) -> IntegrityFlag:
    """
    Ask every organisation of a flag for its side; the time to answer begins.

    Whoever was asked before keeps its day.

    :raises NotPermitted: the actor does not suspend
    :raises NoSuchFlag: unknown
    :raises FlagClosed: decided before
    :raises WordsMissing: no question
    :raises WordsRefused: the words threaten, insult or mislead
    """
    require(actor, Permission.SUSPEND)
    flag = lock_flag(flag_id)
    if flag.state == FlagState.DECIDED:
        raise FlagClosed
    words = question.strip()
    if not words:
        raise WordsMissing
    check_words(words)
    Respondent.objects.filter(flag=flag, asked_at=None).update(
        asked_at=at, due_at=at + days("hearing_days"), question=words
    )
    flag.state = FlagState.HEARING
    flag.save(update_fields=["state"])
    note("heard", flag, actor, at)
    return flag


@verb("quality.state")
def state_view(*, flag_id: UUID, text: str, actor: Actor, at: datetime) -> Respondent:
    """
    Answer for one's own organisation, also after the day, as long as nothing is decided.

    :raises NotPermitted: the actor does not speak for an organisation
    :raises NotAsked: another's flag, never asked, or decided
    :raises StatedBefore: answered already
    :raises WordsMissing: no words
    """
    require(actor, Permission.DECLARE_PARTY)
    flag = IntegrityFlag.objects.select_for_update().filter(pk=flag_id).first()
    mine = Respondent.objects.select_for_update().filter(
        flag=flag_id, organisation=actor.org_id, asked_at__isnull=False
    )
    found = mine.first()
    if flag is None or found is None or flag.state == FlagState.DECIDED:
        raise NotAsked
    if found.stated_at is not None:
        raise StatedBefore
    if not text.strip():
        raise WordsMissing
    found.statement = seal(kind=Secret.TEXT, value=text.strip(), person_id=None, at=at)
    found.stated_at = at
    found.save(update_fields=["statement", "stated_at"])
    note("stated", flag, actor, at, organisation=found.organisation_id)
    return found


def lock_flag(flag_id: UUID) -> IntegrityFlag:
    """
    Lock a flag: whoever decides about it holds this row first.

    :raises NoSuchFlag: unknown
    """
    flag = IntegrityFlag.objects.select_for_update().filter(pk=flag_id).first()
    if flag is None:
        raise NoSuchFlag
    return flag


def note(what: str, flag: IntegrityFlag, actor: Actor, at: datetime, **facts: Any) -> None:
    """Put on record what was done about a flag."""
    record(
        kind=f"quality.integrity-{what}",
        subject=f"integrity:{flag.pk}",
        actor=actor,
        at=at,
        number=flag.number,
        rule=flag.rule,
        **facts,
    )
