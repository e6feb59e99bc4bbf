"""The pages of the review desk: queues, two reviewers, returns, samples, invented claims."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.html import escape

from qinghe.claims.models import Claim, ContractTerms, Duplicate, Evidence, Objection
from qinghe.claims.queries.timeline import timeline
from qinghe.claims.services import (
    TermsGiven,
    amend_dispute,
    deliver_terms,
    open_dispute,
    release_automatically,
    restate,
    return_claim,
)
from qinghe.claims.terms import ClaimState
from qinghe.journal.services import record
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor, Role, system
from qinghe.parties.models import Organisation, User
from qinghe.quality.models import Invention
from qinghe.reporting.queries.waiting import waiting as waiting_for
from qinghe.risk.doubts import BY_CODE
from qinghe.risk.models import AutoRelease, Flag
from qinghe.risk.services import decide_flag, raise_flag
from tests import factories
from tests.claims.world import COMPLIANCE, REVIEWER, claim_of, creditor, debtor
from tests.desk import SEEN, read_papers
from tests.shown import fields_of
from tests.web.people import actor_of, signed_in, sock_of

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
BIG = 200_000_00
pytestmark = pytest.mark.django_db


def waiting(**fields: object) -> Claim:
    claim = factories.claim(state="submitted", **fields)  # type: ignore[arg-type]
    for kind in ("contract", "transfer"):
        Evidence.objects.create(
            claim=claim, kind=kind, sha256=f"{claim.pk.hex}{kind}", media_type="application/pdf",
            size=9, filename="a.pdf", uploaded_at=NOON,
        )  # fmt: skip
    return claim


def text(client: Client, place: str) -> str:
    with clock.at(NOON):
        return client.get(place).content.decode()


def post(client: Client, place: str, **fields: str) -> str:
    with clock.at(NOON):
        seen = asked(client, place) if place.startswith("/verify/") else {}
        return client.post(place, {**seen, **fields}, follow=True).content.decode()


def asked(client: Client, place: str) -> dict[str, str]:
    """Return what the form to a place carries on the page of its claim; nothing without one."""
    page = "/".join([*place.split("/")[:3], ""])
    return fields_of(client, page, place) if place in client.get(page).text else {}


def owner(claim: Claim) -> Client:
    return signed_in(Role.CREDITOR, organisation=claim.creditor)


@pytest.mark.parametrize(("lang", "late"), [("en", "late"), ("zh-hans", "超时")])
def test_a_queue_says_who_waits_too_long(lang: str, late: str) -> None:
    waiting(created_at=NOON - timedelta(hours=47))
    client = signed_in(Role.REVIEWER, lang=lang)
    assert f">{late}<" not in text(client, "/verify/")
    waiting(created_at=NOON - timedelta(hours=49))
    assert late in text(client, "/verify/")


def test_a_large_claim_goes_through_two_pairs_of_hands() -> None:
    claim = waiting(principal=BIG)
    first, second = signed_in(Role.REVIEWER), signed_in(Role.REVIEWER)
    place = f"/verify/{claim.pk}/"
    for reviewer in (first, second):
        read_papers(claim.pk, actor_of(reviewer, Role.REVIEWER), NOON)
    post(first, f"{place}decide/", decision="verify", reason="agrees", note=SEEN)
    assert claim.number not in text(second, "/verify/")
    assert claim.number in text(second, "/verify/?queue=second")
    assert 'data-test="second"' in text(second, place)
    mine = text(first, place)
    assert 'data-test="mine"' in mine
    assert 'data-test="verify"' not in mine
    assert 'data-test="second"' not in mine
    assert 'class="q-note bad"' in post(
        first, f"{place}decide/", decision="verify", reason="agrees", note=SEEN
    )
    post(second, f"{place}decide/", decision="verify", reason="agrees", note=SEEN)
    claim.refresh_from_db()
    assert claim.state == "challenge"


@pytest.mark.parametrize(
    ("lang", "first", "refused"),
    [
        ("en", "First open the papers", "Open the papers before"),
        ("zh-hans", "请先逐份打开材料", "请先打开材料"),
    ],
)
def test_nobody_releases_with_one_press_what_they_have_not_opened(
    lang: str, first: str, refused: str
) -> None:
    claim = waiting()
    client, place = signed_in(Role.REVIEWER, lang=lang), f"/verify/{claim.pk}/"
    page = text(client, place)
    assert first in page
    assert 'data-test="verify"' not in page
    Claim.objects.update(unseen=False)
    answer = post(client, f"{place}decide/", decision="verify", reason="agrees", note=SEEN)
    assert refused in answer
    # What was typed stays, and the answer is no success.
    assert SEEN in answer
    assert '<option value="agrees" selected>' in answer
    with clock.at(NOON):
        seen = asked(client, f"{place}decide/")
        sent = {"decision": "verify", "reason": "agrees", "note": SEEN}
        assert client.post(f"{place}decide/", seen | sent).status_code == 409
        sent = {"decision": "return", "return-words": "Page 3?"}
        unread = client.post(f"{place}decide/", seen | sent)
    assert unread.status_code == 422
    assert "Page 3?" in unread.content.decode()
    claim.refresh_from_db()
    assert claim.state == "submitted"
    read_papers(claim.pk, actor_of(client, Role.REVIEWER), NOON)
    assert 'data-test="verify"' in text(client, place)


@pytest.mark.parametrize(("lang", "told"), [("en", "Proposed."), ("zh-hans", "已提出")])
def test_an_invented_claim_is_proposed_by_one_and_rejected_by_another(lang: str, told: str) -> None:
    claim = waiting()
    first, second = signed_in(Role.REVIEWER, lang=lang), signed_in(Role.REVIEWER, lang=lang)
    place, sent = f"/verify/{claim.pk}/", {"decision": "reject", "reject-reason": "invented"}
    assert 'class="q-note bad"' in post(first, f"{place}decide/", **sent)
    sent["reject-words"] = "No such bank."
    for reviewer in (first, second):
        read_papers(claim.pk, actor_of(reviewer, Role.REVIEWER), NOON)
    assert told in post(first, f"{place}decide/", **sent)
    assert 'data-test="mine"' in text(first, place)
    assert "No such bank." not in text(owner(claim), f"/claims/{claim.pk}/")
    assert claim.number in text(second, "/verify/?queue=second")
    page = text(second, place)
    assert 'data-test="accused"' in page
    assert "No such bank." in page
    assert 'class="q-note bad"' in post(first, f"{place}decide/", **sent)
    post(second, f"{place}decide/", **sent)
    claim.refresh_from_db()
    assert claim.state == "rejected"


@pytest.mark.parametrize(
    ("lang", "asks", "not_yours"),
    [("en", "You do not agree with the rejection?", "Somebody else hears it"),
     ("zh-hans", "不同意驳回？", "由他人处理")],
)  # fmt: skip
def test_a_creditor_objects_and_another_reviewer_hears_it(
    lang: str, asks: str, not_yours: str
) -> None:
    claim = waiting()
    first, second = signed_in(Role.REVIEWER, lang=lang), signed_in(Role.REVIEWER, lang=lang)
    creditor, place = signed_in(Role.CREDITOR, claim.creditor, lang), f"/verify/{claim.pk}/"
    assert asks not in text(creditor, f"/claims/{claim.pk}/")
    post(first, f"{place}decide/", decision="reject", **{"reject-reason": "no_proof"})
    assert asks in text(creditor, f"/claims/{claim.pk}/")
    said = {"objection-ground": "overlooked", "objection-words": "Look at page 2."}
    post(creditor, f"/claims/{claim.pk}/object/", **said)
    mine = text(creditor, f"/claims/{claim.pk}/")
    assert "Look at page 2." in mine
    assert asks not in mine
    assert claim.number in text(second, "/verify/")
    assert 'data-test="hears-not"' not in text(second, "/verify/")
    assert 'data-test="hears-not"' in text(first, "/verify/")
    assert not_yours in text(first, place)
    assert "Look at page 2." in text(second, place)
    objection = Objection.objects.get()
    answer = {"hearing-reason": "papers_show", "hearing-words": "Page 2 shows it."}
    # Nothing was opened: it is refused, and what was typed stays.
    refused = post(second, f"{place}objections/{objection.pk}/", **answer)
    assert 'class="q-note bad"' in refused
    assert "Page 2 shows it.</textarea>" in refused
    read_papers(claim.pk, actor_of(second, Role.REVIEWER), NOON)
    post(second, f"{place}objections/{objection.pk}/", **answer)
    claim.refresh_from_db()
    assert claim.state == "submitted"
    assert "Page 2 shows it." in text(creditor, f"/claims/{claim.pk}/")


def test_the_creditor_reads_what_is_missing_and_answers() -> None:
    claim = waiting()
    place = f"/verify/{claim.pk}/"
    reviewer, creditor = signed_in(Role.REVIEWER), owner(claim)
    asked = {"decision": "return", "return-reason": "missing", "return-words": "Add the transfer."}
    post(reviewer, f"{place}decide/", **asked)
    page = text(creditor, f"/claims/{claim.pk}/")
    assert "Add the transfer." in page
    assert 'data-test="resubmit"' in page
    post(creditor, f"/claims/{claim.pk}/answer/", **{"answer-words": "Added."})
    assert claim.number in text(reviewer, "/verify/")
    steps = text(reviewer, place)
    assert "Added." in steps
    assert "Add the transfer." in steps


def test_a_stranger_reads_nothing_of_it() -> None:
    claim = waiting()
    return_claim(claim_id=claim.pk, reason="missing", words="Add it.", actor=REVIEWER, at=NOON)
    client = signed_in(Role.CREDITOR, organisation=factories.organisation())
    with clock.at(NOON):
        assert client.get(f"/claims/{claim.pk}/").status_code == 404
        assert client.post(f"/claims/{claim.pk}/answer/").status_code == 404


def test_an_old_page_releases_no_other_amount() -> None:
    claim = waiting(principal=1_900_000)
    reviewer, place = signed_in(Role.REVIEWER), f"/verify/{claim.pk}/"
    who, decide = actor_of(reviewer, Role.REVIEWER), f"{place}decide/"
    read_papers(claim.pk, who, NOON)
    with clock.at(NOON):
        old = fields_of(reviewer, place, decide)
    claim.refresh_from_db()
    restate(
        claim_id=claim.pk, amounts={"principal": 4_800_000}, reason="A second loan.",
        actor=Actor(Role.CREDITOR, user_id=uuid4(), org_id=claim.creditor_id),
        at=NOON + timedelta(minutes=1),
    )  # fmt: skip
    Claim.objects.update(unseen=False)
    yes = {"decision": "verify", "reason": "agrees", "note": SEEN}
    for _time in range(2):
        assert "This changed after you opened the page" in post(reviewer, decide, **old, **yes)
    # Looked at again, but the papers were read for another amount.
    assert "Open the papers before" in post(reviewer, decide, **yes)
    claim.refresh_from_db()
    assert claim.state == "submitted"
    read_papers(claim.pk, who, NOON + timedelta(minutes=2))
    post(reviewer, decide, **yes)
    claim.refresh_from_db()
    assert claim.state == "challenge"


@pytest.mark.parametrize("decision", ["return", "reject"])
def test_an_old_page_turns_down_nothing_that_was_answered(decision: str) -> None:
    claim = waiting()
    reviewer, place = signed_in(Role.REVIEWER), f"/verify/{claim.pk}/"
    with clock.at(NOON):
        old = fields_of(reviewer, place, f"{place}decide/")
    factories.papers(claim)
    words = {"return-reason": "missing", "return-words": "x", "reject-reason": "no_proof"}
    told = post(reviewer, f"{place}decide/", **old, decision=decision, **words)
    assert "This changed after you opened the page" in told
    claim.refresh_from_db()
    assert (claim.state, claim.review) == ("submitted", "new")


def test_a_sample_is_judged() -> None:
    claim = waiting()
    release_automatically(claim, sampled=True, actor=system("tests"), at=NOON)
    client = signed_in(Role.REVIEWER)
    assert claim.number in text(client, "/verify/?queue=sample")
    assert 'data-test="sample-wrong"' in text(client, f"/verify/{claim.pk}/")
    sent = {"right": "0", "sample-words": "The transfer names somebody else."}
    post(client, f"/verify/{claim.pk}/sample/", **sent)
    claim.refresh_from_db()
    assert claim.state == "rejected"
    assert claim.number not in text(client, "/verify/?queue=sample")


def test_a_creditor_proves_a_contested_claim() -> None:
    claim = factories.claim()
    dispute = open_dispute(
        claim_id=claim.pk, reason="not_mine", statement="", actor=debtor(claim), at=NOON
    )
    creditor, officer = owner(claim), signed_in(Role.COMPLIANCE)
    assert 'data-test="prove-by"' in text(creditor, f"/claims/{claim.pk}/")
    assert 'data-test="proof"' not in text(officer, f"/disputes/{dispute.pk}/")
    place = f"/claims/{claim.pk}/proof/{dispute.pk}/"
    post(creditor, place, **{"prove-words": "The transfer of 1 June."})
    assert 'data-test="proved"' in text(creditor, f"/claims/{claim.pk}/")
    assert "The transfer of 1 June." in text(officer, f"/disputes/{dispute.pk}/")


def test_who_decides_and_who_must_prove_read_every_reason_in_its_order() -> None:
    ready, claim = waiting(created_at=NOON - timedelta(days=3)), waiting(created_at=NOON)
    said = {"claim_id": claim.pk, "statement": "", "actor": debtor(claim)}
    dispute = open_dispute(reason="unknown", at=NOON - timedelta(minutes=20), **said)
    amend_dispute(reason="paid", at=NOON - timedelta(minutes=9), **said)
    creditor, officer = owner(claim), signed_in(Role.COMPLIANCE)
    told = re.compile(r"11:40 · I do not know this debt</li><li>[-\d ]*11:51 · I have paid it</li>")
    for client, place in (
        (officer, f"/disputes/{dispute.pk}/"),
        (creditor, f"/claims/{claim.pk}/"),
        (creditor, f"/claims/{claim.pk}/words/{dispute.pk}/"),
    ):
        assert told.search(text(client, place)), place
    assert 'data-test="prove-each"' in text(creditor, f"/claims/{claim.pk}/")
    for client, place in ((officer, "/disputes/"), (creditor, "/creditor/")):
        assert "I do not know this debt, I have paid it" in text(client, place), place
    queue = text(signed_in(Role.REVIEWER), "/verify/")
    assert queue.index(claim.number) < queue.index(ready.number)
    kinds = [(each.kind, each.facts) for each in timeline(claim.pk) if each.kind.startswith("disp")]
    assert kinds == [
        ("dispute", {"reason": "unknown"}),
        ("dispute-amended", {"reason": "paid"}),
    ]


def test_an_invented_claim_needs_two_officers() -> None:
    claim = waiting()
    raise_flag(claim_id=claim.pk, code="one-hand", actor=system("tests"), at=NOON)
    first, second = signed_in(Role.COMPLIANCE), signed_in(Role.COMPLIANCE)
    place = f"/verify/{claim.pk}/invented/"
    assert 'class="q-note bad"' in post(first, place, reason="Another person signed.")
    flag = Flag.objects.get()
    decide_flag(flag_id=flag.pk, confirmed=True, actor=COMPLIANCE, at=NOON, note="Seen.")
    post(first, place, reason="Another person signed.")
    found = Invention.objects.get()
    for tied in (first, sock_of(first, Role.COMPLIANCE)):
        page = text(tied, "/invented/")
        assert 'data-test="proven"' not in page
        assert "a second officer who stands apart decides" in page
    assert 'data-test="proven"' in text(second, "/invented/")
    post(first, f"/invented/{found.pk}/decide/", proven="1")
    assert Organisation.objects.get(pk=claim.creditor_id).state == "active"
    post(second, f"/invented/{found.pk}/decide/", proven="1")
    assert Organisation.objects.get(pk=claim.creditor_id).state == "suspended"
    post(first, f"/invented/{found.pk}/release/", reason="All looked at.")
    assert "Another person signed." in text(second, "/invented/")


def test_an_institution_without_a_record_is_not_trusted() -> None:
    bank = factories.organisation()
    client = signed_in(Role.COMPLIANCE)
    sent = {"creditor": str(bank.pk), "most_major": "20000", "sample_percent": "10"}
    with clock.at(NOON):
        assert client.post("/automatic-releases/", sent).status_code == 422
    assert not AutoRelease.objects.exists()


def test_a_trusted_institution_is_shown_with_its_samples() -> None:
    bank = factories.organisation(name="Trusted Bank")
    AutoRelease.objects.create(
        creditor=bank, most_major=20_000, sample_percent=10, asked_by="compliance:-", asked_at=NOON
    )
    client = signed_in(Role.COMPLIANCE)
    assert 'data-test="grant-release"' in text(client, "/automatic-releases/")
    one = AutoRelease.objects.get()
    asker = signed_in(Role.COMPLIANCE)
    one.asked_by = actor_of(asker, Role.COMPLIANCE).label
    one.save(update_fields=["asked_by"])
    for tied in (asker, sock_of(asker, Role.COMPLIANCE)):
        assert 'data-test="grant-release"' not in text(tied, "/automatic-releases/")
    post(client, f"/automatic-releases/{one.pk}/grant/")
    one.refresh_from_db()
    assert one.granted_at == NOON
    post(client, f"/automatic-releases/{one.pk}/end/", reason="new owner")
    one.refresh_from_db()
    assert one.ended_because == "new owner"
    assert User.objects.exists()


def test_a_remark_on_the_rate_is_answered_and_nothing_calls_it_right() -> None:
    claim = waiting(
        contract_on=date(2025, 6, 1), creditor=factories.organisation(lender_kind="bank")
    )
    deliver_terms(
        claim_id=claim.pk,
        terms=TermsGiven(
            principal=claim.principal,
            disbursed_on=date(2025, 6, 1),
            matures_on=date(2026, 10, 1),
            rate_pct=Decimal(36),
        ),
        actor=factories.actor(Role.CREDITOR, claim.creditor),
        at=NOON,
    )
    reviewer, place = signed_in(Role.REVIEWER), f"/verify/{claim.pk}/"
    page = text(reviewer, place)
    assert "A person must judge the rate" in page
    assert "Your judgement of the remark" in page
    assert "The amount follows from contract and law <span" in page
    assert "the rate needs your judgement" in page
    assert "The amount is right" not in page
    asked = {"decision": "verify", "reason": "agrees"}
    read_papers(claim.pk, actor_of(reviewer, Role.REVIEWER), NOON)
    assert "Write in the note why" in post(reviewer, f"{place}decide/", **asked)
    assert "Choose" not in post(reviewer, f"{place}decide/", **asked, note="The licence allows it.")
    claim.refresh_from_db()
    assert claim.state == "challenge"


def test_a_release_needs_a_reason_that_somebody_chose() -> None:
    claim = waiting()
    reviewer, place = signed_in(Role.REVIEWER), f"/verify/{claim.pk}/"
    assert 'class="q-note bad"' in post(reviewer, f"{place}decide/", decision="verify")
    claim.refresh_from_db()
    assert claim.state == "submitted"


def test_without_files_the_checklist_says_nothing_of_them() -> None:
    claim = factories.claim(state=ClaimState.SUBMITTED)
    page = text(signed_in(Role.REVIEWER), f"/verify/{claim.pk}/")
    assert page.count("no file is here yet") == 2


def test_a_claim_that_was_bought_is_not_called_the_creditors_own_loan() -> None:
    claim = waiting(creditor=factories.organisation(lender_kind="factoring"))
    page = text(signed_in(Role.REVIEWER), f"/verify/{claim.pk}/")
    assert "it lent itself" not in page
    assert "from whom it was assigned was not told" in page
    # Both remarks stand beside the note, which is asked for.
    assert "nobody has compared it with a contract" in page
    assert "From whom the claim was assigned was not told." in page
    assert re.search(r'<input[^>]*name="note"[^>]*required', page)


def flagged(claim: Claim) -> Flag:
    raise_flag(claim_id=claim.pk, code="one-hand", actor=system("tests"), at=NOON)
    return Flag.objects.get(claim=claim)


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_a_warning_tells_its_reason_and_two_persons_hold_a_grave_one_harmless(lang: str) -> None:
    claim = waiting()
    flag = flagged(claim)
    first, second = signed_in(Role.REVIEWER, lang=lang), signed_in(Role.REVIEWER, lang=lang)
    place, decide = f"/verify/{claim.pk}/", f"/verify/{claim.pk}/flags/{flag.pk}/"
    with translation.override(lang):
        reason = str(BY_CODE["one-hand"].sentence)
    assert escape(reason) in text(first, place)
    assert 'class="q-note bad"' in post(first, decide, confirmed="0")
    post(first, decide, confirmed="0", note="Two forms, one printer.")
    page = text(second, place)
    assert "Two forms, one printer." in page
    assert 'data-test="verify-blocked"' in page
    post(second, decide, confirmed="0", note="I see it the same way.")
    flag.refresh_from_db()
    assert flag.state == "cleared"
    read_papers(claim.pk, actor_of(second, Role.REVIEWER), NOON)
    assert 'data-test="verify"' in text(second, place)


def test_a_confirmed_warning_is_no_clean_line_of_the_checklist() -> None:
    claim = waiting()
    flag = flagged(claim)
    decide_flag(flag_id=flag.pk, confirmed=True, actor=COMPLIANCE, at=NOON, note="Seen.")
    page = text(signed_in(Role.REVIEWER), f"/verify/{claim.pk}/")
    assert "a warning was confirmed" in page
    assert "have two persons lift the warning" in page
    assert "a decision on the doubt" not in page
    assert 'data-test="verify-blocked"' in page


def test_before_the_checks_nobody_is_told_that_nothing_is_odd() -> None:
    claim = waiting()
    client, place = signed_in(Role.REVIEWER), f"/verify/{claim.pk}/"
    page = text(client, place)
    assert "No rule found anything odd" not in page
    # Everything that is missing is told at once.
    assert 'data-test="why-not"' in page
    assert 'data-test="unread"' in page
    Claim.objects.update(unseen=False)
    page = text(client, place)
    assert "No rule found anything odd" in page
    assert 'data-test="verify-unread"' in page


def test_an_ended_claim_offers_no_decision_about_its_warnings() -> None:
    claim = waiting()
    flagged(claim)
    client, place = signed_in(Role.REVIEWER), f"/verify/{claim.pk}/"
    assert 'name="confirmed"' in text(client, place)
    post(client, f"{place}decide/", decision="reject", **{"reject-reason": "no_proof"})
    assert 'name="confirmed"' not in text(client, place)


def test_a_long_queue_has_a_second_page_and_says_what_needs_a_closer_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("qinghe.web.review.verify.REVIEW_PAGE", 1)
    first = waiting(principal=BIG, created_at=NOON - timedelta(hours=2))
    flagged(first)
    second = waiting(created_at=NOON - timedelta(hours=1))
    reviewer = signed_in(Role.REVIEWER)
    page = text(reviewer, "/verify/")
    assert first.number in page
    assert second.number not in page
    assert "open warning" in page
    assert "large amount" in page
    assert 'data-test="next-page"' in page
    page = text(reviewer, "/verify/?page=2")
    assert second.number in page
    assert first.number not in page
    assert "open warning" not in page
    assert "large amount" not in page
    assert 'data-test="next-page"' not in page
    assert first.number in text(reviewer, "/verify/?page=0")


def queries_of(client: Client, place: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        text(client, place)
    return len(caught)


def test_the_queue_marks_what_cannot_be_released_for_want_of_a_paper() -> None:
    whole, short = waiting(), factories.claim(state="submitted")
    page = text(signed_in(Role.REVIEWER), "/verify/?files=all")
    rows = {row.split("</a>")[0]: row for row in page.split('data-test="review">')[1:]}
    assert "papers missing" in rows[short.number]
    assert "papers missing" not in rows[whole.number]


@pytest.mark.parametrize(("lang", "first"), [("en", "called invented"), ("zh-hans", "被指虚构")])
def test_the_queue_sets_apart_what_has_no_papers_and_says_what_it_shows(
    lang: str, first: str
) -> None:
    ready = waiting(created_at=NOON - timedelta(days=3))
    bare = factories.claim(state="submitted", created_at=NOON - timedelta(days=5))
    denied = waiting(created_at=NOON - timedelta(hours=1))
    reviewer = signed_in(Role.REVIEWER, lang=lang)
    page = text(reviewer, "/verify/")
    assert ready.number in page
    assert bare.number not in page
    assert first not in page
    assert page.index(ready.number) < page.index(denied.number)
    open_dispute(claim_id=denied.pk, reason="unknown", statement="", actor=debtor(denied), at=NOON)
    page = text(reviewer, "/verify/")
    assert page.index(denied.number) < page.index(ready.number)
    assert f">{first}<" in re.sub(r"<svg.*?</svg>", "", page)
    shown = re.search(r'data-test="shown">(.*?)</span>', page)
    assert shown is not None
    assert "3" in shown[1]
    without = text(reviewer, "/verify/?files=none")
    assert bare.number in without
    assert ready.number not in without
    assert "5" in re.findall(r'data-test="shown">(.*?)</span>', without)[0]
    for number in (ready.number, bare.number, denied.number):
        assert text(reviewer, "/verify/?files=all").count(f">{number}<") == 1


def test_a_long_queue_takes_no_more_queries_and_turns_its_pages_past_what_is_denied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("qinghe.web.review.verify.REVIEW_PAGE", 2)
    claims = [waiting(created_at=NOON - timedelta(hours=9 - n)) for n in range(5)]
    reviewer = signed_in(Role.REVIEWER)
    few = queries_of(reviewer, "/verify/")
    for claim in (claims[4], claims[2], claims[1]):
        open_dispute(
            claim_id=claim.pk, reason="not_mine", statement="", actor=debtor(claim), at=NOON
        )
    seen = []
    for page in (1, 2, 3):
        place = f"/verify/?page={page}"
        assert queries_of(reviewer, place) <= few + 1
        seen += re.findall(r'data-test="review">([^<]+)<', text(reviewer, place))
    assert seen == [claims[n].number for n in (1, 2, 4, 0, 3)]


def test_a_pair_and_a_warning_show_both_claims_side_by_side() -> None:
    bank = factories.organisation(name="Other Bank")
    owner_of = factories.organisation(name="First Bank")
    first = waiting(creditor=owner_of, contract_on=date(2025, 6, 1))
    claim = waiting(creditor=owner_of, debtor=first.debtor, contract_on=date(2025, 6, 2))
    twin = waiting(creditor=bank, debtor=first.debtor, principal=77_700)
    Duplicate.objects.create(first=twin, second=claim, ground="facts", found_at=NOON)
    raise_flag(claim_id=claim.pk, code="entered-twice", actor=system("tests"), at=NOON)
    page = text(signed_in(Role.REVIEWER), f"/verify/{claim.pk}/")
    pair = page[page.index('data-test="pair"') : page.index('data-test="others"')]
    assert f'href="/verify/{twin.pk}/"' in pair
    assert "Other Bank" in pair
    assert "¥777.00" in pair
    assert "this claim" in pair
    warning = page[page.index('data-test="flag-reason"') :]
    assert f'href="/verify/{first.pk}/"' in warning
    assert warning.count('data-test="beside"') == 2


@pytest.mark.parametrize(
    ("lang", "unread", "outcome", "rejected", "by_hand"),
    [
        ("en", "First open the papers of both claims", "One debt:", "was kept", "told by hand"),
        ("zh-hans", "请先逐份打开两笔债权的材料", "同一笔债务：", "保留的是另一笔", "手工录入"),
    ],
)
def test_a_decided_pair_says_what_was_decided_by_whom_when_and_why(
    lang: str, unread: str, outcome: str, rejected: str, by_hand: str
) -> None:
    first = waiting(principal=77_700)
    twin = waiting(creditor=factories.organisation(), debtor=first.debtor)
    pair = Duplicate.objects.create(first=first, second=twin, ground="facts", found_at=NOON)
    client, place = signed_in(Role.REVIEWER, lang=lang), f"/verify/{first.pk}/"
    sent = {"kept": "second", "reason": "The chain ends there."}
    before = text(client, place)
    assert unread in before
    assert 'data-test="pair-stranger"' in before
    with clock.at(NOON):
        answer = client.post(f"{place}pairs/{pair.pk}/", sent)
    assert answer.status_code == 409
    assert 'value="The chain ends there."' in answer.content.decode()
    for claim in (first, twin):
        read_papers(claim.pk, actor_of(client, Role.REVIEWER), NOON)
    assert unread not in text(client, place)
    post(client, f"{place}pairs/{pair.pk}/", **sent)
    who = User.objects.get(pk=actor_of(client, Role.REVIEWER).user_id)
    for claim in (first, twin):
        page = text(client, f"/verify/{claim.pk}/")
        card = page[page.index('data-test="pair-outcome"') :]
        for told in (outcome, "The chain ends there.", who.display_name, "11-23 12:00"):
            assert told in card[: card.index("</dl>")]
        assert "The chain ends there." in page[page.index('data-test="steps"') :]
    page = text(client, place)
    assert rejected in page[page.index('data-test="steps"') :]
    # What is claimed stays readable, though nothing is owed any more.
    assert "¥777.00" in page[page.index('data-test="claim-source"') :]
    assert by_hand not in page
    mine = text(owner(first), f"/claims/{first.pk}/")
    assert "The chain ends there." in mine
    assert "objection-words" in mine


def test_the_other_claims_of_a_debtor_are_listed_bounded_and_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claim = waiting()
    client, place = signed_in(Role.REVIEWER), f"/verify/{claim.pk}/"
    assert "None on this platform." in text(client, place)
    few = queries_of(client, place)
    others = [factories.claim(debtor=claim.debtor) for _ in range(22)]
    stranger = factories.claim()
    assert queries_of(client, place) == few
    page = text(client, place)
    card = page[page.index('data-test="others"') :]
    assert '<span class="bdg">22</span>' in card
    assert card.count('data-test="beside"') == 20
    assert "2 older claims are not shown." in card
    assert others[-1].number in card
    assert stranger.number not in card
    assert few <= 50


@pytest.mark.parametrize(("lang", "asked"), [("en", "before you say"), ("zh-hans", "核对")])
def test_that_the_person_agrees_is_said_after_a_look_at_the_person(lang: str, asked: str) -> None:
    claim = waiting()
    client, place = signed_in(Role.REVIEWER, lang=lang), f"/verify/{claim.pk}/"
    read_papers(claim.pk, actor_of(client, Role.REVIEWER), NOON)
    sent = {"decision": "verify", "reason": "agrees", "note": SEEN}
    assert 'data-test="stranger"' not in text(client, place)
    other = signed_in(Role.REVIEWER, lang=lang)
    for row in Evidence.objects.filter(claim=claim):
        record(
            kind="parties.file-opened", subject=f"file:{row.sha256}", claim=str(claim.pk),
            actor=actor_of(other, Role.REVIEWER), at=NOON,
        )  # fmt: skip
    page = text(other, place)
    assert 'data-test="stranger"' in page
    assert asked in page.lower()
    assert 'class="q-note bad"' in post(other, f"{place}decide/", **sent)
    text(other, f"{place}identity/")
    assert 'data-test="stranger"' not in text(other, place)
    assert 'class="q-note bad"' not in post(other, f"{place}decide/", **sent)
    claim.refresh_from_db()
    assert claim.state == "challenge"


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_a_confirmed_warning_that_proved_wrong_is_lifted_by_two_persons(lang: str) -> None:
    claim = waiting()
    flag = flagged(claim)
    first, second = signed_in(Role.REVIEWER, lang=lang), signed_in(Role.REVIEWER, lang=lang)
    place, decide = f"/verify/{claim.pk}/", f"/verify/{claim.pk}/flags/{flag.pk}/"
    assert 'data-test="lift-flag"' not in text(first, place)
    post(first, decide, confirmed="1", note="The printer is one.")
    assert 'data-test="lift-flag"' in text(first, place)
    post(first, decide, confirmed="0", note="It was a copy shop.")
    assert 'class="q-note bad"' in post(first, decide, confirmed="0", note="Once more.")
    page = text(second, place)
    assert "It was a copy shop." in page
    assert 'data-test="verify-blocked"' in page
    post(second, decide, confirmed="0", note="I asked the shop.")
    flag.refresh_from_db()
    assert flag.state == "cleared"
    page = text(second, place)
    assert "I asked the shop." in page
    assert 'data-test="lift-flag"' not in page


def test_the_side_bar_counts_objections_that_wait_for_its_reader() -> None:
    def counted(client: Client) -> int:
        link = re.search(r'<a href="/verify/" title=.*?</a>', text(client, "/verify/"))
        found = re.search(r'<span class="n">(\d+)', link[0] if link else "")
        return int(found[1]) if found else 0

    claim = waiting()
    first, second = signed_in(Role.REVIEWER), signed_in(Role.REVIEWER)
    post(first, f"/verify/{claim.pk}/decide/", decision="reject", **{"reject-reason": "no_proof"})
    before = (counted(first), counted(second))
    said = {"objection-ground": "overlooked", "objection-words": "Look at page 2."}
    post(owner(claim), f"/claims/{claim.pk}/object/", **said)
    assert (counted(first), counted(second)) == (before[0], before[1] + 1)
    reader = actor_of(second, Role.REVIEWER)
    with CaptureQueriesContext(connection) as caught:
        assert waiting_for(actor=reader, at=NOON)["objections"] == 1
    assert len(caught) == 1


@pytest.mark.parametrize(
    ("lang", "file", "contract", "later"),
    [
        ("en", "Source: the batch file", "Source: the contract", "later than the pay-out"),
        ("zh-hans", "来源：批次文件", "来源：合同", "晚于放款日"),
    ],
)
def test_the_desk_says_where_terms_come_from_and_marks_a_contract_signed_after_the_pay_out(
    lang: str, file: str, contract: str, later: str
) -> None:
    bank = factories.organisation()
    claim = waiting(contract_on=date(2025, 6, 2), creditor=bank)
    client, place = signed_in(Role.REVIEWER, lang=lang), f"/verify/{claim.pk}/"
    terms = TermsGiven(
        principal=claim.principal, disbursed_on=date(2025, 6, 1), matures_on=date(2026, 10, 1)
    )
    clerk = factories.actor(Role.CREDITOR, claim.creditor)
    deliver_terms(claim_id=claim.pk, terms=terms, actor=clerk, at=NOON)
    page = text(client, place)
    assert contract in page
    assert file not in page
    assert page.count(later) == 1
    made = claim_of(creditor())
    ContractTerms.objects.filter(claim=claim).update(claim=made, delivered_at=made.created_at)
    page = text(client, f"/verify/{made.pk}/")
    assert page.count(file) == 2
    assert contract not in page
