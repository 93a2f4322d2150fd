"""What an analysis tells of itself, and the list of all."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from straits.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    from straits.case.case import Case
    from straits.results import Result

#: Called with what is done, all there is to do (0: not known), and seconds left (nan: not known).
Tell = Callable[[float, float, float], None]


@dataclass(frozen=True)
class Parameter:
    """One thing that may be set before an analysis is asked.

    `kind`: text, number, choice, window, scenario, actor, actors. `default` stands in the form at first; it, and `choices`,
    may be functions of the case.
    """

    name: str
    title: str
    kind: Literal["text", "number", "choice", "window", "scenario", "actor", "actors"]
    default: Any = None
    choices: tuple[str, ...] | Callable[[Case], tuple[str, ...]] = ()
    least: float | None = None
    most: float | None = None
    optional: bool = True
    hint: str = ""

    def view(self, case: Case) -> dict[str, Any]:
        """Give the parameter as the form shows it."""
        default = self.default(case) if callable(self.default) else self.default
        choices = self.choices(case) if callable(self.choices) else self.choices
        return {
            "name": self.name, "title": self.title, "kind": self.kind, "default": default, "choices": list(choices),
            "least": self.least, "most": self.most, "optional": self.optional, "hint": self.hint,
        }  # fmt: skip

    def read(self, value: Any) -> Any:
        """Return what was given for the parameter, checked.

        Raises
        ------
        ModelError
        """
        if value in (None, "", []):
            if not self.optional:
                raise ModelError(f"{self.title}: is needed")
            return None
        if self.kind == "number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ModelError(f"{self.title}: found {value!r}; expected a number")
            if (self.least is not None and value < self.least) or (
                self.most is not None and value > self.most
            ):
                raise ModelError(
                    f"{self.title}: found {value!r}; expected a number from {self.least} to {self.most}"
                )
            return value
        if self.kind == "actors":
            if not isinstance(value, list) or not all(isinstance(v, str) for v in value) or len(value) > 40:
                raise ModelError(f"{self.title}: expected a list of ids of actors, at most 40")
            return value
        if not isinstance(value, str) or len(value) > 500:
            raise ModelError(f"{self.title}: found {value!r}; expected a text")
        if self.kind == "choice" and not callable(self.choices) and value not in self.choices:
            raise ModelError(
                f"{self.title}: found {value!r}; expected one of {', '.join(self.choices)}{did_you_mean(value, self.choices)}"
            )
        return value


@dataclass(frozen=True)
class Analysis:
    """One analysis of the page.

    Attributes
    ----------
    id, title, about : str
        `about`: the question that it answers, in one sentence.
    parameters : tuple of Parameter
    run : callable
        Given the case, the parameters by name and a `Tell`, returns a `Result`.
    order : int
        Place in the list.
    closes : tuple of str
        Columns of the main table whose assets (separated by `|` or `+`) a click puts on the map.
    matrix : tuple of str
        Row, column and value of the main table that are shown as a matrix too; empty for none.
    chart : tuple of str
        Label and value of the main table that are shown as bars, or x and y as a line where the label is a number.
    wanted : callable
        Why the case gives no answer, in words, or an empty text.
    code : callable
        Python that gives the same, from the case's name and the parameters.
    """

    id: str
    title: str
    about: str
    parameters: tuple[Parameter, ...]
    run: Callable[[Case, dict[str, Any], Tell], Result]
    order: int = 100
    closes: tuple[str, ...] = ()
    matrix: tuple[str, ...] = ()
    chart: tuple[str, ...] = ()
    wanted: Callable[[Case], str] = field(default=lambda case: "")
    code: Callable[[str, dict[str, Any]], str] = field(default=lambda name, given: "")

    def view(self, case: Case) -> dict[str, Any]:
        """Give what the page shows of the analysis before it is asked."""
        return {
            "id": self.id, "title": self.title, "about": self.about, "closes": list(self.closes),
            "matrix": list(self.matrix), "chart": list(self.chart), "lacks": self.wanted(case),
            "parameters": [p.view(case) for p in self.parameters],
        }  # fmt: skip

    def read(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters, checked.

        Raises
        ------
        ModelError
            If one is unknown or wrong.
        """
        known = {p.name: p for p in self.parameters}
        for name in given:
            if name not in known:
                raise ModelError(f"{self.title} has no parameter {name!r}{did_you_mean(name, known)}")
        return {name: p.read(given.get(name)) for name, p in known.items()}


@cache
def all_analyses() -> dict[str, Analysis]:
    """Find all analyses, in their order."""
    package = importlib.import_module("straits.app.analyses")
    names = [m.name for m in pkgutil.iter_modules(package.__path__) if m.name not in ("registry",)]
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    found: list[Analysis] = [a for m in modules for a in getattr(m, "ANALYSES", ())]
    return {a.id: a for a in sorted(found, key=lambda a: (a.order, a.id))}


def analysis(name: str) -> Analysis:
    """Give an analysis by its id.

    Raises
    ------
    ModelError
        If there is none.
    """
    known = all_analyses()
    if name not in known:
        raise ModelError(f"there is no analysis {name!r}{did_you_mean(name, known)}")
    return known[name]


def given_only(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters that were given."""
    return {key: value for key, value in parameters.items() if value is not None}


def call(function: str, name: str, given: dict[str, Any], positional: str = "case") -> str:
    """Write a call of a function of straits as Python."""
    module, _, short = function.rpartition(".")
    words = "".join(f", {key}={value!r}" for key, value in given_only(given).items())
    head = f"import straits\nfrom {module} import {short}\n\ncase = straits.load_case({name!r})\n"
    return f"{head}print({short}({positional}{words}))\n"
