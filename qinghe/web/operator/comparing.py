"""Statements that a second person compares with the bank."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.settlement.services import compare_statement
from qinghe.web.doors import StaffRequest, acted, page


@page(Permission.MANAGE_PAYMENTS, methods=("POST",))
def statement_compare(request: StaffRequest, statement_id: UUID) -> HttpResponse:
    """Say that a statement is as the bank shows it."""

    def act() -> object:
        return compare_statement(statement_id=statement_id, actor=request.actor, at=request.at)

    return acted(request, act, to="web:suspense", done=_("Noted: compared with the bank."))
