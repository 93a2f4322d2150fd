"""Questions that stand in a folder, and what the two readers of a list make of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from goods.common import write
from straits.errors import StraitsError
from straits.goods import questions


def asked(folder: Path, text: str) -> Path:
    """Write a folder of questions about two years of exports."""
    rows = ["reporter,partner,flow,period,value_eur"]
    for year, out, back in ((2019, 100, 80), (2020, 200, 180), (2021, 300, 150)):
        rows += [f"DE,KZ,X,{year},{out}", f"KZ,DE,M,{year},{back}"]
    write(folder, "mirror.csv", "\n".join(rows))
    (folder / questions.FILE).write_text(text)
    return folder


def test_questions_are_answered_in_order(tmp_path: Path) -> None:
    """Proves: each question has its own name or what it asks with its number from 1, its own title or that of the answer;
    years may be numbers, one file may stand without a list, and files are named as the folder names them; what cannot be
    asked stays in the list with why.
    Without it: one wrong question would take the page with it, or the second would be called the first."""
    folder = asked(
        tmp_path,
        """
- {ask: gap, files: [mirror.csv], importer: KZ, period: 2021}
- {ask: growth, name: grown, title: How much more?, files: mirror.csv, before: 2019, after: 2021, exporter: DE, importer: KZ,
   set: {valuation: FOB}}
- {ask: gap, files: [mirror.csv], importr: KZ}
- {ask: growth, files: [mirror.csv], before: 2019}
- {ask: to_case, diverted: grown, hub: KZ}
- {ask: gap, files: [none.csv]}
""",
    )
    found = questions.answers(folder)
    assert [one.name for one in found] == ["gap-1", "grown", "gap-3", "growth-4", "to_case-5", "gap-6"]
    assert [one.ask for one in found] == ["gap", "growth", "gap", "growth", "to_case", "gap"]
    first, second = found[0], found[1]
    assert first.result is not None and first.result.table["raw_gap"].tolist() == [150.0]
    assert first.title == first.result.question and first.why_not == ""
    assert second.result is not None and second.title == "How much more?"
    assert set(second.result.table["factor"]) == {3.0} or second.result.table["factor"].tolist()[0] == 3.0
    assert second.result.table["source"].iloc[0] == "mirror.csv"
    assert [one.result for one in found[2:5]] == [None] * 3
    why = [one.why_not for one in found]
    assert "importr is not known; did you mean 'importer'" in why[2] and "known: files" in why[2]
    assert why[3] == "growth: after must be said" and found[3].title == "growth-4"
    assert "no earlier answer; known: gap-1, grown, gap-3, growth-4" in why[4]
    assert "none.csv" in why[5] or (found[5].result is not None and len(found[5].result.refused))
    assert (
        questions.titles(folder)["grown"] == "How much more?" and questions.titles(folder)["gap-1"] == "gap-1"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b", "a list of questions is expected"),
        ("- gap", "a list of questions is expected"),
        ("- [", "no list of questions can be read"),
        ("- {ask: gap, files: []}\n- {ask: gaps}", "question 2: ask 'gaps' is not known; did you mean 'gap'"),
        ("- {title: x}", "question 1: ask None is not known"),
    ],
)
def test_no_list_of_questions(tmp_path: Path, text: str, said: str) -> None:
    """Proves: what is no list of questions ends with a text that says where. Without it: it would end in a traceback."""
    with pytest.raises(StraitsError, match=said.replace("[", r"\[")):
        questions.answers(asked(tmp_path, text))
    with pytest.raises(StraitsError, match="no list of questions can be read"):
        questions.titles(tmp_path / "nowhere")


def test_a_folder_beside_a_case(tmp_path: Path) -> None:
    """Proves: the folder is found beside a case in a folder and beside one in a file, and only with its list.
    Without it: the report of a workbook would not show its questions."""
    case = tmp_path / "case"
    (case / "goods").mkdir(parents=True)
    (case / "case.yaml").write_text("id: x\n")
    assert questions.folder_of(case) is None
    asked(case / "goods", "[]")
    assert questions.folder_of(case) == case / "goods"
    book = case / "book.xlsx"
    book.write_bytes(b"")
    assert questions.folder_of(book) == case / "goods"
