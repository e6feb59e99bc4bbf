"""`qinghe user`: the accounts of the staff side."""

import getpass
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer
from django.db import transaction
from django.utils import timezone

from qinghe.cli.output import AsJson, show, show_rows
from qinghe.kernel.actor import Role, system
from qinghe.parties import queries, services
from qinghe.parties.services.accounts import NoSuchMembership
from qinghe.parties.services.passwords import NoSuchAccount, set_password

app = typer.Typer(no_args_is_help=True)

FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
Roles = Annotated[
    list[str] | None,
    typer.Option("--role", help="ROLE@ORGANISATION, such as operator@demo-operator; repeatable."),
]


@app.command("list")
def list_users(as_json: AsJson = False) -> None:
    """List the accounts with their roles."""
    accounts = queries.accounts(actor=system("cli"), at=timezone.now())
    rows = [asdict(account) for account in accounts]
    if not as_json:
        rows = [{**row, "roles": ", ".join(row["roles"])} for row in rows]
    show_rows(rows, as_json=as_json)


@app.command()
def create(
    email: str,
    name: Annotated[str, typer.Option(help="The name that colleagues see.")] = "",
    role: Roles = None,
    password_stdin: FromStdin = False,
    as_json: AsJson = False,
) -> None:
    """Create an account, with roles in organisations that exist."""
    actor, at = system("cli"), timezone.now()
    wanted = [_role(text) for text in role or ()]
    password = _password(password_stdin)
    # An account whose role was refused must not stay behind.
    with transaction.atomic():
        user = services.create_user(
            email=email, password=password, display_name=name, actor=actor, at=at
        )
        for each, slug in wanted:
            org = queries.organisation(slug)
            services.add_membership(user_id=user.pk, org_id=org.pk, role=each, actor=actor, at=at)
    show({"id": user.pk, "email": user.email}, as_json=as_json)


@app.command("set-password")
def new_password(email: str, password_stdin: FromStdin = False) -> None:
    """Give an account a new password; its open sessions end."""
    set_password(
        email=email, password=_password(password_stdin), actor=system("cli"), at=timezone.now()
    )


@app.command("create-key")
def create_key(
    email: str,
    role: Annotated[str, typer.Option(help="ROLE@ORGANISATION that the machine acts in.")],
    name: Annotated[str, typer.Option(help="What the key is for.")],
    as_json: AsJson = False,
) -> None:
    """Create a machine's key for the API. It is shown now and never again."""
    actor, at = system("cli"), timezone.now()
    key = services.create_api_key(
        membership_id=_membership(email, role, at), name=name, actor=actor, at=at
    )
    show({"key": key}, as_json=as_json)


@app.command("list-keys")
def list_keys(as_json: AsJson = False) -> None:
    """List the machines' keys that work, by account; the keys themselves are kept nowhere."""
    rows = [asdict(key) for key in queries.api_keys(actor=system("cli"))]
    show_rows(rows, as_json=as_json)


@app.command("revoke-key")
def revoke_key(key: Annotated[UUID, typer.Argument(help="Id, as list-keys shows it.")]) -> None:
    """End a machine's key at once; the role of its account stays."""
    services.revoke_api_key(key_id=key, actor=system("cli"), at=timezone.now())


@app.command("add-role")
def add_role(
    email: str,
    role: Annotated[str, typer.Option(help="ROLE@ORGANISATION to give.")],
) -> None:
    """Give an account that exists a role in an organisation."""
    actor, at = system("cli"), timezone.now()
    wanted, slug = _role(role)
    account = queries.account_named(email=email, actor=actor)
    if account is None:
        raise NoSuchAccount
    org = queries.organisation(slug)
    services.add_membership(user_id=account, org_id=org.pk, role=wanted, actor=actor, at=at)


@app.command("end-role")
def end_role(
    email: str,
    role: Annotated[str, typer.Option(help="ROLE@ORGANISATION to take back.")],
) -> None:
    """Take a role back from an account; the machines' keys that hang on it end too."""
    actor, at = system("cli"), timezone.now()
    services.end_membership(membership_id=_membership(email, role, at), actor=actor, at=at)


def _membership(email: str, text: str, at: datetime) -> UUID:
    role, slug = _role(text)
    accounts = queries.accounts(actor=system("cli"), at=at)
    users = [account.id for account in accounts if account.email == email.lower()]
    rows = [row for user in users for row in queries.memberships(user_id=user, at=at)]
    found = next((row.id for row in rows if (row.role, row.org_slug) == (role, slug)), None)
    if found is None:
        raise NoSuchMembership
    return found


def _role(text: str) -> tuple[Role, str]:
    role, _, slug = text.partition("@")
    if role not in set(Role) or not slug:
        known = ", ".join(sorted(set(Role) - {Role.SYSTEM, Role.DEBTOR}))
        raise typer.BadParameter(f"{text}: write ROLE@ORGANISATION; roles are {known}")
    return Role(role), slug


def _password(from_stdin: bool) -> str:
    # Never an argument: the list of processes shows arguments to everybody.
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return getpass.getpass("Password: ")
