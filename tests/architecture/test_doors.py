"""Every address of the staff side stands in the access table, and opens for nobody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from qinghe.kernel.actor import Role
from qinghe.parties.roles import ROLES
from qinghe.web.access import ACCESS
from qinghe.web.circles import EVERYBODY, STAFF
from qinghe.web.urls import urlpatterns
from tests.web.people import KINDS, signed_in

NOTHING = UUID(int=7)
VALUES: dict[str, Any] = {
    "slug": "nobody",
    "fmt": "csv",
    "rule_id": "CN-WIN-01",
    "number": "TS-0000-0000",
    "kind": "agency",
    "part": "account",
    "sha": "0" * 64,
    "code": "wash",
    "step": "make",
}
# Drawn by the frame itself, not by a door.
FRAME = {"preferences", "styleguide", "manifest"}
PATTERNS: dict[str, URLPattern] = {str(each.name): each for each in urlpatterns}
PAGES = sorted(set(PATTERNS) - FRAME)
PLAIN = [name for name in PAGES if not PATTERNS[name].pattern.converters]


def address(name: str) -> str:
    keys = PATTERNS[name].pattern.converters
    return reverse(f"web:{name}", kwargs={key: VALUES.get(key, NOTHING) for key in keys})


def roles_of(name: str) -> frozenset[Role]:
    permissions = getattr(PATTERNS[name].callback, "permissions", None)
    if permissions is None:
        return EVERYBODY
    if not permissions:
        return STAFF
    return frozenset(
        role for role in STAFF if any(p in ROLES[role].permissions for p in permissions)
    )


def ask(client: Client, name: str) -> int:
    methods = getattr(PATTERNS[name].callback, "methods", ("GET",))
    send = client.get if "GET" in methods else client.post
    return send(address(name)).status_code


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(PAGES) == set(ACCESS) - FRAME


@pytest.mark.parametrize("name", PAGES)
def test_the_permissions_of_a_page_are_those_of_the_table(name: str) -> None:
    assert roles_of(name) == ACCESS[name]


@pytest.mark.django_db
def test_strangers_are_sent_to_the_sign_in_page() -> None:
    for name in PAGES:
        status = ask(Client(), name)
        if Role.DEBTOR in ACCESS[name]:
            assert status in (200, 302, 404), name
        else:
            assert status == 302, name


@pytest.mark.django_db
def test_no_page_behind_a_door_answers_head() -> None:
    """Such a request carries no token of a form, and shows nobody anything."""
    client = signed_in(Role.OPERATOR)
    behind = [name for name in PAGES if hasattr(PATTERNS[name].callback, "permissions")]
    assert len(behind) > 200
    assert {client.head(address(name)).status_code for name in behind} == {405}


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(KINDS), ids=str)
def test_a_role_finds_its_own_pages_and_no_others(role: Role) -> None:
    client = signed_in(role)
    for name in PAGES:
        status = ask(client, name)
        if role not in ACCESS[name]:
            assert status == 404, f"{name}: {status}"
        elif name in PLAIN:
            assert status in (200, 204, 302), f"{name}: {status}"
        else:
            # What does not exist is not there, even for those who may open such pages.
            assert status in (200, 302, 404), f"{name}: {status}"
