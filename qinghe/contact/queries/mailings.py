"""
One message to many persons: who would be skipped and why, before anything is sent; how far it is.

The preview asks the gate's own judgement about every person alone; nothing is judged in bulk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from qinghe.contact.decision import MESSAGES, decide
from qinghe.contact.facts import Asked, Situation
from qinghe.contact.models import Attempt, Mailing, MailingItem
from qinghe.contact.outlook import lasting
from qinghe.contact.queries.situation import situations_of
from qinghe.contact.refusals import (
    NoSuchMailing,
    NoSuchWording,
    OneByOne,
    PersonTwice,
    SaidToday,
    TooManyAtOnce,
    WaitsElsewhere,
)
from qinghe.contact.terms import SILENT, AttemptState, ContactPurpose, MailingState, Mode
from qinghe.contact.wording import Wording, wording
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from qinghe.market.queries.teams import in_own_hands, leads_or_no_team
from qinghe.market.refusals import NoMandate
from qinghe.market.terms import LIVE
from qinghe.parties.roles import Permission, require
from qinghe.rules.contact.clock import NATIONAL, day_start, local_day

AT_MOST: Final = 2_000
LATEST: Final = 10


@dataclass(frozen=True)
class Judged:
    """One case: `reason` is the rule or the code of the refusal that leaves it out, if any."""

    claim_id: UUID
    reason: str = ""
    next_allowed_at: datetime | None = None


@dataclass(frozen=True)
class Skipped:
    """How many are left out for one reason, and the first moment any of them could go."""

    reason: str
    count: int
    next_allowed_at: datetime | None


@dataclass(frozen=True)
class MailingPreview:
    """What a message to many would do now: who would get it, who would be skipped, by reason."""

    asked: int
    permitted: tuple[UUID, ...]
    skipped: tuple[Skipped, ...]

    @property
    def left_out(self) -> int:
        """Return how many would be skipped."""
        return self.asked - len(self.permitted)


@dataclass(frozen=True)
class MailingRow:
    """
    One case of a mailing as shown; `state` is the attempt's, or `waiting` or `skipped`.

    `debtor_masked` is empty when the mandate is over.
    """

    claim_id: UUID
    claim_number: str
    debtor_masked: str
    state: str
    reason: str
    next_allowed_at: datetime | None
    attempt_id: UUID | None


@dataclass(frozen=True)
class MailingView:
    """A mailing: what was chosen, how far it is, and what became of every case."""

    id: UUID
    channel: str
    template: str
    state: str
    at: datetime
    ended_at: datetime | None
    rows: tuple[MailingRow, ...]

    @property
    def by_state(self) -> dict[str, int]:
        """Return how many cases are in each state."""
        return dict(Counter(row.state for row in self.rows))

    @property
    def done(self) -> int:
        """Return how many of those to be asked for had their turn."""
        return sum(row.attempt_id is not None for row in self.rows)

    @property
    def to_do(self) -> int:
        """Return how many were or will be asked for."""
        return self.done + sum(row.state == "waiting" for row in self.rows)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Return why cases got no message, the most frequent reason first."""
        return grouped(row for row in self.rows if row.reason)


def preview_mailing(
    *, claim_ids: Iterable[UUID], channel: str, template: str, actor: Actor, at: datetime
) -> MailingPreview:
    """
    Return what sending one wording to many cases would do now. Four queries, however many.

    :raises NotPermitted: the role may not contact debtors
    :raises OneByOne: calls and visits are never asked for together
    :raises NoSuchWording: not approved for the channel
    :raises TooManyAtOnce: more cases than one mailing takes
    """
    rows = judged(claim_ids=claim_ids, channel=channel, template=template, actor=actor, at=at)
    return MailingPreview(
        asked=len(rows),
        permitted=tuple(row.claim_id for row in rows if not row.reason),
        skipped=grouped(row for row in rows if row.reason),
    )


def grouped(rows: Iterable[Judged | MailingRow]) -> tuple[Skipped, ...]:
    """Return the reasons of rows with their number, the most frequent first."""
    by_reason: dict[str, list[datetime | None]] = {}
    for row in rows:
        by_reason.setdefault(row.reason, []).append(row.next_allowed_at)
    found = [
        Skipped(reason, len(moments), min(filter(None, moments), default=None))
        for reason, moments in by_reason.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.count, each.reason)))


def judged(
    *, claim_ids: Iterable[UUID], channel: str, template: str, actor: Actor, at: datetime
) -> list[Judged]:
    """Return every case, once, with what leaves it out; raises as `preview_mailing`."""
    require(actor, Permission.CONTACT_DEBTORS)
    wanted = list(dict.fromkeys(claim_ids))
    found = check_mailing(channel=channel, template=template, number=len(wanted))
    held = {mandate.claim_id: mandate for mandate in _own(wanted, actor, at)}
    situations = situations_of(held.values(), at=at)
    asked = Asked(channel, Mode.ONE_WAY, ContactPurpose.COLLECT, at)
    persons = {UUID(each.person) for each in situations.values()}
    said = said_today(persons=persons, channel=channel, template=found.key, at=at)
    waiting = _waiting_elsewhere(held)
    taken: set[str] = set()
    rows = []
    for pk in wanted:
        row = _house(pk, situations.get(pk), said, waiting, taken)
        row = row or _gate(pk, situations[pk], asked)
        if not row.reason:
            taken.add(situations[pk].person)
        rows.append(row)
    return rows


