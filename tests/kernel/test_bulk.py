"""COPY writes what an insert would have written, the defaults of the database too."""

from __future__ import annotations

import pytest

from qinghe.claims.models import Claim
from tests.claims.world import claim_of, creditor


@pytest.mark.django_db
def test_copied_rows_have_the_defaults_of_the_database() -> None:
    made = Claim.objects.get(pk=claim_of(creditor()).pk)
    assert (made.review, made.ended_because) == ("new", "")
