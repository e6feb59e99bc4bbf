"""Links come from what two persons share, and never say what it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from qinghe.graph.models import Link
from qinghe.graph.queries import links_of, sharing
from qinghe.graph.services import CROWD, find_links
from qinghe.kernel.actor import system
from tests.factories import person, point

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
JOB = system("tests")
PHONE = "10012345678"


def test_two_persons_with_one_phone_are_linked_once_whatever_its_spelling() -> None:
    left, right, other = person(), person(), person()
    point(left, "phone", PHONE)
    point(right, "phone", f"+86 {PHONE[:3]} {PHONE[3:]}")
    point(other, "phone")

    assert find_links(person_ids=None, actor=JOB, at=AT) == 1
    assert find_links(person_ids=[left.pk], actor=JOB, at=AT) == 0
    (link,) = links_of(left.pk)
    assert (link.other_id, link.kind, link.source) == (right.pk, "phone", "contract+contract")
    assert links_of(other.pk) == []
    assert sharing(person_ids=[left.pk, other.pk], kind="phone") == {left.pk: 1}


def test_a_search_for_one_person_finds_links_to_everybody() -> None:
    old, new = person(), person()
    for each in (old, new):
        point(each, "email", "shared@example.com")
    assert find_links(person_ids=[new.pk], actor=JOB, at=AT) == 1


def test_a_crowd_behind_one_number_is_no_link() -> None:
    for _ in range(CROWD + 1):
        point(person(), "phone", PHONE)
    assert find_links(person_ids=None, actor=JOB, at=AT) == 0
    assert not Link.objects.exists()
