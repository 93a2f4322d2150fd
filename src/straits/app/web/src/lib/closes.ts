/** What a row of an analysis closes: names of assets, separated by | or +. */

import type { Cell, Closure } from "./types";

export function assetsOf(cell: Cell | undefined): string[] {
  if (typeof cell !== "string" || !cell || cell === "baseline") return [];
  return cell.split(/[|+]/).map((s) => s.trim()).filter(Boolean);
}

/** The closures of a row, over the window that the analysis was asked for. */
export function closuresOf(cell: Cell | undefined, window: { start: string; end: string }): Closure[] {
  return assetsOf(cell).map((asset) => ({ asset, factor: 0, start: window.start, end: window.end }));
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A window as people write it: 2022-07-01:30d, :4w, or two days. */
export function readWindow(text: string | null | undefined, whole: { start: string; end: string }): { start: string; end: string } {
  if (!text) return whole;
  const [start = "", rest = ""] = text.split(":");
  if (!DAY.test(start)) return whole;
  if (DAY.test(rest)) return { start, end: rest };
  const long = /^(\d+)([dw])$/.exec(rest);
  if (!long) return whole;
  const days = Number(long[1]) * (long[2] === "w" ? 7 : 1);
  return { start, end: new Date(Date.parse(`${start}T00:00:00Z`) + days * 864e5).toISOString().slice(0, 10) };
}

/** A matrix of a long table: names of rows and columns, and the value of each pair. */
export function matrixOf(rows: Record<string, Cell>[], [row, column, value]: string[]): { rows: string[]; columns: string[]; at: (r: string, c: string) => number | null } {
  const names = (key: string | undefined) => [...new Set(rows.map((r) => String(r[key ?? ""] ?? "")))];
  const cells = new Map(rows.map((r) => [`${String(r[row ?? ""])}\n${String(r[column ?? ""])}`, r[value ?? ""]]));
  // Who stands in the rows stands in the columns in the same order.
  const down = names(row);
  const across = names(column);
  return {
    rows: down,
    columns: [...down.filter((n) => across.includes(n)), ...across.filter((n) => !down.includes(n))],
    at: (r, c) => {
      const found = cells.get(`${r}\n${c}`);
      return typeof found === "number" ? found : null;
    },
  };
}

/** What one actor takes from another by withholding. */
export interface Pull {
  from: string;
  to: string;
  value: number;
  /** What prices leave open, where the table says it. */
  least?: number;
  most?: number;
}

/** The arrows of a long table of who loses what when whom withholds: sender, target, loss. */
export function pullsOf(rows: Record<string, Cell>[], [from, to, value]: string[]): Pull[] {
  const found: Pull[] = [];
  for (const row of rows) {
    const loss = row[value ?? ""];
    if (typeof loss !== "number" || !Number.isFinite(loss)) continue;
    const [least, most] = [row[`${value}_least`], row[`${value}_most`]];
    const ends = typeof least === "number" && typeof most === "number" ? { least, most } : {};
    found.push({ from: String(row[from ?? ""]), to: String(row[to ?? ""]), value: loss, ...ends });
  }
  return found;
}
