"""YAML files: `case.yaml` and scenarios. YAML 1.2, in which `NO` is a text."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import ValidationError

from straits.case.cells import CellError, clean_text
from straits.case.csvfile import decode
from straits.case.fields import Row
from straits.case.findings import Finding
from straits.errors import did_you_mean

M = TypeVar("M", bound=Row)


@cache
def _constructor() -> Any:
    from ruamel.yaml.constructor import SafeConstructor

    class Constructor(SafeConstructor):
        """Leaves dates as texts: a day that does not exist is then an error of its value, not of the file."""

    Constructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)
    return Constructor


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
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    line = None
    try:
        found = _yaml().load(decode(data))
    except (YAMLError, ValueError) as error:
        text = str(error).replace("CSV UTF-8", "UTF-8")
        if isinstance(error, MarkedYAMLError):
            text = ", ".join(part for part in (error.context, error.problem) if part)
            line = error.problem_mark.line + 1 if error.problem_mark else None
        findings.append(Finding("unreadable_file", "error", " ".join(text.split()), where, line=line))
        return None
    if not isinstance(found, dict):
        findings.append(Finding("unreadable_file", "error", "found no mapping of names to values", where))
        return None
    return found


def write_yaml(row: Row) -> bytes:
    """Give the canonical YAML of a settings or scenario model: what differs from the defaults, in the model's order."""
    out = io.StringIO()
    _yaml().dump(_plain(row.model_dump(exclude_defaults=True)), out)
    return out.getvalue().encode("utf-8")


def _clean(value: Any) -> Any:
    """Clean every text of a nested mapping, as cells of tables are cleaned, so that folder and workbook hold the same."""
    if isinstance(value, str):
        return clean_text(value) or ""
    if isinstance(value, Mapping):
        return {key: _clean(member) for key, member in value.items()}
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
        return model.model_validate(_clean(found))
    except CellError as error:
        findings.append(Finding("text", "error", str(error), where))
        return None
    except ValidationError as error:
        for item in error.errors():
            location = ".".join(str(part) for part in item["loc"])
            message = f"found {item['input']!r}: {item['msg']}"
            if item["type"] == "extra_forbidden":
                accepted = _fields_at(model, item["loc"][:-1])
                name = str(item["loc"][-1])
                message = (
                    f"unknown name {name!r}; accepted: {', '.join(accepted)}{did_you_mean(name, accepted)}"
                )
            elif item["type"] == "missing":
                message = "this value is missing"
            elif item["type"].startswith("date") or "YYYY-MM-DD" in item["msg"]:
                message = f"found {item['input']!r}; accepted: a date as YYYY-MM-DD"
            elif item["msg"].startswith("Input should be "):
                message = f"found {item['input']!r}; accepted: {item['msg'].removeprefix('Input should be ')}"
            elif item["type"] == "string_type":
                message = (
                    f"found {item['input']!r}; write a text, in quotes if it looks like a number or date"
                )
            findings.append(Finding("settings", "error", message, where, column=location or None))
        return None


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
    return list(current.model_fields)
