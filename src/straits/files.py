"""Files that are written whole or not at all, so that a full disk or a killed process leaves the old one as it was.

Every file that straits writes goes through this module. A link, a device or a pipe in the place of a file is refused: nothing is
written through it, and it is not put aside. A file that is replaced keeps its rights. What a killed run left half written is
removed by the next that writes beside it.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover - no such locks on Windows, where what was left half written stays
    fcntl = None  # type: ignore[assignment]

#: Ends the names of files and folders that are still being written; a reader of cases passes them by, as they begin with a point.
_PART = ".part"
#: Pattern of the name of anything that is still being written, or that a killed run has left.
LEFTOVER = r"\..+\.[a-z0-9_]{8}\.part(\.\w+)?"


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give the path of a temporary file beside `target`, with its ending; it takes its place when the block has ended well.

    Parameters
    ----------
    target : Path

    Raises
    ------
    OSError
        If the folder does not take a file, or what stands there is no regular file.
    """
    refuse_irregular(target)
    with _beside(target, target.suffix) as path, _named(target, path):
        yield path
        _settle(path, target)
        path.replace(target)


@contextmanager
def _named(target: Path, beside: Path) -> Iterator[None]:
    """Name in an error the file that was asked for: the system names none where a disk is full, or the temporary one."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and (
            error.filename is None or str(error.filename).startswith(str(beside))
        ):
            raise OSError(error.errno, error.strerror, str(target)) from error
        raise


def write_file(target: Path, data: bytes) -> None:
    """Write one file whole or not at all.

    Raises
    ------
    OSError
        As `replacing`.
    """
    with replacing(target) as path:
        path.write_bytes(data)


def write_text(target: Path, text: str) -> None:
    """Write one text as UTF-8, whole or not at all, its line ends as they are."""
    write_file(target, text.encode("utf-8"))


def write_together(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write several files: only when all are on disk do they take their places.

    A folder that does not exist appears with all of them at once.

    Parameters
    ----------
    folder : Path
    files : mapping of str to bytes
        Content by path relative to the folder, at most two folders down.

    Raises
    ------
    OSError
        As `replacing`; also if an inner folder is a link.
    """
    for name in files:
        if len(Path(name).parts) > 3 or {"..", "/"} & set(Path(name).parts):
            raise OSError(errno.EINVAL, "is no name of a file of this folder", name)
        refuse_irregular(folder / name)
        for inner in (folder / part for part in Path(name).parents if part != Path()):
            refuse_link(inner)
            if inner.exists() and not inner.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(inner))
    fresh = not folder.exists()
    if fresh:
        folder.parent.mkdir(parents=True, exist_ok=True)
    with (
        _beside(folder if fresh else folder / "case", folder=True, asked=folder) as staging,
        _named(folder, staging),
    ):
        for name, data in files.items():
            path = staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            _settle(path, folder / name)
        if fresh:
            staging.chmod(0o777 & ~_mask())
            try:
                staging.rename(folder)
                return
            except OSError:
                if not folder.is_dir():  # else another run has made it since
                    raise
        with _alone(folder):
            for name in files:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (staging / name).replace(folder / name)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let two runs put files into a folder one after the other, so that all that stand there are of one."""
    with ExitStack() as stack:
        if fcntl is not None:
            with suppress(OSError):
                handle = os.open(folder, os.O_RDONLY)
                stack.callback(os.close, handle)
                _locked(handle, wait=True)
        yield


def read_regular(path: Path, most: int, *, links: bool = False) -> bytes:
    """Give the content of a regular file.

    Parameters
    ----------
    path : Path
    most : int
        Bytes; a larger file is not read.
    links : bool
        Whether a link is followed. If not, nothing outside the folder is ever read, and nothing that does not end.

    Raises
    ------
    OSError
        It is a link, a device, a pipe or a folder, too large, or cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    if not links and path.is_symlink():
        raise OSError(
            errno.ELOOP, "it is a link, which is not followed; put the file itself there", str(path)
        )
    # Where the system can, it also refuses a link that somebody put there since.
    handle = os.open(path, flags | (0 if links else getattr(os, "O_NOFOLLOW", 0)))
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        data = file.read(about.st_size + 1) if about.st_size <= most else b""
        if len(data) > about.st_size:  # it has grown, or is one of those whose size the system does not tell
            data += file.read(most + 1 - len(data))
        if about.st_size > most or len(data) > most:
            raise OSError(errno.EFBIG, f"it holds more than {most / 1e6:g} million bytes", str(path))
    return data


