"""One hand behind two organisations, or behind a creditor and its debtor, is seen by its signs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import Settings

from qinghe.graph.models import Crossing, Trace
from qinghe.graph.queries import (
    crossed,
    organisations_of,
    persons_of,
    same_hand,
    shared_with_debtors,
)
from qinghe.graph.queries.traces import CROWD
from qinghe.graph.services import find_traces, leave_trace, note_crossing
from qinghe.graph.terms import DEVICE_COOKIE, TraceKind
from qinghe.kernel.actor import Role, system
from qinghe.kernel.ids import new_id
from qinghe.parties.models import Membership, Organisation, User
from qinghe.parties.services import seal
from qinghe.parties.terms import OrgKind
from tests.factories import licence, organisation, person, point

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
JOB = system("tests")
CODE = "91110000MA0000000X"


def member(of: Organisation, email: str, user: User | None = None) -> User:
    user = user or User.objects.create_user(email)
    Membership.objects.create(user=user, organisation=of, role=Role.CREDITOR.value, starts_at=AT)
    return user


def trace(of: Organisation, kind: str, value: str) -> bool:
    return leave_trace(org_id=of.pk, kind=kind, value=value, actor=JOB, at=AT)


def test_a_sign_is_kept_once_and_never_in_the_clear() -> None:
    bank = organisation()
    assert trace(bank, TraceKind.DEVICE, "browser-7")
    assert not trace(bank, TraceKind.DEVICE, "browser-7")
    assert b"browser-7" not in bytes(Trace.objects.get().digest)


@pytest.mark.parametrize("kind", [TraceKind.DEVICE, TraceKind.ACCOUNT, TraceKind.PHONE])
def test_organisations_with_one_sign_are_one_hand(kind: str) -> None:
    left, right, other = organisation(), organisation(OrgKind.AGENCY), organisation()
    for each in (left, right):
        trace(each, kind, "the same")
    trace(other, kind, "another")
    assert same_hand(left.pk) == {right.pk: {kind}}
    assert same_hand(left.pk, [other.pk]) == {}


def test_an_address_alone_is_an_office_tower() -> None:
    left, right = organisation(), organisation()
    for each in (left, right):
        trace(each, TraceKind.ADDRESS, "示例市示例路 1 号")
    assert same_hand(left.pk) == {}


def test_a_sign_of_a_crowd_tells_nothing() -> None:
    many = [organisation() for _ in range(CROWD)]
    for each in many:
        trace(each, TraceKind.DOMAIN, "provider.example")
    assert len(same_hand(many[0].pk)) == CROWD - 1
    trace(organisation(), TraceKind.DOMAIN, "provider.example")
    assert same_hand(many[0].pk) == {}


def test_tables_of_the_parties_leave_signs() -> None:
    left, right = organisation(credit_code=CODE), organisation(OrgKind.AGENCY)
    both = member(left, "a@one.example.com")
    member(right, "", user=both)
    licence(left, number="R1")
    licence(right, number="r1")
    assert find_traces(actor=JOB, at=AT) > 0
    assert find_traces(actor=JOB, at=AT) == 0
    assert same_hand(left.pk) == {right.pk: {"user", "licence", "domain"}}


def test_public_mail_is_no_sign() -> None:
    for name in ("a@qq.com", "b@QQ.com"):
        member(organisation(), name)
    find_traces(actor=JOB, at=AT)
    assert not Trace.objects.filter(kind=TraceKind.DOMAIN).exists()


def test_the_debtors_phone_may_be_the_creditors() -> None:
    lender, debtor, stranger = organisation(), person(), person()
    number = "+86 10012345678"
    item = point(debtor, "phone", number).address
    Trace.objects.create(
        organisation=lender, kind=TraceKind.PHONE, digest=bytes(item.blind or b""), found_at=AT
    )
    pairs = [(lender.pk, debtor.pk), (lender.pk, stranger.pk)]
    assert shared_with_debtors(pairs) == {(lender.pk, debtor.pk): {"phone"}}


def test_a_debtor_is_known_as_an_organisation_by_its_number() -> None:
    firm, debtor = organisation(credit_code=CODE), person(kind="business")
    seal(kind="id_number", value=CODE, person_id=debtor.pk, at=AT)
    find_traces(actor=JOB, at=AT)
    assert persons_of([firm.pk]) == {firm.pk: {debtor.pk}}
    assert organisations_of([debtor.pk]) == {debtor.pk: {firm.pk}}


def test_a_staff_browser_at_a_debtors_door_is_noted_once() -> None:
    lender, debtor = organisation(), person()
    trace(lender, TraceKind.DEVICE, "browser-7")
    note = {"person_id": debtor.pk, "actor": JOB, "at": AT}
    assert note_crossing(device="unknown", **note) == []  # type: ignore[arg-type]
    assert note_crossing(device="browser-7", **note) == [lender.pk]  # type: ignore[arg-type]
    assert note_crossing(device="browser-7", **note) == []  # type: ignore[arg-type]
    assert Crossing.objects.count() == 1
    assert crossed([debtor.pk]) == {(lender.pk, debtor.pk)}


@pytest.mark.parametrize("demo", [True, False])
def test_a_staff_browser_gets_its_mark_outside_of_demonstrations(
    client: Client, settings: Settings, *, demo: bool
) -> None:
    settings.DEMO = demo
    firm = organisation()
    client.force_login(member(firm, f"x{new_id()}@one.example.com"))
    client.get("/creditor/")
    client.get("/creditor/")
    assert (DEVICE_COOKIE in client.cookies) is not demo
    assert Trace.objects.filter(organisation=firm, kind=TraceKind.DEVICE).count() == (not demo)
