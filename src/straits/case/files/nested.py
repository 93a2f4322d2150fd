"""Nested values as rows of a dotted name and a value, for a sheet of a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

#: Deepest name that is read: a file that is deeper is none of ours.
_DEEPEST = 8


def flat(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value of nested mappings and lists with its name, `packages.0.id`."""
    members = (
        value.items()
        if isinstance(value, Mapping)
        else enumerate(value)
        if isinstance(value, tuple | list)
        else None
    )
    if members is None:
        yield prefix, value
        return
    for key, member in members:
        yield from flat(member, f"{prefix}.{key}" if prefix else str(key))


def put(found: dict[str, Any], name: str, value: Any) -> bool:
    """Put a value into nested mappings by its name; False if the name does not fit what stands there."""
    *above, last = name.split(".", _DEEPEST)
    at = found
    for part in above:
        at = at.setdefault(part, {})
        if not isinstance(at, dict):
            return False
    if last in at or not last:
        return False
    at[last] = value
    return True


def nested(found: Any) -> Any:
    """Turn mappings whose names are 0, 1, 2, … into lists."""
    if not isinstance(found, dict):
        return found
    made = {key: nested(member) for key, member in found.items()}
    if made and set(made) == {str(k) for k in range(len(made))}:
        return [made[str(k)] for k in range(len(made))]
    return made
