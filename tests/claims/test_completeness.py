"""The score of a claim's papers can be added up by its reader, and more papers never lower it."""

from __future__ import annotations

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.completeness import NEEDS, Case, completeness, needs_of
from qinghe.claims.terms import MOST_ASSIGNMENTS, EvidenceKind, Product
from qinghe.parties.terms import OrgKind

LENDERS = ("", "bank", "factoring", "local_amc", "small_loan_company", "natural_person")
cases = st.builds(
    Case,
    st.sampled_from(Product.values),
    st.sampled_from([OrgKind.INSTITUTION.value, OrgKind.PRIVATE_CREDITOR.value]),
    st.sampled_from(LENDERS),
    st.integers(0, MOST_ASSIGNMENTS),
)
papers = st.lists(st.sampled_from(EvidenceKind.values), max_size=20)


@given(cases, papers)
def test_the_parts_add_up_to_the_score_and_all_of_them_to_a_hundred(
    case: Case, kinds: list[str]
) -> None:
    found = completeness(case, kinds)
    assert sum(part.points for part in found.parts) == 100
    assert found.score == sum(part.points for part in found.parts if part.met)
    assert 0 <= found.score <= 100
    assert all(part.points > 0 for part in found.parts)
    assert found.complete == (not found.missing)


@given(cases, papers, st.sampled_from(EvidenceKind.values))
def test_one_more_paper_never_lowers_the_score_nor_misses_more(
    case: Case, kinds: list[str], more: str
) -> None:
    before, after = completeness(case, kinds), completeness(case, [*kinds, more])
    assert after.score >= before.score
    assert len(after.missing) <= len(before.missing)


@given(cases)
def test_every_claim_needs_something_and_all_papers_are_enough(case: Case) -> None:
    assert completeness(case, []).missing
    assert completeness(case, []).score == 0
    every = [kind for kind in EvidenceKind.values for _each in range(MOST_ASSIGNMENTS)]
    assert completeness(case, every).score == 100


@given(cases, st.integers(0, 9))
def test_each_link_of_a_chain_needs_its_own_paper(case: Case, links: int) -> None:
    found = completeness(case, [EvidenceKind.ASSIGNMENT] * links)
    chain = [part for part in found.parts if part.need.paper == EvidenceKind.ASSIGNMENT]
    assert len(chain) == case.links
    assert sum(part.met for part in chain) == min(links, case.links)


def test_who_buys_claims_has_bought_this_one() -> None:
    bought = Case(Product.CONSUMER_LOAN, OrgKind.INSTITUTION, "factoring")
    needed = {need.paper for need, _link in needs_of(bought) if need.needed}
    assert {EvidenceKind.ASSIGNMENT, EvidenceKind.NOTICE} <= needed


def test_a_court_title_ends_the_question_but_not_who_holds_it() -> None:
    sold = Case(Product.CONSUMER_LOAN, OrgKind.INSTITUTION, "bank", assignments=1)
    missing = {part.need.paper for part in completeness(sold, [EvidenceKind.JUDGMENT]).missing}
    assert missing == {EvidenceKind.ASSIGNMENT, EvidenceKind.NOTICE}
    assert completeness(Case(Product.OTHER, "institution", ""), [EvidenceKind.MEDIATION]).complete


def test_a_lender_who_is_a_person_needs_the_note_and_the_transfer() -> None:
    private = Case(Product.PRIVATE_LOAN, OrgKind.PRIVATE_CREDITOR, "")
    found = completeness(private, [EvidenceKind.CONTRACT])
    with translation.override("en"):
        assert [part.name for part in found.missing] == ["Proof of payment to the debtor"]
    assert found.missing[0].need.law == "民法典 679"


def test_goods_need_an_invoice_and_a_delivery() -> None:
    trade = Case(Product.TRADE_CREDIT, OrgKind.INSTITUTION, "private_company")
    assert not completeness(trade, [EvidenceKind.INVOICE, EvidenceKind.CONTRACT]).complete
    assert completeness(trade, [EvidenceKind.INVOICE, EvidenceKind.DELIVERY]).complete


def test_every_need_says_why_in_words_of_its_own() -> None:
    with translation.override("en"):
        assert all(str(need.why).endswith(".") for need in NEEDS)
