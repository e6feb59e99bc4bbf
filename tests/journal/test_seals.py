from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InclusionProof, verify_inclusion

from qinghe.journal import queries, seals, services
from qinghe.journal.models import Batch, Entry
from qinghe.kernel.actor import system

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
ACTOR = system("test")
PERSON = UUID("0193f000-0000-7000-8000-000000000001")


def record(count: int, kind: str = "claim.accepted") -> None:
    for number in range(count):
        services.record(
            kind=kind,
            subject=f"claim:{number}",
            actor=ACTOR,
            at=AT,
            person_id=PERSON,
            rules=["CN-T-01"],
            facts_of=number,
            note="清和",
        )


def tamper(sql: str) -> None:
    """Do what only the owner of the tables could do, by taking the trigger away."""
    (table, *_rest) = re.findall(r"journal_\w+", sql)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        cursor.execute(sql)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")


@pytest.mark.django_db
class TestSeal:
    def test_everything_recorded_is_sealed_once(self) -> None:
        record(7)
        (batch,) = services.seal(at=AT)
        assert batch.size == 7
        assert services.seal(at=AT) == []
        report = queries.verify()
        assert (report.ok, report.batches, report.entries, report.unsealed) == (True, 1, 7, 0)

    def test_batches_are_chained(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(services, "BATCH", 3)
        record(7)
        batches = services.seal(at=AT)
        assert [batch.size for batch in batches] == [3, 3, 1]
        assert bytes(batches[0].previous) == seals.GENESIS
        assert len({bytes(batch.previous) for batch in batches}) == 3
        assert queries.verify().ok

    def test_an_entry_that_commits_late_is_sealed_by_the_next_run(self) -> None:
        record(3)
        late = Entry.objects.order_by("id")[1]
        row = Entry.objects.filter(pk=late.pk).values().get()
        tamper(f"DELETE FROM journal_entry WHERE id = {late.pk}")
        services.seal(at=AT)
        Entry.objects.create(**row)
        (batch,) = services.seal(at=AT)
        assert batch.size == 1
        assert batch.last_entry == Batch.objects.order_by("id")[0].last_entry
        assert queries.verify().ok

    def test_a_proof_of_inclusion_can_be_checked_by_a_stranger(self) -> None:
        record(11)
        services.seal(at=AT)
        fifth = Entry.objects.order_by("id")[5]
        proof = queries.proof(entry_id=fifth.pk)
        assert proof is not None
        base = seals.tree([proof.leaf.encode()]).get_leaf(1)
        verify_inclusion(base, bytes.fromhex(proof.root), InclusionProof.deserialize(proof.path))

    def test_an_unsealed_entry_has_no_proof_yet(self) -> None:
        record(1)
        assert queries.proof(entry_id=Entry.objects.get().pk) is None


@pytest.mark.django_db
class TestTampering:
    @pytest.fixture(autouse=True)
    def _sealed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(services, "BATCH", 4)
        record(12)
        services.seal(at=AT)

    def second(self) -> int:
        return Batch.objects.order_by("id")[1].pk

    def test_a_changed_entry_breaks_its_batch(self) -> None:
        entry = Entry.objects.order_by("id")[5].pk
        tamper(f"UPDATE journal_entry SET facts = '{{}}' WHERE id = {entry}")
        assert queries.verify().broken == (self.second(),)

    def test_a_removed_entry_breaks_its_batch(self) -> None:
        entry = Entry.objects.order_by("id")[5].pk
        tamper(f"DELETE FROM journal_entry WHERE id = {entry}")
        assert queries.verify().broken == (self.second(),)

    def test_entries_that_change_places_break_their_batch(self) -> None:
        moves = "UPDATE journal_leaf SET place = {} WHERE batch_id = " + str(self.second())
        tamper(moves.format("place + 10"))
        tamper(moves.format("13 - place"))
        assert queries.verify().broken == (self.second(),)

    def test_a_rewritten_batch_breaks_the_next_one(self) -> None:
        entry = Entry.objects.order_by("id")[5].pk
        tamper(f"UPDATE journal_entry SET facts = '{{}}' WHERE id = {entry}")
        second = Batch.objects.get(pk=self.second())
        forged = seals.root(queries._leaves(second)).hex()
        tamper(f"UPDATE journal_batch SET root = '\\x{forged}' WHERE id = {second.pk}")
        assert queries.verify().broken == (second.pk + 1,)

    def test_the_database_refuses_without_superuser_tricks(self) -> None:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Batch.objects.update(size=1)


@pytest.mark.django_db
def test_many_are_recorded_like_one() -> None:
    services.record(kind="k", subject="s:1", actor=ACTOR, at=AT, person_id=PERSON, amount=3)
    services.record_many(kind="k", rows=[("s:2", PERSON, {"amount": 3})], actor=ACTOR, at=AT)
    one, many = Entry.objects.order_by("id").values_list("kind", "actor", "at", "facts", "rules")
    assert one == many
    assert queries.timeline(subject="s:2")[0].facts == {"amount": 3}


@given(st.lists(st.binary(), min_size=1, max_size=40), st.data())
def test_any_changed_leaf_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves[:place], leaves[place] + b"x", *leaves[place + 1 :]]
    assert seals.root(leaves) != seals.root(changed)


def test_the_same_instant_in_another_zone_is_the_same_leaf() -> None:
    elsewhere = AT.astimezone(ZoneInfo("Asia/Shanghai"))
    assert seals.leaf([AT]) == seals.leaf([elsewhere])
    assert seals.leaf([AT]) != seals.leaf([AT + timedelta(microseconds=1)])
