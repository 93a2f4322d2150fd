"""Let Sphinx read `start, end : date` under *Attributes* as two names: it would take the second for a type and look for it."""

import re

_NAMES = re.compile(r"^(?P<names>[a-z_]+(?:, [a-z_]+)+) : (?P<type>.+)$")


def one_name_each(lines: list[str]) -> list[str]:
    """Repeat an entry of several attributes, with its description, once for each of them.

    Parameters
    ----------
    lines : list of str
        Lines of a NumPy-style docstring.

    Returns
    -------
    list of str
    """
    found: list[str] = []
    section, at = "", 0
    while at < len(lines):
        if at + 1 < len(lines) and re.fullmatch(r"-{3,}", lines[at + 1]):
            section = lines[at]
        entry = _NAMES.match(lines[at]) if section == "Attributes" else None
        if entry is None:
            found.append(lines[at])
            at += 1
            continue
        end = at + 1
        while end < len(lines) and (not lines[end] or lines[end].startswith(" ")):
            end += 1
        for name in entry["names"].split(", "):
            found += [f"{name} : {entry['type']}", *lines[at + 1 : end]]
        at = end
    return found


def _process(app, what, name, thing, options, lines):
    lines[:] = one_name_each(lines)


def setup(app):
    # Before napoleon, which reads the sections at the default priority of 500.
    app.connect("autodoc-process-docstring", _process, priority=400)
    return {"parallel_read_safe": True}
