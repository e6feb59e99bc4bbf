"""Cases of interest and allocation, taken in as claims and read from pages and the API."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from qinghe.claims.completeness import BUYERS
from qinghe.claims.services import accept_lawful
from qinghe.kernel.actor import Role
from qinghe.web.formats import bare_money
from tests.situations.books import Books, cases, lender, major, noon
from tests.situations.compare import matches
from tests.web.people import actor_of

pytestmark = pytest.mark.django_db
OPEN = ("costs", "interest", "principal")
# Judgment money stands in the books as principal, the doubled interest as interest.
JUDGED = {"judgment_money_minor": "principal", "doubled_interest_minor": "interest"}
ORDERS = {
    ("principal", "interest", "costs"): "principal_interest",
    ("interest", "principal", "costs"): "interest_principal",
}
# One claim has either judgment money or principal: these mix both, to test the pure function.
MIXED = {"QA13", "QA14", "QA15"}
REFUSED = {
    "currency_mismatch": {"settlement.wrong-currency"},
    "bad_money": {"api.invalid"},
    "bad_value": {"settlement.debt-not-named", "api.invalid"},
}
KINDS = ("allocation", "interest_cap", "delayed_interest")
YEAR = timedelta(days=365)
TODAY = date(2026, 7, 1)


@pytest.fixture(autouse=True)
def _english(settings: Settings, tmp_path: Any) -> Any:
    settings.VAULT_FILES = tmp_path
    with translation.override("en"):
        yield


@pytest.fixture
def books(time_machine: Any) -> Books:
    made = Books(time_machine, lender("bank"))
    made.today(TODAY)
    return made


def by_name(kind: str, *, left_out: set[str] = frozenset()) -> Any:  # type: ignore[assignment]
    return [pytest.param(c, id=name) for name, c in cases(kind) if name not in left_out]


# -- allocation -----------------------------------------------------------------------------


def take_in_debt(books: Books, debt: dict[str, Any], order: tuple[str, ...], on: date) -> None:
    """Post one debt of a case with its open parts, and tell what is agreed about it."""
    judged = debt.get("judgment_money_minor", 0)
    parts = {part: debt.get(f"{part}_minor", 0) for part in OPEN}
    for name, part in JUDGED.items():
        parts[part] += debt.get(name, 0)
    over = debt.get("overcap_interest_minor", 0)
    currency = debt["currency"]
    told = {
        "principal": major(parts["principal"], currency),
        "interest": major(parts["interest"] + over, currency),
        "fees": major(parts["costs"], currency),
        "due_date": debt["due_on"],
        "currency": currency,
        "contract_date": (date.fromisoformat(debt["due_on"]) - YEAR).isoformat(),
    }
    rate = Decimal(debt.get("rate_pct", "0"))
    if rate:
        told["annual_overdue_rate"] = str(rate)
    books.take_in(debt["id"], told, on)
    if over:
        lower_to_the_law(books, debt["id"], parts, on)
    pays_first = "costs_principal" if judged else ORDERS.get(order)
    security = debt.get("security", "none")
    if pays_first or security != "none":
        books.deliver(
            debt["id"],
            principal=parts["principal"],
            disbursed_on=told["contract_date"],
            matures_on=debt["due_on"],
            pays_first=pays_first,
            security=security,
        )


def lower_to_the_law(books: Books, name: str, parts: dict[str, int], on: date) -> None:
    """Deliver a contract that gives just the lawful interest, and let the claim fall to it."""
    rate = Decimal(parts["interest"]) * 100 / Decimal(parts["principal"])
    found = books.deliver(
        name,
        principal=parts["principal"],
        disbursed_on=(on - YEAR).isoformat(),
        matures_on=on.isoformat(),
        rate_pct=str(rate.quantize(Decimal("0.0001"))),
    )
    lines = {line["component"]: line["lawful"] for line in found["lines"]}
    assert lines["interest"] == parts["interest"]
    actor = actor_of(books.desk, Role.CREDITOR)
    accept_lawful(claim_id=books.claims[name], actor=actor, at=noon(on))


def pay(books: Books, case: dict[str, Any]) -> Any:
    payment, agreed = case["input"]["payment"], case["input"].get("agreement") or {}
    chosen = payment.get("designated")
    body = {
        "claim_ids": list(books.claims.values()),
        "amount": payment["amount_minor"],
        "currency": payment["currency"],
        "paid_on": payment["on"],
        "reference": case["id"],
        # What exceeds all debts is named by whoever reports it.
        "excess": payment["amount_minor"],
        "designated": books.claims.get(chosen, str(uuid4())) if chosen else None,
        "agreed": [books.claims[name] for name in agreed.get("debt_order", ())],
    }
    return books.machine.post("/payments", body, once=case["id"])


@pytest.mark.parametrize("case", by_name("allocation", left_out=MIXED))
def test_a_payment_is_applied_as_the_law_has_it(books: Books, case: dict[str, Any]) -> None:
    given, want = case["input"], case["expect"]
    on = date.fromisoformat(given["payment"]["on"])
    order = tuple((given.get("agreement") or {}).get("component_order", ()))
    books.today(on)
    for debt in given["debts"]:
        take_in_debt(books, debt, order, on)
    before = {name: books.seen(name) for name in books.claims}
    answer = pay(books, case)
    if "error" in want:
        assert answer.status_code in (409, 422), answer.content
        assert answer.json()["code"] in REFUSED[want["error"]["code"]], answer.content
        assert all(books.seen(name) == told for name, told in before.items())
        return
    assert answer.status_code == 201, answer.content
    after = {name: books.seen(name) for name in books.claims}
    assert matches(want, told_by(before, after, answer.json())), (want, answer.json())


def told_by(before: Any, after: Any, booked: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what pages and API say of a payment, in the words of the case files."""
    paid = {
        name: {part: before[name][part] - told[part] for part in OPEN}
        for name, told in after.items()
    }
    return {
        "allocations": {name: named(parts) for name, parts in paid.items()},
        "remaining": {name: named(told) for name, told in after.items()},
        "unapplied_minor": sum(row["excess"] for row in booked),
    }