def check_mailing(*, channel: str, template: str, number: int) -> Wording:
    """
    Return the wording of a message to many; raises as `preview_mailing`.
    """
    if channel not in MESSAGES:
        raise OneByOne
    found = wording(template)
    fits = found and channel in found.channels and ContactPurpose.COLLECT in found.purposes
    if found is None or not fits:
        raise NoSuchWording
    if number > AT_MOST:
        raise TooManyAtOnce(most=AT_MOST)
    return found


def mailing_view(*, mailing_id: UUID, actor: Actor) -> MailingView:
    """
    Return a mailing with every case, in two queries.

    :raises NoSuchMailing: unknown, or another organisation's
    """
    mailing = visible(actor).filter(pk=mailing_id).first()
    if mailing is None:
        raise NoSuchMailing
    mine = in_own_hands(actor, "claim__debtor")
    items = MailingItem.objects.filter(mine, mailing=mailing).order_by("pk")
    held = Mandate.objects.filter(claim=OuterRef("claim"), collector=actor.org_id, state__in=LIVE)
    rows = items.select_related("attempt", "claim__debtor").annotate(held=Exists(held))
    return _view(mailing, tuple(map(_row, rows)))


def mailings(*, actor: Actor, limit: int = LATEST) -> list[MailingView]:
    """Return the latest mailings of an organisation, newest first, without their cases."""
    return [_view(each, ()) for each in visible(actor).order_by("-at", "-pk")[:limit]]


def visible(actor: Actor) -> QuerySet[Mailing]:
    """Return the mailings of a house: of a team, a member's own; its leads see all."""
    if actor.role != Role.COLLECTOR:
        return Mailing.objects.none()
    own = leads_or_no_team(actor) | Q(by_user=actor.user_id)
    return Mailing.objects.filter(own, collector=actor.org_id)


def _own(claim_ids: Sequence[UUID], actor: Actor, at: datetime) -> QuerySet[Mandate]:
    mandates = Mandate.objects.select_related("collector", "claim__debtor", "claim__creditor")
    return mandates.filter(
        in_own_hands(actor, "claim__debtor"),
        claim__in=claim_ids,
        collector=actor.org_id,
        state__in=LIVE,
        starts_at__lte=at,
        ends_at__gt=at,
    )


def said_today(
    *, persons: Iterable[UUID], channel: str, template: str, at: datetime
) -> frozenset[UUID]:
    """Return who of some persons was sent a text on the day of the market, by whomever."""
    today = day_start(NATIONAL, local_day(NATIONAL, at))
    sent = Attempt.objects.filter(
        person__in=list(persons), at__gte=today, channel=channel, template=template
    ).exclude(state__in=SILENT)
    return frozenset(sent.values_list("person_id", flat=True))


def _waiting_elsewhere(held: Iterable[UUID]) -> set[UUID]:
    items = MailingItem.objects.filter(
        claim__in=list(held), reason="", attempt__isnull=True, mailing__state=MailingState.RUNNING
    )
    return set(items.values_list("claim_id", flat=True))


def _house(
    pk: UUID,
    situation: Situation | None,
    said: frozenset[UUID],
    waiting: set[UUID],
    taken: set[str],
) -> Judged | None:
    if situation is None:
        return Judged(pk, NoMandate.code)
    if pk in waiting:
        return Judged(pk, WaitsElsewhere.code)
    if UUID(situation.person) in said:
        return Judged(pk, SaidToday.code)
    return Judged(pk, PersonTwice.code) if situation.person in taken else None


def _gate(pk: UUID, situation: Situation, asked: Asked) -> Judged:
    decision = decide(situation, asked)
    finding = lasting(decision)
    return Judged(pk, finding.rule_id if finding else "", decision.next_allowed_at)


def _view(mailing: Mailing, rows: tuple[MailingRow, ...]) -> MailingView:
    return MailingView(
        id=mailing.pk,
        channel=mailing.channel,
        template=mailing.template,
        state=mailing.state,
        at=mailing.at,
        ended_at=mailing.ended_at,
        rows=rows,
    )


def _row(item: Any) -> MailingRow:
    state, reason, later = _told(item)
    return MailingRow(
        claim_id=item.claim_id,
        claim_number=item.claim.number,
        # Whose mandate is over sees its numbers, and nobody's name.
        debtor_masked=item.claim.debtor.masked_name if item.held else "",
        state=state,
        reason=reason,
        next_allowed_at=later,
        attempt_id=item.attempt_id,
    )


def _told(item: MailingItem) -> tuple[str, str, datetime | None]:
    """Return what became of a case: its state, why it got no message, from when it could."""
    attempt = item.attempt
    if attempt is None:
        return ("skipped" if item.reason else "waiting", item.reason, item.next_allowed_at)
    stopped = attempt.state in (AttemptState.REFUSED, AttemptState.CANCELLED)
    return (attempt.state, _first(attempt) if stopped else "", attempt.next_allowed_at)


def _first(attempt: Attempt) -> str:
    return next(_denying(attempt), attempt.rules[0] if attempt.rules else attempt.state)


def _denying(attempt: Attempt) -> Iterator[str]:
    if attempt.state == AttemptState.REFUSED:
        yield from (row["rule"] for row in attempt.findings if row["level"] == "deny")
