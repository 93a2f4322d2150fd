"""The front door of a case: make one, change it, check it, save it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from straits.case.build import assemble
from straits.case.changes import changed
from straits.case.checks.registry import CHECKS, run
from straits.case.checks.run import run_checks
from straits.case.checks.threats import THREAT_CHECKS
from straits.case.data import CaseData
from straits.case.files.folder import case_files, write_folder
from straits.case.files.parse import raw_from_frame
from straits.case.files.raw import RawCase
from straits.case.files.yaml import build
from straits.case.findings import Finding, Findings
from straits.case.schema.settings import Change, Scenario
from straits.case.schema.tables import TABLES, columns
from straits.case.schema.threats import Threat
from straits.errors import CaseError, StraitsError, did_you_mean
from straits.files import write_file

if TYPE_CHECKING:
    import pandas as pd

    from straits.results.picture import Picture


class Case(CaseData):
    """One system of trade: tables, settings, scenarios and routes. Never changed; `with_changes` gives another.

    Made by `load_case` and `Case.from_tables`, which raise a `CaseError` with every error of the case.

    Attributes
    ----------
    settings : Settings
    scenarios : dict of str to Scenario
        By id, in alphabetical order.
    threats : dict of str to Threat
        By id, in alphabetical order.
    routes : dict or None
        GeoJSON feature collection with the geometry of links.
    name : str
        What it was loaded from, or its id; for messages.
    """

    @classmethod
    def from_tables(
        cls,
        tables: Mapping[str, pd.DataFrame | list[dict[str, Any]]],
        *,
        scenarios: Iterable[Scenario | Mapping[str, Any]] = (),
        routes: dict[str, Any] | None = None,
        threats: Iterable[Threat | Mapping[str, Any]] = (),
        **settings: Any,
    ) -> Self:
        """Make a case of tables in memory.

        Parameters
        ----------
        tables : dict of str to DataFrame or list of dict
            By table name; `places` and `links` are required. A missing cell is None, NaN or an empty text. A table without rows
            and columns is none.
        scenarios : iterable of Scenario or dict
        routes : dict, optional
            GeoJSON feature collection.
        threats : iterable of Threat or dict
        **settings
            Fields of `Settings`: `id`, `title`, `time` (a dict with start, end, step) and so on.

        Returns
        -------
        Case

        Raises
        ------
        CaseError
            With every error found.
        """
        raw = RawCase(settings=dict(settings), routes=routes)
        findings: list[Finding] = []
        for name, data in tables.items():
            if name in TABLES:
                table = raw_from_frame(name, data)
                # A list without rows is how a program says that there are none.
                if table.header or table.rows:
                    raw.tables[name] = table
            else:
                message = f"unknown table {name!r}; accepted: {', '.join(TABLES)}{did_you_mean(name, TABLES)}"
                findings.append(Finding("unknown_table", "error", message))
        raw.scenarios = [_as_mapping(scenario) for scenario in scenarios]
        raw.threats = [_as_mapping(threat) for threat in threats]

        return assemble(cls, raw, findings)

    def with_changes(self, changes: Iterable[Change]) -> Self:
        """Give a case in which some cells hold other values.

        Where claims speak of a changed cell, the one that says the new value becomes the chosen one; if none does, a claim
        without a source is added for it, so that the number counts as unsourced.

        Parameters
        ----------
        changes : iterable of Change
            Table, row id, column and the new value as it would stand in the cell.

        Returns
        -------
        Case
            Checked like any other.

        Raises
        ------
        CaseError
            A change that names no cell, or values that cannot be right.
        """
        return changed(self, changes)

    def with_profiles(self, rows: Iterable[Mapping[str, Any]], follow: str | None = None) -> Self:
        """Give a case with more profiles, and cells that follow them.

        Parameters
        ----------
        rows : iterable of mapping
            Rows of table profiles, such as `read_wide` gives; they take the place of all rows of the profiles that they name.
        follow : str, optional
            `table.column`, such as `markets.demand`: the row whose id is the name of a profile follows it then, and the profile
            is renamed to `id-column`. Default: no cell is changed.

        Returns
        -------
        Case
            Checked like any other.

        Raises
        ------
        StraitsError
            A column that cannot change over time, or a profile that is no id of the table.
        CaseError
            With every error of the case that would be.
        """
        import pandas as pd

        new = [dict(row) for row in rows]
        tables: dict[str, list[dict[str, Any]]] = {
            name: [{str(k): v for k, v in row.items() if not pd.isna(v)} for row in frame.to_dict("records")]
            for name, frame in self.tables.items()
            if len(frame)
        }
        if follow is not None:
            table, _, column = follow.partition(".")
            accepted = [
                f"{t}.{c.removesuffix('_profile')}"
                for t in TABLES
                for c, k in columns(t).items()
                if k.refers == "profile"
            ]
            if follow not in accepted:
                raise StraitsError(
                    f"found {follow!r}; accepted: {', '.join(accepted)}{did_you_mean(follow, accepted)}"
                )
            known = self.known_ids(table)
            for name in dict.fromkeys(row["profile"] for row in new):
                if name not in known:
                    raise StraitsError(f"profile {name!r} is no id of {table}{did_you_mean(name, known)}")
                next(row for row in tables[table] if row["id"] == name)[f"{column}_profile"] = (
                    f"{name}-{column}"
                )
            for row in new:
                row |= {
                    "id": f"{row['profile']}-{column}-{row['start']}",
                    "profile": f"{row['profile']}-{column}",
                }
        named = {row["profile"] for row in new}
        tables["profiles"] = [row for row in tables.get("profiles", []) if row["profile"] not in named] + new
        return type(self).from_tables(
            tables, scenarios=self.scenarios.values(), routes=self.routes, threats=self.threats.values(),
            **self.settings.model_dump(exclude_unset=True),
        )  # fmt: skip

    def with_threat(self, threat: Threat | Mapping[str, Any]) -> Self:
        """Give a case with one threat more, or with another in the place of that of its id.

        Parameters
        ----------
        threat : Threat or mapping
            As a file of `threats/` has it.

        Returns
        -------
        Case
            The threat is checked; the rest is as it was.

        Raises
        ------
        CaseError
            With every error of the threat.
        """
        findings: list[Finding] = []
        given = _as_mapping(threat)
        name = str(given.get("id", "?"))[:100]
        row = build(Threat, given, f"threats/{name}", findings)
        if row is None:
            raise CaseError(findings, self.name)
        made = self.with_threats({**self.threats, row.id: row})
        one = self.with_threats({row.id: row})
        findings += run(one, [CHECKS[code] for code in THREAT_CHECKS])
        if findings:
            raise CaseError(findings, self.name)
        return made

    def save(self, path: str | Path) -> None:
        """Write the case to a folder, or to one workbook if the path ends in `.xlsx`.

        Parameters
        ----------
        path : str or Path
            A folder is made if it does not exist; tables that the case does not have are removed from it. The old file or
            folder stays whole if writing fails.

        Raises
        ------
        StraitsError
            If the case has changes that hold for a time only.
        """
        path = Path(path)
        if self.dated:
            cells = ", ".join(f"{c.table}.{c.row}.{c.column}" for c in self.dated)
            raise StraitsError(
                f"case {self.settings.id}: {cells} differ for a time only, which tables cannot say; save a profile, "
                "or the case with a scenario that has these changes"
            )
        if path.suffix.lower() == ".xlsx":
            from straits.case.files.workbook import workbook_bytes

            write_file(path, workbook_bytes(self))
        else:
            write_folder(path, case_files(self))

    def to_lp(self, path: str | Path, scenario: str | Scenario | None = None) -> None:
        """Write the linear model of the case as LP or MPS, with the names of its rows and columns.

        Parameters
        ----------
        path : str or Path
            Ends in .lp or .mps.
        scenario : str or Scenario, optional
            Default: the undisturbed case.

        Raises
        ------
        ModelError
            If no model can be built, or the file cannot be written.
        """
        # Users look for it here; who writes it, the façade knows. This room knows no model.
        sys.modules[__package__.partition(".")[0]].write_lp(self, path, scenario)

    def map(self, commodity: str | None = None) -> Picture:
        """Draw the network with its capacities; nothing is solved.

        Parameters
        ----------
        commodity : str, optional
            Default: that of the focus, else the first of the case.

        Returns
        -------
        Picture
            Shows itself in a notebook; `save` writes SVG, HTML, PNG or PDF.

        Raises
        ------
        StraitsError
            No place has coordinates, or there is no such commodity.
        """
        return sys.modules[__package__.partition(".")[0]].draw_map(self, commodity=commodity)

    def __repr__(self) -> str:
        """Two lines: what the case is about, and how many rows its tables have."""
        from straits.results.brief import short

        counts = ", ".join(f"{name} {len(parsed.ids)}" for name, parsed in self._tables.items() if parsed.ids)
        head = short(f"Case {self.settings.id}: {self.settings.title}")
        return f"{head}\n  {short(f'{counts}, scenarios {len(self.scenarios)}')}"

    def _repr_html_(self) -> str:
        """Return HTML for a notebook, at most 100 kB: the map, and how many rows each table has."""
        import pandas as pd

        from straits.results.figure import map_for_notebook
        from straits.results.page import html_page

        held = [
            {"table": name, "rows": len(parsed.ids)} for name, parsed in self._tables.items() if parsed.ids
        ]
        told = pd.DataFrame([*held, {"table": "scenarios", "rows": len(self.scenarios)}])
        told.attrs["title"] = "Rows of each table"
        head = f"Case {self.settings.id}: {self.settings.title}"
        return html_page(head, self.settings.description, (), {"tables": told}, map_for_notebook(self))

    def check(self) -> Findings:
        """Run all checks and give every error, warning and unsourced number.

        Returns
        -------
        Findings
        """
        return run_checks(self)


def _as_mapping(given: Scenario | Threat | Mapping[str, Any]) -> dict[str, Any]:
    # What nobody set is left out: a default that is written out would count as a number without a source.
    if isinstance(given, Threat):
        return given.model_dump(exclude_unset=True)
    return given.model_dump() if isinstance(given, Scenario) else dict(given)
