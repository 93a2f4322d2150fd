"""Time of drafting against the size of a document, for texts and pages that are made to cost time.

    python benchmarks/finding_bench.py [--signs 20000] [--only '$1 ']

Each line: a piece that is repeated, the seconds at four sizes (an eighth, a quarter, a half and all of `--signs`), and the
ratio of the last two: about two where the time grows with the text, about four where it grows with its square.
"""

from __future__ import annotations

import argparse
import time

from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.gazetteer import world

TEXTS = (
    "$1 ", "45 days ", "Russia suspended oil ", "he said ", "March 2 ", "Russia and ", "Boris Keel said that ", '"a b" ',
    "10 Mt of oil ", "5 to ", "five and ", "Moscow, Georgia ", "1,000 ", "(a) ", "“", "a-\nb ", "Leave a comment\n", "!\"",
)  # fmt: skip
PAGES = (
    "<div>",
    "<b><i>a</b>",
    "<p class=comment>a ",
    "</div>",
    "<!--",
    "<a href=",
    "<",
    "<h1>a",
    "&amp;",
    "<li>a<ul>",
)
HEAD = "The ministry of transport of the region told reporters about the work of the port. "


def seconds(piece: str, signs: int, page: bool) -> float:
    """Draft a document of `signs` signs once."""
    body = piece * (signs // len(piece))
    text = f"<html><body><h1>Port</h1><p>{HEAD}</p>{body}" if page else f"Port news\n\n{HEAD}{body}.\n"
    begin = time.perf_counter()
    draft(*describe(text.encode(), "a.html" if page else "a.txt", "X", "2021-03-03"), world())
    return time.perf_counter() - begin


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signs", type=int, default=20_000)
    parser.add_argument("--only")
    options = parser.parse_args()
    seconds("a ", 100, False)
    for piece, page in [*((t, False) for t in TEXTS), *((p, True) for p in PAGES)]:
        if options.only in (None, piece):
            times = [seconds(piece, options.signs // k, page) for k in (8, 4, 2, 1)]
            shown = " ".join(f"{t:8.3f}" for t in times)
            print(f"{piece!r:26} {shown}   ratio {times[3] / times[2]:.1f}", flush=True)


if __name__ == "__main__":
    main()
