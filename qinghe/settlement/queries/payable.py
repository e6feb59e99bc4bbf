"""Whether a payout can go out now, and if not, why; and what the limits leave."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, Sum

from qinghe.claims.days import day_of, end_of
from qinghe.parties.levels import Act
from qinghe.parties.models import SettlementAccount
from qinghe.parties.queries.payees import waiting_until
from qinghe.parties.queries.standing import below
from qinghe.parties.terms import SettlementState
from qinghe.settlement.models import Payout, PayoutLimit
from qinghe.settlement.payout_terms import COUNTED, DEFAULT_LIMITS, Limits, NotNow, PayoutState
from qinghe.settlement.queries.contradicted import contradicted
from qinghe.settlement.return_codes import ACCOUNT_CODES


def limits_of(currency: str) -> Limits:
    """Return the limits that count now in a currency: those agreed last, else the first ones."""
    agreed = PayoutLimit.objects.filter(currency=currency, agreed_at__isnull=False)
    row = agreed.order_by("-agreed_at").first()
    return Limits(row.per_payout, row.per_run, row.per_day) if row else DEFAULT_LIMITS


def accounts_now(org_ids: Iterable[UUID]) -> dict[UUID, SettlementAccount]:
    """Return the account that each of some organisations is paid to; absent: none declared."""
    rows = SettlementAccount.objects.filter(organisation__in=set(org_ids))
    current = rows.exclude(state=SettlementState.REPLACED)
    return {row.organisation_id: row for row in current}


def never_paid(org_ids: Iterable[UUID]) -> set[UUID]:
    """Return the organisations to whose present account nothing was paid yet. One query."""
    paid = Payout.objects.filter(organisation__in=set(org_ids), state=PayoutState.PAID)
    paid = paid.filter(account__isnull=False).exclude(account__state=SettlementState.REPLACED)
    return set(org_ids) - set(paid.values_list("organisation_id", flat=True))


def bounced(org_ids: Iterable[UUID]) -> set[UUID]:
    """Return the organisations whose present account sent money back since it was proven."""
    back = Payout.objects.filter(
        Q(account__proven_at__isnull=True) | Q(account__proven_at__lte=F("returned_at")),
        organisation__in=set(org_ids),
        return_code__in=ACCOUNT_CODES,
        returned_at__isnull=False,
    ).exclude(account__state=SettlementState.REPLACED)
    return set(back.filter(account__isnull=False).values_list("organisation_id", flat=True))


def paid_today(
    org_ids: Iterable[UUID], currency: str, at: datetime, *, besides: Iterable[UUID] = ()
) -> dict[UUID, int]:
    """Return what else was let go to organisations on the day of an instant, in minor units."""
    end = end_of(day_of(at))
    rows = Payout.objects.filter(
        organisation__in=set(org_ids),
        currency=currency,
        state__in=COUNTED,
        approved_at__gte=end - timedelta(days=1),
        approved_at__lt=end,
    ).exclude(pk__in=list(besides))
    sums = rows.values_list("organisation_id").annotate(Sum("amount"))
    return {owner: int(total) for owner, total in sums}


def why_not_now(
    payouts: Collection[Payout], at: datetime, *, joined: bool = False
) -> dict[UUID, NotNow]:
    """
    Return why payouts cannot go out with a run, limits aside; absent are those that can.

    `joined` ones must still go to the account they joined with. Five queries.
    """
    owners = {payout.organisation_id for payout in payouts}
    known = accounts_now(owners)
    low, changed, back = below(owners, Act.WORK, at), waiting_until(owners, at), bounced(owners)
    doubted = contradicted(owners)

    def reason(payout: Payout) -> NotNow | None:
        owner, account = payout.organisation_id, known.get(payout.organisation_id)
        checks = (
            (bool(payout.kept_out), NotNow.KEPT_OUT),
            (owner in doubted, NotNow.CONTRADICTED),
            (owner in low, NotNow.STANDING),
            (account is None, NotNow.NO_ACCOUNT),
            (owner in changed, NotNow.CHANGED),
            (joined and (account is None or account.pk != payout.account_id), NotNow.CHANGED),
            (owner in back, NotNow.BOUNCED),
            (account is None or account.state != SettlementState.PROVEN, NotNow.NOT_PROVEN),
        )
        return next((why for holds, why in checks if holds), None)

    return {payout.pk: why for payout in payouts if (why := reason(payout)) is not None}


def why_not_paid(org_ids: Collection[UUID], at: datetime) -> dict[UUID, NotNow]:
    """Return why nothing can be paid to organisations; absent are those that can be. 5 queries."""
    known = accounts_now(org_ids)
    low, changed, back = below(org_ids, Act.WORK, at), waiting_until(org_ids, at), bounced(org_ids)
    doubted = contradicted(org_ids)

    def reason(owner: UUID) -> NotNow | None:
        account = known.get(owner)
        checks = (
            (owner in doubted, NotNow.CONTRADICTED),
            (owner in low, NotNow.STANDING),
            (account is None, NotNow.NO_ACCOUNT),
            (owner in changed, NotNow.CHANGED),
            (owner in back, NotNow.BOUNCED),
            (account is None or account.state != SettlementState.PROVEN, NotNow.NOT_PROVEN),
        )
        return next((why for holds, why in checks if holds), None)

    return {owner: why for owner in org_ids if (why := reason(owner)) is not None}


def over_limits(
    payouts: Collection[Payout], currency: str, at: datetime
) -> tuple[dict[UUID, NotNow], int]:
    """
    Return which of some payouts, taken in their order, pass a limit, and the sum of the others.
    """
    limits = limits_of(currency)
    owners, own = {each.organisation_id for each in payouts}, [each.pk for each in payouts]
    today = paid_today(owners, currency, at, besides=own)
    found: dict[UUID, NotNow] = {}
    total = 0
    for payout in payouts:
        why = _passed(payout, total, today, limits)
        if why is not None:
            found[payout.pk] = why
            continue
        total += payout.amount
        today[payout.organisation_id] = today.get(payout.organisation_id, 0) + payout.amount
    return found, total


def _passed(payout: Payout, total: int, today: Mapping[UUID, int], limits: Limits) -> NotNow | None:
    if payout.amount > limits.per_payout:
        return NotNow.OVER_PAYOUT
    if today.get(payout.organisation_id, 0) + payout.amount > limits.per_day:
        return NotNow.OVER_DAY
    return NotNow.RUN_FULL if total + payout.amount > limits.per_run else None
