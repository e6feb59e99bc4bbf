"""The frame of the command line: loads a command only when it is asked for."""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from config.errors import CannotStart
from qinghe.cli.nouns import NOUNS, Noun

NOT_READY = 2


class Frame(TyperGroup):
    """A group whose commands are table rows until one is called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, noun in NOUNS.items():
            self.add_command(TyperCommand(name, help=noun.help), name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """
        Replace the row of the called command by the command itself.
        """
        name, command, rest = super().resolve_command(ctx, args)
        if name in NOUNS:
            command = _load(name, NOUNS[name])
        return name, command, rest

    def invoke(self, ctx: Any) -> Any:
        """
        Run; say in one sentence why this machine is not ready, and end with code 2.
        """
        try:
            return super().invoke(ctx)
        except CannotStart as fault:
            print(f"qinghe: {fault}", file=sys.stderr)
            raise typer.Exit(NOT_READY) from fault
        except KeyboardInterrupt:
            raise typer.Exit(130) from None


def _load(name: str, noun: Noun) -> Any:
    # Django and the database driver cost half a second: only commands that need them pay.
    ready = import_module("qinghe.cli.ready") if noun.django else None
    if ready is not None:
        ready.set_up_django()
    app: typer.Typer = import_module(noun.module).app
    app.rich_markup_mode = None
    app._add_completion = False
    command: Any = typer.main.get_command(app)
    command.name = name
    if ready is not None:
        ready.guard(command, database=noun.database)
    return command
