"""Somebody who has applied to a demonstration, so that the identity desk has a decision to make."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.ids import digits
from qinghe.parties.identity import is_demo_id
from qinghe.parties.models import Application
from qinghe.parties.services import (
    ask_registers,
    begin_application,
    create_user,
    declare_account,
    declare_person,
    hand_in,
    open_application,
    seal_paper,
    send_transfer,
    start_transfer,
    state_amount,
)
from qinghe.parties.services.micro import sandbox_statement
from qinghe.parties.terms import ActsAs, OrgKind
from qinghe.simulation.evidence import contract_pdf
from qinghe.simulation.people_of_demo import APPLICANT, DEMO_PASSWORD

NAME: Final = "沈示例"
DOOR: Final = system("simulation")


def let_apply(*, at: datetime) -> None:
    """Let a person apply as a creditor, unless somebody has applied here before."""
    if Application.objects.exists():
        return
    with transaction.atomic():
        user = create_user(
            email=APPLICANT, password=DEMO_PASSWORD, display_name="applicant", actor=DOOR, at=at
        )
        begun = begin_application(user_id=user.pk, kind=OrgKind.PRIVATE_CREDITOR, actor=DOOR, at=at)
        opened = open_application(
            application_id=begun.pk,
            confirmed=True,
            actor=Actor(role=Role.CREDITOR, user_id=user.pk),
            at=at,
        )
        _fill_in(Actor(Role.CREDITOR, user.pk, opened.organisation_id), at)
    ask_registers(at=at)


def _fill_in(actor: Actor, at: datetime) -> None:
    if actor.org_id is None:
        return
    declare_person(
        org_id=actor.org_id,
        acts_as=ActsAs.SELF,
        name=NAME,
        number=_number(),
        phone=f"100{digits(8)}",
        paper=seal_paper(contract_pdf("QH-DEMO", "contract")),
        actor=actor,
        at=at,
    )
    # Held by somebody else, so that a reviewer has a doubt to decide.
    declare_account(
        org_id=actor.org_id,
        holder="沈示范",
        number=f"99{digits(14)}",
        bank="示例银行",
        actor=actor,
        at=at,
    )
    transfer = start_transfer(org_id=actor.org_id, actor=actor, at=at)
    if send_transfer(transfer_id=transfer.pk, at=at):
        transfer.refresh_from_db()
        amount = sandbox_statement(transfer) or 0
        state_amount(org_id=actor.org_id, cents=amount, actor=actor, at=at)
        hand_in(org_id=actor.org_id, actor=actor, at=at)


def _number() -> str:
    """Return an identity number nobody can have."""
    while not is_demo_id(made := f"99{digits(15)}X"):
        pass
    return made
