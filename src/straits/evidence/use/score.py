"""Drafts against documents labelled by hand: precision, recall and F1 for each type of draft and each field.

What counts as found is fixed here and stands in `docs/codebook.md`:

- *event*: the same label (types of the codebook that share a label are one), and the triggers overlap or the evidences have an
  intersection over union (IoU) of at least one half. `events (any type)` leaves the label out.
- *quantity*, *date*: spans with IoU of at least one half.
- *quote*: contents with IoU of at least one half.

Pairs are matched one to one so that as many as possible match, better overlaps first. Fields are scored over matched pairs:
a value given and equal is a true positive, given and different a false positive, wanted and not given (or different) a false
negative; fields that hold several values count each.

Ids of a labelled file are its own. Two ids agree if they are equal, or name the same thing once prefix (`country:`), accents
and case are put aside: the words of one are the last words of the other, its initials, or a name of the gazetteer's entry.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from straits.errors import StraitsError
from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import Drafts, draft
from straits.evidence.finding.gazetteer import Gazetteer
from straits.evidence.ledger.documents import MOST_DOCUMENT
from straits.evidence.use.score_events import score_events
from straits.evidence.use.tally import (
    Names,
    Score,
    count_found,
    count_one,
    equal,
    half,
    iou,
    pairs_of,
    same_period,
    slug,
    span_of,
)
from straits.files import read_regular


class ScoreError(StraitsError, ValueError):
    """A labelled file cannot be scored."""


def score_quantities(score: Score, gold: list[dict[str, Any]], drafts: Drafts, names: Names) -> None:
    """Add one document's quantities."""
    given = drafts.quantities
    pairs = pairs_of(gold, given, lambda g, d: half(iou(span_of(g["span"]), (d.span.start, d.span.end))))
    count_found(score, "quantities", gold, given, pairs)
    for i, j in pairs:
        g, d = gold[i], given[j]
        count_one(
            score,
            "quantities",
            "value",
            g["value"],
            d.value,
            lambda a, b: abs(a - b) <= 1e-9 * max(abs(a), abs(b)),
        )
        count_one(score, "quantities", "unit", g["unit"], d.unit, equal)
        count_one(score, "quantities", "kind", g["kind"], d.measure, equal)
        count_one(score, "quantities", "op", g["op"], d.op, equal)
        count_one(score, "quantities", "approx", g["approx"], d.approx, equal)
        count_one(score, "quantities", "object", g["object"], d.object, names.same)
        count_one(
            score, "quantities", "period", g["period"], d.period.value if d.period else None, same_period
        )


def score_dates(score: Score, gold: list[dict[str, Any]], drafts: Drafts) -> None:
    """Add one document's date expressions."""
    given = drafts.dates
    pairs = pairs_of(gold, given, lambda g, d: half(iou(span_of(g["span"]), (d.span.start, d.span.end))))
    count_found(score, "dates", gold, given, pairs)
    for i, j in pairs:
        count_one(score, "dates", "value", gold[i]["value"], given[j].value, equal)
        count_one(score, "dates", "kind", gold[i]["kind"], given[j].kind, equal)


def score_quotes(score: Score, gold: list[dict[str, Any]], drafts: Drafts, names: Names) -> None:
    """Add one document's quotations."""
    given = drafts.claims
    pairs = pairs_of(
        gold, given, lambda g, d: half(iou(span_of(g["span"]), (d.content.start, d.content.end)))
    )
    count_found(score, "quotes", gold, given, pairs)

    def speaks(g: dict[str, Any], d: Any) -> bool:
        wanted = g["speaker"] if isinstance(g["speaker"], list) else [g["speaker"]]
        return any(names.same(w, d.speaker) for w in wanted) or bool(
            slug(g["speaker_text"] or "") == slug(d.speaker_text or "x")
        )

    for i, j in pairs:
        count_one(score, "quotes", "form", gold[i]["form"], given[j].form, equal)
        count_one(score, "quotes", "speaker", gold[i], given[j], speaks)


def score_regions(score: Score, gold: list[dict[str, Any]], drafted: Sequence[Any]) -> None:
    """Add one document's regions, counted in code points."""
    for label in sorted({g["label"] for g in gold} | {r.label for r in drafted}):
        wanted = {i for g in gold if g["label"] == label for i in range(g["start"], g["end"])}
        given = {i for r in drafted if r.label == label for i in range(r.start, r.end)}
        row = score.rows["regions (code points)", label]
        row.tp, row.fp, row.fn = (
            row.tp + len(wanted & given),
            row.fp + len(given - wanted),
            row.fn + len(wanted - given),
        )


def find_file(name: str, gold: Path, folders: Sequence[Path]) -> Path:
    """Find a labelled document: in the given folders, beside the labels, or in `documents` beside or above them."""
    places = [*folders, gold.parent, gold.parent / "documents", gold.parent.parent / "documents"]
    for place in places:
        if (place / name).is_file():
            return place / name
    raise ScoreError(
        f"{name} is in none of {', '.join(str(p) for p in places)}; name its folder with --documents"
    )


def score_file(
    gold: Path, folders: Sequence[Path] = (), gazetteer: Gazetteer | None = None, parse: bool = False
) -> tuple[Score, dict[str, Drafts]]:
    """Draft the documents of a labelled file by rules and score the drafts.

    Parameters
    ----------
    gold : Path
        JSON of schema `straits-evidence-gold/0.1`.
    folders : sequence of Path
        Where the documents may lie.
    gazetteer : Gazetteer, optional
        Names to know. Default: those of the world.
    parse : bool
        Whether drafts are made with a parser, as `draft` does.

    Returns
    -------
    Score, dict of document id to Drafts
        The drafts are given the outlet and the date of publication that the labelled file states, as an analyst would.

    Raises
    ------
    ScoreError
        If a document is missing or its bytes are not those that were labelled.
    """
    from straits.evidence.finding.gazetteer import world

    try:
        data = json.loads(gold.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ScoreError(f"{gold}: no JSON text: {error}") from None
    if not isinstance(data, dict):
        raise ScoreError(f"{gold}: found no labelled documents, but a {type(data).__name__}")
    if not str(data.get("schema", "")).startswith("straits-evidence-gold/"):
        raise ScoreError(f"{gold.name}: schema is {data.get('schema')!r}; straits-evidence-gold/0.1 is read")
    known = world() if gazetteer is None else gazetteer
    score, names, drafted = Score(), Names(known), {}
    for entry in data["documents"]:
        path = find_file(entry["file"], gold, folders)
        content = read_regular(path, MOST_DOCUMENT, links=True)
        if entry.get("sha256") and hashlib.sha256(content).hexdigest() != entry["sha256"]:
            raise ScoreError(f"{entry['file']}: not the bytes that were labelled (sha256 differs)")
        published = (entry.get("pub_date") or {}).get("value") or "unknown"
        document, reading = describe(content, entry["file"], entry.get("outlet") or "unknown", published)
        drafts = drafted[entry["id"]] = draft(document, reading, known, parse)
        mine = {
            kind: [x for x in data.get(kind, ()) if x["doc"] == entry["id"]]
            for kind in ("events", "quantities", "temporal", "quotes")
        }
        score_events(score, mine["events"], drafts, names)
        score_quantities(score, mine["quantities"], drafts, names)
        score_dates(score, mine["temporal"], drafts)
        score_quotes(score, mine["quotes"], drafts, names)
        score_regions(score, entry.get("regions", ()), document.regions)
    return score, drafted
