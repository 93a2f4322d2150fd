/** What the page knows and shows; every view reads from here. */

import { t } from "../strings";
import { api, hold, offline, Refused } from "./api";
import { readHeld } from "./offline";
import { fromDays, toDays } from "./format";
import type { Answer, CaseData, CaseInfo, Closure, Question, Trial } from "./types";
import { empty, read, write, type Place } from "./url";

/** A window of a month, on the first day of the month in the middle of the case. */
export function defaultWindow(start: string, end: string, days: number): { start: string; end: string } {
  const [a, b] = [toDays(start), toDays(end)];
  const middle = fromDays(Math.floor((a + b) / 2) + 15);
  const first = Math.min(Math.max(toDays(`${middle.slice(0, 7)}-01`), a), Math.max(a, b - days));
  return { start: fromDays(first), end: fromDays(Math.min(first + days, b)) };
}

class State {
  cases = $state<CaseInfo[]>([]);
  hasLedger = $state(false);
  data = $state.raw<CaseData | null>(null);
  answer = $state.raw<Answer | null>(null);
  view = $state("map");
  question = $state<Question>(empty());
  window = $state({ start: "2022-01-01", end: "2022-02-01" });
  good = $state("");
  step = $state<number | null>(null);
  selected = $state<string | null>(null);
  pins = $state<Question[]>([]);
  table = $state<string | null>(null);
  job = $state<string | null>(null);
  clickCloses = $state(true);
  pending = $state(false);
  error = $state<string | null>(null);
  note = $state<string | null>(null);
  /** Why what is on the map has no answer: nothing may stand beside it as if it were one. */
  unanswered = $state<string | null>(null);
  /** Milliseconds from the last toggle to the paint of its answer. */
  repaint = $state<number | null>(null);
  /** Answers that were painted. */
  painted = $state(0);
  theme = $state<"light" | "dark" | "auto">("auto");
  offline = $state(false);

  #abort: AbortController | null = null;
  #begun = 0;
  /** Cases that were asked for: of two, the one asked for last is shown, whichever comes first. */
  #opened = 0;
  /** Case and view that the address last held: another one is a step that Back takes back. */
  #stood = "";

  get scene() {
    return this.data?.scene ?? null;
  }

  async begin(): Promise<void> {
    this.theme = readTheme();
    try {
      const held = await readHeld();
      if (held) {
        hold(held);
        this.offline = offline();
        this.#take(held.data);
        this.window = held.window;
        this.#apply(read(location.hash));
        await this.ask();
      } else {
        const found = await api.cases();
        this.cases = found.cases;
        this.hasLedger = found.ledger;
        const place = read(location.hash);
        const known = found.cases.some((c) => c.key === place.caseKey);
        await this.open(known && place.caseKey ? place.caseKey : found.first, null);
        if (place.caseKey && !known) this.error ??= t.address.noCase(place.caseKey, found.first);
      }
    } catch (error) {
      this.fail(error);
    }
    addEventListener("hashchange", () => void this.#moved());
  }

  /** Open a case, at a place; null for where the address points once the case is here. */
  async open(key: string, place: ReturnType<typeof read> | null = {}): Promise<void> {
    const own = ++this.#opened;
    try {
      const data = await api.open(key);
      // Another case was asked for since.
      if (own !== this.#opened) return;
      this.#take(data);
      const there = place ?? read(location.hash);
      this.#apply(place === null && there.caseKey !== key ? {} : there);
      await this.ask();
      this.#tell(there);
    } catch (error) {
      if (own === this.#opened) this.fail(error);
    }
  }

  #take(data: CaseData): void {
    this.data = data;
    this.answer = data.baseline;
    const { scene } = data;
    this.question = empty();
    this.pins = [];
    this.step = null;
    this.selected = null;
    this.window = defaultWindow(scene.start, scene.end, data.default_days);
    this.good = scene.focus?.commodity ?? scene.goods[0]?.id ?? "";
    this.error = null;
    this.unanswered = null;
    document.title = `${scene.title} – straits`;
  }

  #apply(place: ReturnType<typeof read>): void {
    const scene = this.scene;
    if (!scene) return;
    this.view = place.view ?? "map";
    if (place.question) this.question = place.question;
    if (place.window) this.window = place.window;
    if (place.good && scene.goods.some((g) => g.id === place.good)) this.good = place.good;
    this.step = place.step !== null && place.step !== undefined && place.step < scene.steps.length ? place.step : null;
    this.selected = place.selected ?? null;
    this.pins = place.pins ?? [];
    this.table = place.table ?? this.table;
    this.job = place.job ?? null;
  }

  async #moved(): Promise<void> {
    const place = read(location.hash);
    if (this.data && place.view) this.#stood = `${place.caseKey ?? this.data.key}/${place.view}`;
    if (place.caseKey && place.caseKey !== this.data?.key && !this.offline) await this.open(place.caseKey, place);
    else {
      this.#opened += 1;
      this.#apply(place);
      await this.ask();
      this.#tell(place);
    }
  }

