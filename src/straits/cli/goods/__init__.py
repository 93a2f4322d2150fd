"""`straits goods`: one file for each command, imported when it is asked for.

To add a command, add a file here: a function of the file's name (with `_` for `-`), decorated with `shown`.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import typer
from typer.core import TyperGroup

from straits.cli.shared.groups import made

#: Modules of the folder that are no commands.
_HELPERS = ("shared",)


class LazyCommands(TyperGroup):
    """A group whose commands are the modules of a package: named by them, imported one by one."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands, from the names of the files."""
        found = sorted(module.name for module in pkgutil.iter_modules(__path__))
        return [name.replace("_", "-") for name in found if name not in _HELPERS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one command; None if there is none of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        name = cmd_name.replace("-", "_")
        return made(cmd_name, getattr(importlib.import_module(f"straits.cli.goods.{name}"), name))


goods_app = typer.Typer(
    cls=LazyCommands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Trade that changes its path: mirror gaps, surges, diversion, consignments, lists. A pattern is not proof.",
)


@goods_app.callback()
def _goods() -> None:
    """Trade that changes its path: mirror gaps, surges, diversion, consignments, lists. A pattern is not proof."""
