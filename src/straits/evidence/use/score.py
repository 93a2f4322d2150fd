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
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from straits.errors import StraitsError
from straits.evidence.documents.document import describe
from straits.evidence.drafting.drafts import Drafts, draft
from straits.evidence.finding.gazetteer import Gazetteer
from straits.evidence.finding.lexicon import codebook

#: Least intersection over union of two spans that count as one.
LEAST_IOU = 0.5


class ScoreError(StraitsError, ValueError):
    """A labelled file cannot be scored."""


@dataclass
class Tally:
    """Counts of one row of the score."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    @property
    def precision(self) -> float | None:
        """Share of what was given that is right; None if nothing was given."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else None

    @property
    def recall(self) -> float | None:
        """Share of what was wanted that was given; None if nothing was wanted."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of the two."""
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else None


@dataclass
class Score:
    """A tally for each (draft type, field), the field `found` being the draft itself."""

    rows: dict[tuple[str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))

    def table(self) -> list[dict[str, Any]]:
        """Give the rows as plain data."""
        return [
            {
                "draft": d,
                "field": f,
                "tp": t.tp,
                "fp": t.fp,
                "fn": t.fn,
                "precision": t.precision,
                "recall": t.recall,
                "f1": t.f1,
            }
            for (d, f), t in self.rows.items()
        ]


Span = tuple[int, int]


def iou(a: Span, b: Span) -> float:
    """Give the intersection over union of two spans."""
    common = max(0, min(a[1], b[1]) - max(a[0], b[0]))
    return common / (max(a[1], b[1]) - min(a[0], b[0])) if common else 0.0


