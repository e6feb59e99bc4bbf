"""Take a case of the law into the product: a creditor with a key, claims, a debtor's browser."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

from qinghe.claims.models import Claim, Title
from qinghe.claims.services import add_evidence
from qinghe.kernel.actor import Role, system
from qinghe.kernel.money import to_major
from qinghe.parties.models import Membership, Organisation
from qinghe.parties.services import create_api_key, issue_door_code
from qinghe.rules.situations import lines
from qinghe.simulation.evidence import contract_pdf
from qinghe.web.formats import bare_money
from tests import factories
from tests.api.conftest import Caller
from tests.web.people import BACKEND, actor_of, member

ID_NUMBER = "990101199001011231"


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


@dataclass
class Books:
    """One creditor, its machine and its desk; claims by the name the case gives them."""

    clock: Any
    lender: Organisation
    machine: Caller = field(init=False)
    desk: Client = field(init=False)
    claims: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.desk = Client()
        self.desk.force_login(member(Role.CREDITOR, self.lender), backend=BACKEND)
        self.desk.cookies["django_language"] = "en"
        actor = actor_of(self.desk, Role.CREDITOR)
        membership = Membership.objects.get(user_id=actor.user_id, organisation=self.lender)
        key = create_api_key(
            membership_id=membership.pk, name="cases", actor=actor, at=noon(date(2026, 1, 2))
        )
        self.machine = Caller(key)

    def today(self, day: date) -> None:
        self.clock.move_to(noon(day), tick=False)

    def take_in(self, name: str, told: dict[str, str], as_of: date) -> str:
        """Post a claim as a creditor's system does; the amounts are right on a day."""
        facts = {
            "contract_number": name,
            "debtor_name": "陈测试",
            "id_number": ID_NUMBER,
            "phone": "10012345678",
            "address": "浙江省杭州市测试路",
            "product": "consumer_loan",
            **told,
        }
        answer = self.machine.post("/claims", {"claim": facts, "as_of": as_of.isoformat()})
        assert answer.status_code == 201, answer.content
        self.claims[name] = answer.json()["claim_id"]
        return self.claims[name]

    def came_from(self, name: str, kind: str, on: date) -> None:
        """Tell on the page that a lender of a kind assigned a claim to this creditor on a day."""
        claim = self.claims[name]
        paper = add_evidence(
            claim_id=UUID(claim),
            kind="assignment",
            filename="a.pdf",
            content=contract_pdf(name, "assignment"),
            actor=actor_of(self.desk, Role.CREDITOR),
            at=noon(on),
        )
        told = {"first": "First Lender", "first_kind": kind, "holders": "", "evidence": paper.pk}
        days = {"on": on.isoformat(), "told_on": on.isoformat()}
        sent = {f"c-{field}": str(value) for field, value in (told | days).items()}
        self.desk.post(reverse("web:claim-chain", kwargs={"claim_id": claim}), sent)
        assert Title.objects.get(claim=claim, step=1).from_kind == kind

    def deliver(self, name: str, **terms: Any) -> dict[str, Any]:
        """Tell what was agreed; return what contract and law give, line by line."""
        answer = self.machine.post(f"/claims/{self.claims[name]}/contract", terms)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        assert self.machine.get(f"/claims/{self.claims[name]}/verification").json() == found
        return found

    def seen(self, name: str) -> dict[str, Any]:
        """Return a claim as the API tells it, after every page has told the same."""
        told: dict[str, Any] = self.machine.get(f"/claims/{self.claims[name]}").json()
        self._pages_say_so(told)
        return told

    def _pages_say_so(self, told: dict[str, Any]) -> None:
        creditor = self.desk.get(f"/claims/{told['id']}/").content.decode()
        debtor = self.door().get(f"/d/claims/{told['id']}/lines/").content.decode()
        owed = bare_money(told["owed"], told["currency"])
        assert owed in creditor
        assert owed in debtor
        # Every booking, so also which part a payment paid, is a row of the debtor's page.
        for line in told["lines"]:
            assert bare_money(line["amount"], told["currency"]) in debtor, line

    def door(self) -> Client:
        claim = Claim.objects.get(pk=next(iter(self.claims.values())))
        code = issue_door_code(
            person_id=claim.debtor_id, actor=system("tests"), at=datetime.now(UTC)
        )
        client = Client()
        client.cookies["django_language"] = "en"
        opened = client.post("/d/", {"code": code, "answer": ID_NUMBER[-4:]})
        assert opened.status_code == 302, opened.content
        return client


def lender(kind: str) -> Organisation:
    return factories.organisation(lender_kind=kind)


def major(minor: int, currency: str = "CNY") -> str:
    return str(to_major(minor, currency))


def cases(kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the situations of a kind with their names."""
    found = [json.loads(line) for file, line in lines() if file == kind]
    return [(each["id"], each) for each in found]
