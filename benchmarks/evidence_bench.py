"""How fast documents are drafted and how fast a full ledger opens.

    python benchmarks/evidence_bench.py [--documents 10000] [--keep FILE]

Documents are generated (seeded) in the size and with the furniture of real articles: title, dates, menus, quotations over
paragraphs, comments, a ticker. Prints, for one core: documents per second of the rules alone and with validation and writing;
the time to open the ledger and read its first documents; the time of one acceptance, on disk; size of the file.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from pathlib import Path

from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import draft
from straits.evidence.finding.gazetteer import world
from straits.evidence.ledger.ledger import Ledger

STATES = [
    "Kazakhstan",
    "Azerbaijan",
    "Turkey",
    "Germany",
    "Hungary",
    "Norway",
    "Brazil",
    "Japan",
    "Egypt",
    "Vietnam",
]
PEOPLE = [
    "Ada Marlow",
    "Boris Keel",
    "Petra Gale",
    "Oskar Lind",
    "Hanna Roth",
    "Rolf Tamm",
    "Ines Prado",
    "Karl Voss",
]
PLACES = ["Portville", "North Quay", "Stonehaven", "Lower Ford", "Grey Harbour"]
GOODS = ["oil", "gas", "coal", "grain", "uranium"]
MONTHS = ["January", "March", "May", "June", "August", "October"]
SENTENCES = [
    (
        "On {month} {day}, the {place} District Court suspended loading at the {place} terminal for {n} days after "
        "inspectors found violations."
    ),
    "President {person} arrived in the capital of {state} to discuss transit of {goods} with the government.",
    (
        "{state} exported {n} million tons of {goods} last year, and exports to {other} increased by {n}% in the first "
        "half of {year}."
    ),
    "{person} said that {state} may fall under secondary sanctions if the supply of {goods} through {other} goes on.",
    "According to the Ministry of Trade, the two sides will sign an agreement on {goods} by the end of the summer.",
    "In response, {state} restricted {goods} exports from {other}, and {n}00 railcars were stopped at the border.",
    "It was a long winter, and people in {place} have learned to wait for news that seldom comes in time or at all.",
    (
        "The talks between {person} and the delegation of {other} lasted until the evening, and little was known about "
        "them afterwards."
    ),
    "Observers note that the old road past {place} carries more lorries than it was built for, which nobody disputes.",
    "The company invested ${n} million in the port of {place}, which {other} has used since {year}.",
]


def article(seed: int) -> bytes:
    """Make one article of about 7,000 characters."""
    draw = random.Random(seed)

    def sentence() -> str:
        state, other = draw.sample(STATES, 2)
        return draw.choice(SENTENCES).format(
            state=state, other=other, person=draw.choice(PEOPLE), place=draw.choice(PLACES), goods=draw.choice(GOODS),
            month=draw.choice(MONTHS), day=draw.randint(1, 28), n=draw.randint(2, 90), year=draw.randint(2015, 2023),
        )  # fmt: skip

    paragraphs = [" ".join(sentence() for _ in range(draw.randint(3, 5))) for _ in range(11)]
    quoted = f"“{sentence()}\n\n{sentence()}” {draw.choice(PEOPLE)}, the director of the {draw.choice(PLACES)} Company, said."
    paragraphs.insert(5, quoted)
    title = f"Dispute {seed} over {draw.choice(GOODS)} in {draw.choice(PLACES)}"
    head = f"Home\nMost read\n\n{title}\n\n{draw.randint(1, 28)} May 2023, 10:00\n\n"
    tail = f"\n\nLeave a comment\n  • Reader {seed} on May 30 2023 said:\n    {sentence()}\n\nNORTHOIL -0.{draw.randint(1, 9)}\n"
    return (head + "\n\n".join(paragraphs) + tail).encode()


def main() -> None:
    """Run the benchmark."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--documents", type=int, default=10_000)
    options.add_argument("--keep", type=Path, help="where to leave the ledger")
    given = options.parse_args()
    names = world()
    draft(*describe(article(0), "warm.txt", "X", "read"), names)
    sizes, drafting, adding, records = [], 0.0, 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        path = given.keep or Path(folder) / "evidence.db"
        with Ledger(path, create=True) as book:
            for seed in range(given.documents):
                data = article(seed)
                sizes.append(len(data))
                start = time.process_time()
                document, reading = describe(data, f"{seed}.txt", f"Outlet {seed % 40}", "read")
                found = draft(document, reading, names)
                drafting += time.process_time() - start
                start = time.process_time()
                book.add_document(data, f"{seed}.txt", f"Outlet {seed % 40}", "read")
                book.add(found.records)
                adding += time.process_time() - start
                records += len(found.records)
        print(
            f"{given.documents} documents of {statistics.mean(sizes):.0f} bytes on average, {records} drafts"
        )
        print(f"rules alone              {given.documents / drafting:8.1f} documents/s of one core")
        print(
            f"rules, checked, written  {given.documents / (drafting + adding):8.1f} documents/s of one core"
        )
        start = time.perf_counter()
        with Ledger(path) as book:
            some = [d for d, _ in zip(book.records("event", "draft"), range(20), strict=False)]
            opened = time.perf_counter() - start
            start = time.perf_counter()
            for record in some:
                book.accept(record.id, "bench", "timing")
            accepted = (time.perf_counter() - start) / max(1, len(some))
            start = time.perf_counter()
            count = sum(1 for _ in book.documents())
            listed = time.perf_counter() - start
        print(f"open, first 20 drafts    {opened:8.3f} s")
        print(f"list {count} documents     {listed:8.3f} s")
        print(f"one acceptance, on disk  {accepted * 1000:8.2f} ms")
        print(f"file                     {path.stat().st_size / 1e6:8.1f} MB")


if __name__ == "__main__":
    main()
