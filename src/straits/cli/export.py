"""`straits export` and `straits geometry`: cases and results for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from straits.cli.shared.console import Spinner, say, shown
from straits.cli.shared.options import CaseName, Scenario
from straits.cli.stress import warn


@shown
def export(
    case: Annotated[
        str, typer.Argument(help="A case, or the folder of a study (for datapackage).", metavar="CASE|STUDY")
    ],
    to: Annotated[str, typer.Option("--to", help="geojson, gpkg, pypsa, datapackage or star.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder, or file for gpkg; default: CASE-FORMAT here.")
    ] = None,
    scenario: Scenario = None,
    parquet: Annotated[
        bool, typer.Option("--parquet", help="Tables of star as Parquet; needs straits\\[parquet].")
    ] = False,
) -> None:
    """Solve a case and write it for QGIS, PyPSA, Power BI or as a data package."""
    import straits
    from straits.export import export as write
    from straits.export import export_study
    from straits.export.write import known

    known(to)  # before anything is solved
    folder = Path(case)
    if (folder / "summary.json").is_file() and (folder / "tables").is_dir():
        for path in export_study(folder, to, out or Path(f"{folder.name}-{to}")):
            say(str(path))
        return
    with Spinner("solving") as step:
        found = straits.load_case(case)
        asked = None if to == "star" and scenario is None else [scenario] if scenario else []
        comparison = straits.stress(found, asked, progress=step)
        name = f"{found.settings.id}.gpkg" if to == "gpkg" else f"{found.settings.id}-{to}"
        paths = write(
            comparison, to, out or Path(name), scenario=scenario if to != "star" else None, parquet=parquet
        )
    warn(comparison.warnings)
    for path in paths:
        say(str(path))


@shown
def geometry(
    case: CaseName,
    waypoints: Annotated[
        Path | None, typer.Option(help="CSV of points on links: link, lon, lat, in order.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File to write; default: routes.geojson of the case's folder."),
    ] = None,
) -> None:
    """Find the course of links, ships along sea lanes, and write routes.geojson, which maps draw."""
    import straits
    from straits.case.files.routes import ROUTES_FILE, routes_bytes
    from straits.errors import StraitsError
    from straits.export import find_routes
    from straits.files import write_file

    found = straits.load_case(case)
    if out is None and not Path(case).is_dir():
        raise StraitsError(
            f"{case} is no folder of yours, so nothing is written into it: name a file with --out"
        )
    path = out or Path(case) / ROUTES_FILE
    with Spinner("finding courses"):
        routes = find_routes(found, waypoints)
    try:
        write_file(path, routes_bytes(routes.collection))
    except OSError as error:
        raise StraitsError(f"{path}: cannot be written: {error.strerror or error}") from error
    say(f"{path}: courses of {len(routes.collection['features'])} links")
    for link, why in routes.left_out.items():
        say(f"  {link} is drawn straight: {why}")
