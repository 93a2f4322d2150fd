"""What keeps the command line quick: names of a package that are loaded on first use, and unused objects looked for seldom."""

from __future__ import annotations

import atexit
import gc
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType
from typing import Any


def on_first_use(
    package: str, home: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Give `__getattr__` and `__dir__` of a package.

    Parameters
    ----------
    package : str
        Its full name.
    home : dict of str to str
        Each name that it offers, and the module in which that is defined.
    """

    def load(name: str) -> Any:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(importlib.import_module(home[name]), name)
        setattr(sys.modules[package], name, found)
        return found

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *home})

    return load, names


def collect_seldom() -> None:
    """Let Python look for unused cycles of objects less often, and not as it ends: for a process that answers one question.

    Imports and a case are hundreds of thousands of objects that stay; each full look at them takes up to a sixth of a second, and
    an interpreter that ends takes several.
    """
    gc.set_threshold(20_000, 20, 20)
    # Registered first, so done last: what others do at the end is done before.
    atexit.register(gc.freeze)


class _Later:
    """Finds some modules as any other, to be run when something of them is used."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find one of them; None for all others, which others find."""
        found = PathFinder.find_spec(fullname, path, target) if fullname in self._names else None
        if found is not None and found.loader is not None:
            found.loader = LazyLoader(found.loader)
        return found


def put_off(*names: str) -> None:
    """Let modules run when something of them is used, and not when they are imported: for a process that answers one question."""
    sys.meta_path.insert(0, _Later(*names))
