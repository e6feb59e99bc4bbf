"""The vault: sealed, found by exact match, opened for a purpose, re-keyed without loss."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from qinghe.journal.models import Answer, Entry
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.ids import new_id
from qinghe.parties import vault
from qinghe.parties.filestore import NoSuchFile, load_file, seal_file
from qinghe.parties.models import VaultItem
from qinghe.parties.roles import ROLES, NotPermitted
from qinghe.parties.services import (
    MayNotReveal,
    find_by_value,
    open_file,
    reread_keys,
    reveal,
    rotate,
    rotate_files,
    seal,
    unseal,
)
from qinghe.parties.services.secrets import WORDS_ONLY
from qinghe.parties.terms import Purpose
from qinghe.parties.vault import Ring, RingText, VaultDamaged, ring
from tests.factories import person

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
JOB = system("tests")
PHONE = "10012345678"
COMPLIANCE = Actor(role=Role.COMPLIANCE, user_id=new_id())


def key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture
def keys(settings: Settings) -> Iterator[RingText]:
    text: RingText = {"active": "k1", "keys": {"k1": key()}, "blind": {"b1": key()}}
    settings.VAULT_RING = lambda: text
    vault.forget()
    yield text
    vault.forget()


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=20))
def test_what_is_sealed_opens_again_and_only_in_its_place(plain: bytes, context: bytes) -> None:
    keys = ring()
    key_id, sealed = keys.seal(plain, context=context)
    assert keys.open(key_id, sealed, context=context) == plain
    with pytest.raises(VaultDamaged):
        keys.open(key_id, sealed, context=context + b"x")
    with pytest.raises(VaultDamaged):
        keys.open(key_id, sealed[:-1] + bytes([sealed[-1] ^ 1]), context=context)


@given(st.text(min_size=1), st.text(min_size=1))
def test_the_blind_index_matches_equal_values_of_one_kind_only(one: str, other: str) -> None:
    keys = ring()
    assert (keys.blind("phone", one) == keys.blind("phone", other)) == (one == other)
    assert keys.blind("phone", one) != keys.blind("email", one)


@pytest.mark.django_db
def test_a_datum_is_found_whatever_its_spelling_and_never_stored_in_the_clear() -> None:
    item = seal(kind="phone", value=PHONE, person_id=person().pk, at=AT)
    assert find_by_value("phone", f"+86 {PHONE}") == [item.pk]
    assert PHONE.encode() not in bytes(item.ciphertext)
    assert item.masked == "100****5678"
    assert unseal(item) == f"+86{PHONE}"


@pytest.mark.django_db
def test_a_row_moved_to_another_place_does_not_open() -> None:
    one = seal(kind="phone", value=PHONE, person_id=person().pk, at=AT)
    other = seal(kind="phone", value="10087654321", person_id=person().pk, at=AT)
    VaultItem.objects.filter(pk=other.pk).update(ciphertext=one.ciphertext)
    other.refresh_from_db()
    with pytest.raises(VaultDamaged):
        unseal(other)


@pytest.mark.django_db
def test_a_look_needs_a_purpose_of_the_role_and_is_on_record() -> None:
    item = seal(kind="phone", value=PHONE, person_id=person().pk, at=AT)
    shown = reveal(item_id=item.pk, purpose=Purpose.COMPLAINT, actor=COMPLIANCE, at=AT)
    assert shown == f"+86{PHONE}"
    entry = Entry.objects.get(kind="parties.revealed")
    assert (entry.subject, entry.facts["purpose"]) == (f"vault:{item.pk}", "complaint")
    assert PHONE not in str(entry.facts)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_the_vault_for_its_own_purposes_only(role: Role) -> None:
    owner = person()
    item = seal(kind="phone", value=PHONE, person_id=owner.pk, at=AT)
    actor = Actor(role=role, person_id=owner.pk)
    for purpose in [*Purpose, "curiosity"]:
        if purpose in ROLES[role].purposes - WORDS_ONLY:
            assert reveal(item_id=item.pk, purpose=purpose, actor=actor, at=AT)
        else:
            with pytest.raises(MayNotReveal):
                reveal(item_id=item.pk, purpose=purpose, actor=actor, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in Role if ROLES[role].purposes & WORDS_ONLY])
def test_some_purposes_open_words_and_never_an_address(role: Role) -> None:
    owner = person()
    words = seal(kind="text", value="Out of work", person_id=owner.pk, at=AT)
    phone = seal(kind="phone", value=PHONE, person_id=owner.pk, at=AT)
    for purpose in ROLES[role].purposes & WORDS_ONLY:
        actor = Actor(role=role)
        assert reveal(item_id=words.pk, purpose=purpose, actor=actor, at=AT) == "Out of work"
        with pytest.raises(MayNotReveal):
            reveal(item_id=phone.pk, purpose=purpose, actor=actor, at=AT)


@pytest.mark.django_db
def test_a_debtor_gets_a_copy_of_own_data_only() -> None:
    item = seal(kind="phone", value=PHONE, person_id=person().pk, at=AT)
    stranger = Actor(role=Role.DEBTOR, person_id=person().pk)
    with pytest.raises(MayNotReveal):
        reveal(item_id=item.pk, purpose=Purpose.DATA_COPY, actor=stranger, at=AT)


@pytest.mark.django_db
def test_no_datum_is_kept_as_the_answer_of_a_request() -> None:
    item = seal(kind="phone", value=PHONE, person_id=person().pk, at=AT)
    asking = COMPLIANCE.with_key("once")
    for _ in range(2):
        reveal(item_id=item.pk, purpose=Purpose.COMPLAINT, actor=asking, at=AT)
    assert not Answer.objects.exists()
    assert Entry.objects.filter(kind="parties.revealed").count() == 2


@pytest.mark.django_db
def test_when_the_journal_fails_nothing_is_revealed(monkeypatch: pytest.MonkeyPatch) -> None:
    item = seal(kind="phone", value=PHONE, person_id=person().pk, at=AT)

    def fail(**_facts: object) -> None:
        raise RuntimeError("no journal")

    monkeypatch.setattr("qinghe.parties.services.secrets.record", fail)
    with pytest.raises(RuntimeError):
        reveal(item_id=item.pk, purpose=Purpose.COMPLAINT, actor=COMPLIANCE, at=AT)


@pytest.mark.django_db
def test_rotation_seals_everything_anew_in_batches_and_loses_nothing(keys: RingText) -> None:
    owner = person()
    items = [
        seal(kind="phone", value=f"1001234{n:04}", person_id=owner.pk, at=AT) for n in range(5)
    ]
    text = seal(kind="text", value="words", person_id=owner.pk, at=AT)
    keys["keys"]["k2"], keys["active"] = key(), "k2"
    keys["blind"]["b2"] = key()
    reread_keys()
    assert find_by_value("phone", "10012340003") == [items[3].pk]

    assert [rotate(actor=JOB, at=AT, batch=4) for _ in range(3)] == [4, 2, 0]

    assert set(VaultItem.objects.values_list("key_id", flat=True)) == {"k2"}
    del keys["keys"]["k1"]
    del keys["blind"]["b1"]
    reread_keys()
    assert find_by_value("phone", "10012340003") == [items[3].pk]
    text.refresh_from_db()
    assert unseal(text) == "words"
    with pytest.raises(NotPermitted):
        rotate(actor=COMPLIANCE, at=AT)


@pytest.mark.django_db
def test_a_key_added_by_another_process_is_found(keys: RingText) -> None:
    ring()
    keys["keys"]["k9"] = key()
    keys["active"] = "k9"
    fresh = Ring("k9", vault._prepared.__wrapped__(lambda: keys).ciphers, (b"x" * 32,))
    item = seal(kind="text", value="words", person_id=None, at=AT)
    context = f"{item.pk}:text".encode()
    item.key_id, item.ciphertext = fresh.seal(b"newer", context=context)
    assert unseal(item) == "newer"
    item.key_id = "gone"
    with pytest.raises(VaultDamaged):
        unseal(item)


@pytest.mark.django_db
def test_files_lie_sealed_under_the_hash_of_their_content(
    settings: Settings, tmp_path: Path, keys: RingText
) -> None:
    settings.VAULT_FILES = tmp_path
    content = b"%PDF a contract"
    digest = seal_file(content)
    assert seal_file(content) == digest
    (path,) = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert content not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0

    keys["keys"]["k2"], keys["active"] = key(), "k2"
    reread_keys()
    assert [rotate_files(actor=JOB, at=AT) for _ in range(2)] == [1, 0]
    del keys["keys"]["k1"]
    reread_keys()
    assert load_file(digest) == content
    assert open_file(sha256=digest, purpose="dispute", actor=COMPLIANCE, at=AT) == content
    assert Entry.objects.filter(kind="parties.file-opened").count() == 1

    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(VaultDamaged):
        load_file(digest)
    for wrong in ("../../etc/passwd", "0" * 64, ""):
        with pytest.raises(NoSuchFile):
            load_file(wrong)