def named(parts: dict[str, int]) -> dict[str, int]:
    own = {f"{part}_minor": parts[part] for part in OPEN}
    return own | {name: parts[part] for name, part in JUDGED.items()}


# -- interest -------------------------------------------------------------------------------

# What a claim tells of each operation; the rest of an answer the door for calculations tells.
TOLD = {
    "accrue": {"collectible_minor", "contract_minor", "blocked_minor", "principal_minor", "days"},
    "transition": {"total_minor"},
    "cap": {"cap_pct"},
}
# Two spans rounded apart in the case; a claim rounds the interest of one period once.
ROUNDED_APART = {"QI50"}
# Older contracts are judged by the cap of the day of suit: those are the transitions.
CAPPED_SINCE = "2020-08-20"


def representable(case: dict[str, Any]) -> bool:
    """Tell whether a case is a claim; malformed texts and hours of a day never become one."""
    given, operation = case["input"], case["input"]["op"]
    return (
        operation in TOLD
        and bool(TOLD[operation] & case["expect"].keys())
        and case["id"] not in ROUNDED_APART
        and "contract_at" not in given
        and given.get("from") != given.get("to", "")
        # Without the old rule the new one holds from the first day: no court grants it by itself.
        and given.get("old_rule_requested", True)
        and (operation != "cap" or given["contract_on"] >= CAPPED_SINCE)
    )


@pytest.mark.parametrize("case", [p for p in by_name("interest_cap") if representable(p.values[0])])
def test_a_claim_shows_the_interest_of_the_law(time_machine: Any, case: dict[str, Any]) -> None:
    given, want = case["input"], case["expect"]
    kind = lent_by(given)
    # Who trades in claims has bought this one: a company that got it from there tells who lent.
    books = Books(time_machine, lender("private_company" if kind in BUYERS else kind))
    books.today(TODAY)
    found = INTEREST[given["op"]](books, given)
    told = {key: value for key, value in want.items() if key in found}
    assert told, want
    assert matches(told, found), (want, found)


