"""Run the code blocks of a Markdown page in order, and compare or rewrite the output that the page shows.

What a page may hold, by the language of the fence:

- `python`: run in the namespace of the page. A fence `output` right after it shows what it prints.
- `console`: commands after `$ ` with their output below. `straits` is run; `make TARGET` must be a target of the Makefile,
  which other tests run.
- after a line `<!-- file: NAME -->`: the block becomes that file.
- after a line `<!-- illustrative: WHY -->`: the block is not run.
- `text` and directives of MyST (`{...}`) are not code.

Expected output may leave things out with `...`. Numbers may differ by one part in two hundred: an optimum with equally good
answers is not the same on every machine.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TOLERANCE = 5e-3
#: Columns of the terminal that the pages show.
WIDTH = 110
_FENCE = re.compile(r"^(?P<fence>`{3,})(?P<language>[^\n`]*)\n(?P<body>.*?)^(?P=fence)[ \t]*$", re.S | re.M)
_COMMENT = re.compile(r"<!-- (file|illustrative|status): ([^\n]*) -->\s*\Z")
_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")


@dataclass
class Block:
    """One fenced block of a page."""

    language: str
    body: str
    line: int
    start: int
    end: int
    comment: tuple[str, str] | None


class BlockError(AssertionError):
    """A block that fails, or shows what is not so."""


def pages() -> list[Path]:
    """List the README and every page of the documentation."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in found if "_build" not in page.parts]


def blocks(text: str) -> Iterator[Block]:
    """Find the fenced blocks of a page."""
    for match in _FENCE.finditer(text):
        comment = _COMMENT.search(text[: match.start()])
        yield Block(
            match["language"].strip(),
            match["body"],
            text.count("\n", 0, match.start()) + 1,
            match.start("body"),
            match.end("body"),
            (comment[1], comment[2]) if comment else None,
        )


def same(expected: str, found: str) -> bool:
    """Compare two texts, with `...` for anything, numbers within the tolerance, and spaces and table rules of any length."""
    numbers: list[float] = []

    def pattern(part: str) -> str:
        words = []
        for word in part.split():
            piece, last = "", 0
            for match in _NUMBER.finditer(word):
                piece += re.escape(word[last : match.start()]) + rf"({_NUMBER.pattern})"
                numbers.append(float(match[0].replace(",", "")))
                last = match.end()
            words.append(piece + re.escape(word[last:]))
        return r"\s+".join(words)

    regex = r"\s*.*?\s*".join(pattern(part) for part in _plain(expected).split("..."))
    match = re.fullmatch(rf"\s*{regex}\s*", _plain(found), re.S)
    if match is None:
        return False
    values = [float(group.replace(",", "")) for group in match.groups()]
    return all(
        abs(value - number) <= TOLERANCE * max(abs(number), 1e-9)
        for value, number in zip(values, numbers, strict=True)
    )


def _plain(text: str) -> str:
    return re.sub(r"[━─┏┓┗┛┡┩┳┻╇┴┬┌┐└┘├┤┼╞╡╪]+", " ", text)


