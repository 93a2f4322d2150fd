"""The section on goods: drawn from the questions beside a case, each figure with its table, and said when one cannot be asked."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import straits
from straits.cases import find_bundled
from straits.errors import StraitsError
from straits.goods.questions import answers, folder_of
from straits.report import write_study
from straits.report.drawing.goodscharts import Range, ranges_plot
from straits.report.sections.support.goods import Goods
from straits.report.study.content import Study
from straits.stress import stress


def bundled() -> Path:
    """Give the folder of questions of the reference case."""
    folder = folder_of("caspian")
    assert folder is not None
    return folder


def test_questions_of_the_reference_case() -> None:
    """Proves: the example that `make study` shows gives the known numbers: 3,086 and 1,824 million, Belarus refused, "13 times"
    contradicted, 20 pieces without a source. Without it: the example could show anything."""
    found = {one.name: one.result for one in answers(bundled())}
    assert all(result is not None for result in found.values())
    assert found["gap"].tables["totals"]["gap"].div(1e6).round().tolist()[:2] == [3086, 1824]
    told = found["divert"].table.set_index("corridor")
    assert told["delta"].round(2).drop("BY").to_dict() == {"RU": -0.9, "AM": 0.83, "KG": 1.14, "KZ": 0.42}
    assert told.loc["BY", "verdict"] == "refused: placebo"
    assert found["claims"].table.set_index("claim_id").loc["c01", "verdict"] == "contradicted"
    assert found["ledger"].table["least_unexplained"].tolist() == [20]
    assert not any(
        str(bundled()) in str(table.to_dict()) for r in found.values() for table in r.tables.values()
    )


def test_section_has_a_table_for_each_figure(tmp_path: Path) -> None:
    """Proves: the report shows gap, placebo, certificate and claims, every drawing has its table, and the caveat stands first.
    Without it: a figure could show what no table says."""
    case = straits.load_case("two-routes")
    study = Study(stress(case)).with_part(Goods(tuple(answers(bundled(), case))))
    write_study(study, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "A pattern is not proof" in page
    for drawn in ("goods-gap", "goods-divert-listed", "goods-ledger-certificate"):
        assert re.search(rf'<svg[^>]*id="{drawn}', page), drawn
    names = {path.stem for path in (tmp_path / "tables").glob("goods_*.csv")}
    assert {
        "goods_gap_gaps",
        "goods_gap_baselines",
        "goods_divert_listed",
        "goods_claims_claims",
        "goods_ledger_certificates",
    } <= names
    # A corridor that failed its placebo has no disc, and says why.
    assert "refused: placebo" in page


def test_case_without_questions_has_no_section(tmp_path: Path) -> None:
    """Proves: a case without the folder is studied as before. Without it: every old report would change."""
    case = straits.load_case("two-routes")
    assert folder_of("two-routes") is None
    write_study(Study(stress(case)), tmp_path)
    assert "<h2>Goods whose path changed" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_folder_beside_tables_is_no_part_of_the_case(tmp_path: Path) -> None:
    """Proves: a case with a folder of questions loads, and its hash is the same without it.
    Without it: a question would change a model."""
    folder = tmp_path / "mine"
    shutil.copytree(find_bundled("two-routes"), folder)
    before = straits.load_case(folder).hash
    shutil.copytree(bundled(), folder / "goods")
    assert straits.load_case(folder).hash == before and folder_of(folder) == folder / "goods"


def test_what_cannot_be_asked_is_said(tmp_path: Path) -> None:
    """Proves: a misspelt question or argument is named with a near one, a missing file is refused, and the others are answered.
    Without it: one slip would take the whole report."""

    def asked(text: str) -> list:
        (tmp_path / "questions.yaml").write_text(text, encoding="utf-8")
        return answers(tmp_path)

    with pytest.raises(StraitsError, match="'gapp' is not known; did you mean 'gap'"):
        asked("- ask: gapp")
    with pytest.raises(StraitsError, match="a list of questions is expected"):
        asked("ask: gap")
    assert "did you mean 'importer'" in asked("- {ask: gap, files: [x.csv], importr: KZ}")[0].why_not
    assert "files must be said" in asked("- {ask: gap}")[0].why_not
    missing = asked("- {ask: gap, files: [x.csv]}")[0].result
    assert missing is not None and missing.refused["code"].tolist() == ["unreadable_file"]


def test_refused_row_has_no_disc() -> None:
    """Proves: a value that is not given is a word, not a disc at nought. Without it: a refused corridor would look unmoved."""
    nan = float("nan")
    svg = ranges_plot(
        "i",
        "t",
        "d",
        [Range("BY", nan, nan, nan, 0.25, "refused: placebo"), Range("KZ", 0.4, 0.2, 0.6)],
        "x",
        "a",
        "b",
    )
    # One disc is the legend's, one that of the row that has a value.
    assert svg.count("<circle") == 2 and "refused: placebo" in svg
