"""What is chosen and left out of a report, single figures, and the report on paper."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from markupsafe import Markup
from typer.testing import CliRunner

import straits
from small import build, days, link, market, places, supply
from straits.case import Case
from straits.cli import app
from straits.errors import StraitsError
from straits.report import Study, answer, report_html
from straits.report import format as fmt
from straits.report.figures import SIZES, find_figure, on_sheet
from straits.report.gather import build_study
from straits.report.page import Shown, Table
from straits.report.registry import QUESTIONS, all_parts
from straits.report.sections.basemaps import Basemaps
from straits.report.writing.headline import headline, linked, plain
from straits.report.writing.html import TWIN_ROWS
from straits.report.writing.pdf import _Paper, _paragraphs, _text, report_typst
from straits.stress import stress


def first_screen(page: str) -> str:
    return page[page.index('<section id="summary"') : page.index("</section>")]


def test_companies_of_no_state_are_told() -> None:
    """Proves: where companies that belong to no state earn all, "for whom" names the largest loss among them. Without it: the
    sentence was left out, as if nobody lost anything."""
    struck = {"asset": "pipe", "start": "2022-01-02", "end": "2022-01-03"}
    case = build(
        {
            "actors": [{"id": a, "name": f"Company {a}", "kind": "company"} for a in ("F", "P", "B")],
            "places": places("X", "S"),
            "links": [link("pipe", "X", "S", capacity=40, tariff=10)],
            "supplies": [supply("field", "X", 40, cost=10)],
            "markets": [market("sea", "S", 100, buyer="B")],
            "controls": [
                {"id": a, "asset": asset, "actor": a, "role": "owner", "share": 1.0} for a, asset in (("F", "field"), ("P",
                "pipe"))
            ],
        },
        time=days(2), focus={"actor": "AAA", "commodity": "oil"}, scenarios=[{"id": "stop", "title": "stop", "disruptions":
        [struck]}],
    )  # fmt: skip
    # 40 kt at 100 - 10 - 10 USD/t.
    told = " ".join(plain(sentence) for sentence in headline(build_study(case, sections=["gains"])))
    assert "The largest loss is USD 3.2 million (Company F)." in told


def test_the_first_screen_is_five_sentences_and_a_map(study: Study) -> None:
    """Proves: the page opens with one sentence for each question and one map, every link leads to a section that is there, and no
    sentence holds a row of numbers. Without it: the answer would be hidden among tiles and tables.
    """
    screen = first_screen(report_html(study))
    sentences = re.findall(r"<p>(.*?)</p>", screen)
    assert len(sentences) == len(QUESTIONS) == 5 and screen.count("<figure") == 1
    assert all(1 <= len(re.findall(r'<a href="#', text)) <= 5 for text in sentences)
    assert all(len(re.findall(r"\d[\d.,]*", re.sub(r"<[^>]+>", "", text))) <= 7 for text in answer(study))


def test_links_to_what_is_left_out_are_text(study: Study) -> None:
    """Proves: with few sections the numbers stay and lead nowhere. Without it: dead links, or no number."""
    few = replace(study, sections=frozenset(["gains"]))
    page = report_html(few)
    assert re.findall(r'href="#([\w-]+)"', first_screen(page)).count("gains") >= 1
    assert set(re.findall(r'<section id="([\w-]+)"', page)) == {"summary", "gains"}
    assert linked("a [1 < 2](#b)", {"c"}) == "a 1 &lt; 2" and plain("[x](#y)") == "x"


def test_a_hostile_title_makes_no_link(study: Study) -> None:
    """Proves: what a case calls its actors is text on the first screen. Without it: a title could hold markup."""
    assert "<b>" not in linked("<b>[5](#map)", {"map"})


def test_what_has_nothing_to_say_is_one_line(teaching: Case) -> None:
    """Proves: a section without content is left out, and one line says so and why. Without it: empty headings, or a reader who
    looks for what is not there.
    """
    from straits.stress import stress

    page = report_html(Study(stress(teaching, [])))
    at = page.index('id="left-out"')
    told = page[at:]
    for title in ("Scenarios compared", "Who gains and who loses"):
        assert f"<b>{title}</b>: " in told and f"<h2>{title}</h2>" not in page
    assert told.count("<li>") == told.count(".</li>") >= 3


def test_every_part_says_why_it_is_absent() -> None:
    """Proves: the reason ends a sentence: it has no full stop of its own. Without it: two stops."""
    for part in all_parts():
        assert not part.absent.endswith("."), part.ident
        assert part.absent or part.ident == "failed"
        assert all(said.question in QUESTIONS for said in part.headlines)


def test_the_report_leads_with_the_scenario_asked_for(teaching: Case) -> None:
    """Proves: `lead` changes the main scenario of sentences, map and summary, and only what the sections ask is solved. Without
    it: a minister's question would be answered for another scenario.
    """
    other = teaching.scenarios["pipeline-stop"].model_copy(update={"id": "again", "title": "Once more"})
    tables = {name: frame for name, frame in teaching.tables.items() if len(frame)}
    scenarios = [*teaching.scenarios.values(), other]
    case = Case.from_tables(tables, scenarios=scenarios, **teaching.settings.model_dump())
    asked: list[str] = []
    study = build_study(case, lead="again", sections=["gains"], progress=asked.append)
    assert study.main == "again" and "“Once more”" in answer(study)[1]
    assert not {"power of players", "single failures"} & set(asked)
    assert "Once more" in first_screen(report_html(study))
    for wrong in ({"lead": "agin"}, {"sections": ["gain"]}):
        with pytest.raises(StraitsError, match="did you mean"):
            build_study(case, **wrong)  # type: ignore[arg-type]


def test_tables_beside_figures_are_short(study: Study) -> None:
    """Proves: no table beside a figure has more rows than said. Without it: the page holds the workbook once more."""
    page = report_html(study)
    twins = re.findall(r'<details class="twin">(.*?)</details>', page, re.S)
    assert twins and all(twin.count("<tr>") <= TWIN_ROWS + 1 for twin in twins)


# ---------------------------------------------------------------------- single figures


def test_a_figure_stands_on_a_sheet() -> None:
    """Proves: drawing, title and caption lie inside the sheet, for wide and tall drawings. Without it: a slide would cut them."""
    for w, h in [(1300.0, 500.0), (400.0, 900.0)]:
        drawing = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}"></svg>'
        )
        for size in SIZES.values():
            sheet = ElementTree.fromstring(on_sheet(drawing, "A title " * 20, "A caption " * 60, size))
            inner = next(e for e in sheet if e.tag.endswith("svg"))
            x, y, width, height = (float(inner.get(k, "nan")) for k in ("x", "y", "width", "height"))
            assert x >= 0 and x + width <= size[0] + 0.1 and y >= 0 and y + height <= size[1]
            assert width / height == pytest.approx(w / h, rel=0.01)
            ys = [float(e.get("y", "nan")) for e in sheet if e.tag.endswith("text")]
            assert all(0 < t < size[1] for t in ys)
            assert not any(y < t < y + height for t in ys[1:] if t > size[1] / 2)


def test_a_figure_of_the_report_by_name(tmp_path: Path) -> None:
    """Proves: the command writes the figure that the report shows, alone, and names those there are for a slip. Without it: a
    figure would have to be cut out of the page.
    """
    out = tmp_path / "map.svg"
    done = CliRunner().invoke(app, ["figure", "two-routes", "lead-map", "--size", "16:9", "--out", str(out)])
    assert done.exit_code == 0, done.output
    sheet = ElementTree.fromstring(out.read_text())
    assert sheet.get("viewBox") == "0 0 1600 900"
    ids = set(re.findall(r' id="([^"]+)"', out.read_text()))
    assert set(re.findall(r'href="#([^"]+)"', out.read_text())) <= ids
    done = CliRunner().invoke(app, ["figure", "two-routes", "--out", str(out)])
    assert done.exit_code == 1 and "need the name of a figure" in done.stderr
    done = CliRunner().invoke(app, ["figure", "two-routes", "lead-map", "--size", "16:10"])
    assert done.exit_code == 1 and "accepted: 16:9" in " ".join(done.output.split())


def test_an_unknown_figure_names_those_there_are(teaching: Case) -> None:
    """Proves: a slip is answered with the names of all figures. Without it: nobody would know them."""
    from straits.stress import stress

    bare = stress(teaching, []).case
    tables = {
        n: f
        for n, f in bare.tables.items()
        if n in ("places", "links", "supplies", "markets", "commodities", "actors")
    }
    settings = teaching.settings.model_dump() | {"focus": None}
    with pytest.raises(StraitsError, match=r"'lead-mop' is unknown; accepted: .*did you mean .lead-map"):
        find_figure(Case.from_tables(tables, **settings), "lead-mop")


# ---------------------------------------------------------------------- paper


def test_the_paper_holds_what_the_page_says(study: Study) -> None:
    """Proves: every sentence, section title and figure of the page is on paper, folds are named, and no text is markup of Typst.
    Without it: the printed report would be another one.
    """
    from straits.report.page import Figure
    from straits.report.writing.chosen import chosen_sections

    source, files = report_typst(study)
    sections, _ = chosen_sections(study, Basemaps(study))
    for section in sections:
        assert f'"{section.title}"' in source
        for block in section.blocks:
            if isinstance(block, Figure):
                assert any(
                    name.startswith(re.sub(r"[^a-z0-9-]+", "-", block.ident.lower())) for name in files
                )
    for text in headline(study):
        assert fmt.unbroken(plain(text)).replace('"', '\\"') in source
    for name, svg in files.items():
        ElementTree.fromstring(svg)
        assert set(re.findall(r'href="#([^"]+)"', svg)) <= set(re.findall(r' id="([^"]+)"', svg)), name


def test_the_pdf_has_pages(study: Study) -> None:
    """Proves: Typst sets the document, with several pages. Without it: an error of Typst would be found by a user."""
    pytest.importorskip("typst")
    from straits.report.writing.pdf import report_pdf

    found = report_pdf(study)
    assert found.startswith(b"%PDF") and len(re.findall(rb"/Type\s*/Page\b", found)) > 5


def test_the_page_of_the_reference_case_is_short() -> None:
    """Proves: of the reference case with all its scenarios, and nothing asked beside them, the page has below 1.7 million bytes;
    what is asked beside them adds a fifth (`benchmarks/run_bench.py` has the whole). Without it: it would grow unseen.
    """
    page = report_html(Study(stress(straits.load_case("caspian"))))
    assert 1_000_000 < len(page.encode()) < 1_700_000


def test_notes_call_columns_as_their_headings_are() -> None:
    """Proves: everywhere a note names columns without underscores, and one that
    opens a sentence has a capital. Without it: "days_to_loss" beside a column that is called "days to loss".
    """
    frame = pd.DataFrame({"days_to_loss": [1.0], "given": [2.0], "q05": [3.0]})
    told = Table("t", "T", frame, note="given: as it is. q05 is low. Until days_to_loss. days_to_loss: late.")
    assert told.told() == "Given: as it is. q05 is low. Until days to loss. Days to loss: late."
    assert Table("t", "T", pd.DataFrame(), note="none").told() == "none"
    paper = _Paper(Basemaps.__new__(Basemaps))
    paper.table(Shown(told))
    assert "Until days to loss" in paper.parts[0] and "days_to_loss" not in paper.parts[0]


def test_the_paper_says_which_columns_it_leaves_out() -> None:
    """Proves: what the paper has no room for is named; what all rows say is said once; a share has no unit beside its per cent.
    Without it: the value lost was cut from the main table, and nobody was told.
    """
    frame = pd.DataFrame({f"c{i}": [float(i)] * 4 for i in range(11)} | {"same": ["x"] * 4})
    paper = _Paper(Basemaps.__new__(Basemaps))
    paper.table(Shown(Table("t", "T", frame, {"c0": "share", "c1": "kt"})))
    assert "In the workbook alone: c9 and c10. In every row: same x." in paper.parts[0]
    assert "share" not in paper.parts[0] and '" kt"' in paper.parts[0]


def test_lists_of_the_page_are_lines_on_paper() -> None:
    """Proves: what stands below a source is told after it. Without it: "primary 2 claims Pipeline" on paper."""
    listed = Markup(
        "<ol><li><strong>Report</strong>, 2022<br><a>address</a><details><summary>2 claims</summary>"
        "<ul><li>one</li><li>two</li></ul></details></li></ol>"
    )
    assert _paragraphs(listed) == ["Report, 2022 address. 2 claims: one · two"]


def test_numbers_stay_with_their_units() -> None:
    """Proves: no line ends between a number and its unit, nor between a currency and its amount, in the page and on paper.
    Without it: "5.4" at the end of a line and "%" on the next.
    """
    assert fmt.unbroken("5.4 % of USD 12 million (USD −3) in 2022") == (
        "5.4\u00a0% of USD\u00a012\u00a0million (USD\u00a0−3) in 2022"
    )
    assert "5.4\u00a0%" in _text("5.4 %")