def refuse_irregular(target: Path) -> None:
    """Refuse to write where a link, a folder, a device or a pipe stands.

    Raises
    ------
    OSError
    """
    refuse_link(target)
    try:
        mode = target.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "is no regular file, and is not written to", str(target))


def refuse_link(path: Path) -> None:
    """Refuse to write through a link, or in its place.

    Raises
    ------
    OSError
    """
    if path.is_symlink():
        raise OSError(
            errno.ELOOP, "is a link, and is not written through; name the file that it leads to", str(path)
        )


@contextmanager
def _beside(
    target: Path, ending: str = "", folder: bool = False, asked: Path | None = None
) -> Iterator[Path]:
    """Make a temporary file or folder beside `target`, locked while it is in use; remove it in the end if it is still there.

    The lock, which dies with its process, tells what living runs are writing from what dead ones have left.
    """
    prefix = f".{target.name.removesuffix(ending)}."
    remove_leftovers(target.parent, re.escape(prefix) + r"[a-z0-9_]{8}" + re.escape(_PART + ending))
    with ExitStack() as stack:
        while True:
            try:
                if folder:
                    path = Path(tempfile.mkdtemp(_PART, prefix, target.parent))
                    try:
                        handle = os.open(path if fcntl else os.devnull, os.O_RDONLY)
                    except FileNotFoundError:  # as below
                        continue
                else:
                    handle, name = tempfile.mkstemp(_PART + ending, prefix, target.parent)
                    path = Path(name)
            except OSError as error:  # the system names the temporary file, which nobody has asked for
                raise OSError(error.errno, error.strerror, str(asked or target)) from error
            if fcntl is None:
                os.close(handle)
                break
            _locked(handle, wait=True)
            if path.exists():
                stack.callback(os.close, handle)
                break
            os.close(handle)  # another run took it for a leftover before it was locked
        stack.callback(_remove, path)
        yield path


def remove_leftovers(folder: Path, names: str) -> None:
    """Remove what killed runs have left half written.

    Parameters
    ----------
    folder : Path
    names : str
        Pattern of the names of temporary files and folders; only those that no living run has locked are removed.
    """
    if fcntl is None:
        return
    pattern = re.compile(names)
    with suppress(OSError), os.scandir(folder) as entries:
        found = [
            Path(entry.path) for entry in entries if pattern.fullmatch(entry.name) and not entry.is_symlink()
        ]
        for path in found:
            _remove_if_dead(path)


def _remove_if_dead(path: Path) -> None:
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if _locked(handle, wait=False):
                _remove(path)
        finally:
            os.close(handle)


def _locked(handle: int, *, wait: bool) -> bool:
    """Whether a lock on an open file or folder could be had; where the file system has none, as if it could while one waits."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return wait
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _settle(path: Path, target: Path) -> None:
    """Flush a temporary file to disk, and give it the rights of the file that it replaces, else those that a new file has."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    try:
        old = target.lstat()
    except OSError:
        path.chmod(0o666 & ~_mask())
        return
    if hasattr(os, "chown"):
        with suppress(OSError):  # only its owner, or a member of the group, may
            if (old.st_uid, old.st_gid) != (path.stat().st_uid, path.stat().st_gid):
                os.chown(path, old.st_uid, old.st_gid)
    path.chmod(stat.S_IMODE(old.st_mode))


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
