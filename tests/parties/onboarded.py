"""Applicants of these tests: everything about them is invented and belongs to nobody."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.ids import digits
from qinghe.parties.identity import is_demo_id
from qinghe.parties.models import Application, MicroTransfer, Organisation, User
from qinghe.parties.queries.onboarding import declared
from qinghe.parties.services import (
    ask_registers,
    begin_application,
    declare_account,
    declare_firm,
    declare_licence,
    declare_person,
    hand_in,
    open_application,
    seal_paper,
    send_transfer,
    start_transfer,
    state_amount,
)
from qinghe.parties.services.files import open_file
from qinghe.parties.services.micro import sandbox_statement
from qinghe.parties.services.secrets import reveal
from qinghe.parties.terms import OrgKind, Purpose
from tests.factories import AT

DOOR = system("tests.door")
SCAN = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
NAME = "陈示例"


def number() -> str:
    """Return an identity number nobody can have: region 99, a wrong check sign."""
    while not is_demo_id(made := f"99{digits(15)}X"):
        pass
    return made


class Applicant:
    """Somebody who applies, and how far they came."""

    def __init__(self, kind: str = OrgKind.PRIVATE_CREDITOR, at: datetime = AT) -> None:
        self.kind, self.at = kind, at
        self.user = User.objects.create_user(f"a{digits(8)}@example.com", display_name="Ann")
        self.application: Application = begin_application(
            user_id=self.user.pk, kind=kind, actor=DOOR, at=at
        )
        role = Role.COLLECTOR if kind == OrgKind.AGENCY else Role.CREDITOR
        bare = Actor(role=role, user_id=self.user.pk)
        self.application = open_application(
            application_id=self.application.pk, confirmed=True, actor=bare, at=at
        )
        assert self.application.organisation is not None
        self.org_id = self.application.organisation.pk
        self.actor = Actor(role=role, user_id=self.user.pk, org_id=self.org_id)

    @property
    def org(self) -> Organisation:
        return Organisation.objects.get(pk=self.org_id)

    def mine(self) -> dict[str, Any]:
        return {"org_id": self.org_id, "actor": self.actor, "at": self.at}

    def tell(self, name: str = NAME, **fields: Any) -> None:
        """Declare everything but the account."""
        if self.kind == OrgKind.PRIVATE_CREDITOR:
            self.person("self", name=name, paper=seal_paper(SCAN), **fields)
            return
        declare_firm(
            name="示例有限公司",
            credit_code=number(),
            region="330100",
            **self.mine(),
        )
        self.person(
            "signatory", name=name, paper=seal_paper(SCAN), mandate_ends_on=date(2027, 6, 30)
        )
        if self.kind == OrgKind.AGENCY:
            self.person("principal", name="李示例")
        declare_licence(
            kind="collection" if self.kind == OrgKind.AGENCY else "business",
            number=f"R{digits(8)}",
            region="",
            starts_on=date(2026, 1, 1),
            ends_on=date(2027, 12, 31),
            scan=seal_paper(SCAN),
            **self.mine(),
        )

    def person(self, acts_as: str, *, name: str = NAME, **fields: Any) -> None:
        told = {"number": number(), "phone": f"100{digits(8)}", **fields}
        declare_person(acts_as=acts_as, name=name, **told, **self.mine())

    def account(self, holder: str = "", number: str = "") -> None:
        own = NAME if self.kind == OrgKind.PRIVATE_CREDITOR else "示例有限公司"
        declare_account(
            holder=holder or own, number=number or f"99{digits(14)}", bank="示例银行", **self.mine()
        )

    def transfer(self, at: datetime | None = None) -> MicroTransfer:
        """Have an amount sent by the sandbox."""
        when = at or self.at
        made = start_transfer(org_id=self.org_id, actor=self.actor, at=when)
        assert send_transfer(transfer_id=made.pk, at=when)
        made.refresh_from_db()
        return made

    def prove(self) -> None:
        amount = sandbox_statement(self.transfer())
        assert amount is not None
        state_amount(cents=amount, **self.mine())

    def names_read(self, by: Actor) -> None:
        """Let a reviewer open who stands behind the applicant."""
        for each in declared(self.org_id).people:
            for item in (each.name_id, each.number_id):
                reveal(item_id=item, purpose=Purpose.VERIFY_IDENTITY, actor=by, at=self.at)

    def papers_read(self, by: Actor) -> None:
        """Let a reviewer open every paper."""
        found = declared(self.org_id)
        papers = [each.paper for each in found.people] + [each.scan for each in found.licences]
        for sha in filter(None, papers):
            open_file(
                sha256=sha,
                purpose=Purpose.VERIFY_IDENTITY,
                application_id=self.application.pk,
                actor=by,
                at=self.at,
            )

    def ready(self, **fields: Any) -> None:
        """Declare and prove everything and hand it in; the registers answer."""
        self.tell(**fields)
        self.account()
        self.prove()
        self.application = hand_in(**self.mine())
        ask_registers(at=self.at)
