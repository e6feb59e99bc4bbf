"""The case of the gate's tests, and its creditor and debtor."""

from __future__ import annotations

import pytest

from qinghe.kernel.actor import Actor, Role
from tests import factories
from tests.contact.conftest import Case, make_case


@pytest.fixture
def case(db: None) -> Case:
    return make_case()


@pytest.fixture
def creditor(case: Case) -> Actor:
    return factories.actor(Role.CREDITOR, case.claim.creditor)


@pytest.fixture
def debtor(case: Case) -> Actor:
    return factories.debtor_of(case.claim)
