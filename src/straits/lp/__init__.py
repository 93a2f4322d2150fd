"""Linear programs, proved answers, and many variants of one program. Arrays and a solver: no word of what they are about.

program    what a linear program is            patch        what one variant of it changes
answer     what a solve ends with              tolerance    what counts as rounding, each number once
solver/    the one door: asked, proved, or asked in another way           highs, quiet   HiGHS by its own names
session    one program, warm from variant to variant                      starts         which basis to begin from
sifting/   first solves of large networks in time, by few of their columns
certificate   what need not be solved          states       values of all states of switches, few of them solved
optimal_set   all optima, from one             marginal     what a little more of a limit is worth
elastic       why nothing fits                 mixed        some columns are whole numbers
parts/     a program answered by less of it: a smaller one, parts that share nothing, what a patch moves
"""

import logging

from straits.lp.answer import Answer, Basis, Status, Trial
from straits.lp.highs import version as solver_version
from straits.lp.patch import Patch
from straits.lp.program import Bounds, LinearProgram, Program
from straits.lp.session import Session
from straits.lp.solver.door import Solver

# Solves, skips and fallbacks are told to whoever listens, and to nobody else.
logging.getLogger("straits").addHandler(logging.NullHandler())

__all__ = [
    "Answer",
    "Basis",
    "Bounds",
    "LinearProgram",
    "Patch",
    "Program",
    "Session",
    "Solver",
    "Status",
    "Trial",
    "solver_version",
]
