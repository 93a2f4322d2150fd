"""Candidates for a name among many: trigrams of letters and of sounds, weighted by how rare they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse

from straits.goods.screening.names.prepare import Name, prepare
from straits.goods.screening.names.score import score, skeleton

#: Candidates that are scored, for each name asked for.
CANDIDATES = 60
#: How far up a name of first letters is put, in the order of candidates; a score is 0 to 1, and so is the likeness.
FIRST_LETTERS = 0.8


class Match(NamedTuple):
    """A candidate: its number in the index, the score of the names, and how alike their trigrams are."""

    number: int
    score: float
    likeness: float


class Index:
    """Names that are searched in.

    Parameters
    ----------
    names : sequence of str
    kinds : sequence of str
        `person`, `entity`, `vessel` or an empty text, one for each name.
    """

    def __init__(self, names: Sequence[str], kinds: Sequence[str]) -> None:
        self.kinds = list(kinds)
        self._kind = np.array(self.kinds, dtype=object)
        self.names = [prepare(name, kind) for name, kind in zip(names, kinds, strict=True)]
        self._number: dict[str, int] = {}
        counts = self._counts([_trigrams(name) for name in self.names], grow=True)
        seen = np.bincount(counts.indices, minlength=counts.shape[1])
        self._rare = np.log((1 + counts.shape[0]) / (1 + seen)) + 0.2
        self._matrix = _scaled(counts, self._rare).T.tocsr()

    def candidates(
        self, names: Sequence[Name], kinds: Sequence[str], count: int = CANDIDATES
    ) -> list[list[tuple[int, float]]]:
        """Give number and likeness of the likeliest names for each name asked for, the most alike first.

        A person is no ship and no company: names of another kind are left out where both kinds are known.
        """
        found: list[list[tuple[int, float]]] = []
        for start in range(0, len(names), 256):
            asked = self._counts([_trigrams(name) for name in names[start : start + 256]], grow=False)
            likeness = (_scaled(asked, self._rare) @ self._matrix).tocsr()
            for row in range(likeness.shape[0]):
                values = likeness.data[likeness.indptr[row] : likeness.indptr[row + 1]]
                places = likeness.indices[likeness.indptr[row] : likeness.indptr[row + 1]]
                kind = kinds[start + row]
                if kind:
                    fits = (self._kind[places] == kind) | (self._kind[places] == "")
                    values, places = values[fits], places[fits]
                if len(values) > count:
                    best = np.argpartition(-values, count)[:count]
                    values, places = values[best], places[best]
                order = np.lexsort((places, -values))
                found.append(list(zip(places[order].tolist(), values[order].tolist(), strict=True)))
        return found

    def search(self, text: str, kind: str = "") -> list[Match]:
        """Give the candidates for a name, the best first; see `search_all`."""
        return self.search_all([text], [kind])[0]

    def search_all(self, texts: Sequence[str], kinds: Sequence[str]) -> list[list[Match]]:
        """Search for several names at once.

        Parameters
        ----------
        texts : sequence of str
        kinds : sequence of str
            Kind of each name asked for; where it is empty, each candidate's own kind is taken.

        Returns
        -------
        list of list of Match
            For each name its candidates, by score and likeness of trigrams together: the score tells hits from others, the
            trigrams bring up names that share rare words or letters with none of their tokens alike. A name of first letters is
            put up the list; it is no hit by that, for a few letters stand for many names.
        """
        asked = [prepare(text, kind) for text, kind in zip(texts, kinds, strict=True)]
        every = []
        for text, kind, name, places in zip(texts, kinds, asked, self.candidates(asked, kinds), strict=True):
            found = []
            for place, likeness in places:
                of = kind or self.kinds[place]
                value = score(name if of == kind else prepare(text, of), self.names[place], of)
                found.append(Match(place, value, likeness))
            first = {one.number for one in found if _first_letters(name, self.names[one.number])}
            every.append(
                sorted(
                    found,
                    key=lambda one: (
                        -one.score - one.likeness - FIRST_LETTERS * (one.number in first),
                        one.number,
                    ),
                )
            )
        return every

    def _counts(self, bags: Iterable[set[str]], *, grow: bool) -> sparse.csr_matrix:
        starts, columns = [0], []
        for bag in bags:
            for gram in bag:
                number = (
                    self._number.setdefault(gram, len(self._number)) if grow else self._number.get(gram, -1)
                )
                if number >= 0:
                    columns.append(number)
            starts.append(len(columns))
        shape = (len(starts) - 1, max(len(self._number), 1))
        return sparse.csr_matrix((np.ones(len(columns)), columns, starts), shape=shape)


def _first_letters(one: Name, other: Name) -> bool:
    """Say whether one name is a word of the first letters of the other: `AICTC`."""
    short, full = (one, other) if len(one.tokens) == 1 else (other, one)
    return (
        len(short.tokens) == 1
        and len(full.tokens) >= 3
        and short.joined == "".join(token[0] for token in full.tokens)
    )


def _scaled(counts: sparse.csr_matrix, rare: np.ndarray) -> sparse.csr_matrix:
    """Weight the trigrams by how rare they are, and bring every name to length 1."""
    weighted = counts.multiply(rare).tocsr()
    sizes = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return sparse.diags_array(1 / np.maximum(sizes, 1e-12)).tocsr() @ weighted


def _trigrams(name: Name) -> set[str]:
    """Give the trigrams of the tokens, of their sounds, and of the whole run together; words and first letters count too."""
    grams: set[str] = {"@" + folded for folded in name.folded}
    for token, folded in zip(name.tokens, name.folded, strict=True):
        for text, mark in ((token, ""), (folded, "~"), (skeleton(folded), "=")):
            padded = f" {text} "
            grams.update(mark + padded[i : i + 3] for i in range(len(padded) - 2))
    if len(name.tokens) > 2:
        grams.add("#" + "".join(token[0] for token in name.tokens))
    elif len(name.tokens) == 1 and 2 < len(name.joined) < 8:
        grams.add("#" + name.joined)
    whole = name.every
    grams.update(whole[i : i + 3] for i in range(len(whole) - 2))
    return grams
