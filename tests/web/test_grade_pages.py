"""Pages of grades, ratings and appeals; and that no page of a collector shows a debtor's signal."""

from __future__ import annotations

from pathlib import Path

import grimp
import pytest
from django.test import Client

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import Standing, TakingStop
from qinghe.parties.models import Organisation
from qinghe.quality.models import Appeal, Rating, Recognition, Signal
from qinghe.quality.services import decide_complaint
from qinghe.quality.services.grading import regrade
from qinghe.quality.terms import MANY
from tests.factories import AT, claim, collector, mandate
from tests.quality.market import JUDGE, attempt, complain, worked
from tests.quality.test_ratings import ended, felt
from tests.web.people import actor_of, signed_in, sock_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Organisation:
    made = collector(name="Calm Service")
    worked(made, 600)
    Recognition.objects.create(
        collector=made, step="regular", reason="x", decided_by="x", decided_at=AT
    )
    regrade(made.pk, AT)
    return made


@pytest.fixture
def client(agency: Organisation) -> Client:
    return signed_in(Role.COLLECTOR, agency)


def upheld(agency: Organisation) -> str:
    made = complain(agency)
    decide_complaint(complaint_id=made.pk, upheld=True, text="We listened.", actor=JUDGE, at=AT)
    return str(made.pk)


def test_a_collector_reads_where_it_stands_and_what_shuts_the_next_step(
    client: Client, agency: Organisation
) -> None:
    with clock.at(AT):
        page = client.get("/grade/").content.decode()
    assert "What opens “Senior”" in page
    assert "1,400 more accounts to work (600 so far)" in page
    assert "up to ¥100,000" in page
    assert "0.0 – 30.7 (95 %)" in page


def test_the_first_night_is_awaited_in_words() -> None:
    with clock.at(AT):
        page = signed_in(Role.COLLECTOR).get("/grade/").content.decode()
    assert "no grade yet" in page


