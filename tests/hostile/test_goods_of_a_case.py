"""The folder `goods/` comes with a case: nothing outside is read, nothing is written, and no question ends the others."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import pytest

from straits.cases import find_bundled
from straits.errors import StraitsError
from straits.goods import check, questions
from straits.goods.readers import base
from straits.testing import build, link, market, places, supply

from .readers import texts

ROWS = "exporter,importer,period,good,value_eur\nKAZ,RUS,2021,TOTAL,5\nKAZ,RUS,2022,TOTAL,7\n"
GROWTH = 'ask: growth, before: "2021", after: "2022", exporter: KAZ, importer: RUS'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "case" / "goods").mkdir(parents=True)
    (tmp_path / "case" / "goods" / "ok.csv").write_text(ROWS)
    (tmp_path / "secret.csv").write_text("very,secret,line\n1,2,3\n")
    return tmp_path / "case" / "goods"


def ask(folder: Path, text: str) -> list[questions.Answered]:
    (folder / questions.FILE).write_text(text)
    return questions.answers(folder)


@pytest.mark.parametrize("which", ["up", "absolute", "link", "link to a folder", "windows", "disk"])
def test_only_files_of_the_folder_are_read(folder: Path, which: str) -> None:
    """Proves: a file above the folder, a named place of the machine and a link are refused, and nothing of them is shown; the
    next question is answered. Without it: lines of a private file stood in the report that is sent back."""
    secret = folder.parent.parent / "secret.csv"
    name = {
        "up": "../../secret.csv",
        "absolute": str(secret),
        "link": "link.csv",
        "link to a folder": "up/secret.csv",
        "windows": "..\\\\..\\\\secret.csv",
        "disk": "C:secret.csv",
    }[which]
    (folder / "link.csv").symlink_to(secret)
    (folder / "up").symlink_to(secret.parent)
    refused, fine = ask(folder, f'- {{{GROWTH}, files: ["{name}"]}}\n- {{{GROWTH}, files: [ok.csv]}}')
    assert refused.result is None and "very" not in refused.why_not
    assert "outside the folder" in refused.why_not or "is a link" in refused.why_not
    assert fine.result is not None and fine.result.table["factor"].tolist() == [1.4]


def test_a_link_for_the_folder_or_its_list_is_refused(folder: Path) -> None:
    """Proves: neither `goods` nor its list may be a link, in `check` and where it is read. Without it: files that the sender
    named were read from this machine."""
    (folder / questions.FILE).write_text("[]")
    (case := folder.parent.parent / "other").mkdir()
    (case / "goods").symlink_to(folder)
    with pytest.raises(StraitsError, match="is a link"):
        _folder_of(case)
    assert any("goods is a link" in text for text in texts(case))
    (folder / "list.yaml").write_text("- [")
    (folder / questions.FILE).unlink()
    (folder / questions.FILE).symlink_to(folder / "list.yaml")
    with pytest.raises(StraitsError, match="link, which is not followed"):
        questions.answers(folder)


def _folder_of(case: Path) -> Path | None:
    (case / "case.yaml").write_text("id: x\n")
    return questions.folder_of(case)


def test_bundled_questions_may_be_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: files of a case that came with the program are read through the links that an installer made."""
    bundled = find_bundled("caspian")
    assert bundled is not None
    (tmp_path / "caspian").mkdir()
    (tmp_path / "caspian" / "goods").symlink_to(bundled / "goods")
    monkeypatch.setattr("straits.cases.home", lambda: tmp_path)
    assert len(questions.titles(tmp_path / "caspian" / "goods")) == 4
    assert all(one.result for one in questions.answers(tmp_path / "caspian" / "goods"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("files: [ok.csv], basis: {a: 1}", "basis: found {'a': 1}; accepted: a valid string"),
        ("files: [ok.csv], good: 10121", "a code or a name that looks like a number stands in quotes"),
        ("files: [ok.csv], set: 5", "set: found 5; accepted: names with texts"),
        ("files: [ok.csv], columns: [a]", "columns: found ['a']; accepted: names with texts"),
        ("files: [ok.csv], set: {columns: x}", "a column map is given by `columns`"),
        ("files: 5", "files: found 5; accepted: the name of a file"),
        ('files: ["a\\0b"]', "accepted: the name of a file"),
        ("files: [ok.csv], 5: 6", "5 is not known"),
        ("files: [ok.csv], options: x", "options is not known"),
    ],
)
def test_a_value_of_another_kind_is_told(folder: Path, given: str, said: str) -> None:
    """Proves: what is of another kind than the question takes is told with what is accepted, and the next question is answered.
    Without it: one value ended the whole report in a traceback."""
    wrong, fine = ask(folder, f"- {{{GROWTH}, {given}}}\n- {{{GROWTH}, files: [ok.csv]}}")
    assert wrong.result is None and said in wrong.why_not
    assert fine.result is not None


