"""Raise a flag where signs are enough; one that stands grows with what is found later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast

from django.db.models import Max, Sum

from qinghe.claims.days import day_of
from qinghe.journal.services import record
from qinghe.kernel.actor import Actor
from qinghe.kernel.ids import digits
from qinghe.market.services.capacity import COLLECTORS
from qinghe.parties.models import Organisation
from qinghe.quality.integrity_terms import FlagState
from qinghe.quality.models import IntegrityFlag, Respondent, RetiredRule, Sign, Tally
from qinghe.quality.signs.judging import Finding, Item, judge, judge_praise, key_of, parties_of
from qinghe.quality.signs.table import days, rules

Pair = tuple[str, str]
PRAISE: Final = "ratings"


@dataclass
class _Case:
    """One rule about some organisations: what stands, since when signs count, and the signs."""

    flag: IntegrityFlag | None = None
    since: datetime | None = None
    signs: list[Sign] = field(default_factory=list)


def flag_touched(touched: set[Pair], *, actor: Actor, at: datetime) -> int:
    """
    Judge the rules and organisations that have new signs; return how many flags are new.

    What was decided once is not raised again by the same signs: only later ones count.
    """
    retired = set(RetiredRule.objects.values_list("rule", flat=True))
    live = {pair for pair in touched if pair[0] not in retired}
    raised = 0
    for (rule, key), case in sorted(_cases(live, at).items()):
        finding = _judged(rule, key, case, at)
        if case.flag is None and finding is None:
            continue
        flag = case.flag or _raised(key, cast("Finding", finding), actor, at)
        raised += case.flag is None
        _weigh(flag, case, finding, at)
        ids = [sign.pk for sign in case.signs]
        Sign.objects.filter(pk__in=ids, flag=None).update(flag=flag)
    return raised


def _cases(touched: set[Pair], at: datetime) -> dict[Pair, _Case]:
    cases = {pair: _Case() for pair in touched}
    names = {"rule__in": {rule for rule, _key in touched}, "key__in": {key for _r, key in touched}}
    flags = IntegrityFlag.objects.filter(**names)
    for flag in flags.exclude(state=FlagState.DECIDED).select_for_update():
        if (flag.rule, flag.key) in cases:
            cases[flag.rule, flag.key].flag = flag
    decided = flags.filter(state=FlagState.DECIDED).values("rule", "key")
    for rule, key, last in decided.annotate(last=Max("decided_at")).values_list(
        "rule", "key", "last"
    ):
        if (rule, key) in cases:
            cases[rule, key].since = last
    window = Sign.objects.filter(**names, withdrawn_at=None, at__gt=at - days("window_days"))
    for sign in window.order_by("pk"):
        case = cases.get((sign.rule, sign.key))
        if case and (sign.flag_id is None or (case.flag and sign.flag_id == case.flag.pk)):
            case.signs.append(sign)
    return cases


def _judged(rule: str, key: str, case: _Case, at: datetime) -> Finding | None:
    items = [Item(sign.kind, sign.ref, sign.weight) for sign in case.signs]
    since = max(filter(None, (case.since, at - days("window_days"))))
    if rule == PRAISE:
        return _praised(key, items, since)
    table = rules()[rule]
    return judge(table, items, _whole(rule, key, since) if table.percent else 0)


def _praised(key: str, items: Iterable[Item], since: datetime) -> Finding | None:
    orgs = Organisation.objects.filter(pk__in=parties_of(key), kind__in=COLLECTORS)
    about = orgs.values_list("pk", flat=True).first()
    if about is None:
        return None
    own = key_of(about)
    return judge_praise(
        rules()[PRAISE],
        items,
        praise=_whole(PRAISE, own, since),
        work=_whole("wash", key, since),
        all_work=_whole("closed", own, since),
    )


def _whole(name: str, key: str, since: datetime) -> int:
    rows = Tally.objects.filter(name=name, key=key, day__gte=day_of(since))
    return int(rows.aggregate(sum=Sum("count"))["sum"] or 0)


def _weigh(flag: IntegrityFlag, case: _Case, finding: Finding | None, at: datetime) -> None:
    """Keep the sum of what stands; a flag whose signs were withdrawn waits for a person too."""
    score = finding.score if finding else sum(sign.weight for sign in case.signs)
    whole = finding.whole if finding else flag.whole
    if (flag.score, flag.whole) != (score, whole):
        flag.score, flag.whole, flag.seen_at = score, whole, at
        flag.save(update_fields=["score", "whole", "seen_at"])


def _raised(key: str, finding: Finding, actor: Actor, at: datetime) -> IntegrityFlag:
    flag = IntegrityFlag.objects.create(
        number=f"CX{day_of(at):%y%m%d}{digits(6)}",
        rule=finding.rule,
        key=key,
        score=finding.score,
        whole=finding.whole,
        raised_at=at,
        seen_at=at,
    )
    Respondent.objects.bulk_create(
        Respondent(flag=flag, organisation_id=org_id) for org_id in parties_of(key)
    )
    record(
        kind="quality.flag-raised",
        subject=f"integrity:{flag.pk}",
        actor=actor,
        at=at,
        number=flag.number,
        rule=flag.rule,
        score=flag.score,
        signs=len(finding.items),
    )
    return flag
