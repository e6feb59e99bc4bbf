"""A file that must not go to the bank is voided by two persons, and made anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role
from qinghe.ledger import queries as books
from qinghe.parties.models import SettlementAccount
from qinghe.settlement import accounts, services
from qinghe.settlement import payout_refusals as no
from qinghe.settlement.models import PayoutRun, VoidedFile
from qinghe.settlement.payout_terms import FileFormat
from qinghe.settlement.queries.run_desk import run_desk
from tests.factories import AT, actor
from tests.settlement.banked import (
    ONE,
    OTHER,
    account,
    approved,
    come_back,
    content_of,
    filed,
    opened,
    owed,
    payout_of,
)
from tests.settlement.test_payments import TODAY

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: object) -> None:
    settings.VAULT_FILES = tmp_path


def asked(run: PayoutRun) -> VoidedFile:
    return services.ask_void(run_id=run.pk, reason="wrong day", actor=ONE, at=AT)


def voided(run: PayoutRun) -> PayoutRun:
    asked(run)
    return services.agree_void(run_id=run.pk, actor=OTHER, at=AT)


@pytest.mark.parametrize("change", ["account", "standing"])
def test_what_changed_after_the_file_was_made_stops_the_handing_in(change: str) -> None:
    owner = owed(700)
    run = filed()
    if change == "account":
        SettlementAccount.objects.update(state="replaced")
        account(owner, added_at=AT)
    else:
        SettlementAccount.objects.update(state="declared")
    with pytest.raises(no.FileUnfit) as refusal:
        services.hand_in(run_id=run.pk, actor=ONE, at=AT)
    assert refusal.value.facts["payout"] == payout_of(owner).number
    assert books.available(path=accounts.BANK, currency="CNY") == 700


def test_two_persons_void_a_file_and_its_hash_stays() -> None:
    owed(700)
    run = filed()
    first = run.file_sha256
    asked(run)
    for refused in (
        lambda: content_of(run),
        lambda: services.hand_in(run_id=run.pk, actor=ONE, at=AT),
        lambda: asked(run),
    ):
        with pytest.raises(no.FileDoubted):
            refused()
    with pytest.raises(no.VoidBySamePerson):
        services.agree_void(run_id=run.pk, actor=ONE, at=AT)
    services.agree_void(run_id=run.pk, actor=OTHER, at=AT)
    with pytest.raises(no.NoFile):
        content_of(run)
    assert VoidedFile.objects.get().sha256 == first
    assert Entry.objects.get(kind="payout.file-void").facts["sha256"] == first


def test_another_day_is_another_file() -> None:
    owed(700)
    run = voided(filed())
    run = services.make_bank_file(
        run_id=run.pk, file_format=FileFormat.CHINESE, executes_on=TODAY + DAY, actor=ONE, at=AT
    )
    assert run.executes_on == TODAY + DAY
    assert run_desk(run_id=run.pk, actor=OTHER).voided[0].reason == "wrong day"
    assert content_of(run)
    services.hand_in(run_id=run.pk, actor=ONE, at=AT)
    assert PayoutRun.objects.get().state == "sent"


def test_after_it_a_payout_is_kept_out_or_the_run_given_up() -> None:
    owner, _other = owed(700), owed(300)
    run = voided(filed())
    services.keep_out(payout_id=payout_of(owner).pk, reason="why", actor=ONE, at=AT)
    services.drop_run(run_id=run.pk, reason="why", actor=ONE, at=AT)
    assert payout_of(owner).state == "draft"


def test_a_file_may_be_kept_after_all() -> None:
    owed(700)
    run = filed()
    with pytest.raises(no.NoSuchVoid):
        services.keep_file(run_id=run.pk, actor=ONE, at=AT)
    asked(run)
    services.keep_file(run_id=run.pk, actor=OTHER, at=AT)
    with pytest.raises(no.NoSuchVoid):
        services.agree_void(run_id=run.pk, actor=OTHER, at=AT)
    services.hand_in(run_id=run.pk, actor=ONE, at=AT)
    with pytest.raises(no.RunMoved):
        asked(run)


def test_the_database_lets_no_file_go_that_nobody_agreed_to_void() -> None:
    owed(700)
    run = filed()
    asked(run)
    cleared = {"file_sha256": "", "file_format": "", "file_at": None}
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutRun.objects.filter(pk=run.pk).update(**cleared)
    with pytest.raises(IntegrityError), transaction.atomic():
        VoidedFile.objects.update(agreed_by=ONE.label, agreed_at=AT)


def test_a_void_needs_a_reason_and_a_file() -> None:
    owed(700)
    run = approved()
    with pytest.raises(no.NoFile):
        asked(run)
    with pytest.raises(no.WhyMissing):
        services.ask_void(run_id=run.pk, reason=" ", actor=ONE, at=AT)


def test_who_did_not_approve_a_draft_may_approve_the_next_run() -> None:
    owner = owed(700)
    services.prepare_payouts(actor=ONE, at=AT)
    payout = payout_of(owner)
    services.return_payout(payout_id=payout.pk, reason="not yet", actor=OTHER, at=AT)
    run = opened(at=AT + DAY)
    assert services.approve_run(run_id=run.pk, actor=OTHER, at=AT + DAY).state == "approved"


def test_the_page_says_why_somebody_may_not_approve_and_of_which_payouts() -> None:
    owner = owed(700)
    run = services.hand_in(run_id=filed().pk, actor=ONE, at=AT)
    come_back(payout_of(owner))
    run = opened(at=AT + DAY)
    assert run_desk(run_id=run.pk, actor=ONE).objection
    assert payout_of(owner).number in run_desk(run_id=run.pk, actor=OTHER).objection
    assert run_desk(run_id=run.pk, actor=actor(Role.OPERATOR)).objection == ""
