"""Patterns of invented claims, found in the tables of many claims."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from qinghe.claims.models import Claim, Dispute, Evidence, Hold
from qinghe.graph.models import Trace
from qinghe.graph.services import find_traces, leave_trace
from qinghe.graph.terms import TraceKind
from qinghe.kernel.actor import system
from qinghe.kernel.ids import digits
from qinghe.parties.models import Person
from qinghe.parties.services import seal
from qinghe.parties.terms import OrgKind
from qinghe.risk.models import Flag
from qinghe.risk.queries import facts
from qinghe.risk.services import note_door, raise_flag, raise_flags
from tests.factories import claim, organisation, person, point

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
JOB = system("tests")
LENDER = OrgKind.PRIVATE_CREDITOR


def evidence(of: Claim, kind: str = "contract", sha256: str = "a" * 64) -> None:
    Evidence.objects.create(
        claim=of, kind=kind, sha256=sha256, media_type="application/pdf", size=1,
        filename="a.pdf", uploaded_at=AT,
    )  # fmt: skip


def seen(of: Claim) -> Any:
    return facts([of.pk])[of.pk]


def codes(of: Claim) -> set[str]:
    raise_flags(claim_ids=[of.pk], actor=JOB, at=AT)
    return set(Flag.objects.filter(claim=of).values_list("code", flat=True))


def test_one_file_for_two_debtors_holds_the_claim() -> None:
    first, second = claim(), claim()
    evidence(first)
    assert "same-document" not in codes(first)
    evidence(second)
    assert "same-document" in codes(second)
    assert Hold.objects.filter(claim=second, kind="flag", lifted_at__isnull=True).exists()
    assert seen(second).same_document == 1


def test_one_file_for_two_claims_of_the_same_debtor_is_fine() -> None:
    debtor = person()
    first, second = claim(debtor=debtor), claim(debtor=debtor)
    evidence(first)
    evidence(second)
    assert seen(second).same_document == 0


@pytest.mark.parametrize("kind", ["assignment", "notice", "other"])
def test_a_file_that_may_name_many_debtors_is_fine(kind: str) -> None:
    first, second = claim(), claim()
    evidence(first, kind)
    evidence(second, kind)
    assert seen(second).same_document == 0


def test_ten_claims_of_a_private_person_within_a_day_are_a_burst() -> None:
    lender = organisation(LENDER)
    for hour in range(9):
        claim(creditor=lender, created_at=AT - timedelta(hours=hour + 1))
    claim(creditor=lender, created_at=AT - timedelta(days=1))
    tenth = claim(creditor=lender, created_at=AT)
    assert seen(tenth).burst == 10
    assert "burst" in codes(tenth)


def test_a_bank_may_send_thousands() -> None:
    bank = organisation()
    many = [claim(creditor=bank, created_at=AT) for _ in range(10)]
    assert seen(many[-1]).burst == 1


def test_four_private_creditors_of_one_person_in_a_month_pile_up() -> None:
    debtor = person()
    for day in (1, 10, 29):
        claim(debtor=debtor, creditor=organisation(LENDER), created_at=AT - timedelta(days=day))
    claim(debtor=debtor, creditor=organisation(), created_at=AT - timedelta(days=2))
    claim(debtor=debtor, creditor=organisation(LENDER), created_at=AT - timedelta(days=30))
    last = claim(debtor=debtor, creditor=organisation(LENDER), created_at=AT)
    assert seen(last).private_creditors == 4
    assert "pile-up" in codes(last)


def test_a_creditor_whose_claims_did_not_exist_is_held_from_then_on() -> None:
    lender = organisation()
    for _ in range(2):
        claim(creditor=lender, state="rejected", ended_because="invented: no trace of it")
    contested = claim(creditor=lender, state="withdrawn")
    Dispute.objects.create(
        claim=contested, person=contested.debtor, reason="not_mine", state="upheld",
        opened_at=AT, answer_due_at=AT, decided_at=AT,
    )  # fmt: skip
    for _ in range(4):
        claim(creditor=lender, principal=0, state="closed")
    next_one = claim(creditor=lender)
    assert (seen(next_one).refuted, seen(next_one).decided) == (3, 7)
    assert "refuted-creditor" in codes(next_one)


def numbered(code: str) -> Person:
    who = person(kind="business")
    seal(kind="id_number", value=code, person_id=who.pk, at=AT)
    return who


def test_claims_that_go_both_ways_are_seen() -> None:
    one, other = "91110000MA0000000X", "91110000MA00000013"
    lender, borrower = organisation(credit_code=one), organisation(credit_code=other)
    as_debtor, as_lender = numbered(other), numbered(one)
    find_traces(actor=JOB, at=AT)
    there = claim(creditor=lender, debtor=as_debtor)
    assert not seen(there).mutual
    back = claim(creditor=borrower, debtor=as_lender)
    assert seen(there).mutual
    assert "mutual" in codes(there)
    Claim.objects.filter(pk=back.pk).update(state="rejected")
    assert not seen(there).mutual


def test_a_debtor_with_the_creditors_phone_is_held() -> None:
    lender, debtor = organisation(), person()
    item = point(debtor, "phone", f"+86 100{digits(8)}").address
    Trace.objects.create(
        organisation=lender, kind="phone", digest=bytes(item.blind or b""), found_at=AT
    )
    assert "creditors-data" in codes(claim(creditor=lender, debtor=debtor))


def test_a_creditor_who_plays_debtor_is_caught_at_the_door() -> None:
    lender, debtor = organisation(), person()
    own, foreign = claim(creditor=lender, debtor=debtor), claim(debtor=debtor)
    leave_trace(org_id=lender.pk, kind=TraceKind.DEVICE, value="browser-7", actor=JOB, at=AT)
    door: dict[str, Any] = {"person_id": debtor.pk, "actor": JOB, "at": AT}
    assert note_door(device="browser-8", **door) == 0
    assert note_door(device="browser-7", **door) == 1
    assert note_door(device="browser-7", **door) == 0
    assert set(Flag.objects.values_list("claim_id", "code")) == {(own.pk, "door-by-creditor")}
    assert Hold.objects.filter(claim=own).exists()
    assert not Hold.objects.filter(claim=foreign).exists()


def test_a_pushed_doubt_is_raised_once_and_holds() -> None:
    of = claim()
    push: dict[str, Any] = {"claim_id": of.pk, "code": "one-hand", "actor": JOB, "at": AT}
    assert raise_flag(**push)
    assert not raise_flag(**push)
    assert Hold.objects.filter(claim=of, kind="flag").count() == 1
