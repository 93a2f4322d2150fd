"""Which side of its trade a case is about, as who asks of one side by default needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from straits.case.case import Case


def on_imports(case: Case) -> bool:
    """Return whether the focus of a case is on imports; where it does not say, the undisturbed case does, which is solved."""
    from straits.stress.scenarios import stress

    focus = case.settings.focus
    if focus is None or focus.direction is not None:
        return focus is not None and focus.direction == "imports"
    return stress(case, []).direction == "imports"


__all__ = ["on_imports"]
