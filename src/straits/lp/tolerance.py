"""What counts as rounding: each number once, with its unit and its reason.

Shares are of the size of what is compared, or of 1 where that is smaller, unless it is said otherwise. Sizes below 1 in the units
of a program are brought near 1 before it is solved (`straits.lp.solver.scaling`).
"""

#: Share of its size by which an answer that is believed may break a condition of optimality. Numbers of 16 digits, of which a
#: basis of ten thousand rows costs half.
PROVED = 1e-9
#: What the solver is asked for where that is not reached at once; in its own units. It takes nothing below.
TIGHT = 1e-10
#: How far a value may be from a bound and be on it, where an answer is taken over unsolved, as a share of 1 + |value|: what
#: `PROVED` allows, for it must be no worse than one that was solved.
ON = 1e-9
#: The same where it is only asked what could move, or what a known plan would break elsewhere: wider, because a plan between two
#: bounds is far from both, and one that rests on a bound may have come through several sums.
NEAR = 1e-7
#: Reduced costs and duals below this are no prices; in the unit of costs per unit. The solver's own tolerance.
PRICED = 1e-7
#: Coefficients below this are what rounding left of a sum that is zero; in the unit of coefficients, which are near 1.
ZERO = 1e-13
#: Entries of two answers that differ by less are the same entry, as a share of 1 + |value|: a thousand roundings of one number.
NOISE = 1e-12
#: Values of two solves of one question that differ by less are equal: what is kept of `PROVED` by the sum of all columns.
SAME = 1e-7
#: Differences of two solves below this are none, where they are shown or name a cause: ten times `SAME`, so that what is shown is
#: never rounding alone.
DIFFERS = 1e-6
#: Amounts below this are nothing; in the unit of the program's columns.
NOTHING = 1e-9
