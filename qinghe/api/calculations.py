"""What the law gives for interest and the order of payment, without a claim: every step told."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Field, Router, Schema

from qinghe.kernel.errors import DomainError
from qinghe.rules.check import check_case
from qinghe.rules.reading import CaseError

router = Router(tags=["calculations"])
LAW = ("CN",)


class NotCalculable(DomainError):
    code = "api.not-calculable"
    status = 422
    text = _("This cannot be calculated ({fault}): {words}")


class CalculationIn(Schema):
    """
    What is asked, as the case files of this project write it.

    `interest_cap` has the operations `cap`, `accrue`, `transition`, `rollover` and `intake`.
    """

    kind: Literal["interest_cap", "delayed_interest", "allocation"]
    input: dict[str, Any] = Field(description="Amounts in minor units, rates as decimal texts.")


class CalculationOut(Schema):
    """The answer; `steps` name the rule, where it stands, and say what was done."""

    output: dict[str, Any]


@router.post("/calculations", response=CalculationOut, url_name="calculations")
def calculate(request: HttpRequest, body: CalculationIn) -> CalculationOut:
    """Calculate by the law alone. Nothing is kept."""
    try:
        found = check_case({"kind": body.kind, "packs": list(LAW), "input": body.input})
    except CaseError as defect:
        raise NotCalculable(fault=defect.code, words=defect.message) from defect
    except (OverflowError, ValueError) as beyond:
        raise NotCalculable(fault="bad_value", words=str(beyond)) from beyond
    return CalculationOut(output=dict(found))
