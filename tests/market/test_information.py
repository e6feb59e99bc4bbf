"""Directory by consent, quotations under seal, introductions by both sides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role
from qinghe.ledger.queries import balance
from qinghe.market.information_refusals import (
    BadEntry,
    ConsentMissing,
    GoesAround,
    IntroductionOver,
    NobodyFits,
    NoSuchIntroduction,
    NoSuchRequest,
    NotChoosable,
    NotInDirectory,
    NotIntroduced,
    QuotesClosed,
    QuotesSealed,
)
from qinghe.market.models import Introduction, Quotation, QuoteEnvelope, QuoteRequest
from qinghe.market.queries.information import asked_one, compared
from qinghe.market.queries.listed import listed
from qinghe.market.quote_envelopes import Quote
from qinghe.market.quoting import CONSENT, ENVELOPE
from qinghe.market.services.directory import join_directory, leave_directory
from qinghe.market.services.intro_complaints import (
    complain_of_introduction,
    decide_introduction_complaint,
)
from qinghe.market.services.introducing import (
    decline_introduction,
    lapse_introductions,
    open_other_side,
    propose_introduction,
    report_introduction,
)
from qinghe.market.services.quote_opening import open_quotes, open_quotes_due
from qinghe.market.services.quotes import hand_in_quote, refuse_quote, withdraw_quote
from qinghe.market.services.quoting import ask_quotes, pass_over, withdraw_request
from qinghe.parties.models import Organisation
from qinghe.settlement import accounts
from qinghe.settlement.services import introduce, receive_fee
from tests import factories
from tests.factories import AT
from tests.market.conftest import licensed

HOUR = AT + timedelta(days=2)
LATER = HOUR + timedelta(minutes=1)
QUOTE = Quote(Decimal("0.2"), Decimal("0.3"), 90, 3, 30, "三十人团队，专做信用卡。")


@dataclass
class Desk:
    """One bank and two listed agencies."""

    bank: Actor
    one: Actor
    two: Actor

    def ask(self, **fields: Any) -> QuoteRequest:
        given = {
            "product": "credit_card",
            "stage": "M3",
            "count_band": "c2",
            "sum_band": "s2",
            "regions": ["310000", "330000"],
            "closes_at": HOUR,
            "contact_name": "示例甲",
            "contact_phone": "+86 10012345678",
            "actor": self.bank,
            "at": AT,
        }
        return ask_quotes(**{**given, **fields})

    def opened(self) -> list[Quotation]:
        """Return two opened quotations, the cheaper first."""
        asked = self.ask()
        for agency, rate in ((self.one, "0.2"), (self.two, "0.25")):
            quote = replace(QUOTE, rate=Decimal(rate))
            hand_in_quote(request_id=asked.pk, quote=quote, actor=agency, at=AT)
        assert open_quotes_due(at=LATER) == 1
        return list(Quotation.objects.order_by("rate"))


def join(agency: Actor, **fields: Any) -> None:
    given = {"size": "10-49", "contact_name": "示例乙", "contact_phone": "+86 10087654321"}
    told = {**given, "consent": CONSENT, "actor": agency, "at": AT, **fields}
    join_directory(**told)


@pytest.fixture
def desk(db: None) -> Desk:
    bank = factories.actor(Role.CREDITOR, factories.organisation())
    made = Desk(bank, licensed(), licensed())
    join(made.one)
    join(made.two)
    return made


def officer() -> Actor:
    return factories.actor(Role.COMPLIANCE, factories.organisation("operator"))


def test_nobody_is_listed_by_default(db: None) -> None:
    agency = licensed()
    assert listed(AT) == []
    with pytest.raises(ConsentMissing):
        join(agency, consent="")
    join(agency, products=["credit_card"])
    (row,) = listed(AT)
    assert (row.org_id, row.standing) == (agency.org_id, None)
    assert listed(AT, product="small_loan") == []
    leave_directory(actor=agency, at=AT)
    assert listed(AT) == []
    with pytest.raises(NotInDirectory):
        leave_directory(actor=agency, at=AT)


def test_who_is_suspended_or_unregistered_is_not_listed(desk: Desk) -> None:
    factories.collector()
    assert len(listed(AT)) == 2
    assert desk.one.org_id
    Organisation.objects.filter(pk=desk.one.org_id).update(state="suspended")
    assert [row.org_id for row in listed(AT)] == [desk.two.org_id]


def test_a_portfolio_finds_who_is_registered_in_all_its_regions(db: None) -> None:
    agency = factories.collector()
    factories.licence(agency, region="310000")
    actor = factories.actor(Role.COLLECTOR, agency)
    join(actor)
    bank = factories.actor(Role.CREDITOR, factories.organisation())
    desk = Desk(bank, actor, actor)
    with pytest.raises(NobodyFits):
        desk.ask()
    assert desk.ask(regions=["310000"]).number.startswith("RQ-")


def test_nothing_tells_of_answers_before_the_hour(desk: Desk) -> None:
    asked = desk.ask()
    before = QuoteRequest.objects.values().get(), Entry.objects.count()
    hand_in_quote(request_id=asked.pk, quote=QUOTE, actor=desk.one, at=AT)
    refuse_quote(request_id=asked.pk, reason="size", actor=desk.two, at=AT)
    # The request is untouched, the journal as long as before, the envelopes of one size.
    assert (QuoteRequest.objects.values().get(), Entry.objects.count()) == before
    sizes = {len(bytes(each.sealed)) for each in QuoteEnvelope.objects.all()}
    assert len(sizes) == 1
    assert sizes.pop() >= ENVELOPE
    assert compared(request=asked, at=AT) == []
    with pytest.raises(QuotesSealed):
        open_quotes(request_id=asked.pk, actor=officer(), at=HOUR - timedelta(seconds=1))
    mine = asked_one(request_id=asked.pk, actor=desk.one)
    assert mine.said
    assert mine.said.quote == QUOTE
    assert Quotation.objects.count() == 0


def test_the_minutes_box_is_in_the_journal_whether_somebody_answered_or_not(desk: Desk) -> None:
    asked = desk.ask()
    open_quotes_due(at=AT)
    hand_in_quote(request_id=asked.pk, quote=QUOTE, actor=desk.one, at=AT)
    open_quotes_due(at=AT)
    boxed = Entry.objects.filter(kind="market.quotes-boxed")
    assert boxed.count() == 2
    assert all(set(each.facts) == {"root"} for each in boxed)


def test_the_last_word_counts_and_a_taken_back_one_does_not(desk: Desk) -> None:
    asked = desk.ask()
    better = replace(QUOTE, rate=Decimal("0.15"))
    for quote in (QUOTE, better):
        hand_in_quote(request_id=asked.pk, quote=quote, actor=desk.one, at=AT)
    hand_in_quote(request_id=asked.pk, quote=QUOTE, actor=desk.two, at=AT)
    withdraw_quote(request_id=asked.pk, actor=desk.two, at=AT)
    open_quotes_due(at=LATER)
    (only,) = Quotation.objects.all()
    assert (only.rate, only.collector_id) == (Decimal("0.1500"), desk.one.org_id)
    with pytest.raises(QuotesClosed):
        hand_in_quote(request_id=asked.pk, quote=QUOTE, actor=desk.two, at=LATER)


def test_a_request_taken_back_is_never_opened(desk: Desk) -> None:
    asked = desk.ask()
    hand_in_quote(request_id=asked.pk, quote=QUOTE, actor=desk.one, at=AT)
    withdraw_request(request_id=asked.pk, actor=desk.bank, at=AT)
    assert open_quotes_due(at=LATER) == 0
    assert Quotation.objects.count() == 0


def test_strangers_and_bad_answers_are_refused(desk: Desk) -> None:
    asked = desk.ask(collector_ids=[desk.one.org_id])
    with pytest.raises(NoSuchRequest):
        hand_in_quote(request_id=asked.pk, quote=QUOTE, actor=desk.two, at=AT)
    bad = replace(QUOTE, rate=Decimal("NaN"))
    with pytest.raises(BadEntry):
        hand_in_quote(request_id=asked.pk, quote=bad, actor=desk.one, at=AT)
    stranger = factories.actor(Role.CREDITOR, factories.organisation())
    with pytest.raises(NoSuchRequest):
        withdraw_request(request_id=asked.pk, actor=stranger, at=AT)


@pytest.mark.parametrize(
    "sentence",
    ["请加微信", "私下签更便宜", "call +86 10012345678", "a@example.com", "settle offline"],
)
def test_a_sentence_leads_nobody_around_the_platform(desk: Desk, sentence: str) -> None:
    asked = desk.ask()
    quote = replace(QUOTE, sentence=sentence)
    with pytest.raises(GoesAround):
        hand_in_quote(request_id=asked.pk, quote=quote, actor=desk.one, at=AT)


def test_contacts_open_after_both_agreed_and_the_fee_is_booked_once(desk: Desk) -> None:
    cheap, dear = desk.opened()
    made = propose_introduction(quotation_id=cheap.pk, actor=desk.bank, at=LATER)
    with pytest.raises(NotIntroduced):
        open_other_side(introduction_id=made.pk, actor=desk.bank, at=LATER)
    with pytest.raises(NotChoosable):
        propose_introduction(quotation_id=dear.pk, actor=desk.bank, at=LATER)
    with pytest.raises(NoSuchIntroduction):
        introduce(introduction_id=made.pk, actor=desk.two, at=LATER)
    made = introduce(introduction_id=made.pk, actor=desk.one, at=LATER)
    with pytest.raises(IntroductionOver):
        introduce(introduction_id=made.pk, actor=desk.one, at=LATER)

    shown = open_other_side(introduction_id=made.pk, actor=desk.bank, at=LATER)
    assert shown[0] == "示例乙"
    assert open_other_side(introduction_id=made.pk, actor=desk.one, at=LATER)[0] == "示例甲"
    assert Entry.objects.filter(kind="parties.revealed").count() == 2
    with pytest.raises(NoSuchIntroduction):
        open_other_side(introduction_id=made.pk, actor=desk.two, at=LATER)
    dear.refresh_from_db()
    assert dear.passed == "chosen"

    assert desk.one.org_id
    due = accounts.introduction_due(desk.one.org_id)
    assert balance(path=due, currency="CNY") == made.fee == 150_000
    clerk = factories.actor(Role.OPERATOR, factories.organisation("operator"))
    receive_fee(introduction_id=made.pk, reference="B1", actor=clerk, at=LATER)
    assert balance(path=due, currency="CNY") == 0


def test_an_agency_that_declines_or_is_silent_lets_the_creditor_choose_again(desk: Desk) -> None:
    cheap, dear = desk.opened()
    made = propose_introduction(quotation_id=cheap.pk, actor=desk.bank, at=LATER)
    decline_introduction(introduction_id=made.pk, reason="no_time", actor=desk.one, at=LATER)
    again = propose_introduction(quotation_id=dear.pk, actor=desk.bank, at=LATER)
    assert lapse_introductions(at=LATER) == 0
    assert lapse_introductions(at=again.lapses_at) == 1
    assert set(Introduction.objects.values_list("state", flat=True)) == {"declined", "lapsed"}


def test_the_database_knows_one_live_introduction_of_a_request(desk: Desk) -> None:
    cheap, dear = desk.opened()
    made = propose_introduction(quotation_id=cheap.pk, actor=desk.bank, at=LATER)
    made.pk, made.quotation = dear.pk, dear
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


def test_a_creditor_says_why_and_the_agency_reads_it(desk: Desk) -> None:
    _cheap, dear = desk.opened()
    pass_over(quotation_id=dear.pk, reason="price", actor=desk.bank, at=LATER)
    mine = asked_one(request_id=dear.request_id, actor=desk.two)
    assert mine.quotation
    assert mine.quotation.passed == "price"
    with pytest.raises(NotChoosable):
        propose_introduction(quotation_id=dear.pk, actor=desk.bank, at=LATER)


def test_both_sides_report_and_complain(desk: Desk) -> None:
    cheap, _dear = desk.opened()
    made = propose_introduction(quotation_id=cheap.pk, actor=desk.bank, at=LATER)
    introduce(introduction_id=made.pk, actor=desk.one, at=LATER)
    report_introduction(introduction_id=made.pk, says="signed", actor=desk.one, at=LATER)
    report_introduction(introduction_id=made.pk, says="not_signed", actor=desk.bank, at=LATER)
    made.refresh_from_db()
    assert (made.collector_says, made.creditor_says) == ("signed", "not_signed")
    told = complain_of_introduction(
        introduction_id=made.pk, kind="fee", words="示例", actor=desk.bank, at=LATER
    )
    assert told.against_id == desk.one.org_id
    decided = decide_introduction_complaint(
        complaint_id=told.pk, upheld=True, reason="示例理由", actor=officer(), at=LATER
    )
    assert decided.state == "upheld"
