"""A study as people read it: one HTML report, a workbook, CSV tables and a summary for machines."""

from straits.report.gather import build_study
from straits.report.study.content import Study
from straits.report.table import Table
from straits.report.views import draw_map
from straits.report.writing.build import report_html, write_study
from straits.report.writing.summary import answer, key_numbers
from straits.report.writing.tables import study_tables
from straits.results.picture import Picture

__all__ = [
    "Picture",
    "Study",
    "Table",
    "answer",
    "build_study",
    "draw_map",
    "key_numbers",
    "report_html",
    "study_tables",
    "write_study",
]