  /** Say what an address asks for and cannot mean. */
  #tell(place: Partial<Place>): void {
    if (place.unread?.length) this.error ??= t.address.unread(place.unread.join("; "));
  }

  /** Write the state into the address. */
  remember(): void {
    if (!this.data) return;
    const hash = `#${write({
      caseKey: this.data.key,
      view: this.view,
      question: this.question,
      window: this.window,
      good: this.good,
      step: this.step,
      selected: this.selected,
      pins: this.pins,
      table: this.table,
      job: this.job,
    })}`;
    const stands = `${this.data.key}/${this.view}`;
    if (hash !== location.hash) {
      if (this.#stood && this.#stood !== stands) history.pushState(null, "", hash);
      else history.replaceState(null, "", hash);
    }
    this.#stood = stands;
  }

  /** Answer what is on the map. */
  async ask(): Promise<void> {
    if (!this.data) return;
    this.#abort?.abort();
    const own = new AbortController();
    this.#abort = own;
    this.pending = true;
    this.#begun = performance.now();
    try {
      const answer = await api.ask(this.data.key, $state.snapshot(this.question) as Question, own.signal);
      if (own.signal.aborted) return;
      this.answer = answer;
      this.error = null;
      this.unanswered = null;
      const begun = this.#begun;
      requestAnimationFrame(() => setTimeout(() => { this.repaint = performance.now() - begun; this.painted += 1; }, 0));
    } catch (error) {
      if (own.signal.aborted) return;
      // Numbers of the question before would pass for those of this one.
      this.answer = this.data.baseline;
      this.unanswered = error instanceof Error ? error.message : String(error);
      this.fail(error);
    } finally {
      if (this.#abort === own) this.pending = false;
    }
  }

  fail(error: unknown): void {
    this.error = error instanceof Error ? error.message : String(error);
    if (error instanceof Refused && error.code === "changed") this.note = null;
  }

  /** The closures of an asset that are switched on. */
  closed(asset: string): boolean {
    return this.question.closures.some((c) => c.asset === asset && !c.off);
  }

  toggle(asset: string): void {
    if (this.closed(asset)) this.question.closures = this.question.closures.filter((c) => c.asset !== asset);
    else {
      const added: Closure = { asset, factor: 0, start: this.window.start, end: this.window.end };
      // A page from disk holds single closures.
      const kept = this.offline ? [] : this.question.closures.filter((c) => c.asset !== asset);
      this.question.closures = [...kept, added];
      if (this.offline) this.question.scenario = "baseline";
    }
    void this.ask();
  }

  setClosures(closures: Closure[]): void {
    this.question.closures = closures;
    void this.ask();
  }

  /** Set the window, and with it that of every closure that has the window so far. */
  setWindow(start: string, end: string): void {
    // A page from disk holds the closures of one window.
    if (this.offline) return;
    const old = this.window;
    let moved = false;
    this.question.closures = this.question.closures.map((c) => {
      if (c.start !== old.start || c.end !== old.end) return c;
      moved = moved || !c.off;
      return { ...c, start, end };
    });
    this.window = { start, end };
    if (moved) void this.ask();
  }

  setScenario(id: string): void {
    this.question.scenario = id;
    if (this.offline) this.question.closures = [];
    void this.ask();
  }

  toggleOption(id: string): void {
    const has = this.question.options.includes(id);
    this.question.options = has ? this.question.options.filter((o) => o !== id) : [...this.question.options, id];
    void this.ask();
  }

  tryValue(trial: Trial): void {
    const rest = this.question.trial.filter(
      (o) => !(o.table === trial.table && o.row === trial.row && o.column === trial.column),
    );
    this.question.trial = [...rest, trial];
    void this.ask();
  }

  dropTrial(trial: Trial): void {
    this.question.trial = this.question.trial.filter((o) => o !== trial);
    void this.ask();
  }

  clear(): void {
    this.question = empty();
    this.step = null;
    void this.ask();
  }

  pin(): void {
    // What has no answer is nothing to compare with: Compare would have none for any run.
    if (this.unanswered !== null) return;
    const own = $state.snapshot(this.question) as Question;
    const text = JSON.stringify(own);
    if (this.pins.length < 4 && !this.pins.some((p) => JSON.stringify($state.snapshot(p)) === text)) {
      this.pins = [...this.pins, own];
      this.note = t.pinned;
    }
  }

  setTheme(theme: "light" | "dark" | "auto"): void {
    this.theme = theme;
    try {
      localStorage.setItem("straits-theme", theme);
    } catch {
      // A page that may not remember forgets; nothing else depends on it.
    }
  }

  /** The name of anything that can be closed. */
  nameOf(asset: string): string {
    const scene = this.scene;
    if (!scene) return asset;
    const [scope, actor] = asset.includes(":") ? asset.split(":") : [null, null];
    const name = scope ? scene.actors.find((a) => a.id === actor)?.name : undefined;
    if (scope && name) {
      return scope === "transit" ? `Transit through ${name}` : scope === "territory" ? `Territory of ${name}` : `All of ${name}`;
    }
    return (
      scene.links.find((l) => l.id === asset)?.name ??
      scene.places.find((p) => p.id === asset)?.name ??
      scene.assets.find((a) => a.id === asset)?.name ??
      scene.options.find((a) => a.id === asset)?.name ??
      scene.actors.find((a) => a.id === asset)?.name ??
      asset
    );
  }

  unit(good: string): string {
    return this.scene?.goods.find((g) => g.id === good)?.unit ?? "";
  }

  /** A question in a few words. */
  titleOf(q: Question): string {
    const parts: string[] = [];
    if (q.scenario !== "baseline") parts.push(this.scene?.scenarios.find((s) => s.id === q.scenario)?.title ?? q.scenario);
    const on = q.closures.filter((c) => !c.off);
    if (on.length) parts.push(`${on.map((c) => this.nameOf(c.asset)).slice(0, 2).join(", ")}${on.length > 2 ? ` +${on.length - 2}` : ""} closed`);
    for (const o of q.options) parts.push(this.scene?.options.find((x) => x.id === o)?.name ?? o);
    if (q.trial.length) parts.push(`${q.trial.length} trial value${q.trial.length > 1 ? "s" : ""}`);
    if (q.foresight === "surprise") parts.push(t.surprise.toLowerCase());
    return parts.join(" + ") || t.baseline;
  }
}

function readTheme(): "light" | "dark" | "auto" {
  try {
    const found = localStorage.getItem("straits-theme");
    if (found === "light" || found === "dark") return found;
  } catch {
    // As above.
  }
  return "auto";
}

export const app = new State();
