/** Questions to the server, or to the data that a page from disk holds within itself. */

import type {
  AnalysisInfo,
  Answer,
  CaseData,
  CaseInfo,
  Finding,
  JobInfo,
  NumberInfo,
  OpenRange,
  Question,
  ResultData,
  RowInfo,
  ScenarioInfo,
  Scene,
  TableData,
} from "./types";
import { answerFrom, type Held } from "./offline";

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly findings: Finding[] = [],
  ) {
    super(message);
  }
}

let held: Held | null = null;

/** Whether this page works from disk, without a server. */
export function offline(): boolean {
  return held !== null;
}

export function hold(data: Held): void {
  held = data;
}

export function holding(): Held | null {
  return held;
}

async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await raw(method, path, body, signal);
  return (await response.json()) as T;
}

async function raw(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  const binary = body instanceof Blob;
  try {
    response = await fetch(`/api/${path}`, {
      method,
      headers:
        method === "GET"
          ? {}
          : { "content-type": binary ? "application/octet-stream" : "application/json", "x-straits": "1" },
      body: body === undefined ? undefined : binary ? body : JSON.stringify(body),
      signal,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refused(0, "gone", "The server does not answer. Is it still running?");
  }
  if (!response.ok) {
    const told = await response.json().catch(() => null);
    const error = told?.error ?? {};
    throw new Refused(response.status, error.code ?? "http", error.message ?? response.statusText, error.findings ?? []);
  }
  return response;
}

const part = encodeURIComponent;

/** A question as it is asked: chips that are off are left out. */
export function asked(q: Question): object {
  return {
    ...q,
    closures: q.closures.filter((c) => !c.off).map(({ asset, factor, start, end }) => ({ asset, factor, start, end })),
  };
}

export const api = {
  cases: () => call<{ cases: CaseInfo[]; first: string; ledger: boolean }>("GET", "cases"),
  open: (key: string) => call<CaseData>("GET", `cases/${part(key)}`),
  mark: (key: string) => call<{ mark: string; stale: boolean }>("GET", `cases/${part(key)}/mark`),
  reload: (key: string) => call<CaseData>("POST", `cases/${part(key)}/reload`, {}),
  create: (body: object) => call<{ key: string }>("POST", "cases", body),
  upload: (name: string, file: Blob) => call<{ key: string }>("PUT", `cases?name=${part(name)}`, file),
  ask: (key: string, q: Question, signal?: AbortSignal) =>
    held ? answerFrom(held, q) : call<Answer>("POST", `cases/${part(key)}/ask`, asked(q), signal),
  compare: async (key: string, qs: Question[]) => {
    const own = held;
    if (own) return { answers: await Promise.all(qs.map((q) => answerFrom(own, q))) };
    return call<{ answers: Answer[] }>("POST", `cases/${part(key)}/compare`, { questions: qs.map(asked) });
  },
  ranges: (key: string, good: string, q: Question) =>
    call<OpenRange>("POST", `cases/${part(key)}/ranges/${part(good)}`, asked(q)),
  code: (key: string, q: Question) =>
    call<{ python: string; command: string }>("POST", `cases/${part(key)}/code`, asked(q)),
  saveScenario: (key: string, body: { question: Question } & Record<string, unknown>) =>
    call<{ key: string; mark: string; scenario: ScenarioInfo }>("POST", `cases/${part(key)}/scenarios`, {
      ...body,
      question: asked(body.question),
    }),
  exportFile: async (key: string, kind: "csv" | "xlsx", q: Question) =>
    (await raw("POST", `cases/${part(key)}/export/${kind}`, asked(q))).blob(),
  asset: (key: string, asset: string) => call<RowInfo>("GET", `cases/${part(key)}/asset/${part(asset)}`),
  number: (key: string, table: string, row: string, column: string) =>
    call<NumberInfo>("GET", `cases/${part(key)}/number/${part(table)}/${part(row)}/${part(column)}`),
  tables: (key: string) =>
    call<{ tables: { name: string; rows: number; meaning: string }[] }>("GET", `cases/${part(key)}/tables`),
  table: (key: string, table: string) => call<TableData>("GET", `cases/${part(key)}/tables/${part(table)}`),
  check: (key: string, edits: object) =>
    call<{ errors: Finding[]; warnings: Finding[]; unsourced: number | null }>("POST", `cases/${part(key)}/check`, edits),
  save: (key: string, edits: object) => call<{ key: string; mark: string }>("POST", `cases/${part(key)}/save`, edits),
  preview: (key: string, edits: object) => call<{ scene: Scene }>("POST", `cases/${part(key)}/preview`, edits),
  analyses: (key: string) => call<{ analyses: AnalysisInfo[] }>("GET", `cases/${part(key)}/analyses`),
  jobs: (key: string) => call<{ jobs: JobInfo[] }>("GET", `jobs?case=${part(key)}`),
  startJob: (key: string, analysis: string, given: object) =>
    call<JobInfo>("POST", `cases/${part(key)}/jobs`, { analysis, given }),
  job: (id: string) => call<JobInfo>("GET", `jobs/${part(id)}`),
  stopJob: (id: string) => call<JobInfo>("POST", `jobs/${part(id)}/stop`, {}),
  removeJob: (id: string) => call<unknown>("DELETE", `jobs/${part(id)}`),
  result: (id: string) => call<ResultData>("GET", `jobs/${part(id)}/result`),
  exportJob: async (id: string, kind: "csv" | "xlsx") => (await raw("GET", `jobs/${part(id)}/export/${kind}`)).blob(),
  evidence: <T>(path: string) => call<T>("GET", `evidence${path}`),
  evidencePost: <T>(path: string, body: object) => call<T>("POST", `evidence${path}`, body),
};
