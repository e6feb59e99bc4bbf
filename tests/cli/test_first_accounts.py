"""An empty installation becomes one that people and machines can enter, from the shell alone."""

from __future__ import annotations

import json

import pytest
from click.testing import Result
from typer.testing import CliRunner

from qinghe.cli.main import app
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.models import Organisation
from qinghe.parties.services import UnknownKey, actor_of_api_key

pytestmark = pytest.mark.django_db
SECRET = "a-long-secret-77\n"
HOUSE = ("organisation", "create", "house", "--name", "House", "--kind", "operator")
ANN = ("user", "create", "ann@example.com", "--role", "operator@house", "--password-stdin")
KEY = ("user", "create-key", "ann@example.com", "--role", "operator@house", "--name", "books")


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, [*words], input=SECRET)
    assert result.exit_code == code, result.output
    return result


def test_the_first_organisation_works_at_once() -> None:
    run(*HOUSE)

    assert Organisation.objects.get(slug="house").state == "active"
    assert json.loads(run("organisation", "list", "--json").output) == [
        {"slug": "house", "kind": "operator", "state": "active", "name": "House"}
    ]


def test_a_short_name_is_taken_once() -> None:
    run(*HOUSE)

    assert "parties.slug-taken" in run(*HOUSE, code=1).output


def test_a_machine_gets_the_role_of_its_account_until_the_role_ends() -> None:
    run(*HOUSE)
    run(*ANN)
    key = json.loads(run(*KEY, "--json").output)["key"]
    assert actor_of_api_key(key, clock.now()).role is Role.OPERATOR

    run("user", "end-role", "ann@example.com", "--role", "operator@house")

    with pytest.raises(UnknownKey):
        actor_of_api_key(key, clock.now())


def test_an_account_gets_a_second_role_later() -> None:
    run(*HOUSE)
    run(*ANN)
    run("user", "add-role", "ann@example.com", "--role", "reviewer@house")
    (ann,) = json.loads(run("user", "list", "--json").output)
    assert ann["roles"] == ["operator@house", "reviewer@house"]
    unknown = run("user", "add-role", "bob@example.com", "--role", "reviewer@house", code=1)
    assert "parties.no-such-account" in unknown.output


def test_one_key_is_revoked_and_the_role_stays() -> None:
    run(*HOUSE)
    run(*ANN)
    lost = json.loads(run(*KEY, "--json").output)["key"]
    kept = json.loads(run(*KEY[:-1], "other", "--json").output)["key"]
    (first, _other) = json.loads(run("user", "list-keys", "--json").output)
    assert (first["name"], first["role"]) == ("books", "operator@house")
    assert lost not in str(first)

    run("user", "revoke-key", first["id"])

    with pytest.raises(UnknownKey):
        actor_of_api_key(lost, clock.now())
    assert actor_of_api_key(kept, clock.now()).role is Role.OPERATOR
    assert "parties.unknown-key" in run("user", "revoke-key", first["id"], code=1).output


def test_a_role_that_an_account_has_not_gives_no_key() -> None:
    run(*HOUSE)
    run(*ANN)
    other = (*KEY[:4], "reviewer@house", *KEY[5:])

    assert "parties.no-such-membership" in run(*other, code=1).output


def test_a_database_of_this_release_has_nothing_to_migrate() -> None:
    assert json.loads(run("migrate", "--json").output) == {"applied": []}
