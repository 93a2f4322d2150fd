"""How many programs a question of many variants is given, by the size of the case alone: two machines give one report."""

from __future__ import annotations

from typing import NamedTuple


class Effort(NamedTuple):
    """What one question may take.

    Attributes
    ----------
    work : int
        Columns of the model times programs, for all variants together.
    least, most : int
        Variants in the largest case, and in any.
    """

    work: int
    least: int
    most: int

    def variants(self, columns: int, programs: int) -> int:
        """Return how many variants are solved.

        Parameters
        ----------
        columns : int
            Of the model that is solved.
        programs : int
            Of one variant: of all that is compared, one for each run and one for each day of news.
        """
        return max(self.least, min(self.most, self.work // (columns * programs)))


#: Numbers that are solved at both ends, each a variant of twice the programs.
NUMBERS = Effort(work=3_000_000, least=10, most=25)
#: Draws of all uncertain numbers in a report.
DRAWS = Effort(work=1_750_000, least=12, most=30)
