"""Who a claim belongs to: chains, assignments with both agreed, notices, and the books."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from qinghe.claims.models import Claim, Hold, LimitationAct, Title
from qinghe.claims.queries import NoSuchClaim, claim_for
from qinghe.claims.queries.limits import acts_of, acts_waiting, limitation_on, time_barred
from qinghe.claims.queries.one import NoSuchEvidence
from qinghe.claims.queries.titles import NoSuchOffer, chain_for, offers_to
from qinghe.claims.services import (
    AlreadyOffered,
    BadAct,
    BadNoticeDay,
    BrokenChain,
    ChainClosed,
    ContractNumberTaken,
    NoSuchAct,
    NoSuchCreditor,
    NothingToTell,
    StepGiven,
    StillPlaced,
    TermsGiven,
    WrongClaimState,
    add_evidence,
    assign_claim,
    decide_act,
    decline_assignment,
    deliver_terms,
    offer_assignment,
    record_act,
    record_notice,
    set_state,
    tell_chain,
    withdraw_claim,
    write_off_part,
)
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor
from qinghe.kernel.ids import new_id
from qinghe.kernel.shown import ChangedMeanwhile
from qinghe.ledger.queries import balance, trial_balance
from qinghe.market.services.assigning import take_over
from qinghe.parties.models import Organisation
from qinghe.parties.roles import NotPermitted
from tests.claims.world import (
    JOB,
    NOW,
    PDF,
    REVIEWER,
    TODAY,
    claim_of,
    clerk,
    creditor,
    debtor,
    proven,
)
from tests.desk import release
from tests.races import race

pytestmark = pytest.mark.django_db


def paper(claim: Claim) -> UUID:
    content = PDF + claim.number.encode()
    made = add_evidence(
        claim_id=claim.pk, kind="assignment", filename="a.pdf", content=content, actor=JOB, at=NOW
    )
    return made.pk


def claimed(organisation: Organisation) -> int:
    return balance(path=f"creditor:{organisation.pk}:claimed", currency="CNY")


class Market:
    """A bank that owns a claim, and a fund that may buy it."""

    def __init__(self, **changes: str) -> None:
        self.bank = creditor("demo-bank")
        self.fund = creditor("demo-fund", lender_kind="private_company")
        self.claim = proven(claim_of(self.bank, **changes))

    def offer(self, **changes: Any) -> Title:
        given = {
            "claim_id": self.claim.pk,
            "to_slug": "demo-fund",
            "evidence_id": paper(self.claim),
            "actor": clerk(self.bank),
            "at": NOW,
        }
        return offer_assignment(**{**given, **changes})

    def accept(self, title: Title, actor: Actor | None = None) -> Claim:
        return assign_claim(title_id=title.pk, actor=actor or clerk(self.fund), at=NOW)


@pytest.fixture
def market() -> Market:
    return Market()


def test_a_claim_passes_when_both_have_agreed_and_the_books_follow(market: Market) -> None:
    owed = market.claim.owed
    title = market.offer()
    assert (claimed(market.bank), claimed(market.fund)) == (-owed, 0)
    market.accept(title)
    assert (claimed(market.bank), claimed(market.fund)) == (0, -owed)
    assert trial_balance() == {"CNY": 0}
    view = claim_for(claim_id=market.claim.pk, actor=clerk(market.fund))
    assert view.creditor_name == "demo-fund"
    with pytest.raises(NoSuchClaim):
        claim_for(claim_id=market.claim.pk, actor=clerk(market.bank))
    assert Entry.objects.filter(kind="claims.assigned").count() == 1


def test_until_the_debtor_was_told_nobody_collects(market: Market) -> None:
    market.accept(market.offer())
    hold = Hold.objects.get(claim=market.claim, kind="unnotified")
    assert hold.lifted_at is None
    evidence = paper(market.claim)
    given = {
        "claim_id": market.claim.pk,
        "evidence_id": evidence,
        "actor": clerk(market.fund),
        "at": NOW,
    }
    for day in (TODAY - timedelta(1), TODAY + timedelta(1)):
        with pytest.raises(BadNoticeDay):
            record_notice(reached_on=day, **given)
    record_notice(reached_on=TODAY, **given)
    hold.refresh_from_db()
    assert hold.lifted_at == NOW
    chain = chain_for(claim_id=market.claim.pk, actor=debtor(market.claim))
    assert (chain.unbroken, chain.told) == (True, True)
    assert [(x.from_name, x.to_name) for x in chain.steps] == [("demo-bank", "demo-fund")]
    # A notice that arrived interrupts the limitation.
    assert [each.kind for each in acts_of(market.claim.pk)] == ["assignment_notice"]
    with pytest.raises(NothingToTell):
        record_notice(reached_on=TODAY, **given)


def test_an_offer_can_be_declined_and_taken_back(market: Market) -> None:
    first = market.offer()
    assert [each.id for each in offers_to(actor=clerk(market.fund))] == [first.pk]
    assert offers_to(actor=clerk(market.bank)) == []
    with pytest.raises(AlreadyOffered):
        market.offer()
    decline_assignment(title_id=first.pk, actor=clerk(market.fund), at=NOW)
    with pytest.raises(NoSuchOffer):
        market.accept(first)
    second = market.offer()
    decline_assignment(title_id=second.pk, actor=clerk(market.bank), at=NOW)
    assert offers_to(actor=clerk(market.fund)) == []
    assert claimed(market.bank) == -market.claim.owed


def test_strangers_neither_offer_nor_accept(market: Market) -> None:
    stranger = clerk(creditor("third-bank"))
    with pytest.raises(NoSuchClaim):
        market.offer(actor=stranger)
    with pytest.raises(NotPermitted):
        market.offer(actor=REVIEWER)
    title = market.offer()
    for actor in (stranger, clerk(market.bank)):
        with pytest.raises(NoSuchOffer):
            market.accept(title, actor)
    with pytest.raises(NoSuchOffer):
        decline_assignment(title_id=title.pk, actor=stranger, at=NOW)
    with pytest.raises(NoSuchOffer):
        decline_assignment(title_id=new_id(), actor=stranger, at=NOW)


def test_an_offer_needs_a_creditor_and_a_paper(market: Market) -> None:
    creditor("sleeping-bank", state="suspended")
    for slug in ("nobody", "demo-bank", "sleeping-bank"):
        with pytest.raises(NoSuchCreditor):
            market.offer(to_slug=slug)
    with pytest.raises(NoSuchEvidence):
        market.offer(evidence_id=new_id())
    withdraw_claim(claim_id=market.claim.pk, reason="paid", actor=clerk(market.bank), at=NOW)
    with pytest.raises(WrongClaimState):
        market.offer()


def test_what_is_placed_or_numbered_twice_does_not_pass(market: Market) -> None:
    title = market.offer()
    release(claim_id=market.claim.pk, actor=REVIEWER, at=NOW)
    Claim.objects.filter(pk=market.claim.pk).update(state="ready")
    set_state(claim_id=market.claim.pk, state="placed", actor=JOB, at=NOW)
    with pytest.raises(StillPlaced):
        market.accept(title)
    set_state(claim_id=market.claim.pk, state="ready", actor=JOB, at=NOW)
    claim_of(market.fund, id_number="990101199001012349")
    with pytest.raises(ContractNumberTaken):
        market.accept(title)
    market.claim.refresh_from_db()
    assert market.claim.creditor_id == market.bank.pk
    assert claimed(market.bank) == -market.claim.owed


def test_the_cap_of_the_first_lender_follows_the_loan(market: Market) -> None:
    terms = TermsGiven(
        principal=1_000_000,
        disbursed_on=date(2025, 6, 1),
        matures_on=date(2026, 10, 1),
        rate_pct=Decimal(18),
    )
    market.accept(market.offer())
    found = deliver_terms(claim_id=market.claim.pk, terms=terms, actor=clerk(market.fund), at=NOW)
    # A bank lent: no cap of four times LPR, though the fund is a private company.
    assert {step["rule"] for step in found.lines[1]["steps"]} == {"CN-INT-02", "CN-INT-06"}
    assert found.lines[1]["lawful"] == found.lines[1]["contract"]


@contextmanager
def breaks_at(step: int) -> Iterator[None]:
    with pytest.raises(BrokenChain) as refused:
        yield
    assert refused.value.facts == {"step": step}


def steps_of(
    claim: Claim, *names: str, told: date | None = TODAY, kind: str = ""
) -> list[StepGiven]:
    file = paper(claim)
    return [
        StepGiven(before, after, date(2026, 1, day), file, told, kind)
        for day, (before, after) in enumerate(pairwise(names), start=1)
    ]


def test_a_chain_from_before_is_kept_and_must_not_break(market: Market) -> None:
    claim, actor = market.claim, clerk(market.bank)

    def tell(*names: str, told: date | None = TODAY) -> Claim:
        steps = steps_of(claim, *names, told=told)
        return tell_chain(claim_id=claim.pk, steps=steps, actor=actor, at=NOW)

    tell("First (China) Lender", "Second Fund", "Demo-Bank")
    chain = chain_for(claim_id=claim.pk, actor=REVIEWER)
    assert (len(chain.steps), chain.unbroken) == (2, True)
    with breaks_at(3):
        tell("First Lender", "Second Fund", "Another")
    broken = [
        *steps_of(claim, "First Lender", "Second Fund"),
        *steps_of(claim, "Third Fund", "demo-bank"),
    ]
    with breaks_at(2):
        tell_chain(claim_id=claim.pk, steps=broken, actor=actor, at=NOW)
    assert len(chain_for(claim_id=claim.pk, actor=REVIEWER).steps) == 2
    tell("First Lender", "demo-bank", told=None)
    assert Hold.objects.filter(claim=claim, kind="unnotified", lifted_at=None).exists()
    tell("First Lender", "demo-bank")
    assert not Hold.objects.filter(claim=claim, kind="unnotified", lifted_at=None).exists()
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    with pytest.raises(ChainClosed):
        tell("First Lender", "demo-bank")


def test_a_chain_with_days_out_of_order_is_broken(market: Market) -> None:
    steps = steps_of(market.claim, "First", "Second", "demo-bank")
    mixed = [steps[0], StepGiven("Second", "demo-bank", date(2025, 1, 1), steps[0].evidence_id)]
    with breaks_at(2):
        tell_chain(claim_id=market.claim.pk, steps=mixed, actor=clerk(market.bank), at=NOW)


@pytest.mark.parametrize(("kind", "rule"), [("bank", "CN-INT-06"), ("", "CN-INT-01")])
def test_a_first_lender_of_unknown_kind_is_judged_the_stricter_way(
    market: Market, kind: str, rule: str
) -> None:
    terms = TermsGiven(1_000_000, date(2025, 6, 1), date(2026, 10, 1), rate_pct=Decimal(18))
    actor = clerk(market.bank)
    deliver_terms(claim_id=market.claim.pk, terms=terms, actor=actor, at=NOW)
    steps = steps_of(market.claim, "First Lender", "demo-bank", kind=kind)
    tell_chain(claim_id=market.claim.pk, steps=steps, actor=actor, at=NOW)
    found = deliver_terms(claim_id=market.claim.pk, terms=terms, actor=actor, at=NOW)
    assert rule in {step["rule"] for step in found.lines[1]["steps"]}


def test_an_act_with_its_paper_moves_the_limitation(market: Market) -> None:
    claim = market.claim
    given = {
        "claim_id": claim.pk,
        "evidence_id": paper(claim),
        "actor": clerk(market.bank),
        "at": NOW,
    }
    on = date(2026, 11, 1)
    for _again in range(2):
        record_act(kind="demand_letter", on=on, ended_on=None, **given)
    assert LimitationAct.objects.count() == 1
    for kind, day, end in (
        ("demand_letter", TODAY + timedelta(1), None),
        ("suspension", on, None),
        ("suit", on, on - timedelta(1)),
        ("wish", on, None),
    ):
        with pytest.raises(BadAct):
            record_act(kind=kind, on=day, ended_on=end, **given)
    with pytest.raises(NoSuchEvidence):
        record_act(kind="suit", on=on, ended_on=None, **{**given, "evidence_id": new_id()})
    with pytest.raises(NotPermitted):
        record_act(kind="suit", on=on, ended_on=None, **{**given, "actor": REVIEWER})


def test_a_claim_is_too_old_only_when_nothing_moved_its_period(market: Market) -> None:
    claim, on, due = market.claim, date(2026, 11, 23), date(2023, 6, 1)
    assert time_barred(claim_id=claim.pk, due_on=due, on=on)
    assert not time_barred(claim_id=claim.pk, due_on=date(2024, 6, 1), on=on)
    # No pack holds the law before 2017: rather careful than wrong.
    assert limitation_on(date(2010, 1, 1), (), on) is None
    assert time_barred(claim_id=claim.pk, due_on=date(2010, 1, 1), on=on)
    act = record_act(
        claim_id=claim.pk,
        kind="part_payment",
        on=date(2025, 1, 1),
        ended_on=None,
        evidence_id=paper(claim),
        actor=clerk(market.bank),
        at=NOW,
    )
    # The creditor's own word moves nothing.
    assert time_barred(claim_id=claim.pk, due_on=due, on=on)
    with pytest.raises(NotPermitted):
        decide_act(act_id=act.pk, accepted=True, actor=clerk(market.bank), at=NOW)
    with pytest.raises(NoSuchAct):
        decide_act(act_id=new_id(), accepted=True, actor=REVIEWER, at=NOW)
    assert [number for _id, number in acts_waiting(actor=REVIEWER)] == [claim.number]
    decide_act(act_id=act.pk, accepted=True, actor=REVIEWER, at=NOW)
    assert not time_barred(claim_id=claim.pk, due_on=due, on=on)
    assert acts_waiting(actor=REVIEWER) == []
    decide_act(act_id=act.pk, accepted=False, actor=REVIEWER, at=NOW)
    assert time_barred(claim_id=claim.pk, due_on=due, on=on)


def test_a_claim_that_is_over_takes_no_act(market: Market) -> None:
    file = paper(market.claim)
    Claim.objects.filter(pk=market.claim.pk).update(state="withdrawn")
    with pytest.raises(WrongClaimState):
        record_act(
            claim_id=market.claim.pk,
            kind="suit",
            on=TODAY,
            ended_on=None,
            evidence_id=file,
            actor=clerk(market.bank),
            at=NOW,
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_gets_it() -> None:
    market = Market()
    title = market.offer()

    def accept(_n: int) -> str:
        try:
            market.accept(title)
        except NoSuchOffer:
            return "late"
        return "got it"

    assert sorted(race(range(4), accept)) == ["got it", "late", "late", "late"]
    assert claimed(market.fund) == -market.claim.owed
    assert claimed(market.bank) == 0


def test_a_new_creditor_takes_over_what_was_shown(market: Market) -> None:
    title = market.offer()
    heir = clerk(market.fund)
    (shown,) = offers_to(actor=heir)
    waive = {"amounts": {"principal": 1}, "ground": "goodwill", "reason": "Kindness."}
    write_off_part(claim_id=market.claim.pk, **waive, actor=clerk(market.bank), at=NOW)
    with pytest.raises(ChangedMeanwhile):
        take_over(title_id=title.pk, seen=shown.shown, actor=heir, at=NOW)
    (shown,) = offers_to(actor=heir)
    taken = take_over(title_id=title.pk, seen=shown.shown, actor=heir, at=NOW)
    assert taken.creditor_id == market.fund.pk
