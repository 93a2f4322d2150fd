"""A group of commands that still answers to the form it had when it was one command: `straits power CASE --leverage`."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

#: Name of the hidden command that keeps the former form.
FORMER = "former"


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
