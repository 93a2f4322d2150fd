/** The whole state in the address, so that a link shows what the sender saw. */

import type { Closure, Question, Trial } from "./types";

export interface Place {
  caseKey: string;
  view: string;
  question: Question;
  window: { start: string; end: string } | null;
  good: string | null;
  step: number | null;
  selected: string | null;
  pins: Question[];
  table: string | null;
  job: string | null;
  /** What the address asks for and cannot mean: said, not passed over. */
  unread: string[];
}

export const VIEWS = ["map", "compare", "tables", "analyses", "evidence", "build"] as const;

export function empty(): Question {
  return { scenario: "baseline", closures: [], options: [], foresight: null, trial: [] };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A closure as asset~factor~start~end, with ~off if its chip is switched off. */
export function closureText(c: Closure): string {
  return [c.asset, String(c.factor), c.start, c.end, ...(c.off ? ["off"] : [])].join("~");
}

export function readClosure(text: string): Closure | null {
  const [asset, factor, start, end, off] = text.split("~");
  const share = Number(factor);
  if (!asset || !start || !end || !DAY.test(start) || !DAY.test(end) || !(share >= 0 && share <= 1)) return null;
  return { asset, factor: share, start, end, ...(off === "off" ? { off: true } : {}) };
}

function questionParams(q: Question, params: URLSearchParams): void {
  if (q.scenario !== "baseline") params.set("s", q.scenario);
  for (const c of q.closures) params.append("c", closureText(c));
  for (const o of q.options) params.append("o", o);
  if (q.foresight) params.set("f", q.foresight);
  for (const t of q.trial) params.append("t", [t.table, t.row, t.column, t.value].map((part) => encodeURIComponent(part).replaceAll("~", "%7E")).join("~"));
}

function readQuestion(params: URLSearchParams): Question {
  const foresight = params.get("f");
  const trial: Trial[] = [];
  for (const text of params.getAll("t")) {
    const [table, row, column, value] = text.split("~").map(decode);
    if (table && row && column && value !== undefined) trial.push({ table, row, column, value });
  }
  return {
    scenario: params.get("s") ?? "baseline",
    closures: params.getAll("c").map(readClosure).filter((c): c is Closure => c !== null),
    options: params.getAll("o"),
    foresight: foresight === "perfect" || foresight === "surprise" ? foresight : null,
    trial,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The part of an address after the #. */
export function write(place: Omit<Place, "unread">): string {
  const params = new URLSearchParams();
  questionParams(place.question, params);
  if (place.window) params.set("w", `${place.window.start}~${place.window.end}`);
  if (place.good) params.set("g", place.good);
  if (place.step !== null) params.set("k", String(place.step));
  if (place.selected) params.set("a", place.selected);
  if (place.table && place.view === "tables") params.set("b", place.table);
  if (place.job && place.view === "analyses") params.set("j", place.job);
  for (const pin of place.pins) {
    const own = new URLSearchParams();
    questionParams(pin, own);
    params.append("p", own.toString());
  }
  const tail = params.toString();
  return `/${encodeURIComponent(place.caseKey)}/${place.view}${tail ? `?${tail}` : ""}`;
}

export function read(hash: string): Partial<Place> {
  const [path = "", tail = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  const [, key = "", view = ""] = path.split("/");
  const params = new URLSearchParams(tail);
  const [start, end] = (params.get("w") ?? "").split("~");
  const step = params.get("k");
  return {
    caseKey: decode(key),
    view: (VIEWS as readonly string[]).includes(view) ? view : "map",
    question: readQuestion(params),
    window: start && end && DAY.test(start) && DAY.test(end) && start < end ? { start, end } : null,
    good: params.get("g"),
    step: step !== null && /^\d+$/.test(step) ? Number(step) : null,
    selected: params.get("a"),
    table: params.get("b"),
    job: params.get("j"),
    unread: params.getAll("c").filter((c) => readClosure(c) === null),
    pins: params.getAll("p").slice(0, 5).map((p) => readQuestion(new URLSearchParams(p))),
  };
}
