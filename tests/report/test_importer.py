"""A report about what a state brings in: its sentences, its section, and none of it for an exporter."""

import straits
from straits.report.sections.basemaps import Basemaps
from straits.report.sections.compared.imports import PART, asked
from straits.report.study.content import Study
from straits.report.writing.headline import headline, plain


def study_of(name, scenarios):
    return Study(straits.stress(straits.load_case(name), scenarios))


def test_an_importer_is_told_what_it_goes_without():
    """Proves: the first sentences speak of what is used, lost, promised and worth, with the numbers of the table, and none of
    exports; the section shows the state alone, in all its goods.
    Without it: an importer would read that it exports 0 kt and loses none.
    """
    study = study_of("landlocked-importer", ["near-port-stops"])
    row = study.comparison.imports.set_index(["state", "commodity"]).loc[("UPL", "fuel")]
    told = [plain(text) for text in headline(study)]
    assert told[0].startswith("In 2023 Upland uses 897 kt of fuel in the baseline and makes none")
    assert f"takes {row['lost']:.1f} kt of what Upland uses" in told[1]
    assert f"{row['unmet_more']:.1f} kt of it promised and not delivered" in told[1]
    assert not any("export" in text for text in told[:3])
    section = PART.section(study, Basemaps(study))
    assert section is not None
    shown = [
        block.table.frame for block in section.blocks if hasattr(block, "table") and hasattr(block, "columns")
    ]
    assert set(shown[0]["state"]) == {"Upland"}
    assert set(shown[0]["commodity"]) == {"Fuel", "Grain"}
    assert abs(shown[1].groupby("scenario")["share"].sum() - 1).max() < 1e-9


def test_an_exporter_has_no_such_section():
    """Proves: the report about an exporter leaves the section out and says why.
    Without it: every report would have a table about who uses what.
    """
    study = study_of("two-routes", ["pipeline-stop"])
    assert not asked(study)
    section = PART.section(study, Basemaps(study))
    assert section is not None
    assert not section.blocks
    assert all(not len(table.frame) for table in PART.every_table(study))
