"""The first of many variants that resemble one another, from which it is learned what is alike in all of them."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence

from straits.engine.walk import Names, Result, Walker
from straits.engine.workingset import Seen

#: Variants that are answered before anything is settled, and after which more is looked at again.
_FIRST, _STEP = 64, 32
#: The more were seen, the fewer of the others need the whole program (caspian: 7 of 8,876 after 512).
_MOST = 512
#: A lesson is no longer than this share of all variants: its own are answered more slowly.
_SHARE = 0.25


def lesson_of(ordered: Sequence[Names]) -> list[Names]:
    """Choose the variants to learn from, evenly among all. They depend on the question alone, so that all answers do too."""
    count = min(int(_SHARE * len(ordered)), _MOST)
    return list(ordered[:: len(ordered) // count][:count]) if count > _FIRST else []


def learn(
    walker: Walker, lesson: Sequence[Names], parents: Mapping[Names, Names]
) -> Generator[list[Result], None, Seen | None]:
    """Answer a lesson, and return what was alike in its answers; None if the model has no optimum without any change."""
    seen = walker.note_down()
    yield list(walker.run(lesson[:_FIRST], parents))
    for begin in range(_FIRST, len(lesson), _STEP):
        if seen is not None and seen.news:
            walker.settle(seen)
            seen.news = False
        yield list(walker.run(lesson[begin : begin + _STEP], parents, afresh=False))
    return seen
