"""What a person can answer: contest, hardship, plan, wishes, complaint; each once, each at once."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from django.test import Client

from qinghe.casework.models import Hardship, Plan
from qinghe.claims.models import Dispute, Hold
from qinghe.contact.models import Wish
from qinghe.contact.services import request_contact
from qinghe.kernel.actor import Role
from qinghe.quality.models import Complaint
from tests import factories
from tests.portal.conftest import NOON, World


def send(client: Client, path: str, **data: object) -> object:
    body: Mapping[str, object] = {"request_key": uuid4().hex, **data}
    return client.post(f"/d/{path}", body)


def call(world: World) -> str:
    attempt = request_contact(
        claim_id=world.claim.pk,
        channel="voice",
        template="reminder",
        actor=factories.actor(Role.COLLECTOR, world.collector),
        at=NOON,
    )
    return attempt.state


def test_contesting_stops_contact_at_once(inside: Client, world: World) -> None:
    path = f"claims/{world.claim.pk}/contest/"
    answer = send(inside, path, reason="paid", statement="Paid in March")
    assert answer.url == f"/d/claims/{world.claim.pk}/sent/contest/"
    assert call(world) == "refused"
    assert "You have told us already" in inside.get(f"/d/{path}").content.decode()


def test_the_same_form_sent_twice_acts_once(inside: Client, world: World) -> None:
    key = uuid4().hex
    path = f"claims/{world.claim.pk}/contest/"
    first = send(inside, path, reason="paid", statement="", request_key=key)
    second = send(inside, path, reason="paid", statement="", request_key=key)
    assert first.url == second.url
    assert Dispute.objects.count() == 1


def test_a_form_without_a_reason_keeps_the_words(inside: Client, world: World) -> None:
    page = send(inside, f"claims/{world.claim.pk}/contest/", statement="My words stay")
    assert page.status_code == 200
    assert "My words stay" in page.content.decode()
    assert not Dispute.objects.exists()


def test_hardship_pauses_contact_and_shows_it(inside: Client, world: World) -> None:
    answer = send(inside, f"claims/{world.claim.pk}/hardship/", statement="Out of work")
    assert answer.status_code == 302
    assert Hardship.objects.get().claim_id == world.claim.pk
    text = inside.get(f"/d/claims/{world.claim.pk}/").content.decode()
    assert 'data-test="hold-hardship"' in text


def test_a_plan_is_shown_in_full_before_it_is_sent(inside: Client, world: World) -> None:
    base = f"claims/{world.claim.pk}/plan/"
    page = send(inside, base + "check/", choice="other", monthly="300")
    draft = page.context["draft"]
    assert sum(row.amount for row in draft.rows) == draft.total == 157_085
    assert draft.count == 6
    assert not Plan.objects.exists()
    answer = send(inside, base + "send/", monthly="30000")
    assert answer.url == f"/d/claims/{world.claim.pk}/sent/plan/"
    plan = Plan.objects.get()
    assert (plan.monthly, plan.total) == (30_000, draft.total)
    assert "has not answered yet" in inside.get(f"/d/{base}").content.decode()


def test_nothing_is_preselected_and_offers_do_not_exceed_the_claim(
    inside: Client, world: World
) -> None:
    page = inside.get(f"/d/claims/{world.claim.pk}/plan/")
    assert "checked" not in page.content.decode()


def test_a_plan_that_would_take_too_long_says_so(inside: Client, world: World) -> None:
    page = send(inside, f"claims/{world.claim.pk}/plan/check/", choice="other", monthly="1")
    assert page.status_code == 200
    assert page.context["form"].errors["monthly"]


def refused(inside: Client, world: World, **told: object) -> dict[str, str]:
    """Propose a plan that cannot be and return what the form says, by field."""
    page = send(inside, f"claims/{world.claim.pk}/plan/check/", **told)
    assert page.status_code == 200
    return {name: " ".join(words) for name, words in page.context["form"].errors.items()}


def test_what_is_too_heavy_is_said_at_the_amount_that_was_chosen(
    inside: Client, world: World
) -> None:
    offer = inside.get(f"/d/claims/{world.claim.pk}/plan/").context["form"].fields["choice"]
    value = offer.choices[-2][0]
    assert list(refused(inside, world, choice=value, income="100", expenses="90")) == ["choice"]
    own = {"choice": "other", "monthly": "300", "income": "100", "expenses": "90"}
    assert list(refused(inside, world, **own)) == ["monthly"]


def test_a_rising_plan_that_is_too_small_names_the_least(inside: Client, world: World) -> None:
    told = {"rhythm": "graduated", "step": "0.01", "step_months": "60"}
    said = refused(inside, world, choice="other", monthly="1", **told)["monthly"]
    amount = said.split("at least ")[1].split("\xa0")[0]
    page = send(
        inside,
        f"claims/{world.claim.pk}/plan/check/",
        choice="other",
        monthly=amount.replace(",", ""),
        **told,
    )
    assert page.context["draft"].monthly > 100


def test_what_a_rhythm_lacks_is_said_for_that_rhythm_only(inside: Client, world: World) -> None:
    own = {"choice": "other", "monthly": "300"}
    said = refused(inside, world, **own, rhythm="graduated", step_months="3")
    assert said == {"step": "Please say by how much it rises each time."}
    said = refused(inside, world, **own, rhythm="graduated", step="10")
    assert said == {"step_months": "Please say after how many months it rises."}
    said = refused(inside, world, **own, rhythm="seasonal", months=list(range(1, 13)))
    assert list(said) == ["months"]
    assert "nothing is paid" in said["months"]
    assert "rises" not in said["months"]


def test_a_wish_works_at_once_and_can_be_taken_back(inside: Client, world: World) -> None:
    assert send(inside, "wishes/", kind="channel", channels=["voice"]).status_code == 302
    assert call(world) == "refused"
    wish = Wish.objects.get()
    assert send(inside, f"wishes/{wish.pk}/withdraw/").status_code == 302
    assert call(world) == "permitted"


def test_hours_that_end_before_they_begin_come_back_with_a_sentence(
    inside: Client, world: World
) -> None:
    page = send(inside, "wishes/", kind="time", window_start="20:00", window_end="18:00")
    assert page.status_code == 200
    assert "The end must be later" in page.content.decode()


def test_another_persons_wish_cannot_be_taken_back(inside: Client, world: World) -> None:
    wish = Wish.objects.create(person=world.stranger, kind="cease_all", at=NOON)
    assert send(inside, f"wishes/{wish.pk}/withdraw/").status_code == 404


def test_a_complaint_gets_a_number_a_day_and_a_hold(inside: Client, world: World) -> None:
    answer = send(
        inside, "complain/", kind="rude", statement="They shouted", claim=str(world.claim.pk)
    )
    complaint = Complaint.objects.get()
    assert answer.url == f"/d/complaints/{complaint.pk}/"
    assert Hold.objects.filter(kind="complaint", lifted_at__isnull=True).count() == 1
    assert complaint.number in inside.get(answer.url).content.decode()
    assert call(world) == "refused"


def test_a_complaint_about_no_claim_stops_everything(inside: Client, world: World) -> None:
    answer = send(inside, "complain/", kind="other", statement="Strange letters", claim="none")
    assert answer.status_code == 302
    assert Hold.objects.get(kind="complaint").claim_id is None
    assert send(inside, "complain/", kind="other", statement="x", claim="").status_code == 200


def test_a_complaint_cannot_name_another_persons_claim(inside: Client, world: World) -> None:
    page = send(inside, "complain/", kind="rude", statement="x", claim=str(world.strange.pk))
    assert page.status_code == 200
    assert not Complaint.objects.exists()


def test_a_day_to_come_or_an_odd_amount_is_asked_about_at_its_field(
    inside: Client, world: World
) -> None:
    path = f"claims/{world.claim.pk}/contest/"
    told = {"reason": "paid", "paid": "99,999,999,999"}
    page = send(inside, path, **told, paid_on="2027-05-05")
    assert {"paid", "paid_on"} <= set(page.context["form"].errors)
    assert not Dispute.objects.exists()
    page = send(inside, path, **told)
    again = page.content.decode().split('name="sure" value="')[1].split('"')[0]
    assert send(inside, path, **told, sure=again).status_code == 302
    assert Dispute.objects.exists()


def test_a_typed_amount_a_month_is_a_choice(inside: Client, world: World) -> None:
    page = send(inside, f"claims/{world.claim.pk}/plan/check/", monthly="300")
    assert page.context["draft"].monthly == 30_000
