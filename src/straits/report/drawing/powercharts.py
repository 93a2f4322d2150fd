"""Figures of power: the leverage matrix as a heat map with its numbers, and bars of shares with and without options."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from straits.report import format as fmt
from straits.report.drawing.charts import WIDTH
from straits.report.drawing.svg import BLUE, INK, PAPER, QUIET, SKY, VERMILION, Svg, shorten

if TYPE_CHECKING:
    import pandas as pd

    from straits.power import Leverage

CELL = 34.0


def leverage_map(ident: str, found: Leverage, names: dict[str, str] | None = None) -> str:
    """Draw what each target (column) loses when each actor (row) withholds; every cell prints its number.

    Parameters
    ----------
    ident : str
        Identifier, unique in the page.
    found : Leverage
        Result of `straits.power.leverage`.
    names : dict of str to str, optional
        Names of players; default: their ids.
    """
    matrix = found.matrix()
    order = list(matrix.index)
    named = {p: (names or {}).get(p, p) for p in order}
    values = matrix.to_numpy(dtype=float)
    least, most = (found.matrix(column).to_numpy(dtype=float) for column in ("loss_least", "loss_most"))
    largest = float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    left, top = 190.0, 74.0
    width = min((WIDTH - left) / len(order), 150.0)
    title = f"Row withholds, column loses: million {found.parameters['currency']}"
    svg = Svg(
        ident,
        WIDTH,
        top + CELL * len(order) + 34.0,
        title,
        f"From {found.parameters['start']} to {found.parameters['end']}, after the best reply of the others. Darker is more.",
    )
    svg.text(0, 16, title, size=14, bold=True)
    svg.text(
        0,
        36,
        "Read along a row: what the actor on the left takes from each target above. A minus is a gain.",
        size=12,
        fill=QUIET,
    )
    for j, target in enumerate(order):
        svg.text(
            left + (j + 0.5) * width, top - 8, shorten(named[target], 12, width - 6), size=12, anchor="middle"
        )
    for i, actor in enumerate(order):
        y = top + i * CELL
        svg.text(left - 8, y + 21, shorten(named[actor], 12, left - 12), size=12, anchor="end")
        for j, value in enumerate(values[i]):
            x = left + j * width
            if not np.isfinite(value):
                svg.rect(x + 1, y + 1, width - 2, CELL - 2, "#eef0f2")
                continue
            # Beside hundreds of millions, tenths would only look exact; what prints as nothing has no colour.
            value = float(round(value)) if largest >= 100 else value
            depth = abs(value) / largest
            colour = VERMILION if value > 0 else BLUE
            svg.rect(
                x + 1,
                y + 1,
                width - 2,
                CELL - 2,
                colour,
                fill_opacity=round(0.06 + 0.84 * depth, 3) if value else 0.0,
            )
            ink = PAPER if value < 0 and depth > 0.6 else INK  # dark reads better than white on vermilion
            shown = fmt.number(value)
            small = fmt.between(least[i][j], most[i][j])
            svg.text(
                x + width / 2, y + (15 if small else 21), shown, size=12, anchor="middle", bold=True, fill=ink
            )
            svg.text(x + width / 2, y + 28, small, size=9, anchor="middle", fill=ink)
    bottom = top + CELL * len(order) + 20
    note = "Grey: not asked. Small: from the least to the most that the loss may be, where local prices leave a range."
    svg.text(0, bottom, note, size=11, fill=QUIET)
    return svg.render()


def share_bars(
    ident: str,
    table: pd.DataFrame,
    unit: str,
    *,
    column: str = "shapley",
    names: dict[str, str] | None = None,
) -> str:
    """Draw each player's part as one bar for each network, for example as it is and with options.

    Parameters
    ----------
    ident : str
        Identifier, unique in the page.
    table : DataFrame
        As `straits.power.network.summary.shares_table` gives it.
    unit : str
        Unit of the values.
    column : str
        Solution to draw.
    names : dict of str to str, optional
        Names of players; default: their ids.
    """
    networks, players = list(dict.fromkeys(table["network"])), list(dict.fromkeys(table["player"]))
    value = {(r["network"], r["player"]): float(r[column]) for r in table.to_dict("records")}
    low, high = min(0.0, *value.values()), max(0.0, *value.values()) or 1.0
    left, right, bar = 190.0, WIDTH - 150.0, 17.0
    row = bar * len(networks) + 12
    words = "Shapley value" if column == "shapley" else column.replace("_", " ")
    title = f"What each gets ({words}), {unit}"
    svg = Svg(
        ident, WIDTH, 52 + row * len(players), title, "One bar for each network; every bar tells its value."
    )
    svg.text(0, 16, title, size=14, bold=True)
    # Two blues: orange is for what is lost.
    colours = (BLUE, SKY)
    for k, network in enumerate(networks):
        svg.rect(left + 180.0 * k, 27, 12, 12, colours[k % 2])
        svg.text(left + 180.0 * k + 18, 38, network, size=12)

    def place(amount: float) -> float:
        return left + (amount - low) / (high - low) * (right - left)

    for p, player in enumerate(players):
        y = 50 + p * row
        svg.text(
            left - 8,
            y + row / 2,
            shorten((names or {}).get(player, player), 12, left - 12),
            size=12,
            anchor="end",
        )
        for k, network in enumerate(networks):
            amount = value[network, player]
            x0, x1 = sorted((place(0.0), place(amount)))
            svg.rect(x0, y + k * bar, max(x1 - x0, 0.5), bar - 3, colours[k % 2])
            svg.text(max(x1, place(0.0)) + 5, y + k * bar + 11.5, fmt.number(amount), size=11.5, bold=True)
    svg.line(place(0.0), 46, place(0.0), 48 + row * len(players), INK, 1.0)
    return svg.render()


__all__ = ["leverage_map", "share_bars"]
