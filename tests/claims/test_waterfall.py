"""A lender's file adds up to the cent, or each difference is told by loan with its reason."""

from __future__ import annotations

import os
from decimal import ROUND_CEILING, Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from qinghe.claims.intake.columns import shipped
from qinghe.claims.intake.read import read_table
from qinghe.claims.intake.waterfall import CENT, FIELDS, Reason, annuity, reconcile
from qinghe.cli.reconcile import app

SAME = {name: name for name in FIELDS}
LOST = {
    "loan": "7",
    "status": "Charged Off",
    "funded": "1000.0",
    "principal": "300.00",
    "interest": "50.5",
    "late_fees": "14.9999999973",
    "recoveries": "120.25",
    "collection_fee": "21.645",
    "outstanding": "0.0",
    "received": "485.7499999973",
    "rate": "12.00%",
    "term": " 36 months",
    "instalment": "33.22",
}
PAID = LOST | {
    "status": "Fully Paid",
    "principal": "1000",
    "recoveries": "0",
    "collection_fee": "",
    "received": "1065.50",
}
cents = st.integers(0, 10_000_000).map(lambda n: Decimal(n).scaleb(-2))


def reasons(*rows: dict[str, str]) -> set[tuple[str, str, str]]:
    found = reconcile(rows, SAME).differences
    return {(each.loan, each.figure, each.reason.value) for each in found}


def test_what_adds_up_has_no_difference_and_its_totals_are_told() -> None:
    found = reconcile([LOST, PAID | {"loan": "8"}], SAME)
    assert (found.loans, found.equal, found.written_off, found.differences) == (2, 2, 1, ())
    assert found.totals["received"] == found.received_computed == Decimal("1551.25")
    assert found.written_off_balance == Decimal("700.00")
    assert (found.recovered, found.collection_fees) == (Decimal("120.25"), Decimal("21.65"))


@pytest.mark.parametrize(
    ("changes", "figure", "reason"),
    [
        ({"received": "485.76"}, "received", Reason.PARTS_ROUNDED),
        ({"received": "486.75"}, "received", Reason.PARTS_DIFFER),
        ({"late_fees": ""}, "received", Reason.PARTS_DIFFER),
        ({"funded": "200"}, "principal", Reason.REPAID_TOO_MUCH),
        ({"status": "Fully Paid", "recoveries": "0", "received": "365.5", "collection_fee": "0"},
         "principal", Reason.PAID_BUT_OPEN),
        ({"status": "Current"}, "recoveries", Reason.RECOVERED_WITHOUT_LOSS),
        ({"collection_fee": "120.26"}, "collection_fee", Reason.FEE_ABOVE_RECOVERIES),
        ({"instalment": "33.21"}, "instalment", Reason.INSTALMENT_ROUNDED),
        ({"funded": "25000", "rate": "15.33", "instalment": "870.71"}, "instalment",
         Reason.RATE_ROUNDED),
        ({"instalment": "40"}, "instalment", Reason.INSTALMENT_DIFFERS),
        ({"interest": "n/a"}, "interest", Reason.UNREADABLE),
        ({"received": ""}, "received", Reason.UNREADABLE),
    ],
)  # fmt: skip
def test_a_difference_names_loan_figure_and_reason(
    changes: dict[str, str], figure: str, reason: Reason
) -> None:
    assert ("7", figure, reason.value) in reasons(LOST | changes)


@settings(deadline=None)
@given(st.tuples(cents, cents, cents, cents), st.integers(-500, 500).filter(lambda n: abs(n) > 2))
def test_parts_that_add_up_pass_and_any_other_sum_is_found(
    parts: tuple[Decimal, ...], off: int
) -> None:
    names = ("principal", "interest", "late_fees", "recoveries")
    row = {"loan": "x", **dict(zip(names, map(str, parts), strict=True))}
    right = row | {"received": str(sum(parts))}
    wrong = row | {"received": str(sum(parts) + off * CENT)}
    assert not reasons(right)
    assert ("x", "received", "parts-differ") in reasons(wrong)
    both = reconcile([right, wrong], SAME)
    assert (both.loans, both.equal, len(both.open_differences)) == (2, 1, 1)


@settings(deadline=None)
@given(
    st.integers(100_00, 40_000_00),
    st.integers(1, 3600),
    st.sampled_from([1, 12, 36, 60]),
)
def test_an_annuity_repays_the_loan_and_not_more(minor: int, points: int, months: int) -> None:
    principal, rate = Decimal(minor).scaleb(-2), Decimal(points).scaleb(-2)
    instalment = annuity(principal, rate, months)
    left = principal
    for _ in range(months):
        left += left * rate / 1200 - instalment
    assert abs(left) < Decimal("1e-12")
    assert instalment.quantize(CENT, ROUND_CEILING) >= instalment
    assert annuity(principal, Decimal(0), months) * months == pytest.approx(principal)


def test_the_real_loans_add_up_to_the_cent(tmp_path: Path) -> None:
    data = os.environ.get("QINGHE_DATA", "")
    path = Path(data) / "lending_club" / "loans.csv"
    if not data or not path.exists():
        pytest.skip("QINGHE_DATA names no folder with lending_club/loans.csv")
    columns = shipped("lending_club").waterfall
    found = reconcile(read_table(path.read_bytes()).iter_rows(named=True), columns)
    assert found.loans == found.equal == 1000
    assert found.totals["received"] == found.received_computed
    assert found.written_off == 208
    assert not found.open_differences
    listed = tmp_path / "differences.csv"
    told = CliRunner().invoke(app, [str(path), "--differences", str(listed)])
    assert told.exit_code == 0, told.output
    assert "equal: 1000" in told.output
    assert len(listed.read_text("utf-8-sig").splitlines()) == 1 + len(found.differences)


def test_the_command_ends_with_one_when_something_differs(tmp_path: Path) -> None:
    columns = shipped("lending_club").waterfall
    head, row = zip(*[(column, LOST[name]) for name, column in columns.items()], strict=True)
    file = tmp_path / "loans.csv"
    file.write_text(f"{','.join(head)}\n{','.join(row)}\n")
    assert CliRunner().invoke(app, [str(file)]).exit_code == 0
    file.write_text(f"{','.join(head)}\n{','.join(row).replace('300.00', '301.00')}\n")
    told = CliRunner().invoke(app, [str(file), "--json"])
    assert told.exit_code == 1
    assert "parts-differ" in told.output
    file.write_text("a,b\n1,2\n")
    assert CliRunner().invoke(app, [str(file)]).exit_code == 2