def match(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pair rows with columns one to one: as many pairs of positive weight as possible, and of those the heaviest."""
    if not weights or not weights[0]:
        return []
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    w = np.asarray(weights, dtype=float)
    # A pair counts 1 + w/(n+1) with w <= 1: one more pair is always worth more than better overlaps.
    worth = np.where(w > 0, 1 + w / (min(w.shape) + 1), 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return [(int(i), int(j)) for i, j in zip(rows, columns, strict=True) if w[i, j] > 0]


def _slug(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text.split(":", 1)[-1]).encode("ascii", "ignore").decode().lower()
    return tuple(re.findall(r"[a-z0-9]+", plain))


class Names:
    """Tells whether two ids mean the same."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.names: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for entry in gazetteer.entries:
            self.names[entry.id] |= {_slug(n) for n in (entry.id, *entry.names)}

    def forms(self, id: str) -> set[tuple[str, ...]]:
        """Give the slugs under which an id is known."""
        own = {_slug(id)}
        if len(_slug(id)) > 2:
            own.add(("".join(word[0] for word in _slug(id)),))
        return own | self.names.get(id, set()) | self.names.get(id.split(":", 1)[-1], set())

    def same(self, a: str, b: str) -> bool:
        """Tell whether the ids agree."""
        return any(
            x and y and (x == y or x[-len(y) :] == y or y[-len(x) :] == x)
            for x in self.forms(a)
            for y in self.forms(b)
        )


def _span(data: dict[str, Any]) -> Span:
    return data["start"], data["end"]


def _pairs(
    gold: Sequence[Any], drafts: Sequence[Any], weight: Callable[[Any, Any], float]
) -> list[tuple[int, int]]:
    return match([[weight(g, d) for d in drafts] for g in gold])


def _found(
    score: Score, name: str, gold: Sequence[Any], drafts: Sequence[Any], pairs: list[tuple[int, int]]
) -> None:
    tally = score.rows[name, "found"]
    tally.tp += len(pairs)
    tally.fn += len(gold) - len(pairs)
    tally.fp += len(drafts) - len(pairs)


def _one(
    score: Score, name: str, field: str, wanted: Any, given: Any, same: Callable[[Any, Any], bool]
) -> None:
    tally = score.rows[name, field]
    if wanted is not None and given is not None and same(wanted, given):
        tally.tp += 1
        return
    tally.fn += wanted is not None
    tally.fp += given is not None


def _many(
    score: Score, name: str, field: str, wanted: Iterable[str], given: Iterable[str], names: Names
) -> None:
    w, g = list(wanted), list(given)
    pairs = match([[1.0 if names.same(a, b) else 0.0 for b in g] for a in w])
    tally = score.rows[name, field]
    tally.tp += len(pairs)
    tally.fn += len(w) - len(pairs)
    tally.fp += len(g) - len(pairs)


def _same_period(a: str, b: str) -> bool:
    """Compare EDTF dates, `2021-H1` and `2021-Q3` being written as intervals."""
    match = re.fullmatch(r"(\d{4})-([HQ])([1-4])", a)
    if match:
        length = 6 if match[2] == "H" else 3
        start = (int(match[3]) - 1) * length + 1
        a = f"{match[1]}-{start:02d}/{match[1]}-{start + length - 1:02d}"
    return a == b


def _equal(a: Any, b: Any) -> bool:
    return bool(a == b)


def score_events(score: Score, gold: list[dict[str, Any]], drafts: Drafts, names: Names) -> None:
    """Add one document's events."""
    labels = {name: spec["label"] for name, spec in codebook().items()}

    def overlap(g: dict[str, Any], d: Any) -> float:
        triggers = iou(_span(g["trigger"]), (d.trigger.start, d.trigger.end))
        evidences = iou(_span(g["evidence"]), (d.evidence.start, d.evidence.end))
        return max(evidences, 0.01) if triggers > 0 or evidences >= LEAST_IOU else 0.0

    def typed(g: dict[str, Any], d: Any) -> float:
        return overlap(g, d) if labels[d.type] == g["type"] else 0.0

    _found(score, "events (any type)", gold, drafts.events, _pairs(gold, drafts.events, overlap))
    pairs = _pairs(gold, drafts.events, typed)
    _found(score, "events", gold, drafts.events, pairs)
    core = [g for g in gold if g.get("salience") == "core"]
    _found(score, "events (core labels only)", core, drafts.events, _pairs(core, drafts.events, typed))
    by_label: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for g in gold:
        by_label[g["type"]][2] += 1
    for d in drafts.events:
        by_label[labels[d.type]][1] += 1
    quantities = {q.id: q for q in drafts.quantities}
    for i, j in pairs:
        g, d = gold[i], drafts.events[j]
        by_label[g["type"]][0] += 1
        _many(score, "events", "source", g["source"], d.sources, names)
        _many(score, "events", "target", g["target"], d.targets, names)
        _many(score, "events", "assets", g["assets"], d.assets, names)
        _many(score, "events", "goods", g["goods"], d.goods, names)
        _one(score, "events", "date", g["date"]["value"], d.when.value if d.when else None, _equal)
        _one(score, "events", "duration", g["duration"], d.duration, _equal)
        _one(
            score,
            "events",
            "amount given",
            bool(g["amount"]) or None,
            quantities.get(d.amount or "") and True,
            _equal,
        )
        _one(score, "events", "modality", g["modality"], d.modality, _equal)
        _one(score, "events", "voice", g["voice"], d.voice, names.same)
        _one(score, "events", "salience", g["salience"], d.salience, _equal)
        _one(
            score,
            "events",
            "evidence IoU >= 0.5",
            True,
            iou(_span(g["evidence"]), (d.evidence.start, d.evidence.end)) >= LEAST_IOU or None,
            _equal,
        )
    for label, (tp, given, wanted) in sorted(by_label.items()):
        row = score.rows["events by type", label]
        row.tp, row.fp, row.fn = row.tp + tp, row.fp + given - tp, row.fn + wanted - tp


def score_quantities(score: Score, gold: list[dict[str, Any]], drafts: Drafts, names: Names) -> None:
    """Add one document's quantities."""
    given = drafts.quantities
    pairs = _pairs(gold, given, lambda g, d: _half(iou(_span(g["span"]), (d.span.start, d.span.end))))
    _found(score, "quantities", gold, given, pairs)
    for i, j in pairs:
        g, d = gold[i], given[j]
        _one(
            score,
            "quantities",
            "value",
            g["value"],
            d.value,
            lambda a, b: abs(a - b) <= 1e-9 * max(abs(a), abs(b)),
        )
        _one(score, "quantities", "unit", g["unit"], d.unit, _equal)
        _one(score, "quantities", "kind", g["kind"], d.measure, _equal)
        _one(score, "quantities", "op", g["op"], d.op, _equal)
        _one(score, "quantities", "approx", g["approx"], d.approx, _equal)
        _one(score, "quantities", "object", g["object"], d.object, names.same)
        _one(score, "quantities", "period", g["period"], d.period.value if d.period else None, _same_period)


def score_dates(score: Score, gold: list[dict[str, Any]], drafts: Drafts) -> None:
    """Add one document's date expressions."""
    given = drafts.dates
    pairs = _pairs(gold, given, lambda g, d: _half(iou(_span(g["span"]), (d.span.start, d.span.end))))
    _found(score, "dates", gold, given, pairs)
    for i, j in pairs:
        _one(score, "dates", "value", gold[i]["value"], given[j].value, _equal)
        _one(score, "dates", "kind", gold[i]["kind"], given[j].kind, _equal)


def score_quotes(score: Score, gold: list[dict[str, Any]], drafts: Drafts, names: Names) -> None:
    """Add one document's quotations."""
    given = drafts.claims
    pairs = _pairs(gold, given, lambda g, d: _half(iou(_span(g["span"]), (d.content.start, d.content.end))))
    _found(score, "quotes", gold, given, pairs)

    def speaks(g: dict[str, Any], d: Any) -> bool:
        wanted = g["speaker"] if isinstance(g["speaker"], list) else [g["speaker"]]
        return any(names.same(w, d.speaker) for w in wanted) or bool(
            _slug(g["speaker_text"] or "") == _slug(d.speaker_text or "x")
        )

    for i, j in pairs:
        _one(score, "quotes", "form", gold[i]["form"], given[j].form, _equal)
        _one(score, "quotes", "speaker", gold[i], given[j], speaks)


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


def _half(value: float) -> float:
    return value if value >= LEAST_IOU else 0.0


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
    gold: Path, folders: Sequence[Path] = (), gazetteer: Gazetteer | None = None
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
        content = path.read_bytes()
        if entry.get("sha256") and hashlib.sha256(content).hexdigest() != entry["sha256"]:
            raise ScoreError(f"{entry['file']}: not the bytes that were labelled (sha256 differs)")
        published = (entry.get("pub_date") or {}).get("value") or "unknown"
        document, reading = describe(content, entry["file"], entry.get("outlet") or "unknown", published)
        drafts = drafted[entry["id"]] = draft(document, reading, known)
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
