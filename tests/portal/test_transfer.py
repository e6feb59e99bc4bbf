"""Where to transfer money to: the platform's account only, with a reference that names nobody."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from qinghe.claims.reference import reference_of
from tests.portal.conftest import World


def test_the_page_names_account_and_reference(inside: Client, world: World, settings: Any) -> None:
    settings.BANK_ACCOUNT = "622200001111"
    text = inside.get(f"/d/claims/{world.claim.pk}/pay/").content.decode()
    account = text.split('data-test="account">')[1].split("</dd>")[0]
    assert account.count('class="nw"') == 3
    # Copied, it is the account without a blank.
    assert re.sub("<[^>]+>", "", account) == "622200001111"
    assert reference_of(world.claim.number) in text


def test_without_an_account_no_transfer_is_offered(
    inside: Client, world: World, settings: Any
) -> None:
    settings.BANK_ACCOUNT = ""
    text = inside.get(f"/d/claims/{world.claim.pk}/pay/").content.decode()
    assert "bank-transfer" not in text
