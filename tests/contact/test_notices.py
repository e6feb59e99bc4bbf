from __future__ import annotations

from datetime import timedelta

import pytest

from qinghe.claims.models import Claim
from qinghe.contact.models import Attempt, Delivery
from qinghe.contact.services import notify, send
from qinghe.contact.terms import AttemptState
from tests import factories
from tests.factories import AT

DAY = timedelta(days=1)


def contested_soon(*kinds: str) -> Claim:
    claim = factories.claim(state="challenge", challenge_ends_at=AT + 7 * DAY)
    for kind in kinds:
        factories.point(claim.debtor, kind)
    return claim


@pytest.mark.django_db
def test_a_debtor_learns_of_a_claim_once_while_it_can_be_contested() -> None:
    contested_soon("address", "email")
    assert notify(at=AT) == {"permitted": 1, "refused": 0}
    assert notify(at=AT) == {"permitted": 0, "refused": 0}
    attempt = Attempt.objects.get()
    assert (attempt.channel, attempt.collector_id) == ("letter", None)
    assert send(attempt_id=attempt.pk, at=AT) == AttemptState.DONE
    assert Delivery.objects.get().file_sha256


@pytest.mark.django_db
def test_who_has_no_postal_address_gets_an_e_mail_and_who_has_none_is_on_record() -> None:
    contested_soon("email")
    contested_soon("phone")
    assert notify(at=AT) == {"permitted": 1, "refused": 1}
    assert Attempt.objects.get(state=AttemptState.REFUSED).rules == ["PLT-IN-03"]
    assert notify(at=AT + DAY) == {"permitted": 0, "refused": 0}


@pytest.mark.django_db
def test_a_notice_refused_at_night_is_asked_for_again_in_the_morning() -> None:
    contested_soon("email")
    night = AT + timedelta(hours=12)
    assert notify(at=night)["refused"] == 1
    assert notify(at=night + timedelta(hours=1)) == {"permitted": 0, "refused": 0}
    assert notify(at=night + timedelta(hours=9))["permitted"] == 1


@pytest.mark.django_db
def test_claims_outside_their_window_get_no_notice() -> None:
    claim = contested_soon("address")
    assert notify(at=AT + 7 * DAY) == {"permitted": 0, "refused": 0}
    Claim.objects.filter(pk=claim.pk).update(state="ready")
    assert notify(at=AT) == {"permitted": 0, "refused": 0}
