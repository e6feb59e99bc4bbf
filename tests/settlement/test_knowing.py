"""What is in the books already is named: one booking explains one entry, near its day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qinghe.kernel.actor import Role
from qinghe.settlement import services
from qinghe.settlement.bank.refusals import AccountUnknown, NoSuchBooking
from qinghe.settlement.models import SendBack, Suspense
from tests.factories import AT
from tests.settlement.bank_files import DAY, Said, camt
from tests.settlement.banked import ONE, OTHER, known
from tests.settlement.test_suspense import take
from tests.shown import fields_of
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db


def recorded(amount: int, reference: str) -> None:
    told = {"creditor_id": None, "amount": amount, "currency": "CNY", "reference": reference}
    receipt = services.receive_money(**told, actor=ONE, at=AT)
    services.confirm_receipt(receipt_id=receipt.pk, actor=OTHER, at=AT)


def labels(came: Suspense) -> list[str]:
    return [each.words for each in services.known_bookings(suspense_id=came.pk, actor=ONE)]


def test_one_booking_explains_one_entry() -> None:
    recorded(3_000, "B1")
    take(camt([Said(3_000, "own money", "B1"), Said(3_000, "more", "B2"), Said(2_999, "?", "B3")]))
    first, second, third = Suspense.objects.order_by("entry__reference")
    assert (labels(first), labels(second), labels(third)) == (["B1"], ["B1"], [])
    known(first)
    assert labels(second) == []
    for booking in ("anything", first.booking):
        with pytest.raises(NoSuchBooking):
            services.propose_known(suspense_id=second.pk, booking=booking, actor=ONE, at=AT)
    services.withdraw(suspense_id=first.pk, actor=ONE, at=AT)
    assert labels(second) == ["B1"]


def test_a_booking_far_from_the_day_explains_nothing() -> None:
    recorded(3_000, "B1")
    take(camt([Said(3_000, "own money", "B1", DAY - timedelta(days=30))]))
    assert labels(Suspense.objects.get()) == []


def test_the_page_offers_bookings_and_the_second_person_sees_which() -> None:
    recorded(3_000, "REC7")
    take(camt([Said(3_000, "own money", "B1"), Said(50, "?", "B2")]))
    came, other = Suspense.objects.order_by("-amount")
    one, second = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    assert "REC7" in one.get(f"/suspense/{came.pk}/").content.decode()
    assert 'data-test="no-booking"' in one.get(f"/suspense/{other.pk}/").content.decode()
    (booking,) = services.known_bookings(suspense_id=came.pk, actor=ONE)
    one.post(f"/suspense/{came.pk}/known/", {"booking": booking.key})
    assert "REC7" in second.get(f"/suspense/{came.pk}/").content.decode()
    here = f"/suspense/{came.pk}/"
    second.post(f"{here}agree/", fields_of(second, here, f"{here}agree/"))
    page = second.get(f"/suspense/{came.pk}/").content.decode()
    assert 'data-test="became"' in page
    assert "REC7" in page


def test_money_from_nobody_goes_back_to_a_typed_account_only() -> None:
    take(camt([Said(3_000, "?", "B1")]))
    came = Suspense.objects.get()
    with pytest.raises(AccountUnknown):
        services.send_back(suspense_id=came.pk, actor=ONE, at=AT)
    one, second = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    assert one.post(f"/suspense/{came.pk}/back/", {}).status_code == 422
    assert not SendBack.objects.exists()
    one.post(f"/suspense/{came.pk}/back/", {"holder": "示例贸易", "account": "62220000"})
    assert SendBack.objects.get().account is not None
    page = second.get(f"/suspense/{came.pk}/").content.decode()
    assert "62220000" in page
    assert "示例贸易" in page
