/** What the server sends, as the page uses it. Rates are a day; money is in millions of the case's currency. */

export interface Place {
  id: string;
  name: string;
  kind: string;
  x: number;
  y: number;
  lon: number;
  lat: number;
  territory: string | null;
}

export interface Link {
  id: string;
  name: string;
  from: string;
  to: string;
  mode: string;
  goods: string[];
  corridor: string | null;
  line: [number, number][] | null;
}

export interface Good {
  id: string;
  name: string;
  unit: string;
}

export interface Named {
  id: string;
  name: string;
}

export interface Actor extends Named {
  kind: string;
  state: string | null;
}

export interface Asset extends Named {
  table: string;
  place: string | null;
}

export interface ScenarioInfo {
  id: string;
  title: string;
  description: string;
  foresight: string;
  compare_with: string;
  disruptions: { asset: string; factor: number; start: string; end: string; commodity: string | null }[];
  measures: string[];
  options: string[];
  changes: number;
}

export interface View {
  width: number;
  height: number;
  rotate: [number, number];
  centre: [number, number];
  parallels: [number, number];
  scale: number;
  translate: [number, number];
}

export interface Base {
  dx: number;
  dy: number;
  land: { code: string; name: string; d: string; home: boolean }[];
  coasts: string;
  borders: string;
  names: { text: string; x: number; y: number }[];
}

export interface Scene {
  laid_out: "none" | "some" | "all";
  id: string;
  title: string;
  description: string;
  boundaries: string;
  currency: string;
  focus: { actor: string; commodity: string; against: string | null } | null;
  start: string;
  end: string;
  step: string;
  steps: string[];
  days: number[];
  goods: Good[];
  actors: Actor[];
  assets: Asset[];
  options: Named[];
  scenarios: ScenarioInfo[];
  view: View | null;
  base: Base | null;
  places: Place[];
  links: Link[];
  /** Where actors stand, by id. */
  seats: Record<string, [number, number]>;
  direction: "exports" | "imports" | "transit" | "balance";
}

export interface LinkFlow {
  before: number;
  after: number;
  capacity: number | null;
  lost: number;
  closed: boolean;
}

export interface GoodFlows {
  links: Record<string, LinkFlow>;
  largest: number;
  after: Record<string, number[]>;
  before: Record<string, number[]>;
}

export interface ExportRow {
  commodity: string;
  commodity_name: string;
  commodity_said: string;
  origin: string;
  origin_name: string;
  unit: string;
  exports: number;
  lost_exports: number;
  lost_share: number | null;
  revenue_lost: number;
  days_to_loss: number | null;
  days_to_recovery: number | null;
  recovers: boolean;
  focus: boolean;
}

export interface DeliveryRow {
  commodity: string;
  commodity_name: string;
  commodity_said: string;
  unit: string;
  sold: number;
  sold_less: number;
  unmet: number;
  unmet_more: number;
}

export interface ActorChange {
  id: string;
  name: string;
  kind: string;
  residence: string;
  change: number;
  items: { item: string; reference: number; amount: number; change: number }[];
}

export interface Route {
  corridor: string;
  commodity: string;
  origin: string;
  before: number[];
  after: number[];
  total_before: number;
  total_after: number;
  /** Some cargo takes two routes one after the other and stands in both. */
  shared?: boolean;
}

export interface StoreSeries {
  store: string;
  name: string;
  place: string;
  commodity: string;
  unit: string;
  capacity: number | null;
  before: number[];
  after: number[];
  moved: number;
}

/** What a state uses of a good, and where it comes from. */
export interface SupplyRow {
  state: string;
  state_name: string;
  commodity: string;
  commodity_name: string;
  commodity_said: string;
  unit: string;
  used: number;
  lost: number;
  lost_share: number | null;
  unmet: number;
  unmet_more: number;
  made: number;
  brought: number;
  brought_less: number;
  days_to_loss: number | null;
  days_to_recovery: number | null;
  recovers: boolean;
  cover_days: number | null;
  price: number | null;
  price_rise: number | null;
  price_unit: string;
  focus: boolean;
  before: { used?: number[]; price?: (number | null)[] };
  after: { used?: number[]; price?: (number | null)[] };
}

/** Between what numbers the headline lies over plans and prices that are as good. */
export interface OpenRange {
  why_not: string;
  exports: Record<string, { least: number | null; most: number | null; open: boolean }>;
  state: { id: string; least: number | null; most: number | null; open: boolean } | null;
}

