"""YAML files: `case.yaml`, scenarios and threats. YAML 1.2, in which `NO` is a text."""

from __future__ import annotations

import io
import math
import re
import reprlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import ValidationError

from straits.case.files.cells import LONGEST, CellError, clean_text
from straits.case.files.csv import decode
from straits.case.findings import Finding
from straits.case.schema.fields import Row
from straits.errors import did_you_mean

M = TypeVar("M", bound=Row)


#: Largest file; values after every alias is written out; depth of nesting; digits of a whole number.
MOST_BYTES = 1_000_000
MOST_VALUES = 100_000
MOST_DEPTH = 40
_MOST_DIGITS = 30

#: Says in which version a file is written: in 1.1 `NO` is false, 010 is 8 and 1:30 is 90.
_VERSION = re.compile(r"^%YAML[ \t]+(?!1\.2\b)([^\s#]{0,20})", re.MULTILINE)
_OPENED = re.compile(r"([\[{]\s{0,9}){60}")

#: What reading a hostile file can end in, beside the reader's own errors: nesting, a tag on a value that is none of its kind.
_BROKEN = (
    ValueError,
    RecursionError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
)


@cache
def _constructor() -> Any:
    from ruamel.yaml.constructor import ConstructorError, SafeConstructor

    class Constructor(SafeConstructor):
        """Leaves dates as texts: a day that does not exist is then an error of its value, not of the file.

        Measures what a document would grow to before anything is made of it.
        """

        def construct_document(self, node: Any) -> Any:
            size, depth = _measure(node, {})
            if size > MOST_VALUES or depth > MOST_DEPTH:
                what = f"{size:,} values" if size > MOST_VALUES else f"a nesting of {depth}"
                raise ValueError(
                    f"the file holds {what} once its aliases are written out; accepted: {MOST_VALUES:,} values, a nesting of "
                    f"{MOST_DEPTH}"
                )
            return super().construct_document(node)

        def whole_number(self, node: Any) -> int:
            if len(node.value) > _MOST_DIGITS:
                raise ConstructorError(None, None, "found a whole number of too many digits", node.start_mark)
            return int(super().construct_yaml_int(node))

    Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)
    Constructor.add_constructor("tag:yaml.org,2002:int", Constructor.whole_number)
    for kind in ("binary", "set", "omap", "pairs"):  # nothing in a case is one
        Constructor.add_constructor(f"tag:yaml.org,2002:{kind}", SafeConstructor.construct_undefined)
    return Constructor


def _measure(node: Any, known: dict[int, tuple[int, int] | None]) -> tuple[int, int]:
    """Count the values of a node with every alias written out, and its depth; each node is looked at once.

    Raises
    ------
    ValueError
        A node that holds itself.
    """
    found = known.get(id(node), (0, 0))
    if found is None:
        raise ValueError("an alias stands inside what it names; write the value out")
    if found[0]:
        return found
    known[id(node)] = None
    size, depth = 1, 0
    if not isinstance(node.value, str):
        for member in node.value:
            for each in member if isinstance(member, tuple) else (member,):
                inner, deep = _measure(each, known)
                size, depth = size + inner, max(depth, deep)
    else:
        size += len(node.value) // 100  # a long text that is named often grows as well
    known[id(node)] = (size, depth + 1)
    return size, depth + 1


def _yaml() -> Any:
    from ruamel.yaml import YAML

    yaml: Any = YAML(typ="safe", pure=True)
    yaml.Constructor = _constructor()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 100
    yaml.sort_base_mapping_type_on_output = False
    return yaml


def read_yaml(where: str, data: bytes, findings: list[Finding]) -> dict[str, Any] | None:
    """Read a YAML mapping.

    Parameters
    ----------
    where : str
        Name of the file, for findings.
    data : bytes
    findings : list of Finding
        Grows by the error, if there is one.

    Returns
    -------
    dict or None
    """
    found = _document(where, data, findings)
    if found is None or isinstance(found, dict):
        return found
    findings.append(_none_of(where, "mapping of names to values"))
    return None


def read_list(where: str, data: bytes, findings: list[Finding]) -> list[Any] | None:
    """Read a YAML list, as `read_yaml` reads a mapping."""
    found = _document(where, data, findings)
    if found is None or isinstance(found, list):
        return found
    findings.append(_none_of(where, "list"))
    return None


def _none_of(where: str, expected: str) -> Finding:
    return Finding("unreadable_file", "error", f"found no {expected}", where)


