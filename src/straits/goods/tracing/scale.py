"""Quantities as whole numbers of the smallest step in which a good is counted, so that stocks and flows are exact."""

from __future__ import annotations

import numpy as np

#: Decimals that are looked at; a millionth of a kilogram is below what any document says.
DECIMALS = 6


def to_integers(quantity: np.ndarray, good: np.ndarray, goods: int) -> tuple[np.ndarray, np.ndarray]:
    """Turn quantities into whole steps, with as few decimals for each good as its quantities have.

    Parameters
    ----------
    quantity : (m,) array of float
    good : (m,) array of int
        Which good each is of.
    goods : int
        How many goods there are.

    Returns
    -------
    steps : (m,) array of int64
    scale : (goods,) array of int64
        Steps in one unit.
    """
    scale = np.full(goods, 10**DECIMALS, dtype=np.int64)
    open_goods = np.ones(goods, dtype=bool)
    for decimals in range(DECIMALS):
        steps = quantity * 10**decimals
        uneven = np.abs(steps - np.rint(steps)) > 1e-9 * np.maximum(1.0, np.abs(steps))
        fits = open_goods.copy()
        fits[good[uneven]] = False
        scale[fits] = 10**decimals
        open_goods &= ~fits
        if not open_goods.any():
            break
    return np.rint(quantity * scale[good]).astype(np.int64), scale
