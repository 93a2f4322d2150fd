"""Start the server on this machine, open the page, and stop cleanly."""

from __future__ import annotations

import secrets
import socket
import threading
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path

from straits.app.serving.cases import warm_up
from straits.app.serving.guard import Doors
from straits.app.serving.server import close, create_app
from straits.app.world.opened import Cases
from straits.errors import MissingExtra, StraitsError

try:
    import uvicorn
except ImportError as error:  # pragma: no cover - tried with the wheel alone
    raise MissingExtra("the app", "app", error) from error

LOOPBACK = "127.0.0.1"


def serve(
    cases: Sequence[str] = ("caspian",),
    *,
    port: int = 0,
    host: str | None = None,
    token: str | None = None,
    folder: Path | str = ".",
    ledger: Path | str | None = None,
    browser: bool = True,
    say: Callable[[str], None] = print,
) -> None:
    """Serve the app until it is stopped.

    Parameters
    ----------
    cases : sequence of str
        Bundled cases, folders or workbooks; the first is shown.
    port : int
        0 takes a free one.
    host : str, optional
        Address to listen on beside loopback; then a token is needed.
    token : str, optional
        Opens the server to other machines. At least 16 characters; `new` makes one.
    folder : path
        Where copies of cases and new ones are saved.
    ledger : path, optional
        Ledger of evidence to be reviewed.
    browser : bool
        Whether to open the page.
    say : callable
        Told the address.

    Raises
    ------
    StraitsError
        If a case is none, `host` is given without a token, or the port is taken.
    """
    if (host is None) != (token is None):
        raise StraitsError(
            "--host and --token belong together: whoever reaches this machine could otherwise read and change its cases"
        )
    if token == "new":
        token = secrets.token_urlsafe(24)
    if token is not None and (
        len(token) < 16 or not token.isascii() or not token.replace("-", "").replace("_", "").isalnum()
    ):
        raise StraitsError("token: expected 16 letters and figures or more, or `new`")
    held = Cases(list(cases), Path(folder))
    if ledger is not None and not Path(ledger).is_file():
        raise StraitsError(f"there is no ledger {ledger}: `straits evidence init` makes one")
    listening = _listen(host or LOOPBACK, port)
    bound = listening.getsockname()[1]
    names = [LOOPBACK, "localhost"] if host is None else [host, LOOPBACK, "localhost"]
    # With a token any name will do: who leads a name here does not know the token.
    known = (
        frozenset() if host in ("0.0.0.0", "::") else frozenset(f"{name.lower()}:{bound}" for name in names)
    )
    app = create_app(held, doors=Doors(known, token), ledger=Path(ledger) if ledger else None)
    address = f"http://{host if host not in (None, '0.0.0.0', '::') else LOOPBACK}:{bound}/" + (
        f"?token={token}" if token else ""
    )
    threading.Thread(target=warm_up, args=(held,), daemon=True).start()
    say(f"straits is open at {address} (stop with Ctrl+C)")
    if browser:
        threading.Timer(0.3, webbrowser.open, [address]).start()
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="off")
    try:
        uvicorn.Server(config).run([listening])
    except KeyboardInterrupt:
        pass
    finally:
        close(app)
        listening.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise StraitsError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    return listening
