"""What commands need before they run: Django, a database that answers, a language."""

import os
import sys
from typing import Any

import django
import typer
from django.db import DatabaseError
from django.utils import translation
from typer.core import TyperGroup

from config import postgres
from qinghe.kernel.errors import DomainError

REFUSED = 1


def set_up_django() -> None:
    """
    Load the settings and the models; speak the language of the terminal.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    translation.activate("zh-hans" if _terminal_language().startswith("zh") else "en")


def guard(command: Any, *, database: bool) -> None:
    """
    Let a command, or each command of a group, start the database first and refuse politely.
    """
    if isinstance(command, TyperGroup):
        for each in command.commands.values():
            guard(each, database=database)
        return
    run = command.invoke

    def guarded(ctx: Any) -> Any:
        if database:
            postgres.ensure_running()
        try:
            return run(ctx)
        except DomainError as refusal:
            print(f"qinghe: {refusal.user_message} ({refusal.code})", file=sys.stderr)
            raise typer.Exit(REFUSED) from refusal
        except DatabaseError as fault:
            _explain_missing_tables(fault)
            raise

    command.invoke = guarded


def _explain_missing_tables(fault: DatabaseError) -> None:
    # 42P01: undefined_table. Anything else is a bug, and its traceback is wanted.
    if getattr(fault.__cause__, "sqlstate", None) == "42P01":
        print("qinghe: the database has no tables yet. Run: qinghe migrate", file=sys.stderr)
        raise typer.Exit(2) from fault


def _terminal_language() -> str:
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    return next((os.environ[name] for name in names if os.environ.get(name)), "")
