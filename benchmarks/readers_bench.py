"""Time of each reader of a case's files against the size of what it reads, at four sizes.

Prints seconds at each size and the exponent of the growth between the smallest and the largest: 1 is linear, 2 is quadratic.

    python benchmarks/readers_bench.py            # four sizes up to 4,000 rows, a minute or so
    python benchmarks/readers_bench.py --most 40000
"""

from __future__ import annotations

import argparse
import io
import math
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from straits.case.files.csv import read_csv
from straits.case.files.parse import parse_table
from straits.case.files.routes import read_routes, sound_routes
from straits.case.files.workbook import read_workbook
from straits.case.files.xlsx import Sheet, spread_merges
from straits.case.files.yaml import read_yaml
from straits.case.findings import Finding
from straits.errors import did_you_mean, few_suggestions
from straits.plain import plain
from straits.spreadsheet import harmless

Run = Callable[[int], object]


def table(rows: int, row: str = "p{n},Place {n},port,50.5,60.5,,,,\n") -> bytes:
    """Give a table of places."""
    head = "id,name,kind,lon,lat,precision_km,territory,aliases,note\n"
    return (head + "".join(row.format(n=n) for n in range(rows))).encode()


def read_table(data: bytes) -> object:
    """Read and type a table."""
    findings: list[Finding] = []
    raw = read_csv("places", data, findings)
    with few_suggestions():
        return raw and parse_table(raw, findings)


def yaml(data: bytes) -> object:
    """Read YAML."""
    return read_yaml("case.yaml", data, [])


def routes(points: int) -> object:
    """Read one route of many points."""
    pairs = ",".join(f"[{n % 180},{n % 90}]" for n in range(points))
    text = f'{{"type":"FeatureCollection","features":[{{"geometry":{{"type":"LineString","coordinates":[{pairs}]}}}}]}}'
    return sound_routes(read_routes(text.encode(), []), [])


def workbook(rows: int, cell: str = '<c r="A{n}" t="str"><v>x{n}</v></c>', strings: str = "") -> object:
    """Read a workbook of one sheet, made by hand."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/workbook.xml",
            '<workbook xmlns:r="r"><sheets><sheet name="places" r:id="r1"/></sheets></workbook>',
        )
        links = '<Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
        links += '<Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/>'
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{links}</Relationships>")
        body = "".join(f'<row r="{n}">{cell.format(n=n)}</row>' for n in range(1, rows + 1))
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{body}</sheetData></worksheet>")
        archive.writestr("xl/sharedStrings.xml", f"<sst>{strings * rows}</sst>")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(out.getvalue())
        return read_workbook(path, [])


def merges(count: int) -> object:
    """Spread many merged cells over their rows."""
    sheet = Sheet(
        "places",
        {n: {0: "x", 1: "y"} for n in range(1, count)},
        [(n, 1, n + 1, 1) for n in range(2, count, 2)],
    )
    return spread_merges(sheet, 1, 2)


def slips(count: int) -> object:
    """Look for words near as many slips."""
    known = [f"station-{n:06d}" for n in range(count)]
    with few_suggestions():
        return [did_you_mean(f"statoin-{n:06d}", known) for n in range(count)]


READERS: dict[str, Run] = {
    "csv: rows": lambda n: read_table(table(n)),
    "csv: wrong words": lambda n: read_table(table(n, "p{n},P,prot,x,60.5,,,,\n")),
    "csv: ragged rows": lambda n: read_table(table(n, "p{n},P,port\n")),
    "csv: one id": lambda n: read_table(table(n, "p,P,port,,,,,,\n")),
    "csv: blank lines first": lambda n: read_table(b"\n" * (100 * n) + table(1)),
    "csv: quotes": lambda n: read_table(table(1) + b'p,"' + b'""' * (10 * n)),
    "csv: separators": lambda n: read_table(table(1) + b"," * (10 * n) + b"\n"),
    "yaml: names": lambda n: yaml(b"".join(b"k%d: v\n" % i for i in range(n))),
    "yaml: list": lambda n: yaml(b"a:\n" + b"- x\n" * n),
    "yaml: flow": lambda n: yaml(b"a: [" + b"x," * n + b"]"),
    "yaml: words": lambda n: yaml(b"a: " + b"word " * n),
    "yaml: lines of a text": lambda n: yaml(b"a: |\n" + b"  word\n" * n),
    "yaml: aliases": lambda n: yaml(b"a:\n- &a x\n" + b"- *a\n" * n),
    "yaml: anchors": lambda n: yaml(b"a:\n" + b"".join(b"- &a%d x\n" % i for i in range(n))),
    "yaml: brackets": lambda n: yaml(b"[" * n),
    "yaml: dashes": lambda n: yaml(b"- " * n),
    "routes: points": routes,
    "xlsx: rows": workbook,
    "xlsx: one row far apart": lambda n: workbook(n, '<c r="XFD{n}"><v>1</v></c>'),
    "xlsx: errors": lambda n: workbook(n, '<c r="A{n}" t="e"><v>#N/A</v></c>'),
    "xlsx: shared strings": lambda n: workbook(n, '<c r="A{n}" t="s"><v>0</v></c>', "<si><t>x</t></si>"),
    "xlsx: merges": merges,
    "words near slips": slips,
    "terminal": lambda n: plain("\x1b[2Jname\u202e" * n),
    "formulas": lambda n: harmless("a;=1+1\n" * n),
}


def main() -> None:
    """Print a line for each reader."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--most", type=int, default=4_000, help="largest size")
    sizes = [parser.parse_args().most // part for part in (8, 4, 2, 1)]
    print(f"{'reader':26}" + "".join(f"{size:>10,}" for size in sizes) + "    growth")
    for name, run in READERS.items():
        seconds = []
        for size in sizes:
            began = time.perf_counter()
            run(size)
            seconds.append(time.perf_counter() - began)
        growth = math.log(max(seconds[-1], 1e-6) / max(seconds[0], 1e-6)) / math.log(sizes[-1] / sizes[0])
        print(f"{name:26}" + "".join(f"{second:10.4f}" for second in seconds) + f"{growth:10.2f}", flush=True)


if __name__ == "__main__":
    main()