def test_an_appeal_goes_from_the_collector_to_another_officer(
    client: Client, agency: Organisation
) -> None:
    target = upheld(agency)
    with clock.at(AT):
        assert f"/grade/appeal/complaint/{target}/" in client.get("/grade/").content.decode()
        sent = {"ground": "records", "statement": "Listen to the recording."}
        client.post(f"/grade/appeal/complaint/{target}/", sent)
        made = Appeal.objects.get()
        officer = signed_in(Role.COMPLIANCE)
        assert "Calm Service" in officer.get("/appeals/").content.decode()
        here = f"/appeals/{made.pk}/"
        assert "Listen to the recording." in officer.get(here).content.decode()
        assert "Listen" not in client.get("/grade/").content.decode()
        made.first_officer = actor_of(officer, Role.COMPLIANCE).label
        Appeal.objects.update(first_officer=made.first_officer)
        for tied in (officer, sock_of(officer, Role.COMPLIANCE)):
            assert "or do not stand apart from whoever did" in tied.get(here).text
        Appeal.objects.update(first_officer=JUDGE.label)
        wrong = officer.post(here, {"decision": "1:stands"})
        assert wrong.status_code == 422
        assert officer.post(here, {"decision": "1:evidence"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "granted"


def test_a_strange_thing_is_not_there(client: Client) -> None:
    with clock.at(AT):
        assert client.get(f"/grade/appeal/weather/{Standing.objects.get().pk}/").status_code == 404


def test_a_mandate_is_rated_once_and_the_other_side_reads_sealed(
    client: Client, agency: Organisation
) -> None:
    over = ended(agency)
    creditor = signed_in(Role.CREDITOR, over.creditor)
    with clock.at(AT):
        before = client.get("/ratings/").content.decode()
        answers = {f"q{n}": "2" for n in range(1, 5)}
        assert creditor.post(f"/ratings/{over.pk}/", {"q1": "2"}).status_code == 422
        creditor.post(f"/ratings/{over.pk}/", answers)
        assert Rating.objects.get().fourth == 2
        assert creditor.get(f"/ratings/{over.pk}/").status_code == 404
        assert _body(client.get("/ratings/").content.decode()) == _body(before)


def _body(page: str) -> str:
    return page[page.index("<main") : page.index("</main")]


def test_a_creditor_sees_grade_and_ratio_before_it_chooses(agency: Organisation) -> None:
    upheld(agency)
    other = collector(name="Quiet Office")
    regrade(other.pk, AT)
    with clock.at(AT):
        page = signed_in(Role.CREDITOR).get("/claims/publish/?all=1").content.decode()
    assert page.index("Calm Service</th>") < page.index("Quiet Office</th>")
    assert "<b>8.3</b>" in page
    assert "too little to say" in page


def test_an_officer_recognises_experience_on_the_page_of_the_firm() -> None:
    firm = collector()
    with clock.at(AT):
        reviewer = signed_in(Role.REVIEWER)
        reviewer.post(
            f"/organisations/{firm.slug}/experience/", {"step": "junior", "reason": "Papers."}
        )
        assert "up to ¥50,000" in reviewer.get(f"/organisations/{firm.slug}/").content.decode()
    assert Standing.objects.get(collector=firm).grade == "junior"


def test_officers_see_where_to_listen(agency: Organisation) -> None:
    felt(MANY, "bad", agency)
    with clock.at(AT):
        page = signed_in(Role.COMPLIANCE).get("/listening/").content.decode()
    assert "Calm Service" in page
    assert "100.0%" in page


def test_no_page_of_the_collector_changes_with_what_debtors_felt(
    client: Client, agency: Organisation
) -> None:
    held = mandate(claim(), agency)
    made = attempt(held, AT)
    made.save()
    regrade(agency.pk, AT)
    addresses = ["/grade/", "/quality/", "/orders/", "/ratings/", "/earnings/", "/complaints/"]
    addresses += [f"/cases/{held.claim_id}/", f"/contacts/{made.pk}/"]
    with clock.at(AT):
        before = [_body(client.get(each).content.decode()) for each in addresses]
        Signal.objects.bulk_create(
            Signal(collector=agency, month=AT.date(), channel="sms", face="bad", token=bytes([n]))
            for n in range(MANY)
        )
        regrade(agency.pk, AT)
        after = [_body(client.get(each).content.decode()) for each in addresses]
    assert [_plain(a) for a in after] == [_plain(b) for b in before]
    assert client.get("/listening/").status_code == 404


def _plain(page: str) -> str:
    import re

    return re.sub(r'value="[0-9a-f-]{36}"|name="csrf\S+ value="\w+"', "", page)


def test_only_the_officers_page_can_reach_the_signals() -> None:
    """By construction: whoever imports neither the rows nor their one read cannot show them."""
    graph = grimp.build_graph("qinghe")
    assert graph.find_modules_that_directly_import("qinghe.quality.queries.sampling") == {
        "qinghe.web.compliance.appeals"
    }
    users = {
        str(path)
        for path in Path("qinghe").rglob("*.py")
        if ("migrations" not in path.parts and "Signal\n" in path.read_text() + "\n")
        or "import Rating, Signal" in path.read_text()
    }  # fmt: skip
    assert users <= {
        "qinghe/quality/models/__init__.py",
        "qinghe/quality/queries/sampling.py",
        "qinghe/quality/services/ratings.py",
    }


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("What we may hold now", "0 / 1", "1 more proven account makes 2 places.")),
        ("zh-hans", ("当前可持有的委托", "0 / 1", "再有 1 件守规案件，可同时持有 2 件。")),
    ],
)
def test_a_newcomer_reads_what_it_may_hold_and_what_opens_more(
    language: str, words: tuple[str, ...]
) -> None:
    newcomer = collector()
    regrade(newcomer.pk, AT)
    client = signed_in(Role.COLLECTOR, newcomer)
    client.cookies["django_language"] = language
    with clock.at(AT):
        page = client.get("/grade/").content.decode()
    for each in words:
        assert each in page


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "complaints of several people are being heard"), ("zh-hans", "有多人的投诉正在审理")],
)
def test_a_pause_is_told_with_its_end_and_appealed_from_the_page(language: str, words: str) -> None:
    newcomer = collector()
    for _ in range(2):
        complain(newcomer)
    stop = TakingStop.objects.get()
    client = signed_in(Role.COLLECTOR, newcomer)
    client.cookies["django_language"] = language
    here = f"/grade/appeal/pause/{stop.pk}/"
    with clock.at(AT):
        page = client.get("/grade/").content.decode()
        assert words in page
        assert here in page
        client.post(here, {"ground": "fabricated", "statement": "Ask the gate."})
        assert here not in client.get("/grade/").content.decode()
    assert Appeal.objects.get().pause == stop
