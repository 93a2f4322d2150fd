"""Groups of commands: those imported when they are asked for, and one that still answers to the form it had as one command."""

from __future__ import annotations

import importlib
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

#: Name of the hidden command that keeps the former form.
FORMER = "former"


class Later(TyperCommand):
    """A command, or a group of them, that is known by its name and help, and imported when it is asked for.

    Parameters
    ----------
    name : str
    home : str
        Where it is, as `straits.cli.cases:check`.
    told : str
        What a list of commands says of it.
    """

    def __init__(self, name: str, home: str, told: str) -> None:
        super().__init__(name, help=told)
        self._home = home

    def load(self) -> Any:
        """Import the command itself."""
        module, _, attribute = self._home.partition(":")
        return made(str(self.name), getattr(importlib.import_module(module), attribute))

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the command line as the command itself does, which the context then runs."""
        return self.load().make_context(*args, **kwargs)


def made(name: str, found: Any) -> Any:
    """Make the command of a name from a function or an app of Typer."""
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        alone.command(name)(found)
    alone.callback()(lambda: None)  # with a callback Typer makes a group even of one command
    return typer.main.get_command(alone).commands[name]  # type: ignore[attr-defined]


class WithFormer(TyperGroup):
    """A group that gives what begins with none of its commands to its hidden command `FORMER`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the hidden command before arguments of the former form; two words in front are a command mistyped and its case."""
        words = args[:2]
        known = not args or args[0] in self.commands or args[0] in ctx.help_option_names
        mistyped = len(words) == 2 and not any(word.startswith("-") for word in words)
        return super().parse_args(ctx, args if known or mistyped else [FORMER, *args])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command, without a name for the former one, so that its usage reads as it did."""
        name, command, rest = super().resolve_command(ctx, args)
        return ("" if name == FORMER else name), command, rest