export interface Answer {
  run: string;
  title: string;
  reference: { id: string; title: string };
  shown: number[];
  goods: Record<string, GoodFlows>;
  headline: {
    focus: { origin: string; commodity: string };
    currency: string;
    exports: ExportRow[];
    deliveries: DeliveryRow[];
    value_lost: number;
  };
  states: { id: string; name: string; kind: string; change: number }[];
  actors: ActorChange[];
  routes: Route[];
  storage: StoreSeries[];
  supply: SupplyRow[];
  unmet: { market: string; name: string; commodity: string; unit: string; before: number; after: number; cost: number }[];
  stranded: { place: string; name: string; commodity: string; unit: string; amount: number }[];
  warnings: string[];
  how: Record<string, string | number | null>;
}

export interface CaseData {
  key: string;
  name: string;
  writable: boolean;
  mark: string;
  hash: string;
  default_days: number;
  scene: Scene;
  baseline: Answer;
}

export interface Closure {
  asset: string;
  factor: number;
  start: string;
  end: string;
  /** A chip that is switched off stays where it is and is not asked. */
  off?: boolean;
}

export interface Trial {
  table: string;
  row: string;
  column: string;
  value: string;
}

export interface Question {
  scenario: string;
  closures: Closure[];
  options: string[];
  foresight: "perfect" | "surprise" | null;
  trial: Trial[];
}

export interface Finding {
  code: string;
  severity: "error" | "warning";
  message: string;
  table: string | null;
  row: string | null;
  column: string | null;
  text: string;
}

export interface ColumnInfo {
  name: string;
  kind: "text" | "choice" | "list" | "number" | "limit" | "flag" | "date";
  required: boolean;
  choices: string[];
  refers: string | null;
  unit_column: string | null;
  unit: string;
  meaning: string;
  used: boolean;
}

export interface TableData {
  table: string;
  meaning: string;
  columns: ColumnInfo[];
  rows: Record<string, string>[];
  grades: Record<string, Record<string, string>>;
}

export interface Source {
  id: string;
  title: string;
  publisher: string | null;
  date: string | null;
  reliability: string;
  address: string | null;
}

export interface NumberInfo {
  table: string;
  row: string;
  column: string;
  name: string;
  value: string;
  unit: string;
  low: string;
  high: string;
  meaning: string;
  kind: string;
  choices: string[];
  grade: string | null;
  claims: {
    id: string;
    value: string;
    unit: string | null;
    period: string | null;
    locator: string | null;
    grade: string;
    chosen: boolean;
    note: string | null;
    source: Source | null;
  }[];
  row_source: Source | null;
  locator: string | null;
  note: string | null;
}

export interface RowInfo {
  table: string;
  row: string;
  name: string;
  note: string | null;
  cells: {
    column: string;
    value: string;
    unit: string;
    number: boolean;
    grade: string | null;
    rivals: number;
    meaning: string;
  }[];
  controls: { actor: string; name: string; role: string; share: number | null; start: string | null; end: string | null; source: Source | null }[];
}

export interface AnalysisInfo {
  id: string;
  title: string;
  about: string;
  closes: string[];
  matrix: string[];
  chart: string[];
  lacks: string;
  parameters: {
    name: string;
    title: string;
    kind: "text" | "number" | "choice" | "window" | "scenario" | "actor" | "actors";
    default: string | number | string[] | null;
    choices: string[];
    least: number | null;
    most: number | null;
    optional: boolean;
    hint: string;
  }[];
}

export interface JobInfo {
  id: string;
  case: string;
  analysis: string;
  title: string;
  given: Record<string, unknown>;
  state: "waiting" | "running" | "done" | "stopped" | "failed";
  asked: number;
  done: number | null;
  all: number | null;
  left: number | null;
  seconds: number;
  error?: string;
}

export type Cell = string | number | boolean | null;

export interface ResultData {
  question: string;
  method: string;
  sentences: string[];
  tables: Record<string, Record<string, Cell>[]>;
  units: Record<string, Record<string, string>>;
  titles: Record<string, string>;
  notes: Record<string, string>;
  code: string;
  parameters: Record<string, unknown>;
  job: JobInfo;
}

export interface CaseInfo {
  key: string;
  name: string;
  writable: boolean;
  open: boolean;
}
