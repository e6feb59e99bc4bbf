"""Statements that overlap join; a true gap says what is missing, and a person notes why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role
from qinghe.settlement import services
from qinghe.settlement.bank.refusals import GapWhy, NoSuchGap
from qinghe.settlement.models import GapNote
from qinghe.settlement.queries.gaps import gaps, seen_gaps
from tests.factories import AT
from tests.settlement.bank_files import DAY, Said, camt
from tests.settlement.test_suspense import CLERK, take
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = (DAY - timedelta(days=n) for n in (2, 1, 0))
A, B, C = Said(100, "a", "B1", FIRST), Said(50, "b", "B2", SECOND), Said(-30, "c", "B3", THIRD)


def test_an_overlapping_statement_is_no_gap() -> None:
    take(camt([A, B], opening=7))
    take(camt([B, C], opening=107))
    assert gaps(actor=CLERK) == []


def test_a_statement_that_overlaps_two_closes_the_gap_between_them() -> None:
    take(camt([A], opening=7))
    take(camt([C], opening=157))
    assert [gap.missing for gap in gaps(actor=CLERK)] == [50]
    take(camt([A, B, C], opening=7))
    assert gaps(actor=CLERK) == []


def test_an_overlap_whose_balances_differ_is_told() -> None:
    take(camt([A, B], opening=7))
    take(camt([B, C], opening=100))
    (gap,) = gaps(actor=CLERK)
    assert (gap.missing, gap.after) == (-7, gap.before)


def test_a_gap_is_seen_with_words_and_shown_again_when_they_are_taken_back() -> None:
    take(camt([A], opening=7))
    take(camt([C], opening=157))
    (gap,) = gaps(actor=CLERK)
    assert (gap.after, gap.before, gap.missing) == (FIRST, THIRD, 50)
    told = {"statement_id": gap.statement_id, "actor": CLERK, "at": AT}
    with pytest.raises(GapWhy):
        services.note_gap(note=" ", **told)
    note = services.note_gap(note="the bank moved the account", **told)
    assert gaps(actor=CLERK) == []
    assert [each.note for each in seen_gaps(actor=CLERK)] == ["the bank moved the account"]
    with pytest.raises(NoSuchGap):
        services.note_gap(note="again", **told)
    services.withdraw_gap_note(note_id=note.pk, actor=CLERK, at=AT)
    assert gaps(actor=CLERK) == [gap]
    assert GapNote.objects.get().note
    assert Entry.objects.filter(kind__startswith="statement.gap-").count() == 2


def test_it_is_noted_on_the_page() -> None:
    take(camt([A], opening=7))
    take(camt([C], opening=157))
    (gap,) = gaps(actor=CLERK)
    client = signed_in(Role.OPERATOR)
    assert 'data-test="gap"' in client.get("/suspense/").content.decode()
    page = client.post(f"/gaps/{gap.statement_id}/", {"note": "no such day"}, follow=True)
    text = page.content.decode()
    assert 'data-test="gap"' not in text
    assert "no such day" in text
    back = f"/gaps/notes/{GapNote.objects.get().pk}/back/"
    assert 'data-test="gap"' in client.post(back, follow=True).content.decode()
