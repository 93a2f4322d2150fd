/** Answers that a page from disk holds within itself: the baseline, the scenarios, and every single failure. */

import type { Answer, CaseData, GoodFlows, Question, Route, StoreSeries } from "./types";

/** An answer without what is as in the baseline. */
export interface Packed extends Omit<Answer, "goods" | "routes" | "storage"> {
  goods: Record<string, Partial<GoodFlows>>;
  routes: Partial<Route>[];
  storage: Partial<StoreSeries>[];
}

export interface Held {
  data: CaseData;
  window: { start: string; end: string };
  scenarios: Record<string, Packed>;
  failures: Record<string, Packed>;
}

/** The key of a question among the answers held, or null if it is not held. */
export function heldKey(q: Question, window: Held["window"]): { kind: "baseline" | "scenario" | "failure"; id: string } | null {
  const on = q.closures.filter((c) => !c.off);
  if (q.options.length || q.trial.length) return null;
  if (!on.length) return q.scenario === "baseline" ? { kind: "baseline", id: "" } : { kind: "scenario", id: q.scenario };
  const [only] = on;
  if (on.length > 1 || q.scenario !== "baseline" || !only || only.factor !== 0) return null;
  if (only.start !== window.start || only.end !== window.end) return null;
  return { kind: "failure", id: only.asset };
}

/** Fill in what is as in the baseline. */
export function unpack(packed: Packed, baseline: Answer): Answer {
  const goods: Record<string, GoodFlows> = {};
  for (const [good, usual] of Object.entries(baseline.goods)) {
    const own = packed.goods[good] ?? {};
    goods[good] = {
      largest: own.largest ?? usual.largest,
      links: { ...usual.links, ...own.links },
      before: { ...usual.before, ...own.before },
      after: { ...usual.after, ...own.after },
    };
  }
  const key = (r: Partial<Route>) => `${r.corridor}\n${r.commodity}\n${r.origin}`;
  const moved = new Map(packed.routes.map((r) => [key(r), r]));
  const routes = baseline.routes.map((r) => ({ ...r, ...moved.get(key(r)) }));
  for (const [k, r] of moved) if (!baseline.routes.some((b) => key(b) === k)) routes.push(r as Route);
  const stores = new Map(packed.storage.map((s) => [s.store, s]));
  const storage = baseline.storage.map((s) => ({ ...s, ...stores.get(s.store) })).sort((a, b) => b.moved - a.moved);
  return { ...packed, goods, routes, storage };
}

export async function answerFrom(held: Held, q: Question): Promise<Answer> {
  const key = heldKey(q, held.window);
  const baseline = held.data.baseline;
  if (key?.kind === "baseline") return baseline;
  const found = key?.kind === "scenario" ? held.scenarios[key.id] : key ? held.failures[key.id] : undefined;
  if (!found) {
    throw new Error(
      "This page holds the scenarios of the case and every single closure, solved beforehand. Other questions need straits itself.",
    );
  }
  return unpack(found, baseline);
}

/** Read what the page holds: base64 of gzipped JSON. Null if it holds nothing. */
export async function readHeld(): Promise<Held | null> {
  const text = document.getElementById("straits-data")?.textContent?.trim();
  if (!text) return null;
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(stream).json()) as Held;
}