def _document(where: str, data: bytes, findings: list[Finding]) -> Any:
    """Read what a YAML file holds, whatever it is; None, with an error, where nothing can be read.

    An empty file holds an empty text.
    """
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    line = None
    try:
        text = decode(data)
        if _OPENED.search(text):  # the scanner takes seconds to give up
            raise RecursionError
        if version := _VERSION.search(text):
            raise ValueError(
                f"it is written as YAML {version[1]}, in which NO is false, 010 is 8 and 1:30 is 90; accepted: YAML 1.2. Leave "
                "the line %YAML out, and see that the values are what you mean"
            )
        found = _yaml().load(text)
    except (YAMLError, *_BROKEN) as error:
        text = str(error).replace("CSV UTF-8", "UTF-8")
        if isinstance(error, MarkedYAMLError):
            text = ", ".join(part for part in (error.context, error.problem) if part)
            line = error.problem_mark.line + 1 if error.problem_mark else None
        elif isinstance(error, RecursionError):
            text = f"the file is nested too deeply; accepted: {MOST_DEPTH} levels"
        elif not isinstance(error, YAMLError | ValueError):
            text = "a value does not fit its tag"
        text = text[:500]
        findings.append(Finding("unreadable_file", "error", " ".join(text.split()), where, line=line))
        return None
    return "" if found is None else found


def write_yaml(row: Row) -> bytes:
    """Give the canonical YAML of a settings or scenario model: what differs from the defaults, in the model's order."""
    out = io.StringIO()
    _yaml().dump(_plain(row.model_dump(exclude_defaults=True)), out)
    return out.getvalue().encode("utf-8")


def _clean(value: Any, name: str = "") -> Any:
    """Clean every text of a nested mapping, as cells of tables are cleaned, so that folder and workbook hold the same."""
    if isinstance(value, str):
        return clean_text(value, LONGEST.get(name, math.inf)) or ""
    if isinstance(value, Mapping):
        return {key: _clean(member, str(key)) for key, member in value.items()}
    if isinstance(value, tuple | list):
        return [_clean(member) for member in value]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(member) for member in value]
    return value


def build(model: type[M], found: dict[str, Any], where: str, findings: list[Finding]) -> M | None:
    """Validate a mapping as a model, adding what is wrong to `findings`.

    Returns
    -------
    Row or None
    """
    try:
        made = model.model_validate(_clean(found))
    except CellError as error:
        findings.append(Finding("text", "error", str(error), where))
        return None
    except ValidationError as error:
        for item in error.errors():
            location = ".".join(str(part) for part in item["loc"])[:200]
            given = short(item["input"])
            message = f"found {given}: {item['msg']}"
            if item["type"] == "extra_forbidden":
                accepted = _fields_at(model, item["loc"][:-1])
                name = str(item["loc"][-1])[:100]
                message = (
                    f"unknown name {name!r}; accepted: {', '.join(accepted)}{did_you_mean(name, accepted)}"
                )
            elif item["type"] == "missing":
                message = "this value is missing"
            elif item["type"] == "value_error" and "; accepted: " in item["msg"]:
                message = item["msg"].removeprefix("Value error, ")
            elif item["type"].startswith("date") or "YYYY-MM-DD" in item["msg"]:
                message = f"found {given}; accepted: a date as YYYY-MM-DD"
            elif item["msg"].startswith("Input should be "):
                message = f"found {given}; accepted: {item['msg'].removeprefix('Input should be ')}"
            elif item["type"] == "string_type":
                message = f"found {given}; write a text, in quotes if it looks like a number or date"
            findings.append(Finding("settings", "error", message, where, column=location or None))
        return None
    taken = list(_truths(found, made))
    for location, value in taken:
        message = f"found the truth value {str(value).lower()}; accepted: a number, or a text in quotes"
        findings.append(Finding("settings", "error", message, where, column=location))
    return None if taken else made


def _truths(found: Any, made: Any, at: str = "") -> Iterator[tuple[str, bool]]:
    """Give the truth values that became something else, each with its place: pydantic takes true for the number 1."""
    if isinstance(found, bool) and not isinstance(made, bool):
        yield at, found
    elif isinstance(found, Mapping) and isinstance(made, Row):
        fields = {info.alias or name: name for name, info in type(made).model_fields.items()}
        for key, value in found.items():
            if key in fields:
                yield from _truths(value, getattr(made, fields[key]), f"{at}.{key}".lstrip("."))
    elif isinstance(found, list | tuple) and isinstance(made, list | tuple) and len(found) == len(made):
        for place, (value, one) in enumerate(zip(found, made, strict=True)):
            yield from _truths(value, one, f"{at}.{place}")


def short(value: Any) -> str:
    """Give what stands somewhere, as Python writes it, but no more than a line of it."""
    if isinstance(value, str):
        return repr(value if len(value) <= 100 else value[:97] + "...")
    if isinstance(value, int) and value.bit_length() > 200:
        return "a whole number of too many digits"
    return reprlib.repr(value)


def _fields_at(model: type[Row], location: tuple[int | str, ...]) -> list[str]:
    """List the fields of the model nested at a location of an error."""
    from typing import get_args

    current: Any = model
    for part in location:
        if isinstance(part, int) or not hasattr(current, "model_fields"):
            continue
        annotation = current.model_fields[part].annotation
        nested = [arg for arg in (annotation, *get_args(annotation)) if hasattr(arg, "model_fields")]
        if not nested:
            return []
        current = nested[0]
    return [info.alias or name for name, info in current.model_fields.items()]
