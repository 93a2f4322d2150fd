/** Runs side by side: what differs from the first. */

import type { Answer, GoodFlows, LinkFlow, SupplyRow } from "./types";

export interface Line {
  measure: string;
  unit: string;
  values: (number | null)[];
}

/** The headline numbers of each run, in one order: of an importer what he uses less, of others what they sell less abroad. */
export function lines(answers: Answer[], currency: string, focus: { origin: string; commodity: string } | null, direction = "exports"): Line[] {
  const [first] = answers;
  if (!first) return [];
  const out: Line[] = [{ measure: "Joint value lost", unit: `million ${currency}`, values: answers.map((a) => a.headline.value_lost) }];
  const uses = direction === "imports" || direction === "balance" ? answers.flatMap((a) => a.supply.filter((r) => r.focus && r.commodity === focus?.commodity)) : [];
  const [use] = uses;
  if (use) {
    const mine = (a: Answer) => a.supply.find((r) => r.state === use.state && r.commodity === use.commodity);
    const here = (value: (r: SupplyRow) => number | null, none: number | null = null) => answers.map((a) => { const r = mine(a); return r ? value(r) : none; });
    out.push({ measure: `Used less: ${use.commodity_said}, ${use.state_name}`, unit: use.unit, values: here((r) => r.lost, 0) });
    out.push({ measure: "Promised and not delivered", unit: use.unit, values: here((r) => r.unmet, 0) });
    out.push({ measure: "Price at home, rise", unit: use.price_unit, values: here((r) => r.price_rise) });
    out.push({ measure: "Days to loss", unit: "d", values: here((r) => r.days_to_loss) });
    out.push({ measure: "Days to recovery", unit: "d", values: here((r) => r.days_to_recovery) });
  }
  const keys = new Map<string, { name: string; unit: string }>();
  for (const a of direction === "imports" ? [] : answers)
    for (const r of a.headline.exports) keys.set(`${r.commodity}\n${r.origin}`, { name: `${r.commodity_name}, ${r.origin_name}`, unit: r.unit });
  const order = [...keys.keys()].sort((a, b) => {
    const mine = focus ? `${focus.commodity}\n${focus.origin}` : "";
    return a === mine ? -1 : b === mine ? 1 : a < b ? -1 : 1;
  });
  const row = (a: Answer, key: string) => a.headline.exports.find((r) => `${r.commodity}\n${r.origin}` === key);
  for (const key of order) {
    const { name, unit } = keys.get(key)!;
    const lost = answers.map((a) => (a.run === "baseline" ? 0 : (row(a, key)?.lost_exports ?? 0)));
    if (lost.every((v) => Math.abs(v) < 1e-9) && key !== order[0]) continue;
    out.push({ measure: `Exports lost: ${name}`, unit, values: lost });
    if (key === order[0] && !use) {
      out.push({ measure: "Days to loss", unit: "d", values: answers.map((a) => row(a, key)?.days_to_loss ?? null) });
      out.push({ measure: "Days to recovery", unit: "d", values: answers.map((a) => row(a, key)?.days_to_recovery ?? null) });
      out.push({ measure: "Revenue lost", unit: `million ${currency}`, values: answers.map((a) => row(a, key)?.revenue_lost ?? 0) });
    }
  }
  const unmet = answers.map((a) => a.unmet.reduce((s, u) => s + u.cost, 0));
  if (unmet.some((v) => Math.abs(v) > 1e-9)) out.push({ measure: "Cost of unmet promises", unit: `million ${currency}`, values: unmet });
  return out;
}

/** Change of each state in each run. */
export function stateLines(answers: Answer[], currency: string, most = 14): Line[] {
  const names = new Map<string, string>();
  for (const a of answers) for (const s of a.states) names.set(s.id, s.name);
  const all = [...names].map(([id, name]) => ({
    measure: name,
    unit: `million ${currency}`,
    values: answers.map((a) => a.states.find((s) => s.id === id)?.change ?? 0),
  }));
  const size = (l: Line) => Math.max(...l.values.map((v) => Math.abs(v ?? 0)));
  return all.sort((a, b) => size(b) - size(a)).slice(0, most);
}

/** Flows of one run beside those of another: what the first does is `before`. */
export function difference(first: GoodFlows, other: GoodFlows): { links: Record<string, LinkFlow>; largest: number } {
  const links: Record<string, LinkFlow> = {};
  for (const id of new Set([...Object.keys(first.links), ...Object.keys(other.links)])) {
    const [a, b] = [first.links[id], other.links[id]];
    links[id] = {
      before: a?.after ?? 0,
      after: b?.after ?? 0,
      capacity: b?.capacity ?? a?.capacity ?? null,
      lost: b?.lost ?? 0,
      closed: b?.closed ?? false,
    };
  }
  return { links, largest: Math.max(first.largest, other.largest) };
}
