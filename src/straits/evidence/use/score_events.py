"""Scores of events: found or not, field by field, and what a person would have to change in each draft."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from straits.evidence.drafting.drafts import Drafts
from straits.evidence.finding.lexicon import codebook
from straits.evidence.records import Event
from straits.evidence.use.tally import (
    LEAST_IOU,
    Names,
    Score,
    count_found,
    count_many,
    count_one,
    equal,
    iou,
    match,
    pairs_of,
    span_of,
)

Label = dict[str, Any]


def score_events(score: Score, gold: list[Label], drafts: Drafts, names: Names) -> None:
    """Add one document's events.

    Labels that no type of the codebook has are counted apart: no draft can meet them by label.
    """
    labels = {name: spec["label"] for name, spec in codebook().items()}

    def overlap(g: Label, d: Event) -> float:
        triggers = iou(span_of(g["trigger"]), (d.trigger.start, d.trigger.end))
        evidences = iou(span_of(g["evidence"]), (d.evidence.start, d.evidence.end))
        return max(evidences, 0.01) if triggers > 0 or evidences >= LEAST_IOU else 0.0

    def typed(g: Label, d: Event) -> float:
        return overlap(g, d) if labels[d.type] == g["type"] else 0.0

    anyhow = pairs_of(gold, drafts.events, overlap)
    count_found(score, "events (any type)", gold, drafts.events, anyhow)
    known = [g for g in gold if g["type"] in labels.values()]
    pairs = pairs_of(known, drafts.events, typed)
    count_found(score, "events", known, drafts.events, pairs)
    core = [g for g in known if g.get("salience") == "core"]
    count_found(score, "events (core labels only)", core, drafts.events, pairs_of(core, drafts.events, typed))
    quantities = {q.id: q for q in drafts.quantities}
    for i, j in pairs:
        _fields(score, known[i], drafts.events[j], names, quantities)
    for i, j in anyhow:
        _edits(score, gold[i], drafts.events[j], names, labels)
    _by_label(score, gold, known, drafts.events, pairs, labels)


def _fields(score: Score, g: Label, d: Event, names: Names, quantities: dict[str, Any]) -> None:
    """Count the fields of a label and the draft that meets it."""
    count_many(score, "events", "source", g["source"], d.sources, names)
    count_many(score, "events", "target", g["target"], d.targets, names)
    count_many(score, "events", "assets", g["assets"], d.assets, names)
    for field, wanted, given in (
        ("source as state", "source_states", d.source_states or d.sources),
        ("target as state", "target_states", d.target_states or d.targets),
        ("assets named", "assets_named", d.assets),
    ):
        if wanted in g:
            count_many(score, "events", field, g[wanted], given, names)
    count_many(score, "events", "goods", g["goods"], d.goods, names)
    date, given_date = g["date"]["value"], _date(d)
    count_one(score, "events", "date", date, given_date, equal)
    reach = g["date"].get("reach")
    if reach == "words":
        count_one(score, "events", "date that words give", date, given_date, equal)
    elif reach == "inferred":
        count_one(score, "events", "date that a reader infers", date, given_date, equal)
    elif date is None and given_date is not None:
        count_one(score, "events", "date where there is none", None, given_date, equal)
    count_one(score, "events", "duration", g["duration"], d.duration, equal)
    amount = quantities.get(d.amount or "") and True
    count_one(score, "events", "amount given", bool(g["amount"]) or None, amount, equal)
    count_one(score, "events", "modality", g["modality"], d.modality, equal)
    count_one(score, "events", "voice", g["voice"], d.voice, names.same)
    count_one(score, "events", "salience", g["salience"], d.salience, equal)
    met = iou(span_of(g["evidence"]), (d.evidence.start, d.evidence.end)) >= LEAST_IOU
    count_one(score, "events", "evidence IoU >= 0.5", True, met or None, equal)


def _date(d: Event) -> str | None:
    return d.when.value if d.when else None


def _same_set(wanted: list[str], given: tuple[str, ...], names: Names) -> bool:
    return (
        len(wanted)
        == len(given)
        == len(match([[1.0 if names.same(a, b) else 0.0 for b in given] for a in wanted]))
    )


def _edits(score: Score, g: Label, d: Event, names: Names, labels: dict[str, str]) -> None:
    """Count what a person would have to change in a draft that meets a label of any type.

    A date that only a reader can infer is no edit where the draft leaves it open.
    """
    wanted_source: list[str] = g["source_states"] if "source_states" in g else g["source"]
    wanted_target: list[str] = g["target_states"] if "target_states" in g else g["target"]
    given = _date(d)
    open_date = given is None and g["date"].get("reach") == "inferred"
    wrong = {
        "type": labels[d.type] != g["type"],
        "source": not _same_set(wanted_source, d.source_states or d.sources, names),
        "target": not _same_set(wanted_target, d.target_states or d.targets, names),
        "date": given != g["date"]["value"] and not open_date,
        "modality": d.modality != g["modality"],
    }
    score.matched += 1
    score.whole += not any(wrong.values())
    for field, edit in wrong.items():
        score.edits[field] += edit


def _by_label(
    score: Score,
    gold: list[Label],
    known: list[Label],
    events: list[Event],
    pairs: list[tuple[int, int]],
    labels: dict[str, str],
) -> None:
    """Count found, wrong and missed for each label of the codebook, and the labels that are none of it."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for g in known:
        counts[g["type"]][2] += 1
    for d in events:
        counts[labels[d.type]][1] += 1
    for i, _ in pairs:
        counts[known[i]["type"]][0] += 1
    for label, (tp, given, wanted) in sorted(counts.items()):
        row = score.rows["events by type", label]
        row.tp, row.fp, row.fn = row.tp + tp, row.fp + given - tp, row.fn + wanted - tp
    for g in gold:
        if g["type"] not in labels.values():
            score.rows["labels not in the codebook", g["type"]].fn += 1


__all__ = ["score_events"]
