"""How alike two names are: tokens aligned, what is left over on one side and on both, and letters as a whole.

A token of one name goes to the token of the other that is most like it, in letters or in sound. What is then left on one
side only is a name part left out; what is left on both is a contradiction. A logistic function of these makes the score; its
coefficients were fitted once to labelled pairs (`coefficients`), and the threshold is where F1 is greatest in
cross-validation.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp

from straits.goods.screening.names.prepare import PERSON, Name
from straits.goods.screening.names.words import WEAK_WORDS

try:
    from rapidfuzz.distance import OSA
except ImportError:  # pragma: no cover
    OSA = None  # type: ignore[assignment]

#: What is looked at, and how it counts in the logistic function: fitted with the sign of each fixed, L2 penalty 1, on 413 pairs.
COEFFICIENTS = {
    "covered": 1.37,
    "letters": 4.36,
    "conflict": -4.67,
    "left_out_of_entity": -2.55,
    "edits": -1.41,
    "relative_edits": -0.42,
}
INTERCEPT = -1.91
#: Names at least so alike are hits. Fixed on the same pairs: F1 is flat from 0.42 to 0.6, and lower misses fewer sure pairs.
THRESHOLD = 0.45
#: What the threshold gave there on folds that were left out of the fit (five folds, eight times, no name in two folds).
MEASURED = {"pairs": 413, "precision": 0.88, "recall": 0.90, "f1": 0.89}


@lru_cache(maxsize=500_000)
def alike(one: str, other: str, one_folded: str, other_folded: str) -> tuple[float, float]:
    """Give how alike two tokens are, from 0 to 1, and how many letters differ.

    Transposed neighbours count once. Spellings of one sound are nearly the same, and an initial stands for its name.
    """
    if one == other:
        return 1.0, 0.0
    if len(one) == 1 or len(other) == 1:
        return (0.8, 0.5) if one[0] == other[0] or one_folded[0] == other_folded[0] else (0.0, 1.0)
    if one_folded == other_folded:
        return 0.96, 0.3
    if one.removeprefix("abdul") == other.removeprefix("abdul"):
        return 0.85, 1.0
    edits = min(OSA.distance(one, other), 0.3 + OSA.distance(one_folded, other_folded))
    value = 1 - edits / max(len(one), len(other))
    return (value, float(edits)) if value >= LEAST else (0.0, float(edits))


#: Tokens less alike than this are not paired.
LEAST = 0.5


@lru_cache(maxsize=200_000)
def skeleton(folded: str) -> str:
    """Give the consonants that a script without vowels writes; Arabic has no p and no v."""
    return folded.translate(_BARE) or folded


_BARE = str.maketrans("pv", "bf", "aeiouyw")


def align(a: Name, b: Name) -> list[tuple[int, int, float, float]]:
    """Pair tokens, the most alike first: place in both, likeness, letters that differ."""
    pairs = []
    bare = not (a.vowels and b.vowels)
    for i, (one, one_folded) in enumerate(zip(a.tokens, a.folded, strict=True)):
        for j, (other, other_folded) in enumerate(zip(b.tokens, b.folded, strict=True)):
            value, edits = alike(one, other, one_folded, other_folded)
            if bare:
                bones, more = skeleton(one_folded), skeleton(other_folded)
                distance = OSA.distance(bones, more)
                close = 0.97 * (1 - distance / max(len(bones), len(more), 1))
                if close > value:
                    value, edits = close, 0.3 + distance
            if value >= LEAST:
                pairs.append((value, -abs(i - j), -i - j, i, j, edits))
    if len(pairs) > 1:
        pairs.sort(reverse=True)
    used_a: set[int] = set()
    used_b: set[int] = set()
    found = []
    for value, _, _, i, j, edits in pairs:
        if i not in used_a and j not in used_b:
            used_a.add(i)
            used_b.add(j)
            found.append((i, j, value, edits))
    if len(used_a) < len(a.tokens) and len(used_b) < len(b.tokens):
        found += _initials(a.tokens, b.tokens, used_a, used_b)
        found += [(i, j, v, e) for j, i, v, e in _initials(b.tokens, a.tokens, used_b, used_a)]
    return found


def _initials(
    short: tuple[str, ...], full: tuple[str, ...], used_short: set[int], used_full: set[int]
) -> list[tuple[int, int, float, float]]:
    """Pair initials written as one word with the names they stand for: `JC` and `Jean Claude`."""
    found = []
    for i, token in enumerate(short):
        if i in used_short or not 2 <= len(token) <= 3:
            continue
        for start in range(len(full) - len(token) + 1):
            places = range(start, start + len(token))
            if all(j not in used_full and full[j][0] == token[j - start] for j in places):
                used_short.add(i)
                used_full.update(places)
                found += [(i, j, 0.8, 0.5) for j in places]
                break
    return found


def weight(token: str) -> float:
    """Give how much a token says: by its length, less for words that many organisations have."""
    size = min(1.0, 0.25 + 0.15 * len(token))
    return 0.4 * size if token in WEAK_WORDS else size


def features(a: Name, b: Name, kind: str) -> tuple[float, ...]:
    """Give what `COEFFICIENTS` names, of two names.

    - `covered`: share of the better covered name that has a like token in the other, by weight;
    - `letters`: likeness of the names run together;
    - `conflict`: weight that is left on both sides; `left_out_of_entity`: weight left on one side only, if it is no person:
      persons leave names out, companies do not;
    - `edits`, `relative_edits`: letters that differ in the paired tokens, and their share.
    """
    size = max(len(a.joined), len(b.joined), 1)
    distance = min(OSA.distance(a.joined, b.joined), OSA.distance(a.every, b.every))
    if not (a.vowels and b.vowels):
        bones = [skeleton("".join(name.folded)) for name in (a, b)]
        distance = min(distance, round(OSA.distance(*bones) * size / max(map(len, bones))))
    if distance == 0:
        return (1.0, 1.0, 0.0, 0.0, 0.0, 0.0)
    pairs = align(a, b)
    weights_a, weights_b = [weight(t) for t in a.tokens], [weight(t) for t in b.tokens]
    total_a, total_b = sum(weights_a) or 1.0, sum(weights_b) or 1.0
    seen_a, seen_b = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    left_a = sum(w for i, w in enumerate(weights_a) if i not in seen_a)
    left_b = sum(w for j, w in enumerate(weights_b) if j not in seen_b)
    got_a = sum(weights_a[i] * value for i, _, value, _ in pairs)
    got_b = sum(weights_b[j] * value for _, j, value, _ in pairs)
    edits = sum(pair[3] for pair in pairs)
    if (left_a or left_b) and distance <= size // 6:
        # Words run together, or cut in two.
        left_a = left_b = 0.0
        got_a, got_b = total_a * (1 - distance / size), total_b * (1 - distance / size)
        edits = float(distance)
    letters = 1 - distance / size
    extra = abs(left_a - left_b)
    return (
        max(got_a / total_a, got_b / total_b),
        letters,
        min(left_a, left_b),
        extra if kind != PERSON else 0.0,
        edits,
        edits / size,
    )


def score(a: Name, b: Name, kind: str) -> float:
    """Give how likely it is that two names are of one bearer, from 0 to 1, by the names alone."""
    total = INTERCEPT
    for value, coefficient in zip(features(a, b, kind), _FACTORS, strict=True):
        total += coefficient * value
    return 1 / (1 + exp(-total))


_FACTORS = tuple(COEFFICIENTS.values())
