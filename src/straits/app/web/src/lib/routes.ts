/** Routes stacked over time: of one good, all origins or one. */

import type { Route } from "./types";

export interface Band {
  name: string;
  before: number[];
  after: number[];
  total: number;
}

/** Bands by corridor, the largest first; what is beyond the most is put together. */
export function bands(routes: Route[], good: string, origin: string | null, most = 7): Band[] {
  const by = new Map<string, Band>();
  for (const r of routes) {
    if (r.commodity !== good || (origin !== null && r.origin !== origin)) continue;
    const band = by.get(r.corridor) ?? { name: r.corridor, before: r.before.map(() => 0), after: r.after.map(() => 0), total: 0 };
    band.before = band.before.map((v, i) => v + (r.before[i] ?? 0));
    band.after = band.after.map((v, i) => v + (r.after[i] ?? 0));
    band.total += Math.max(r.total_before, r.total_after);
    by.set(r.corridor, band);
  }
  const all = [...by.values()].sort((a, b) => b.total - a.total);
  if (all.length <= most) return all;
  const rest = all.slice(most - 1);
  const sum = (key: "before" | "after") => rest[0]![key].map((_, i) => rest.reduce((s, b) => s + (b[key][i] ?? 0), 0));
  return [...all.slice(0, most - 1), { name: "other routes", before: sum("before"), after: sum("after"), total: rest.reduce((s, b) => s + b.total, 0) }];
}

/** Whether some cargo stands in two of the bands. */
export function shared(routes: Route[], good: string, origin: string | null): boolean {
  return routes.some((r) => r.commodity === good && (origin === null || r.origin === origin) && r.shared === true);
}

export function totals(list: Band[], key: "before" | "after"): number[] {
  const [first] = list;
  return first ? first[key].map((_, i) => list.reduce((s, b) => s + (b[key][i] ?? 0), 0)) : [];
}

/** Room for numbers at the left of a chart, px: that of the longest, at seven each, so that none loses its first signs. */
export function roomFor(numbers: string[]): number {
  return Math.max(44, 16 + 7 * Math.max(0, ...numbers.map((text) => text.length)));
}