def checked(books: Books, given: dict[str, Any], to: date, **terms: Any) -> dict[str, Any]:
    """Post a loan and its terms; return the check, after the debtor's page has told the same."""
    since = date.fromisoformat(terms["disbursed_on"])
    told = {
        "principal": major(given.get("principal_minor", 1_000_000)),
        "interest": "0",
        "due_date": terms["matures_on"],
        "contract_date": given.get("contract_on", since.isoformat()),
        # An institution gives no loan between private people: its claim would be judged as one.
        "product": "private_loan" if lent_by(given) == "natural_person" else "consumer_loan",
    }
    books.take_in("L", told, to)
    if lent_by(given) in BUYERS:
        books.came_from("L", lent_by(given), TODAY - timedelta(days=2))
    found = books.deliver("L", principal=given.get("principal_minor", 1_000_000), **terms)
    page = books.door().get(f"/d/claims/{books.claims['L']}/lines/").content.decode()
    for line in found["lines"]:
        if line["lawful"]:
            assert bare_money(line["lawful"], "CNY") in page
    return found


def lent_by(given: dict[str, Any]) -> str:
    return str(given.get("lender_kind", "natural_person"))


def part(found: dict[str, Any], name: str) -> tuple[int, int]:
    parts = {each["name"]: each for line in found["lines"] for each in line["parts"]}
    return parts[name]["contract"], parts[name]["lawful"]


def accrue(books: Books, given: dict[str, Any]) -> dict[str, Any]:
    late = given.get("phase") == "overdue"
    since, until = date.fromisoformat(given["from"]), date.fromisoformat(given["to"])
    names = ("overdue_rate_pct", "penalty_pct", "fee_pct")
    extra = [Decimal(given[name]) for name in names if name in given]
    terms = {
        "rate_pct": given.get("rate_pct"),
        # Yearly penalties and fees are agreed for lateness: the law counts them together.
        "overdue_rate_pct": str(sum(extra)) if extra else None,
        "handed_over": given.get("handed_over_minor"),
        "disbursed_on": (since - timedelta(days=1) if late else since).isoformat(),
        "matures_on": (since if late else until).isoformat(),
    }
    found = checked(books, given, until, **terms)
    contract, lawful = part(found, "late" if late else "interest")
    told: dict[str, Any] = {"collectible_minor": lawful}
    # The contract runs on the sum written in it, the law on what was handed over.
    if given.get("handed_over_minor", given["principal_minor"]) >= given["principal_minor"]:
        told |= {"contract_minor": contract, "blocked_minor": contract - lawful}
    lent = {line["component"]: line["lawful"] for line in found["lines"]}["principal"]
    return told | {"principal_minor": lent, "days": (until - since).days}


def transition(books: Books, given: dict[str, Any]) -> dict[str, Any]:
    found = checked(
        books,
        given,
        date.fromisoformat(given["to"]),
        rate_pct=given["rate_pct"],
        disbursed_on=given["from"],
        matures_on=given["to"],
        sued_on=given["sued_on"],
    )
    return {"total_minor": part(found, "interest")[1]}


def cap(books: Books, given: dict[str, Any]) -> dict[str, Any]:
    signed = date.fromisoformat(given["contract_on"])
    found = checked(
        books,
        given,
        signed + YEAR,
        overdue_rate_pct="99",
        disbursed_on=given["contract_on"],
        matures_on=(signed + timedelta(days=30)).isoformat(),
    )
    highest = Decimal(found["late_rate_pct"])
    return {"cap_pct": None if highest == 99 else str(highest)}


INTEREST = {"accrue": accrue, "transition": transition, "cap": cap}


# -- every case, by the door for calculations -------------------------------------------------


def test_the_door_for_calculations_answers_every_case(books: Books) -> None:
    asked = [each for kind in KINDS for _name, each in cases(kind)]
    for case in asked:
        answer = books.machine.post("/calculations", {"kind": case["kind"], "input": case["input"]})
        want, told = case["expect"], answer.json()
        if "error" in want:
            assert answer.status_code == 422, case["id"]
            assert told["facts"]["fault"] == want["error"]["code"], case["id"]
        else:
            assert answer.status_code == 200, (case["id"], told)
            assert matches(want, told["output"]), (case["id"], told)
    assert len(asked) > 150


def test_the_door_for_calculations_wants_a_key(books: Books) -> None:
    answer = books.desk.post("/api/calculations", {}, content_type="application/json")
    assert answer.status_code == 401
