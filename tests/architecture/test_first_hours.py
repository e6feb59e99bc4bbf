"""From midnight to eight in Beijing it is still yesterday in Greenwich: the local day counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.utils import translation

from qinghe.casework.models import Hardship
from qinghe.claims.models import Claim
from qinghe.claims.services import DisputeOpen, accept_batch, amend_dispute, open_dispute
from qinghe.contact.gateways import letter
from qinghe.contact.gateways.message import Message
from qinghe.kernel import clock
from qinghe.kernel.actor import Role, system
from qinghe.parties.models import Certificate, Licence, Membership
from qinghe.parties.services import declare_licence, reveal, tell_taxpayer
from qinghe.parties.services.papers import LicencePeriod
from qinghe.parties.services.taxes import NotThatMonth
from qinghe.parties.terms import Purpose
from qinghe.quality.models import Grading
from qinghe.quality.queries.changed import changed
from qinghe.reporting.queries import measures
from qinghe.settlement import terms
from qinghe.settlement.models import CashierOrder, Split
from qinghe.settlement.queries import expected
from qinghe.settlement.services import correcting
from qinghe.simulation import demo
from qinghe.web.operator import organisations
from qinghe.web.review import verify
from tests import factories
from tests.claims.world import ROW, clerk, creditor, delivered
from tests.parties.onboarded import SCAN
from tests.settlement.test_payments import pay
from tests.web.people import signed_in

# Half past four in the morning of the first of December in Beijing.
NIGHT = datetime(2026, 11, 30, 20, 30, tzinfo=UTC)
LAST, FIRST = date(2026, 11, 30), date(2026, 12, 1)
JOB = system("tests")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def contested(target: Claim) -> Any:
    debtor = factories.debtor_of(target)
    said = {"claim_id": target.pk, "reason": "unknown", "statement": "Who is this?"}
    return open_dispute(**said, actor=debtor, at=NIGHT)


@pytest.mark.django_db
def test_what_a_debtor_adds_is_dated_on_its_own_day() -> None:
    target = factories.claim()
    contested(target)
    debtor = factories.debtor_of(target)
    dispute = amend_dispute(
        claim_id=target.pk, reason="paid", statement="At the desk.", actor=debtor, at=NIGHT + HOUR
    )
    text = reveal(
        item_id=dispute.statement_id, purpose=Purpose.DATA_COPY, actor=debtor, at=NIGHT + HOUR
    )
    assert text == "Who is this?\n\n2026-12-01: At the desk."


@pytest.mark.django_db
def test_the_day_of_an_answer_is_the_same_wherever_it_is_told() -> None:
    target = factories.claim()
    dispute = contested(target)
    with pytest.raises(DisputeOpen) as refused:
        contested(target)
    # A fortnight and a day from the first of December.
    assert dispute.answer_due_at == NIGHT + timedelta(days=15)
    assert refused.value.facts["answer_due_on"] == "2026-12-16"


@pytest.mark.django_db
def test_a_tax_status_reaches_back_into_no_month_that_is_over() -> None:
    agency = factories.collector()
    told = {"org_id": agency.pk, "taxpayer": "general", "actor": JOB, "at": NIGHT}
    with pytest.raises(NotThatMonth):
        tell_taxpayer(from_on=date(2026, 11, 1), **told)
    assert tell_taxpayer(from_on=FIRST, **told).from_on == FIRST


@pytest.mark.django_db
def test_a_licence_that_ends_today_is_not_put_on_file() -> None:
    house = factories.organisation()
    told = {
        "org_id": house.pk, "kind": "business", "number": "R1", "region": "", "scan": SCAN,
        "starts_on": date(2026, 1, 1), "actor": factories.actor(Role.CREDITOR, house), "at": NIGHT,
    }  # fmt: skip
    with pytest.raises(LicencePeriod):
        declare_licence(ends_on=FIRST, **told)
    declare_licence(ends_on=date(2026, 12, 2), **told)
    assert Licence.objects.get(organisation=house).ends_on == date(2026, 12, 2)


@pytest.mark.django_db
def test_the_number_of_a_claim_names_the_month_that_has_begun() -> None:
    bank = creditor()
    batch = delivered(bank, ROW, at=NIGHT)
    accept_batch(batch_id=batch.pk, partial=False, actor=clerk(bank), at=NIGHT)
    assert Claim.objects.get(batch=batch).number.startswith("QH-2612-")


def test_a_letter_bears_the_day_on_which_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: dict[str, Any] = {}

    def typeset(_template: str, facts: dict[str, Any], **_rest: Any) -> bytes:
        drawn.update(facts)
        return b""

    monkeypatch.setattr(letter, "typeset", typeset)
    letter.pdf(Message("letter", "Subject", "Text", "en", NIGHT, door="https://example.org/d/"))
    assert drawn["day"] == "2026-12-01"


@pytest.mark.django_db
def test_the_fee_of_a_payment_is_that_of_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    fees = (terms.Fee(date(2000, 1, 1), Fraction(5, 100)), terms.Fee(FIRST, Fraction(10, 100)))
    monkeypatch.setattr(terms, "PLATFORM_FEES", fees)
    target = factories.claim(principal=200_000)
    factories.mandate(target, factories.collector())
    split = Split.objects.get(
        payment=pay(target, 100_000, source="cashier", paid_on=FIRST, at=NIGHT)
    )
    whole = split.commission + split.reserve + split.platform_fee
    assert split.platform_fee * 10 == whole
    assert correcting._parts(split.payment, split, 1_000).fee == 100


@pytest.mark.django_db
def test_a_pause_that_ended_yesterday_helps_nobody_today() -> None:
    target = factories.claim()
    factories.mandate(target, factories.collector())
    pause = Hardship.objects.create(
        person=target.debtor, claim=target, state="granted", asked_at=NIGHT - 9 * HOUR,
        decided_at=NIGHT - 8 * HOUR, pause_until=LAST,
    )  # fmt: skip
    helped = measures._helped(measures.Scope.all(), NIGHT)
    assert list(helped) == [(0,)]
    Hardship.objects.filter(pk=pause.pk).update(pause_until=FIRST)
    assert list(measures._helped(measures.Scope.all(), NIGHT)) == [(1,)]


@pytest.mark.django_db
def test_orders_at_the_cashier_are_looked_for_from_midnight_on() -> None:
    target = factories.claim()
    midnight = datetime(2026, 11, 30, 16, tzinfo=UTC)
    for at in (midnight - HOUR, midnight):
        CashierOrder.objects.create(
            claim=target, amount=100, currency="CNY", provider="alipay", created_at=at,
            expires_at=at + HOUR,
        )  # fmt: skip
    assert [each.created_at for each in expected._orders(FIRST)] == [midnight]


@pytest.mark.django_db
def test_a_certificate_of_yesterday_is_no_change_since_this_morning() -> None:
    agency = factories.collector()
    Grading.objects.update_or_create(
        collector=agency,
        defaults={
            "looked_at": NIGHT, "due_on": date(2027, 1, 1), "facts": {"suspended": False},
        },
    )  # fmt: skip
    member = factories.actor(Role.COLLECTOR, agency)
    user = signed_in(Role.COLLECTOR, agency).session["_auth_user_id"]
    Membership.objects.filter(organisation=agency).exclude(user_id=user).delete()
    held = factories.certificate(user, issued_on=LAST)
    assert member.org_id == agency.pk
    assert agency.pk not in changed(NIGHT + HOUR)
    Certificate.objects.filter(pk=held.pk).update(issued_on=FIRST)
    assert agency.pk in changed(NIGHT + HOUR)


@pytest.mark.django_db
def test_a_page_of_the_desk_and_one_of_the_operator_know_the_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[date] = []
    real = verify.score

    def score(*, claim_id: Any, on: date) -> Any:
        seen.append(on)
        return real(claim_id=claim_id, on=on)

    monkeypatch.setattr(verify, "score", score)
    target = factories.claim(state="submitted")
    agency = factories.collector()
    factories.licence(agency, number="R-9", ends_on=FIRST)
    render = organisations.render

    def drawn(request: Any, name: str, context: dict[str, Any]) -> Any:
        seen.append(context["today"])
        return render(request, name, context)

    monkeypatch.setattr(organisations, "render", drawn)
    with clock.at(NIGHT):
        assert signed_in(Role.REVIEWER).get(f"/verify/{target.pk}/").status_code == 200
        page = f"/organisations/{agency.slug}/"
        assert signed_in(Role.OPERATOR).get(page).status_code == 200
    assert seen == [FIRST, FIRST]


def test_a_demonstration_ends_yesterday(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: dict[str, Any] = {}
    monkeypatch.setattr(demo, "is_empty", lambda: True)
    monkeypatch.setattr(demo, "in_this_database", lambda **how: begun.update(how))
    for name in ("leave_open", "leave_to_review", "let_apply"):
        monkeypatch.setattr(demo, name, lambda at: None)
    with clock.at(NIGHT):
        assert demo.fill_if_empty()
    assert begun["start"] + timedelta(days=demo.DAYS) == FIRST
