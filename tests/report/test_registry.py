"""An analysis comes into the report by a file of its own."""

from __future__ import annotations

import json

import pytest

from straits.report import Study, registry, report_html, sections, write_study
from straits.report.gather import ask_all

NEW = """
import pandas as pd
from straits.report.page import Section, Table
from straits.report.registry import Part, Question

class Counted:
    def __init__(self, count):
        self.count = count

def show(study, bases):
    found = study.part(Counted)
    return Section("counted", "Links counted", [] if found is None else [f"There are {found.count} links."])

def table(study):
    return Table("counted", "Links", pd.DataFrame({"links": [study.found(Counted).count]}))

def count(study):
    return Counted(len(study.case.rows("links")))

PART = Part(
    ident="counted", order=75, show=show, opening=lambda study: "First of all.", tables=(table,),
    asks=(Question("counted", "counting", count, lambda study: True),),
    numbers=lambda study: {"links": study.found(Counted).count},
)
"""


@pytest.fixture
def another(tmp_path, monkeypatch):
    """A file more below `straits.report.sections`."""
    (tmp_path / "counted.py").write_text(NEW, encoding="utf-8")
    monkeypatch.setattr(sections, "__path__", [*sections.__path__, str(tmp_path)])
    registry.all_parts.cache_clear()
    yield
    registry.all_parts.cache_clear()


def test_a_new_analysis_is_one_file(another, study: Study, tmp_path) -> None:
    """Proves: one file adds what is asked, a section with its opening, a table and a number for machines; nothing else is
    changed. Without it: each new analysis would be written into eight files.
    """
    told: list[str] = []
    whole = ask_all(Study(study.comparison), told.append)
    assert "counting" in told
    page = report_html(whole)
    at = page.index('<section id="counted">')
    assert page.index("First of all.", at) < page.index("There are 4 links.", at)
    assert page.index('id="storage"') < at
    write_study(whole, tmp_path / "study")
    assert (tmp_path / "study/tables/counted.csv").read_text().split() == ["links", "4"]
    assert json.loads((tmp_path / "study/summary.json").read_text())["links"] == 4


def test_parts_have_places_and_ids_of_their_own() -> None:
    """Proves: no two parts share a place or an id, and all that ask have a section or a table. Without it: the order of the
    page would be that of file names, and a link within it could lead to another section.
    """
    parts = registry.all_parts()
    assert len({p.ident for p in parts}) == len({p.order for p in parts}) == len(parts) >= 20
    assert all(p.show or p.tables for p in parts)