def test_a_question_writes_nothing(folder: Path) -> None:
    """Proves: `to_case` of a list writes no scenario, wherever it says. Without it: a case that came by mail wrote a file into
    any case of the reader while the report was made."""
    case = build(
        {
            "places": places("A", "B"),
            "links": [link("a-b", "A", "B", capacity=4)],
            "supplies": [supply("field", "A", 6)],
            "markets": [market("buyer", "B", 200)],
        }
    )
    theirs = folder.parent.parent / "theirs"
    case.save(theirs)
    before = sorted(theirs.rglob("*"))
    (folder / questions.FILE).write_text(
        f"- {{{GROWTH}, files: [ok.csv], name: a}}\n"
        f"- {{ask: to_case, diverted: a, hub: KZ, links: [a-b], kg_per_currency: [0.1, 0.2], folder: {theirs}}}"
    )
    found = questions.answers(folder, case)[1]
    assert found.result is None and "folder is not known" in found.why_not
    assert sorted(theirs.rglob("*")) == before


def test_consignments_lie_in_the_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Proves: `pick` finds its file in the folder of the questions. Without it: it was looked for in that of the
    program."""
    monkeypatch.chdir(tmp_path)
    (folder / "c.csv").write_text("id,post,holder,p,v\n1,N,A,0.5,10\n2,N,B,0.1,10\n")
    found = ask(
        folder, "- {ask: pick, consignments: c.csv, k: 1}\n- {ask: pick, consignments: c.csv, k: '1'}"
    )
    assert found[0].result is not None and found[0].result.table["id"].tolist() == ["1"]
    assert "k: found '1'; accepted: a valid integer" in found[1].why_not


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
        "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
        "e: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d]",
        "[" * 5000,
        "- &a [*a]",
        "- !!python/object/apply:os.system [ls]",
        "\xff",
        "- {ask: [gap]}",
        "- {ask: gap, title: \x00}",
    ],
)
def test_no_list_ends_in_a_traceback(folder: Path, text: str) -> None:
    """Proves: aliases that grow, nesting, a value that holds itself, tags and letters of nought are refused as in a case.
    Without it: the list was read by a reader without limits."""
    (folder / questions.FILE).write_bytes(text.encode("latin-1"))
    with pytest.raises(StraitsError, match=r"questions\.yaml"):
        questions.answers(folder)


def test_what_is_no_file_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: a pipe, a device, a file above the size and one that unpacks to more are refused in words; of several parts of gzip
    each is unpacked. Without it: a pipe was waited for without end, and 13 MB were unpacked to as much as memory holds."""
    monkeypatch.setattr(base, "MOST_BYTES", 1000)
    monkeypatch.setattr(base, "_PIECE", 64)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large.csv").write_text(ROWS * 20)
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(bytes(100_000)))
    rows: Any = ROWS.encode()
    (tmp_path / "two.csv.gz").write_bytes(gzip.compress(rows[:50]) + gzip.compress(rows[50:]) + bytes(7))
    said = {
        "pipe": "no regular file",
        "large.csv": "more than 0.001 million bytes",
        "bomb.csv.gz": "unpacks to more than 0.001 million bytes",
    }
    for name, told in said.items():
        refused = check(tmp_path / name).refused
        assert told in refused["found"].iloc[0], name
    assert "no regular file" in check("/dev/zero").refused["found"].iloc[0]
    assert check(tmp_path / "two.csv.gz").table["rows"].tolist() == [2]
