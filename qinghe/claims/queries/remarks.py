"""What calculation and papers leave to a person: who releases a claim answers it in the note."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from qinghe.claims.completeness import Case
from qinghe.claims.contract_terms import Outcome, TitleState
from qinghe.claims.models import Title
from qinghe.claims.queries.amounts import VerificationView


def remarks(claim_id: UUID, case: Case, check: VerificationView | None) -> list[str]:
    """Return what a release must answer in words, in the active language; one query at most."""
    found = [each.text for each in check.cautions] if check else []
    if check is None or check.outcome == Outcome.CANNOT:
        found.append(_("The amount was not calculated: nobody has compared it with a contract."))
    if case.links and not Title.objects.filter(claim=claim_id, state=TitleState.HELD).exists():
        found.append(_("From whom the claim was assigned was not told."))
    return found
