"""`straits app`: click a strait shut and see who pays."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from straits.cli.shared.console import Spinner, say, shown


@shown
def app(
    cases: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CASE]...", help="Bundled cases, folders or workbooks; default: caspian."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    folder: Annotated[Path, typer.Option(help="Where copies of cases and new ones are saved.")] = Path(),
    ledger: Annotated[Path | None, typer.Option(help="Ledger of evidence to be reviewed.")] = None,
    host: Annotated[
        str | None, typer.Option(help="Listen to other machines too, on this address; needs --token.")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            help="Secret that opens the app with --host; `new` makes one.", envvar="STRAITS_APP_TOKEN"
        ),
    ] = None,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Write one page that works from disk, and stop.")
    ] = None,
) -> None:
    """Open the app on this machine, in the browser."""
    chosen = cases or ["caspian"]
    if export is not None:
        from straits.app import export_page

        with Spinner("solving") as step:
            export_page(chosen[0], export, progress=step)
        say(str(export))
        return
    from straits.app import serve

    serve(
        chosen, port=port, host=host, token=token, folder=folder, ledger=ledger, browser=not no_browser, say=say
    )  # fmt: skip
