"""What comes from files is shown at the terminal as text: it neither steers it nor turns what is read."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from typer.testing import CliRunner

from straits.cli import app
from straits.cli.shared import console
from straits.plain import plain, plain_json

#: Clears the screen, sets the title, writes to the clipboard, goes back, turns, hides.
STEERING = [
    "\x1b[2J", "\x1b]0;owned\x07", "\x1b]52;c;ZXZpbA==\x07", "\x9b31m", "\x9d0;x\x9c", "a\rb", "a\bb", "\x7f",
    "\u202egnp.exe", "\u2066x\u2069", "\u200f", "\u061c", "\u200b", "\ufeff", "\u2028", "\U000e0041", "\ud800", "\x00", "\x0c",
]  # fmt: skip
SEEN = "Ақтау – Батуми «میانه‌راه» 中文 é 🛢 [b]x[/b] :smile: \\x1b 100 %\n\tnext"


def printed(*what: object, width: int = 300) -> str:
    stream = io.StringIO()
    console.Terminal(file=stream, force_terminal=True, color_system="standard", width=width).print(*what)
    return stream.getvalue()


@pytest.mark.parametrize("sign", STEERING)
def test_signs_that_steer_are_written_out(sign: str) -> None:
    """Proves: an escape sequence, a control of direction or an invisible letter is shown as its escape. Without it: a name in a
    case could clear the screen, set the clipboard, or show one word for another."""
    shown = plain(f"a{sign}b")
    assert shown.isprintable() and "\\" in shown
    assert plain(shown) == shown


def test_what_is_seen_stays() -> None:
    """Proves: letters of all scripts, joiners between Persian letters, brackets, tabs and line ends stay as they are."""
    assert plain(SEEN) == SEEN


@given(st.text())
def test_nothing_that_steers_is_left(text: str) -> None:
    """Proves: of any text no control is left but tab and line feed, and no mark of direction."""
    left = {sign for sign in plain(text) if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")}
    assert left <= {"\t", "\n"}
    assert not any(
        unicodedata.bidirectional(sign) in ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")
        for sign in plain(text)
    )


@pytest.mark.parametrize("sign", STEERING[:-3])
def test_every_way_to_print(sign: str) -> None:
    """Proves: a plain text, a styled text, a cell of a table, a title and a panel are all written out. Without it: one forgotten
    call, such as the list of findings, would still steer."""
    table = Table("head" + sign, title="title" + sign)
    table.add_row("cell" + sign)
    for what in (f"x{sign}y", Text(f"x{sign}y", style="red"), table, Panel(f"in{sign}", title=f"t{sign}")):
        left = printed(what)
        for escape in (
            "\x1b[2J",
            "\x1b]",
            "\x9b",
            "\x9d",
            "\r",
            "\b",
            "\x07",
            "\u202e",
            "\u2066",
            "\u200b",
            "\u2028",
            "\U000e0041",
        ):
            assert escape not in left, (what, sign)


def test_brackets_and_colons_are_no_markup() -> None:
    """Proves: what looks like Rich's markup or emoji is printed as it is. Without it: `[/b]` ended in a traceback, `[link=…]` was
    swallowed, `:smile:` became a picture."""
    for text in ("[/b]", "[link=https://example.org]port[/link]", "[bold]x", ":smile:", "[/]"):
        assert text in printed(text)
        table = Table("name")
        table.add_row(text)
        assert text in printed(table)
    with console.Spinner("[/b]") as step:
        step("[/nothing]")


def test_cells_are_measured_as_they_are_shown() -> None:
    """Proves: a table stays straight where a name is written out."""
    stream = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(console.out, "_file", stream)
        console.print_table(pd.DataFrame({"a\x1bb": ["x\u202ey", "z"], "n": [1.0, 2.0]}), "title \x1b[2J")
    lines = [line for line in stream.getvalue().splitlines() if line[:1] in "┏┃┡│└"]
    assert len({len(line) for line in lines}) == 1
    assert "\x1b" not in stream.getvalue() and "x\\u202ey" in stream.getvalue()


def test_json_is_json_and_does_not_steer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: `--json` escapes the same signs, and says the same."""
    content = {f"k{number}\x9b": sign for number, sign in enumerate(STEERING)}
    text = plain_json(json.dumps(content, ensure_ascii=False, indent=1))
    assert json.loads(text) == content
    assert not any(sign in text for sign in ("\x9b", "\u202e", "\x7f", "\U000e0041"))
    monkeypatch.setattr(sys, "stdout", stream := io.StringIO())
    console.write_json(content)
    assert json.loads(stream.getvalue()) == content and "\x9b" not in stream.getvalue()


def test_commands_show_a_hostile_case_as_text(tmp_path: Path) -> None:
    """Proves: `check`, with and without `--json`, and the error of a missing case show hostile names written out."""
    case = tmp_path / "case"
    assert CliRunner().invoke(app, ["new", str(case)]).exit_code == 0
    evil = "\u009b31m\u202e[/b]"
    rows = (case / "places.csv").read_text(encoding="utf-8").splitlines()
    rows[1] = rows[1].replace(rows[1].split(",")[1], evil).replace("field", f"fi{evil}eld")
    (case / "places.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for arguments in (
        ["check", str(case)],
        ["check", str(case), "--json"],
        ["solve", f"no {evil}"],
        ["solve", str(case)],
    ):
        streams = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(console.out, "_file", streams[0])
            patch.setattr(console.err, "_file", streams[1])
            result = CliRunner().invoke(app, arguments)
        assert isinstance(result.exception, SystemExit), result.exception
        every = streams[0].getvalue() + streams[1].getvalue() + result.output
        assert every and "\x9b" not in every and "\u202e" not in every, arguments
        assert "\\u202e" in every, arguments


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\x9b31m", "\x1b[2J", "\u200b", "\ufeff"])
@pytest.mark.parametrize(
    "words",
    [
        ["stress", "two-routes", "--x{}"],
        ["x{}"],
        ["evidence", "score", "no{}x"],
        ["power", "--x{}"],
        ["evidence", "x{}"],
    ],
)
def test_usage_errors_are_text(sign: str, words: list[str]) -> None:
    """Proves: what was typed as an option, a command or a file stands in the error of usage as text, in every group of commands.
    Without it: a name that was pasted, or that a shell filled in, turned the error round."""
    run = CliRunner().invoke(app, [word.format(sign) for word in words])
    assert run.exit_code == 2
    assert sign not in run.output
    assert plain(sign)[:6] in run.output
