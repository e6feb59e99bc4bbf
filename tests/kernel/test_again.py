"""What is compiled once answers like what is compiled anew, at each instant for each reader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db.models import Count, F

from qinghe.claims.models import Claim
from qinghe.kernel import again
from qinghe.kernel.again import counted_again, together_again
from qinghe.kernel.together import Reading
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 4, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "_KNOWN", {})


def ending(at: datetime) -> dict[str, Reading]:
    rows = Claim.objects.filter(challenge_ends_at__lte=at)
    return {"over": rows.values("pk"), "none": rows.none()}


def test_the_instant_moves_though_the_text_is_kept() -> None:
    factories.claim(challenge_ends_at=NOW + 2 * MINUTE)
    told = [counted_again("k", NOW + n * MINUTE, ending, cap=9)["over"] for n in range(4)]
    assert told == [0, 0, 1, 1]
    assert len(again._KNOWN) == 1


def test_it_is_compiled_once_in_a_quarter_of_an_hour() -> None:
    asked: list[datetime] = []

    def build(at: datetime) -> dict[str, Reading]:
        asked.append(at)
        return ending(at)

    for minutes in (0, 1, 11, 12, 13):
        counted_again("k", NOW + minutes * MINUTE, build, cap=9)
    # Twice each time: at the instant, and at another to see where the instant stands.
    assert [at.minute for at in asked] == [3, 3, 15, 15]


def test_what_follows_from_the_instant_in_another_way_is_never_kept() -> None:
    factories.claim(challenge_ends_at=NOW - 9 * MINUTE)

    def long_over(at: datetime) -> dict[str, Reading]:
        return {"over": Claim.objects.filter(challenge_ends_at__lte=at - 10 * MINUTE).values("pk")}

    told = [counted_again("k", NOW + n * MINUTE, long_over, cap=9)["over"] for n in range(3)]
    assert told == [0, 1, 1]
    assert not again._KNOWN


def test_each_reader_has_its_own() -> None:
    claim = factories.claim()

    def of(creditor: UUID | None) -> int:
        key = ("mine", creditor)
        reads = {"mine": Claim.objects.filter(creditor=creditor).values("pk")}
        return counted_again(key, NOW, lambda _at: reads, cap=9)["mine"]

    other = factories.organisation()
    assert [of(claim.creditor_id), of(other.pk), of(claim.creditor_id)] == [1, 0, 1]


def test_rows_and_names_are_those_of_reads_made_anew() -> None:
    factories.claim(principal=9_007_199_254_740_993, challenge_ends_at=NOW)

    def build(at: datetime) -> dict[str, Reading]:
        rows = Claim.objects.filter(challenge_ends_at__lte=at)
        sums = rows.values_list("currency").annotate(n=Count("pk"), most=F("principal"))
        return {"sums": sums, "none": rows.none()}

    read = [together_again("k", NOW + n * MINUTE, build) for n in range(2)]
    assert read == [{"sums": [("CNY", 1, 9_007_199_254_740_993)], "none": []}] * 2
    assert len(again._KNOWN) == 1


def test_no_more_are_kept_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "KEPT", 3)
    for n in range(7):
        counted_again(n, NOW, ending, cap=9)
    assert len(again._KNOWN) == 1
