"""The debtor's door: who gets in, who learns nothing, and how often one may try."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from qinghe.journal.models import Answer, Entry
from qinghe.kernel.actor import Role, system
from qinghe.parties.models import DoorCode, DoorTry, Person
from qinghe.parties.services import (
    DoorClosed,
    DoorShut,
    add_contact_point,
    forget_tries,
    issue_door_code,
    open_door,
    resolve_person,
)
from qinghe.parties.services.door import (
    ALPHABET,
    FAILURES_PER_CODE,
    FAILURES_PER_ORIGIN,
    LOCKED_FOR,
    MOST_LOCKS,
    count_against,
    well_formed,
    with_check,
)
from tests.races import race

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
JOB = system("tests")
ID_NUMBER = "990101199001011231"


def person(id_number: str | None = ID_NUMBER) -> Person:
    return resolve_person(
        kind="natural",
        name="陈测试",
        id_number=id_number,
        region="330100",
        zones=["Asia/Shanghai"],
        actor=JOB,
        at=NOW,
    )


def code_for(someone: Person) -> str:
    return issue_door_code(person_id=someone.pk, actor=JOB, at=NOW)


@pytest.mark.django_db
def test_the_code_and_the_last_four_of_the_id_number_open_the_door() -> None:
    someone = person()
    code = code_for(someone)

    actor = open_door(
        code=f" {code[:5].lower()}-{code[5:]}", answer=ID_NUMBER[-4:], origin="a", at=NOW
    )

    assert (actor.role, actor.person_id) == (Role.DEBTOR, someone.pk)
    assert Entry.objects.filter(kind="parties.door-opened", person_id=someone.pk).count() == 1


@pytest.mark.django_db
def test_without_an_id_number_the_phone_answers() -> None:
    someone = person(id_number=None)
    add_contact_point(
        person_id=someone.pk,
        kind="phone",
        value="100 1234 5678",
        source="contract",
        zone="Asia/Shanghai",
        actor=JOB,
        at=NOW,
    )
    assert open_door(code=code_for(someone), answer="5678", origin="a", at=NOW).person_id


@pytest.mark.django_db
def test_the_code_is_kept_as_a_hash_only() -> None:
    code = code_for(person())
    assert code.encode() not in bytes(DoorCode.objects.get().digest)
    assert not Answer.objects.exists()
    assert code not in str(list(Entry.objects.values_list("facts", flat=True)))


@pytest.mark.django_db
def test_everything_wrong_sounds_the_same_and_costs_the_same_statements() -> None:
    someone = person()
    code = code_for(someone)
    wrong_code = with_check("2" * 9)
    said: set[str] = set()
    costs: set[int] = set()
    for number, (asked, answer) in enumerate(
        [(code, "0000"), (wrong_code, ID_NUMBER[-4:]), ("", ""), (code, ""), ("x' --", "1231")]
    ):
        with (
            CaptureQueriesContext(
                connection,
            ) as queries,
            pytest.raises(DoorClosed) as closed,
        ):
            open_door(code=asked, answer=answer, origin=f"origin {number}", at=NOW)
        said.add(str(closed.value))
        costs.add(len(queries))
    assert len(said) == 1
    assert len(costs) == 1


@pytest.mark.django_db
def test_an_expired_code_is_closed() -> None:
    someone = person()
    code = code_for(someone)
    with pytest.raises(DoorClosed):
        open_door(code=code, answer="1231", origin="a", at=NOW + timedelta(days=90))


@pytest.mark.django_db
def test_five_wrong_answers_lock_the_code_for_an_hour_even_for_the_right_one() -> None:
    code = code_for(person())
    for number in range(FAILURES_PER_CODE):
        with pytest.raises(DoorClosed):
            open_door(code=code, answer="9999", origin=str(number), at=NOW)

    with pytest.raises(DoorClosed):
        open_door(code=code, answer="1231", origin="fresh", at=NOW + LOCKED_FOR / 2)
    assert open_door(code=code, answer="1231", origin="fresh", at=NOW + LOCKED_FOR)


def guessed(code: str, at: datetime) -> None:
    """Let somebody who has the letter guess until it rests."""
    for number in range(FAILURES_PER_CODE):
        with pytest.raises(DoorClosed):
            open_door(code=code, answer="9999", origin=f"{at}{number}", at=at)


@pytest.mark.django_db
def test_who_has_the_letter_cannot_guess_for_three_months() -> None:
    code = code_for(person())
    for hour in range(MOST_LOCKS):
        guessed(code, NOW + hour * LOCKED_FOR)
    with pytest.raises(DoorClosed):
        open_door(code=code, answer="1231", origin="fresh", at=NOW + timedelta(days=2))


@pytest.mark.django_db
def test_a_right_answer_forgives_what_was_wrong_before() -> None:
    code = code_for(person())
    for day in range(MOST_LOCKS + 1):
        at = NOW + timedelta(days=day)
        guessed(code, at)
        assert open_door(code=code, answer="1231", origin=f"home {day}", at=at + LOCKED_FOR)


@pytest.mark.django_db
def test_one_origin_has_thirty_wrong_tries_in_a_quarter_of_an_hour() -> None:
    code = code_for(person())
    shut(code)

    with pytest.raises(DoorShut) as told:
        open_door(code=code, answer="1231", origin="a", at=NOW + timedelta(minutes=1))
    assert told.value.facts == {"minutes": 15}
    assert open_door(code=code, answer="1231", origin="b", at=NOW)
    assert open_door(code=code, answer="1231", origin="a", at=NOW + timedelta(minutes=15))


def shut(code: str) -> None:
    """Let somebody behind the address of many fail until it is shut for all of them."""
    for _ in range(FAILURES_PER_ORIGIN):
        with pytest.raises(DoorClosed):
            open_door(code="nothing", answer="9999", origin="a", at=NOW)


@pytest.mark.django_db
def test_who_tries_at_a_shut_door_does_not_keep_it_shut() -> None:
    code = code_for(person())
    shut(code)
    for minute in range(15):
        for asked in (code, "nothing"):
            with pytest.raises(DoorShut):
                open_door(code=asked, answer="1231", origin="a", at=NOW + timedelta(minutes=minute))
    assert open_door(code=code, answer="1231", origin="a", at=NOW + timedelta(minutes=15))


@pytest.mark.django_db
def test_many_who_come_in_rightly_from_one_address_shut_nobody_out() -> None:
    code = code_for(person())
    for _ in range(FAILURES_PER_ORIGIN + 1):
        assert open_door(code=code, answer="1231", origin="carrier", at=NOW)
    assert not DoorTry.objects.exists()


@pytest.mark.django_db
def test_coming_in_rightly_wipes_no_wrong_try_of_the_address() -> None:
    code = code_for(person())
    for _ in range(FAILURES_PER_ORIGIN):
        with pytest.raises(DoorClosed):
            open_door(code="nothing", answer="9999", origin="a", at=NOW)
        if DoorTry.objects.count() < FAILURES_PER_ORIGIN:
            assert open_door(code=code, answer="1231", origin="a", at=NOW)
    with pytest.raises(DoorShut):
        open_door(code="nothing", answer="9999", origin="a", at=NOW)


@pytest.mark.django_db
def test_a_shut_door_says_nothing_of_the_code() -> None:
    code = code_for(person())
    shut(code)
    said: set[str] = set()
    costs: set[int] = set()
    for asked, answer in ((code, "1231"), (code, "0000"), (with_check("2" * 9), "1231")):
        with CaptureQueriesContext(connection) as queries, pytest.raises(DoorShut) as told:
            open_door(code=asked, answer=answer, origin="a", at=NOW)
        said.add(str(told.value))
        costs.add(len(queries))
    assert (len(said), len(costs)) == (1, 1)


@pytest.mark.django_db
def test_old_tries_and_codes_are_forgotten() -> None:
    code = code_for(person())
    with pytest.raises(DoorClosed):
        open_door(code=code, answer="9999", origin="a", at=NOW)
    assert forget_tries(at=NOW + timedelta(days=8)) == 1
    assert forget_tries(at=NOW + timedelta(days=181)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("origins", [lambda n: "one", lambda n: f"many {n}"])
def test_a_race_of_guesses_counts_every_one(origins: Callable[[int], str]) -> None:
    code = code_for(person())
    guesses = 16

    def guess(number: int) -> bool:
        try:
            return bool(open_door(code=code, answer="9999", origin=origins(number), at=NOW))
        except DoorClosed:
            return False

    assert not any(race(range(guesses), guess))
    row = DoorCode.objects.get()
    assert row.locked_until == NOW + LOCKED_FOR
    assert DoorTry.objects.count() == guesses


@pytest.mark.django_db(transaction=True)
def test_a_race_from_one_origin_is_counted_one_by_one() -> None:
    """Of many guesses at once no more are looked at than the limit leaves."""
    guesses, left = 12, 5
    for _ in range(FAILURES_PER_ORIGIN - left):
        count_against("one", NOW)

    def looked_at(_number: int) -> bool:
        try:
            open_door(code="nothing", answer="9999", origin="one", at=NOW)
        except DoorClosed:
            return True
        except DoorShut:
            return False
        return False

    assert sum(race(range(guesses), looked_at)) == left
    assert DoorTry.objects.count() == FAILURES_PER_ORIGIN


signs = st.text(ALPHABET, min_size=9, max_size=9)


@given(signs, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_noticed(nine: str, place: int, sign: str) -> None:
    code = with_check(nine)
    changed = code[:place] + sign + code[place + 1 :]
    assert well_formed(changed) == (changed == code)


@given(signs, st.integers(0, 7))
def test_exchanged_neighbours_are_noticed(nine: str, place: int) -> None:
    code = with_check(nine)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert well_formed(swapped) == (swapped == code)
