"""The integrity desk: what waits, one flag with all that speaks for and against, rules' figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from qinghe.journal.queries import EntryRow
from qinghe.journal.queries import timeline as recorded
from qinghe.kernel.actor import Actor
from qinghe.market.models import Mandate
from qinghe.market.terms import LIVE
from qinghe.parties.models import Cover, Organisation
from qinghe.parties.roles import Permission, may, require
from qinghe.parties.terms import CoverKind
from qinghe.quality.integrity_refusals import NoSuchFlag
from qinghe.quality.integrity_terms import FlagState, Outcome, RulingState
from qinghe.quality.models import (
    DepositCall,
    IntegrityFlag,
    Respondent,
    RetiredRule,
    Ruling,
    Sign,
)
from qinghe.quality.queries.integrity.calls import most_of
from qinghe.quality.signs.judging import parties_of
from qinghe.quality.signs.table import Rule, rules

LATEST = 200
MOST_SIGNS = 200
CONFIRMING = (Outcome.WARNING, Outcome.STOPPED, Outcome.SUSPENDED, Outcome.PROVEN)


@dataclass(frozen=True)
class FlagRow:
    """One flag in the queue; `asking` says that a ruling waits for a second officer."""

    id: UUID
    number: str
    rule: str
    state: str
    score: int
    raised_at: datetime
    decided_at: datetime | None
    parties: tuple[str, ...]
    asking: bool
    objected: bool

    def age(self, at: datetime) -> int:
        """Return for how many days it has waited."""
        return (at - self.raised_at).days


def queue(*, actor: Actor, decided: bool = False) -> list[FlagRow]:
    """
    Return the flags that wait, the oldest first; or those decided, the newest first. Two queries.

    :raises NotPermitted: the actor does not suspend
    """
    require(actor, Permission.SUSPEND)
    rows = _rows(IntegrityFlag.objects.all())
    done = Q(state=FlagState.DECIDED)
    # An objection brings a decided flag back to the desk.
    if decided:
        rows = rows.filter(done, objected=False).order_by("-decided_at", "pk")
    else:
        rows = rows.filter(~done | Q(objected=True)).order_by("raised_at", "pk")
    found = list(rows[:LATEST])
    names = _names(each.key for each in found)
    return [_row(each, names) for each in found]


@dataclass(frozen=True)
class Party:
    """
    An organisation of a flag: its answer, its ruling, its live orders, and its deposits, each with
    the most that may still be called, in minor units.
    """

    id: UUID
    name: str
    slug: str
    kind: str
    state: str
    live: int
    deposits: tuple[tuple[Cover, int], ...]
    respondent: Respondent
    ruling: Ruling | None
    calls: tuple[DepositCall, ...]


@dataclass(frozen=True)
class FlagView:
    """One flag as an officer sees it."""

    row: FlagRow
    rule: Rule
    whole: int
    signs: tuple[Sign, ...]
    signs_in_all: int
    parties: tuple[Party, ...]
    links: tuple[tuple[str, int], ...]
    history: tuple[EntryRow, ...]


def flag_for(*, flag_id: UUID, actor: Actor) -> FlagView:
    """
    Return a flag with its evidence, parties and history.

    :raises NotPermitted: the actor does not suspend
    :raises NoSuchFlag: unknown
    """
    require(actor, Permission.SUSPEND)
    flag = _rows(IntegrityFlag.objects.filter(pk=flag_id)).first()
    if flag is None:
        raise NoSuchFlag
    signs = Sign.objects.filter(flag=flag)
    by_kind = signs.filter(withdrawn_at=None).values("kind").annotate(n=Count("pk"))
    return FlagView(
        row=_row(flag, _names([flag.key])),
        rule=rules()[flag.rule],
        whole=flag.whole,
        signs=tuple(signs.order_by("-at", "kind", "ref")[:MOST_SIGNS]),
        signs_in_all=signs.count(),
        parties=_parties(flag),
        links=tuple(by_kind.order_by("-n", "kind").values_list("kind", "n")),
        history=tuple(recorded(subject=f"integrity:{flag.pk}")),
    )


@dataclass(frozen=True)
class OwnCase:
    """A case as the organisation reads it: what is said and asked, and what was decided."""

    flag_id: UUID
    number: str
    rule: str
    kinds: tuple[tuple[str, int], ...]
    respondent: Respondent
    ruling: Ruling | None
    open: bool


def own_cases(*, actor: Actor) -> list[OwnCase]:
    """
    Return the cases about which an actor's organisation was asked, the newest first.

    It learns the rule and the kinds of signs; not whom else they concern, nor who complained.

    :raises NotPermitted: the actor does not speak for an organisation
    """
    require(actor, Permission.DECLARE_PARTY)
    mine = Respondent.objects.filter(organisation=actor.org_id, asked_at__isnull=False)
    rows = list(mine.select_related("flag").order_by("-asked_at", "pk")[:LATEST])
    flags = [each.flag_id for each in rows]
    kinds: dict[UUID, list[tuple[str, int]]] = {}
    signs = Sign.objects.filter(flag__in=flags, withdrawn_at=None).values("flag_id", "kind")
    for flag_id, kind, count in signs.annotate(n=Count("pk")).values_list("flag_id", "kind", "n"):
        kinds.setdefault(flag_id, []).append((kind, count))
    decided = Ruling.objects.filter(flag__in=flags, organisation=actor.org_id)
    rulings = {each.flag_id: each for each in decided.filter(state__in=("standing", "overturned"))}
    return [
        OwnCase(
            flag_id=each.flag_id,
            number=each.flag.number,
            rule=each.flag.rule,
            kinds=tuple(sorted(kinds.get(each.flag_id, []))),
            respondent=each,
            ruling=rulings.get(each.flag_id),
            open=each.flag.state != FlagState.DECIDED,
        )
        for each in rows
    ]


def waiting_for(actor: Actor) -> QuerySet[Any]:
    """Return what waits for an actor: flags at the desk, or questions to its organisation."""
    if may(actor, Permission.SUSPEND):
        return IntegrityFlag.objects.exclude(state=FlagState.DECIDED)
    asked = Respondent.objects.filter(organisation=actor.org_id, asked_at__isnull=False)
    return asked.filter(stated_at=None).exclude(flag__state=FlagState.DECIDED)


@dataclass(frozen=True)
class RuleFigures:
    """How one rule has fared: flags that wait, were confirmed, or turned out unfounded."""

    rule: Rule
    waiting: int
    confirmed: int
    unfounded: int
    retired: RetiredRule | None

    @property
    def decided(self) -> int:
        return self.confirmed + self.unfounded

    @property
    def precision(self) -> float | None:
        """Return the share of decided flags that were confirmed; None where none was decided."""
        return self.confirmed / self.decided if self.decided else None


def rule_figures(*, actor: Actor) -> list[RuleFigures]:
    """
    Return the figures of every rule, in the order of the table. Two queries.

    A flag counts as confirmed when a sanction of it stands; one set aside on appeal does not.

    :raises NotPermitted: the actor sees no figures
    """
    require(actor, Permission.SEE_FIGURES)
    sanction = Ruling.objects.filter(
        flag=OuterRef("pk"), state=RulingState.STANDING, outcome__in=CONFIRMING
    )
    done, real = Q(state=FlagState.DECIDED), Q(real=True)
    rows = IntegrityFlag.objects.annotate(real=Exists(sanction)).values("rule")
    counts = rows.annotate(
        waiting=Count("pk", filter=~done),
        confirmed=Count("pk", filter=done & real),
        unfounded=Count("pk", filter=done & ~real),
    ).values_list("rule", "waiting", "confirmed", "unfounded")
    counted = {code: (waits, was, not_) for code, waits, was, not_ in counts}
    retired = {each.rule: each for each in RetiredRule.objects.all()}
    return [
        RuleFigures(rule, *counted.get(code, (0, 0, 0)), retired=retired.get(code))
        for code, rule in rules().items()
    ]


def _rows(rows: QuerySet[IntegrityFlag]) -> Any:
    rulings = Ruling.objects.filter(flag=OuterRef("pk"))
    objected = rulings.filter(appealed_at__isnull=False, appeal_decided_at=None)
    return rows.annotate(
        asking=Exists(rulings.filter(state=RulingState.ASKED)), objected=Exists(objected)
    )


def _row(flag: Any, names: dict[UUID, str]) -> FlagRow:
    return FlagRow(
        flag.pk,
        flag.number,
        flag.rule,
        flag.state,
        flag.score,
        flag.raised_at,
        flag.decided_at,
        tuple(names[each] for each in parties_of(flag.key)),
        flag.asking,
        flag.objected,
    )


def _names(keys: Iterable[str]) -> dict[UUID, str]:
    wanted = {each for key in keys for each in parties_of(key)}
    return dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _parties(flag: IntegrityFlag) -> tuple[Party, ...]:
    answers = Respondent.objects.filter(flag=flag).select_related("organisation")
    rulings = Ruling.objects.filter(flag=flag).exclude(state=RulingState.DROPPED)
    found = {each.organisation_id: each for each in rulings.select_related("harmed", "flag")}
    ids = [each.organisation_id for each in answers]
    covers = Cover.objects.filter(
        organisation__in=ids, confirmed_at__isnull=False, released_at=None, kind=CoverKind.DEPOSIT
    )
    calls = list(DepositCall.objects.filter(ruling__flag=flag).select_related("ruling"))
    return tuple(
        Party(
            id=each.organisation_id,
            name=each.organisation.name,
            slug=each.organisation.slug,
            kind=each.organisation.kind,
            state=each.organisation.state,
            live=_live(each.organisation_id),
            deposits=_deposits(covers, found.get(each.organisation_id)),
            respondent=each,
            ruling=found.get(each.organisation_id),
            calls=tuple(c for c in calls if c.ruling.organisation_id == each.organisation_id),
        )
        for each in answers.order_by("organisation__name", "pk")
    )


def _deposits(covers: Iterable[Cover], ruling: Ruling | None) -> tuple[tuple[Cover, int], ...]:
    if ruling is None or not ruling.damage:
        return ()
    return tuple(
        (each, most_of(ruling, each))
        for each in covers
        if (each.organisation_id, each.currency) == (ruling.organisation_id, ruling.currency)
    )


def _live(org_id: UUID) -> int:
    mine = Q(collector=org_id) | Q(creditor=org_id)
    return Mandate.objects.filter(mine, state__in=LIVE).count()
