"""What is known of one collector on a day: what the ladder judges, and nothing about money."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from qinghe.claims.models import Dispute
from qinghe.claims.terms import DisputeState
from qinghe.contact.models import Attempt
from qinghe.contact.terms import SILENT, AttemptState
from qinghe.graph.queries import same_hand
from qinghe.graph.terms import IDENTICAL
from qinghe.journal.queries import timeline
from qinghe.kernel.actor import Role
from qinghe.market.models import Mandate
from qinghe.parties.days import legal_day
from qinghe.parties.models import Certificate, Membership, Organisation
from qinghe.parties.terms import OrgKind, OrgState
from qinghe.quality.ladder import Facts, Ladder
from qinghe.quality.models import Appeal, Complaint, Recognition
from qinghe.quality.queries.proving import heard
from qinghe.quality.terms import GRAVE, AppealReason, ComplaintState

COLLECTORS = (OrgKind.AGENCY, OrgKind.OWN_TEAM)


def family(collector_id: UUID) -> set[UUID]:
    """
    Return a collector and the firms that are it under another name: same registration number,
    licence, account, officer or staff. Whom an appeal found to be another hand is left out.

    A firm that registers anew brings its record along.
    """
    signs = same_hand(collector_id)
    same = {other for other, kinds in signs.items() if kinds & IDENTICAL}
    own = Organisation.objects.filter(pk=collector_id).exclude(credit_code="")
    coded = Organisation.objects.filter(credit_code__in=own.values("credit_code"))
    found = Organisation.objects.filter(
        Q(pk__in=same) | Q(pk__in=coded.values("pk")), kind__in=COLLECTORS
    )
    return (set(found.values_list("pk", flat=True)) - _others(collector_id)) | {collector_id}


def facts_of(
    collector_id: UUID, law: Ladder, at: datetime, firms: Collection[UUID] | None = None
) -> Facts:
    """Return the facts of a collector at a moment; a fixed number of queries on its own rows."""
    firms = family(collector_id) if firms is None else firms
    since = at - timedelta(days=law.window_days)
    upheld = complaints_counted(firms, since, at)
    asked = _requests(firms, at - timedelta(days=law.refusal_days), at)
    members, certified = _certified(collector_id, at)
    accounts, days = _experience(collector_id, law, at)
    recognised = Recognition.objects.filter(collector=collector_id, decided_at__lte=at)
    stopped = Organisation.objects.filter(pk__in=firms, state=OrgState.SUSPENDED)
    return Facts(
        worked=worked(firms, since, at),
        upheld=len(upheld),
        grave=sum(kind in GRAVE for _mandate, _person, kind in upheld),
        disputes=_disputes(firms, since, at),
        requests=asked["all"],
        refused=asked["refused"],
        suspensions=sum(_suspensions(firm, since, at) for firm in firms),
        suspended=stopped.exists(),
        members=members,
        certified=certified,
        accounts=accounts,
        days=days,
        recognised=recognised.values_list("step", flat=True).first() or "",
        **heard(firms, at),
    )


def counted(firms: Collection[UUID], since: datetime, at: datetime) -> QuerySet[Complaint]:
    """Return the justified complaints that stand, opened after a moment."""
    return Complaint.objects.filter(
        collector__in=firms, state=ComplaintState.UPHELD, opened_at__gt=since, opened_at__lte=at
    )


def complaints_counted(
    firms: Collection[UUID], since: datetime, at: datetime
) -> set[tuple[Any, ...]]:
    """Return justified complaints as they count: one of a kind per person and mandate."""
    return set(counted(firms, since, at).values_list("mandate", "person", "kind"))


def worked(firms: Collection[UUID], since: datetime, at: datetime) -> int:
    """
    Return on how many accounts somebody really tried to reach the debtor.

    An order that is taken and given back untouched would only dilute the ratio.
    """
    found = _tried(firms, since, at).aggregate(n=Count("claim", distinct=True))
    return int(found["n"])


def next_exit(firms: Collection[UUID], law: Ladder, at: datetime) -> datetime | None:
    """Return when the oldest complaint that counts now will count no more."""
    window = timedelta(days=law.window_days)
    first = counted(firms, at - window, at).aggregate(first=Min("opened_at"))["first"]
    return first + window if first else None


def _tried(firms: Collection[UUID], since: datetime | None, at: datetime) -> QuerySet[Mandate]:
    tries = Attempt.objects.filter(mandate=OuterRef("pk"), at__lte=at).exclude(state__in=SILENT)
    if since is not None:
        tries = tries.filter(at__gt=since)
    return Mandate.objects.filter(Exists(tries), collector__in=firms)


def _disputes(firms: Collection[UUID], since: datetime, at: datetime) -> int:
    lost = Dispute.objects.filter(
        claim=OuterRef("claim"),
        state__in=(DisputeState.UPHELD, DisputeState.PARTLY),
        opened_at__gt=since,
        opened_at__gte=OuterRef("starts_at"),
        decided_at__lte=at,
    )
    return Mandate.objects.filter(Exists(lost), collector__in=firms).count()


def _requests(firms: Collection[UUID], since: datetime, at: datetime) -> dict[str, int]:
    rows = Attempt.objects.filter(collector__in=firms, at__gt=since, at__lte=at)
    refused = Count("pk", filter=Q(state=AttemptState.REFUSED))
    return dict(rows.aggregate(all=Count("pk"), refused=refused))


def _certified(collector_id: UUID, at: datetime) -> tuple[int, int]:
    today = legal_day(at)
    members = Membership.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        organisation=collector_id,
        role=Role.COLLECTOR,
        starts_at__lte=at,
    )
    valid = Certificate.objects.filter(
        user_id=OuterRef("user_id"), revoked_at__isnull=True, issued_on__lte=today,
        ends_on__gt=today,
    )  # fmt: skip
    found = members.aggregate(
        all=Count("user_id", distinct=True),
        valid=Count("user_id", distinct=True, filter=Exists(valid)),
    )
    return found["all"], found["valid"]


def _experience(collector_id: UUID, law: Ladder, at: datetime) -> tuple[int, int]:
    """Return accounts tried so far and days since the first mandate, of the firm itself."""
    enough = max(step.accounts for step in law.steps)
    tried = _tried([collector_id], None, at).values("claim").distinct()[:enough].count()
    own = Mandate.objects.filter(collector=collector_id, starts_at__lte=at)
    first = own.aggregate(first=Min("starts_at"))["first"]
    return tried, (at - first).days if first else 0


def _suspensions(firm: UUID, since: datetime, at: datetime) -> int:
    annulled = _annulled(firm)
    return sum(
        since < entry.at <= at and (annulled is None or entry.at > annulled)
        for entry in timeline(subject=f"organisation:{firm}")
        if entry.kind == "parties.organisation-suspended"
    )


def _annulled(firm: UUID) -> datetime | None:
    """Return up to when suspensions were found to be an error."""
    rows = Appeal.objects.filter(collector=firm, reason=AppealReason.SUSPENSION)
    return rows.order_by("-opened_at").values_list("opened_at", flat=True).first()


def _others(collector_id: UUID) -> set[UUID]:
    rows = Appeal.objects.filter(collector=collector_id, reason=AppealReason.OTHER_FIRM)
    return {UUID(each) for others in rows.values_list("others", flat=True) for each in others}