class Page:
    """A page and what its blocks have made so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        self.corrections: list[tuple[int, int, str]] = []

    def run(self, *, correct: bool = False) -> str:
        """Run all blocks in the current directory.

        Parameters
        ----------
        correct : bool
            Gather what blocks print in place of comparing it.

        Returns
        -------
        str
            The text of the page, with the outputs that were found if `correct`.

        Raises
        ------
        BlockError
        """
        printed: str | None = None
        for block in blocks(self.text):
            kind = block.comment[0] if block.comment else ""
            if block.language == "output":
                if printed is None:
                    raise self.error(block, "an output block that follows no python block")
                self.compare(block, block.start, block.end, block.body, printed, correct)
                printed = None
                continue
            printed = None
            if kind == "illustrative" or block.language == "text" or block.language.startswith("{"):
                continue
            if kind == "file":
                target = Path(block.comment[1]) if block.comment else Path()
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(block.body, encoding="utf-8")
            elif block.language == "python":
                printed = self.python(block)
            elif block.language == "console":
                self.console(block, int(block.comment[1]) if block.comment else 0, correct)
            else:
                raise self.error(
                    block,
                    f"a block of language {block.language!r}: use python, console, output or text, or say <!-- file: --> or "
                    "<!-- illustrative: why -->",
                )
        text = self.text
        for start, end, found in reversed(self.corrections):
            text = text[:start] + found + text[end:]
        return text

    def python(self, block: Block) -> str:
        """Run a block in the namespace of the page and give what it printed."""
        out = io.StringIO()
        code = compile("\n" * block.line + block.body, str(self.path), "exec")
        try:
            with contextlib.redirect_stdout(out):
                exec(code, self.namespace)
        except Exception as error:
            raise self.error(block, traceback.format_exc(limit=-2)) from error
        return out.getvalue()

    def console(self, block: Block, status: int, correct: bool) -> None:
        """Run the commands of a block, comparing the output of each."""
        parts = re.split(r"^\$ (.*)\n", block.body, flags=re.M)
        if parts[0].strip():
            raise self.error(block, "a console block must begin with a command after `$ `")
        at = block.start + len(parts[0])
        for command, expected in zip(parts[1::2], parts[2::2], strict=True):
            at += len(f"$ {command}\n")
            found = self.command(block, command, status)
            if found is not None and expected.strip():
                self.compare(block, at, at + len(expected), expected, found, correct)
            at += len(expected)

    def command(self, block: Block, command: str, status: int) -> str | None:
        """Run one command and give its output; None where a command is only looked up."""
        words = command.split("#")[0].split()
        if words[0] == "make":
            if not re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M):
                raise self.error(block, f"the Makefile has no target {words[1]}")
            return None
        if words[0] == "cd":
            os.chdir(words[1])
            return None
        if words[0] != "straits":
            raise self.error(block, f"{words[0]!r} is not a command that these tests run")
        code, output = straits(words[1:])
        if code != status:
            raise self.error(block, f"$ {command}\nended with status {code}, not {status}:\n{output}")
        return output

    def compare(self, block: Block, start: int, end: int, expected: str, found: str, correct: bool) -> None:
        """Compare what a block shows with what was printed, or note the correction."""
        if not expected.replace("...", "").strip():
            raise self.error(
                block, "an output that is all left out shows nothing; write ? and run make outputs"
            )
        if same(expected, found):
            return
        if correct:
            lines = [line.rstrip() for line in found.strip("\n").splitlines()]
            self.corrections.append((start, end, "\n".join(lines) + "\n"))
        else:
            raise self.error(
                block,
                f"the page shows\n{expected}\nbut this was printed\n{found}\n(make outputs rewrites it)",
            )

    def error(self, block: Block, text: str) -> BlockError:
        return BlockError(f"{self.path.relative_to(ROOT)}, line {block.line}: {text}")


def straits(arguments: list[str]) -> tuple[int, str]:
    """Run the command line in this process and give its status and what it wrote to standard output and error."""
    from typer.testing import CliRunner

    from straits import cli
    from straits.cli.shared import console

    for screen in (console.out, console.err):
        screen.width = WIDTH
    done = CliRunner(env={"COLUMNS": str(WIDTH), "NO_COLOR": "1", "TERM": "dumb"}).invoke(cli.app, arguments)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def main() -> None:
    """Rewrite the outputs of all pages, or of those named."""
    import tempfile

    names = [Path(name).resolve() for name in sys.argv[1:]]
    for path in names or pages():
        here = Path.cwd()
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            try:
                page = Page(path)
                text = page.run(correct=True)
            finally:
                os.chdir(here)
        if text != page.text:
            path.write_text(text, encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: {len(page.corrections)} outputs rewritten")


if __name__ == "__main__":
    main()
